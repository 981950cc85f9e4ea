"""/calls: warnings, ending for abuse, safety, help, as agents ask for them; /agents: the break after."""

import json
from typing import Any

import pytest
from flask import Flask

from config.now import milliseconds
from routing import recovery, warnings
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.caller import Identity
from tests.ivr.api.conftest import Asking, refused
from tests.ivr.voice.scenes import later
from tests.routing.live_floor import LiveFloor
from tests.routing.staff import a_key
from tests.twilio import CALLER

WORDS = "You are a useless piece of dirt."
ACCOUNT: dict[str, Any] = {
    "category": "swearing",
    "target": "adviser",
    "words": WORDS,
    "legal_wish": "undecided",
}


@pytest.fixture
def live(floor: Floor) -> LiveFloor:
    return LiveFloor(floor)


@pytest.fixture
def ben(app: Flask, floor: Floor) -> Asking:
    """Another agent, signed out."""
    return Asking(app.test_client(), a_key(floor, "ben"))


@pytest.fixture
def sam(app: Flask, floor: Floor) -> Asking:
    """A supervisor without a telephone."""
    return Asking(app.test_client(), a_key(floor, "sam", "supervisor", phone=""))


@pytest.fixture
def call(ana: Asking, live: LiveFloor) -> str:
    """Ana talks on it."""
    live.says("ana", AgentState.AVAILABLE)
    sid = live.call()
    assert live.talks(sid, recorded=True) == "ana"
    return sid


def spoken(who: Asking, call: str) -> Any:
    return who("POST", f"/calls/{call}/warnings", {"spoken": True})


def twice_warned(who: Asking, call: str, floor: Floor, *, then_s: float = 11) -> None:
    for pause_s in (11, then_s):
        assert spoken(who, call).status_code == 202
        later(floor, seconds=pause_s)


def ends(who: Asking, call: str, **more: Any) -> Any:
    return who("POST", f"/calls/{call}/end", ACCOUNT | more)


def states(who: Asking, call: str) -> list[tuple[int, str]]:
    said = who("GET", f"/calls/{call}").get_json()
    return [(one["number"], one["state"]) for one in said["warnings"]]


def playing(floor: Floor, call: str) -> str:
    """The warning that plays."""
    return floor.warnings.of(call)[-1].id


def conference(floor: Floor, call: str) -> str:
    return floor.conversations.of(call)["conference"]


def test_a_warning_plays_until_it_is_proven(ana: Asking, call: str, floor: Floor, live: LiveFloor) -> None:
    answer = ana("POST", f"/calls/{call}/warnings", {})
    assert (answer.status_code, answer.get_json()) == (202, {"number": 1, "state": "playing"})
    assert live.effects().count(("warn", call)) == 1
    refused(ana("POST", f"/calls/{call}/warnings", {}), 409, "warning_playing")
    warnings.is_over(floor, conference(floor, call), playing(floor, call), played=True)
    [row] = ana("GET", f"/calls/{call}").get_json()["warnings"]
    assert {"number": 1, "state": "played", "spoken": False}.items() <= row.items()
    assert row["played_at"]
    refused(ana("POST", f"/calls/{call}/warnings", {}), 409, "too_soon")
    later(floor, seconds=10)
    assert ana("POST", f"/calls/{call}/warnings", {}).get_json() == {"number": 2, "state": "playing"}


def test_a_warning_needs_no_body(ana: Asking, call: str) -> None:
    assert ana("POST", f"/calls/{call}/warnings").status_code == 202


def test_a_spoken_warning_counts_at_once_and_there_is_no_third(ana: Asking, call: str, floor: Floor) -> None:
    assert spoken(ana, call).get_json() == {"number": 1, "state": "played"}
    refused(spoken(ana, call), 409, "too_soon")
    later(floor, seconds=11)
    assert spoken(ana, call).get_json() == {"number": 2, "state": "played"}
    later(floor, seconds=11)
    refused(spoken(ana, call), 409, "two_warnings_given")


@pytest.mark.parametrize(
    "how", ["announcement-fail", "nothing was heard", "elsewhere", "held", "caller left"]
)
def test_a_warning_that_was_not_heard_does_not_count(ana: Asking, call: str, floor: Floor, how: str) -> None:
    ana("POST", f"/calls/{call}/warnings", {})
    room, warning = conference(floor, call), playing(floor, call)
    if how == "announcement-fail":
        warnings.is_over(floor, room, warning, played=False)
    elif how == "nothing was heard":
        warnings.look(floor, call)
        assert states(ana, call) == [(1, "playing")], "too early to say"
        later(floor, seconds=60)
        warnings.look(floor, call)
    elif how == "elsewhere":
        floor.conversations.of(call)
        floor.store.client.hset(floor.keys.call(call), "conference", "another")
    elif how == "held":
        ana("POST", f"/calls/{call}/hold")
        ana("POST", f"/calls/{call}/resume")
    else:
        warnings.caller_left(floor, room)
    warnings.is_over(floor, room, warning, played=True)
    assert states(ana, call) == [(1, "failed")]
    assert ana("POST", f"/calls/{call}/warnings", {}).get_json() == {"number": 1, "state": "playing"}


