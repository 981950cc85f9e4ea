"""/calls: an agent's own calls, looked at, held, paused, finished, written up."""

import json
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.caller import Identity
from routing.rules.legs import Ended, LegState
from tests.ivr.api.conftest import Asking, refused
from tests.ivr.voice.scenes import later
from tests.routing.live_floor import LiveFloor
from tests.routing.staff import a_key
from tests.twilio import CALLER, a_call_sid

NEED = "allow extra time"


@pytest.fixture
def live(floor: Floor) -> LiveFloor:
    return LiveFloor(floor)


@pytest.fixture
def ben(app: Flask, floor: Floor) -> Asking:
    """Another agent, signed out."""
    return Asking(app.test_client(), a_key(floor, "ben"))


@pytest.fixture
def sam(app: Flask, floor: Floor) -> Asking:
    """A supervisor with a telephone."""
    return Asking(app.test_client(), a_key(floor, "sam", "supervisor"))


@pytest.fixture
def call(ana: Asking, live: LiveFloor) -> str:
    """Ana talks on it."""
    live.says("ana", AgentState.AVAILABLE)
    sid = live.call()
    assert live.talks(sid, recorded=True) == "ana"
    return sid


def needs(floor: Floor) -> list[dict[str, str]]:
    entries = floor.store.client.xrange(floor.keys.audit)
    return [fields for _, fields in entries if fields["what"] == "support_need"]


def test_a_call_tells_what_happened_to_it_in_order(ana: Asking, call: str, floor: Floor) -> None:
    floor.conversations.is_recorded(call, "RE1")
    later(floor, minutes=3)
    ana("POST", f"/calls/{call}/hold")
    later(floor, minutes=1)
    ana("POST", f"/calls/{call}/resume")
    ana("POST", f"/calls/{call}/recording", {"state": "paused"})
    said = ana("GET", f"/calls/{call}").get_json()
    assert {name: said[name] for name in ("call", "state", "queue", "agent", "language")} == {
        "call": call,
        "state": "talking",
        "queue": "general",
        "agent": "ana",
        "language": "en",
    }
    assert (said["waited_s"], said["warnings"]) == (0, [])
    assert said["recording"] == {"state": "paused", "sid": "RE1"}
    story = [(entry["what"], entry.get("state") or entry.get("name")) for entry in said["timeline"]]
    assert story == [
        ("decision", "general"),
        ("call", "waiting"),
        ("offer", "made"),
        ("offer", "accepted"),
        ("call", "connecting"),
        ("call", "talking"),
        ("recording", "running"),
        ("call", "held"),
        ("call", "talking"),
        ("recording", "paused"),
    ]
    assert {"step": "incoming:0", "do": "enqueue", "rule": "menu"}.items() <= said["timeline"][0].items()
    times = [datetime.fromisoformat(entry["at"]) for entry in said["timeline"]]
    assert times == sorted(times)
    assert (times[-1] - times[0]).total_seconds() >= 240
    assert CALLER not in str(said)


def test_the_telephones_that_rang_are_in_it(sam: Asking, ana: Asking, call: str, floor: Floor) -> None:
    leg = floor.conversations.of(call)["agent_leg"]
    floor.legs.change(leg, LegState.ANSWERED, call_sid=a_call_sid())
    floor.legs.change(leg, LegState.ENDED, how=Ended.COMPLETED)
    timeline = sam("GET", f"/calls/{call}").get_json()["timeline"]
    legs = [(one["agent"], one["state"], one.get("how")) for one in timeline if one["what"] == "leg"]
    assert ("ana", "answered", None) in legs
    assert ("ana", "ended", "completed") in legs


def test_only_whom_it_was_offered_to_and_who_leads_see_a_call(
    ana: Asking, ben: Asking, sam: Asking, olga: Asking, call: str
) -> None:
    assert ana("GET", f"/calls/{call}").status_code == 200
    assert sam("GET", f"/calls/{call}").status_code == 200
    strange = refused(ben("GET", f"/calls/{call}"), 404, "not_found")
    assert strange == refused(ben("GET", f"/calls/{a_call_sid()}"), 404, "not_found")
    refused(sam("GET", "/calls/CAnothing"), 404, "not_found")
    refused(olga("GET", f"/calls/{call}"), 403, "not_allowed")


