"""docs/lab.md tells the REST paths and the faults that there are."""

import re
from pathlib import Path

from ivr.lab.faults import KNOWN
from ivr.lab.rest import calls, participants
from ivr.lab.rest.app import ROUTES
from ivr.lab.rest.new_call import LEG

TEXT = (Path(__file__).parents[3] / "docs" / "lab.md").read_text("utf-8")


def rows(title: str) -> list[list[str]]:
    """The cells of a section's first table, without its head."""
    section = TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_path_is_told_with_its_methods() -> None:
    told = {path.strip("`"): set(methods.split(", ")) for path, methods, *_ in rows("REST")}
    known: dict[str, set[str]] = {}
    for method, path, _ in ROUTES:
        known.setdefault(path, set()).add(method)
    assert told == known


def test_every_parameter_of_calls_and_participants_is_told() -> None:
    told = {path.strip("`"): set(re.findall("`(\\w+)`", words)) for path, _, words in rows("REST")}
    create = {*calls.CREATE, *calls.HARMLESS, *(name.rstrip("<>") for name in calls.FILTERS)}
    assert told["/Calls.json"] == create
    assert told["/Calls/<call>.json"] == {*calls.UPDATE}
    one = told["/Conferences/<conference>/Participants/<participant>.json"]
    assert one == {*participants.UPDATE}
    joining = {*participants.JOINING, *participants.CONFERENCE_CALLBACK, *participants.HARMLESS}
    assert told["/Conferences/<conference>/Participants.json"] == joining | {*participants.FILTERS}
    assert set(LEG) <= create


def test_every_fault_is_told() -> None:
    assert {name.strip("`") for name, _ in rows("Faults")} == KNOWN