def test_no_warning_to_a_caller_who_does_not_hear(ana: Asking, ben: Asking, sam: Asking, call: str) -> None:
    ana("POST", f"/calls/{call}/hold")
    refused(spoken(ana, call), 409, "caller_on_hold")
    ana("POST", f"/calls/{call}/resume")
    refused(spoken(ben, call), 404, "not_found")
    refused(spoken(sam, call), 403, "not_allowed")


def test_no_warning_to_a_caller_who_has_gone(ana: Asking, call: str, live: LiveFloor) -> None:
    live.hangs_up(call)
    refused(spoken(ana, call), 409, "caller_not_connected")
    refused(ends(ana, call), 409, "not_talking")


def test_the_ending_is_one_step_with_the_report_and_the_break(
    ana: Asking, call: str, floor: Floor, live: LiveFloor
) -> None:
    floor.conversations.is_recorded(call, "RE1")
    twice_warned(ana, call, floor)
    answer = ends(ana, call, note="he was told twice", customer_id="C-7", ticket_id="T-9", legal_wish="yes")
    assert answer.status_code == 202
    report = floor.reports.find(answer.get_json()["report_id"])
    assert report
    assert (report.by, report.recording_sid, report.transfers) == ("ana", "RE1", 0)
    said = report.statement
    assert (said.call, said.adviser, said.words, said.number) == (call, "ana", WORDS, CALLER)
    assert (said.customer_id, said.ticket_id, said.legal_wish) == ("C-7", "T-9", "yes")
    assert (said.line, said.queue, said.language, said.recorded) == ("support", "general", "en", True)
    assert (said.immediate, said.identity) == (False, Identity.SURE)
    assert [(one.number, one.spoken) for one in report.warnings] == [(1, True), (2, True)]
    assert live.state(call) == "closing"
    assert live.effects().count(("tell_reason", call)) == 1
    assert live.status() == "recovery"
    assert ends(ana, call).get_json() == answer.get_json(), "said again, it is the same report"
    assert len(floor.reports.open()) == 1
    live.hangs_up(call)
    assert ends(ana, call).get_json() == answer.get_json()
    assert live.status() == "recovery"
    assert ana("POST", f"/calls/{call}/wrap-up", {"disposition": "abusive"}).status_code == 200
    assert live.status() == "recovery"


def test_no_ending_without_two_warnings_and_a_moment_to_change(ana: Asking, call: str, floor: Floor) -> None:
    refused(ends(ana, call), 409, "second_warning_missing")
    spoken(ana, call)
    later(floor, seconds=11)
    refused(ends(ana, call), 409, "second_warning_missing")
    spoken(ana, call)
    refused(ends(ana, call), 409, "too_soon")
    later(floor, seconds=10)
    assert ends(ana, call).status_code == 202


_AT_ONCE = ["threat", "religious_cultural_racial", "homophobic", "sexist", "sexual"]


@pytest.mark.parametrize("category", _AT_ONCE)
def test_threats_hate_and_sexual_abuse_end_a_call_at_once(ana: Asking, call: str, category: str) -> None:
    assert ends(ana, call, category=category, immediate=True).status_code == 202


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"category": "swearing", "immediate": True}, "invalid"),
        ({"category": "derogatory", "immediate": True}, "invalid"),
        ({"target": "company"}, "anger_is_not_abuse"),
        ({"target": "product", "category": "threat", "immediate": True}, "anger_is_not_abuse"),
        ({"target": "process"}, "anger_is_not_abuse"),
        ({"words": ""}, "invalid"),
        ({"legal_wish": "perhaps"}, "invalid"),
        ({"category": "rude"}, "invalid"),
        ({"more": 1}, "invalid"),
    ],
)
def test_what_is_no_account_of_abuse_is_refused(
    ana: Asking, call: str, floor: Floor, more: dict[str, Any], word: str
) -> None:
    twice_warned(ana, call, floor)
    refused(ends(ana, call, **more), 422, word)
    assert floor.reports.open() == []


def test_a_caller_who_hangs_up_after_the_second_warning_is_not_reported(
    ana: Asking, call: str, floor: Floor, live: LiveFloor
) -> None:
    twice_warned(ana, call, floor)
    live.hangs_up(call)
    refused(ends(ana, call), 409, "not_talking")
    assert (live.status(), floor.reports.open()) == ("wrap_up", [])


def test_warnings_go_with_the_call_to_the_next_adviser(
    ana: Asking, ben: Asking, call: str, floor: Floor, live: LiveFloor
) -> None:
    spoken(ana, call)
    ana("POST", f"/calls/{call}/warnings", {})
    later(floor, seconds=11)
    ana("POST", f"/calls/{call}/warnings", {})
    floor.offers.end(live.offer(call), "gone", missed=False)
    assert states(ana, call) == [(1, "played"), (2, "failed")]
    live.says("ben", AgentState.AVAILABLE)
    live.stays(call)
    assert live.talks(call) == "ben"
    assert spoken(ben, call).get_json() == {"number": 2, "state": "played"}
    later(floor, seconds=11)
    report = floor.reports.find(ends(ben, call).get_json()["report_id"])
    assert report
    assert (report.by, report.transfers, len(report.warnings)) == ("ben", 1, 2)