@pytest.mark.parametrize("what", ["hold", "resume", "finish"])
def test_nobody_does_anything_to_the_call_of_another(
    ben: Asking, sam: Asking, live: LiveFloor, call: str, what: str
) -> None:
    before = live.effects()
    refused(ben("POST", f"/calls/{call}/{what}"), 404, "not_found")
    refused(sam("POST", f"/calls/{call}/{what}"), 409, "not_yours")
    refused(sam("POST", f"/calls/{call}/recording", {"state": "paused"}), 409, "not_yours")
    refused(sam("POST", f"/calls/{call}/wrap-up", {"disposition": "normal"}), 409, "not_yours")
    assert (live.state(call), live.effects()) == ("talking", before)


def test_hold_and_resume_leave_one_effect_each_however_often_asked(
    ana: Asking, live: LiveFloor, call: str
) -> None:
    for _ in range(2):
        assert ana("POST", f"/calls/{call}/hold").get_json() == {"call": call, "state": "held"}
    for _ in range(2):
        assert ana("POST", f"/calls/{call}/resume").get_json() == {"call": call, "state": "talking"}
    done = [verb for verb, target in live.effects() if target == call]
    assert (done.count("hold"), done.count("resume")) == (1, 1)


def test_finish_says_goodbye_and_leaves_the_agent_in_wrap_up(ana: Asking, live: LiveFloor, call: str) -> None:
    for _ in range(2):
        assert ana("POST", f"/calls/{call}/finish").get_json() == {"call": call, "state": "closing"}
    assert live.status() == "wrap_up"
    assert [effect for effect in live.effects() if effect[0] == "redirect"][-1] == ("redirect", call)
    live.hangs_up(call)
    refused(ana("POST", f"/calls/{call}/hold"), 409, "not_talking")
    refused(ana("POST", f"/calls/{call}/finish"), 409, "not_talking")
    assert ana("GET", f"/calls/{call}").get_json()["recording"]["state"] == "ended"


def test_the_recording_pauses_and_goes_on(ana: Asking, live: LiveFloor, call: str) -> None:
    for state in ("paused", "paused", "running"):
        assert ana("POST", f"/calls/{call}/recording", {"state": state}).status_code == 200
        assert ana("GET", f"/calls/{call}").get_json()["recording"] == {"state": state, "sid": None}
    assert live.effects().count(("recording", call)) == 2
    refused(ana("POST", f"/calls/{call}/recording", {"state": "off"}), 422, "invalid")


def test_what_is_not_recorded_is_not_paused(ana: Asking, live: LiveFloor) -> None:
    live.says("ana", AgentState.AVAILABLE)
    sid = live.call()
    live.talks(sid)
    refused(ana("POST", f"/calls/{sid}/recording", {"state": "paused"}), 409, "not_recorded")
    assert ana("GET", f"/calls/{sid}").get_json()["recording"] is None


def test_a_pause_ends_with_the_agent_who_made_it(ana: Asking, live: LiveFloor, call: str) -> None:
    ana("POST", f"/calls/{call}/recording", {"state": "paused"})
    live.floor.offers.end(live.offer(call), "completed", missed=True)
    assert live.state(call) == "agent_gone"
    live.agent("cyd")
    live.stays(call)
    assert live.talks(call, recorded=True) == "cyd"
    assert live.floor.conversations.recording(call) == "running"
    assert live.effects().count(("recording", call)) == 2


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"disposition": "normal", "note": "New invoice."}, {"resolved": None, "support_need": ""}),
        ({"disposition": "angry", "note": "", "resolved": True}, {"resolved": True, "support_need": ""}),
        ({"disposition": "nuisance", "resolved": False, "support_need": None}, {"resolved": False}),
    ],
)
def test_the_wrap_up_is_kept_and_the_agent_is_free(
    ana: Asking, live: LiveFloor, call: str, body: dict[str, Any], kept: dict[str, Any]
) -> None:
    live.hangs_up(call)
    assert live.status() == "wrap_up"
    said = ana("POST", f"/calls/{call}/wrap-up", body)
    assert said.get_json() == {"call": call, "state": "ended"}
    assert live.status() == "available"
    wrote = json.loads(live.floor.conversations.of(call)["wrap_up:ana"])
    assert wrote.items() >= {"disposition": body["disposition"], **kept}.items()
    assert ana("GET", f"/calls/{call}").get_json()["timeline"][-1]["what"] == "wrap_up"
    assert ana("POST", f"/calls/{call}/wrap-up", body).status_code == 200, "again, for what was forgotten"


