"""A ledger on a server that syncs at once: what is booked is on disk without waiting for the next second."""

from collections.abc import Iterator

import pytest

from callbacks.ledger import Ledger, open_ledger
from routing.floor import Floor


@pytest.fixture
def ledger(floor: Floor) -> Iterator[Ledger]:
    """The ledger of a site that no other test uses."""
    floor.store.client.config_set("appendfsync", "always")
    yield open_ledger(floor)
    floor.store.client.config_set("appendfsync", "everysec")
