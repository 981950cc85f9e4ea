"""The stream of what changed on the floor: in order, from any place, for as long as it is kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from routing.floor import Floor
from routing.store import scripts
from routing.store.events import BEGINNING, Event, NoEventId, id_in
from routing.store.keys import EVENTS_KEPT


@pytest.mark.parametrize(
    ("text", "id_"),
    [("0", "0-0"), ("0-0", "0-0"), ("1795398900000-12", "1795398900000-12"), ("007-01", "7-1")],
)
def test_ids_as_the_stream_writes_them(text: str, id_: str) -> None:
    assert id_in(text) == id_


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "-",
        "-1",
        "1-",
        "1-2-3",
        "+",
        "$",
        "*",
        "(1-0",
        " 1-0",
        "1-0\n",
        "٣-0",
        "1.5",
        "1e3",
        "18446744073709551616",
        "0-18446744073709551616",
        "9" * 21,
        "9" * 5000,
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(NoEventId) as refused:
        id_in(text)
    assert len(str(refused.value)) < 200


def test_events_are_read_in_order_from_any_place(floor: Floor) -> None:
    assert floor.events.latest_id() == BEGINNING
    ids = [floor.events.add("queue", {"queue": "general", "waiting": number}) for number in range(5)]
    assert [event.data["waiting"] for event in floor.events.after(BEGINNING, 100)] == [0, 1, 2, 3, 4]
    assert [event.id for event in floor.events.after(ids[1], 2)] == ids[2:4]
    assert floor.events.after(ids[-1], 100) == []
    assert floor.events.latest_id() == ids[-1]


def test_what_a_script_tells_is_read_as_what_python_tells(floor: Floor) -> None:
    prelude = (Path(scripts.__file__).parent / "prelude.lua").read_text("utf-8")
    added = "add_event(KEYS[1], 'agent', {id = 'ana', since_ms = 1795398900000, reason = 'lunch …'})"
    floor.store.run(lambda redis: redis.eval(prelude + added, 1, floor.keys.events))
    [event] = floor.events.after(BEGINNING, 10)
    told = {"id": "ana", "since_ms": 1795398900000, "reason": "lunch …"}
    assert (event.kind, event.data) == ("agent", told)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "agent"},
        {"data": "{}"},
        {"kind": "agent", "data": "{"},
        {"kind": "agent", "data": "7"},
        {"kind": "what", "data": "{}"},
        {"kind": "agent", "data": "null"},
    ],
)
def test_an_entry_that_nobody_can_read_is_passed_over(
    floor: Floor, entry: dict[str, str], logged: Callable[[], list[dict[str, Any]]]
) -> None:
    floor.store.run(lambda redis: redis.xadd(floor.keys.events, entry))
    id_ = floor.events.add("queue", {"queue": "general"})
    bad, good = floor.events.after(BEGINNING, 10)
    assert (bad.kind, bad.data) == ("", {})
    assert good == Event(id_, "queue", {"queue": "general"})
    assert [line["event"] for line in logged()][-1] == "event_unreadable"


def test_how_far_back_it_goes(floor: Floor) -> None:
    assert floor.events.goes_back_to(BEGINNING)
    assert not floor.events.goes_back_to("5-0")
    ids = [floor.events.add("queue", {}) for _ in range(3)]
    assert floor.events.goes_back_to(BEGINNING)
    assert all(floor.events.goes_back_to(id_) for id_ in ids)
    assert not floor.events.goes_back_to("1-0"), "it never was, or is gone"
    assert not floor.events.goes_back_to("9999999999999-0"), "it is to come"
    floor.store.run(lambda redis: redis.xtrim(floor.keys.events, maxlen=2, approximate=False))
    assert not floor.events.goes_back_to(ids[0])
    assert floor.events.goes_back_to(ids[1])


def test_the_beginning_is_gone_once_it_has_forgotten(floor: Floor) -> None:
    many = "for id = 1, ARGV[1] do redis.call('XADD', KEYS[1], id .. '-0', 'kind', 'queue', 'data', '{}') end"
    floor.store.run(lambda redis: redis.eval(many, 1, floor.keys.events, EVENTS_KEPT + 500))
    floor.events.add("queue", {})
    assert not floor.events.goes_back_to(BEGINNING)
