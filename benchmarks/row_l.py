"""Row L: what a handled call asks of Twilio's REST, counted at the lab's while a caller is helped."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from flask import request, request_started

from benchmarks.product import Product
from benchmarks.report import Figure
from benchmarks.sizes import Sizes
from benchmarks.yardsticks import new_folder
from config.settings import PACKAGED_CONFIG
from ivr.lab.phone import ANSWERS
from routing.conversation import finish
from tests.ivr.voice.scenes import a_config
from tests.journeys.whole_line import Person, WholeLine, whole_line
from tests.twilio import LINE

MOST = 8
_REST = "/2010-04-01/"
_SID = re.compile(r"/(CA|CF|RE)[0-9a-f]{32}")
_RECORDED = ('consent: "off"', "consent: announce")


def measure(product: Product, _sizes: Sizes) -> list[Figure]:
    """A whole line in the lab, one call after the other: every way in which a conversation ends."""
    if product.is_control:
        return []
    with new_folder() as folder:
        plain = _asked_for(folder / "plain", PACKAGED_CONFIG)
    with new_folder() as folder:
        recorded = _asked_for(folder / "recorded", a_config(folder, _RECORDED))
    everything = plain | {f"{what}, recorded": asked for what, asked in recorded.items()}
    return [
        Figure(
            "L",
            f"REST calls of a handled call, {what}",
            f"{sum(asked.values())}: " + ", ".join(f"{each} × {n}" for each, n in sorted(asked.items())),
            "",
            f"≤ {MOST}",
            0 < sum(asked.values()) <= MOST,
        )
        for what, asked in everything.items()
    ]


def _asked_for(folder: Path, config: Path) -> dict[str, Counter[str]]:
    folder.mkdir()
    found = {}
    # The line tells its whole story at the end, which is for tests.
    with redirect_stdout(io.StringIO()), whole_line(folder, CALMLINE_CONFIG=str(config)) as line:
        ana = line.user("ana", "+12125560001", ANSWERS, role="agent", skills={"general": 1})
        ana.takes_calls()
        ana.is_available()
        for what, ends in _ENDINGS.items():
            with _counted() as asked:
                _handled(line, ana, ends)
            found[what] = asked
    return found


def _handled(line: WholeLine, ana: Person, ends: Callable[[WholeLine, Person, Any], object]) -> None:
    caller = line.lab.phone("+12125570001")
    caller.on_hearing("press 1", press="1")
    caller.calls(LINE)
    line.until(lambda: ana.phone.number in caller.is_talking_with(), 60)
    line.lab.run(3)
    ends(line, ana, caller)
    line.until(lambda: not line.going_on(), 60)
    line.until(lambda: ana.status == "available", 120)


def _agent_finishes(line: WholeLine, ana: Person, _caller: Any) -> None:
    (sid,) = (call.sid for call in line.going_on() if call.direction == "inbound")
    finish(line.floor, sid, ana.name)
    line.was_touched()


_ENDINGS: dict[str, Callable[[WholeLine, Person, Any], object]] = {
    "the caller hangs up": lambda _line, _ana, caller: caller.hangs_up(),
    "the agent finishes": _agent_finishes,
    "the agent hangs up, the caller too": lambda line, ana, caller: _one_after_the_other(line, ana, caller),
}


def _one_after_the_other(line: WholeLine, ana: Person, caller: Any) -> None:
    ana.phone.hangs_up()
    line.lab.run(2)
    caller.hangs_up()


@contextmanager
def _counted() -> Iterator[Counter[str]]:
    """Requests to the lab's REST meanwhile, by method and path."""
    asked: Counter[str] = Counter()

    def note(_app: object, **_: object) -> None:
        if request.path.startswith(_REST):
            path = _SID.sub("/{sid}", request.path.removeprefix(_REST).split("/", 2)[2]).removesuffix(".json")
            asked[f"{request.method} {path}"] += 1

    request_started.connect(note)
    try:
        yield asked
    finally:
        request_started.disconnect(note)
