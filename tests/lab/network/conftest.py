"""A board, a lab on a clock that stands still between steps, and the whole story of a test that fails."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ivr.lab.lab import Lab
from tests.lab.network.board import Board, a_lab, board_app, served
from tests.lab.network.twilio_client import a_client

AnyLab = Callable[..., Lab]


@pytest.fixture
def board() -> Iterator[Board]:
    found = Board(*a_client())
    with served(board_app(found)) as url:
        found.url = url
        yield found


@pytest.fixture
def new_lab(board: Board) -> Iterator[AnyLab]:
    """Makes a lab in front of the board; at the end its story is printed, which pytest shows of a failure."""
    with ExitStack() as ending:

        def make(**how: Any) -> Lab:
            lab = ending.enter_context(a_lab(board.url, board.elsewhere, **how))
            ending.callback(lambda: sys.stdout.write(f"{lab.story}\n"))
            return lab

        yield make


@pytest.fixture
def lab(new_lab: AnyLab) -> Lab:
    return new_lab()