def test_the_log_has_the_wrap_up_without_a_telephone_number(ana: Asking, live: LiveFloor, call: str) -> None:
    live.hangs_up(call)
    ana(
        "POST",
        f"/calls/{call}/wrap-up",
        {"disposition": "normal", "note": f"Ring {CALLER}.", "support_need": NEED},
    )
    log = live.floor.store.client.xrange(live.floor.keys.call_log)
    [entry] = [fields["entry"] for _, fields in log if fields["kind"] == "wrap_up"]
    assert '"disposition": "normal"' in entry
    assert CALLER not in entry
    assert NEED not in entry
    assert CALLER in live.floor.conversations.of(call)["wrap_up:ana"]


def test_an_unknown_disposition_is_refused_with_those_that_are_known(
    ana: Asking, live: LiveFloor, call: str
) -> None:
    live.hangs_up(call)
    said = refused(ana("POST", f"/calls/{call}/wrap-up", {"disposition": "rude"}), 422, "invalid")
    assert said["fields"] == {"disposition": "is none of normal, angry, abusive, nuisance, safety"}
    assert live.status() == "wrap_up"
    refused(ana("POST", f"/calls/{call}/wrap-up", {}), 422, "invalid")


def test_a_need_is_noted_under_the_number_with_who_wrote_it(
    ana: Asking, live: LiveFloor, call: str, floor: Floor
) -> None:
    live.hangs_up(call)
    ana("POST", f"/calls/{call}/wrap-up", {"disposition": "normal", "support_need": f" {NEED} "})
    standing = floor.standings.read(CALLER)
    assert (standing.support_need, standing.is_protected) == (NEED, False)
    [entry] = needs(floor)
    assert (entry["by"], entry["number"], entry["support_need"]) == ("ana", CALLER, NEED)


@pytest.mark.parametrize("identity", [Identity.SPOOFED, Identity.SHARED, Identity.LINK_LAPSED])
def test_nothing_is_noted_under_a_number_that_may_be_another_s(
    ana: Asking, live: LiveFloor, floor: Floor, identity: Identity
) -> None:
    live.says("ana", AgentState.AVAILABLE)
    sid = live.call(identity=identity)
    live.talks(sid)
    live.hangs_up(sid)
    body = {"disposition": "normal", "support_need": NEED}
    assert ana("POST", f"/calls/{sid}/wrap-up", body).status_code == 200
    assert floor.standings.read(CALLER).support_need == ""
    assert needs(floor) == []


def test_in_recovery_the_wrap_up_is_kept_and_the_recovery_goes_on(
    ana: Asking, live: LiveFloor, call: str, floor: Floor
) -> None:
    live.hangs_up(call)
    floor.store.client.hset(floor.keys.agent("ana"), "status", "recovery")
    assert ana("POST", f"/calls/{call}/wrap-up", {"disposition": "abusive"}).status_code == 200
    assert live.status() == "recovery"


def test_a_wrap_up_as_nuisance_writes_one_report_of_the_call(
    ana: Asking, live: LiveFloor, call: str, floor: Floor
) -> None:
    live.hangs_up(call)
    body = {"disposition": "nuisance", "note": "Nobody spoke."}
    for _ in range(2):
        assert ana("POST", f"/calls/{call}/wrap-up", body).status_code == 200
    [report] = floor.reports.open()
    said = report.statement
    assert (said.kind, said.call, said.adviser, report.by) == ("nuisance", call, "ana", "ana")
    assert (said.number, said.note, said.line, said.queue) == (CALLER, "Nobody spoke.", "support", "general")
    assert floor.deadlines.moment_of("report", report.id) is not None


def test_no_report_without_the_disposition_that_asks_for_one(
    ana: Asking, app: Flask, live: LiveFloor, call: str, floor: Floor
) -> None:
    live.hangs_up(call)
    ben = Asking(app.test_client(), a_key(floor, "benno"))
    refused(ben("POST", f"/calls/{call}/wrap-up", {"disposition": "nuisance"}), 404, "not_found")
    ana("POST", f"/calls/{call}/wrap-up", {"disposition": "abusive"})
    assert floor.reports.open() == []