def test_safety_suspends_strikes_and_a_supervisor_may_end(
    ana: Asking, sam: Asking, call: str, floor: Floor, live: LiveFloor
) -> None:
    twice_warned(ana, call, floor)
    refused(ends(sam, call), 409, "not_yours")
    for _ in range(2):
        assert ana("POST", f"/calls/{call}/safety").status_code == 202
    assert ana("GET", f"/calls/{call}").get_json()["safety"] is True
    refused(spoken(ana, call), 409, "safety_suspends")
    refused(ends(ana, call), 409, "safety_suspends")
    report = floor.reports.find(ends(sam, call).get_json()["report_id"])
    assert report
    assert (report.by, report.statement.adviser, live.status()) == ("sam", "ana", "recovery")


def test_help_is_told_to_supervisors_and_kept(ana: Asking, ben: Asking, call: str, floor: Floor) -> None:
    refused(ben("POST", f"/calls/{call}/help"), 404, "not_found")
    answer = ana("POST", f"/calls/{call}/help")
    assert (answer.status_code, answer.get_json()) == (202, {"call": call, "state": "talking"})
    entries = floor.store.client.xrevrange(floor.keys.events, count=1)
    assert entries[0][1]["kind"] == "call"
    told = json.loads(entries[0][1]["data"])
    assert {"call": call, "agent": "ana", "help": True}.items() <= told.items()
    said = ana("GET", f"/calls/{call}").get_json()
    assert said["help"] is True
    assert said["timeline"][-1]["what"] == "help"


@pytest.fixture
def ended(ana: Asking, call: str, floor: Floor) -> str:
    """Ana has ended her call; the report."""
    report: str = ends(ana, call, category="threat", immediate=True).get_json()["report_id"]
    return report


def moments(floor: Floor, report: str) -> tuple[int, int | None]:
    began, over = floor.store.client.hmget(
        floor.keys.report(report), ["recovery_began_ms", "recovery_ended_ms"]
    )
    return int(began), int(over) if over else None


def test_the_break_ends_by_the_clock(ended: str, live: LiveFloor, floor: Floor) -> None:
    recovery.end(floor, "ana")
    assert live.status() == "recovery"
    later(floor, minutes=15)
    recovery.end(floor, "ana")
    assert live.status() == "available"
    began, over = moments(floor, ended)
    assert over
    assert 15 * 60_000 <= over - began <= 16 * 60_000


def test_nobody_in_recovery_is_rung_and_what_he_asks_for_comes_after_it(
    ana: Asking, ended: str, live: LiveFloor, floor: Floor
) -> None:
    waiting = live.call()
    said = ana("PUT", "/agents/me", {"status": "break"}).get_json()
    assert (said["status"], said["next_status"]) == ("recovery", "break")
    assert live.offer(waiting) == ""
    answer = ana("POST", "/agents/me/recovery", {"return_early": True})
    assert answer.get_json() == {"status": "break", "until": None}
    assert moments(floor, ended)[1]
    refused(ana("POST", "/agents/me/recovery", {"return_early": True}), 409, "not_in_recovery")
    assert live.offer(waiting) == ""


def test_who_returns_early_is_offered_the_next_call(ana: Asking, ended: str, live: LiveFloor) -> None:
    waiting = live.call()
    assert ana("POST", "/agents/me/recovery", {"return_early": True}).get_json()["status"] == "reserved"
    assert live.offer(waiting)
    assert ended


def test_a_supervisor_makes_the_break_longer_never_shorter(
    ana: Asking, sam: Asking, ended: str, live: LiveFloor, floor: Floor
) -> None:
    until = floor.agents.read("ana").recovery_until
    assert until
    assert ana("GET", "/agents/me").get_json()["recovery_until"] == until.isoformat()
    said = sam("POST", "/agents/ana/recovery", {"minutes": 5}).get_json()
    assert said == {"status": "recovery", "until": until.isoformat()}
    sam("POST", "/agents/ana/recovery", {"minutes": 40})
    longer = floor.agents.read("ana").recovery_until
    assert longer
    assert 39 * 60_000 < milliseconds(longer) - milliseconds(floor.clock.now(floor.store)) <= 40 * 60_000
    later(floor, minutes=20)
    recovery.end(floor, "ana")
    assert live.status() == "recovery"
    refused(ana("POST", "/agents/ana/recovery", {"minutes": 5}), 403, "not_allowed")
    refused(sam("POST", "/agents/ben/recovery", {"minutes": 5}), 404, "not_found")
    refused(sam("POST", "/agents/ana/recovery", {"minutes": 0}), 422, "invalid")
    assert ended


def test_somebody_who_is_not_in_recovery(ana: Asking, sam: Asking) -> None:
    refused(sam("POST", "/agents/ana/recovery", {"minutes": 5}), 409, "not_in_recovery")
    refused(ana("POST", "/agents/me/recovery", {"return_early": True}), 409, "not_in_recovery")
