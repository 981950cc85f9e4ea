"""/reports: advisers report, somebody else reviews, and only a verdict has consequences."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from routing import filing
from routing.floor import Floor
from routing.rules.caller import Treatment
from routing.rules.conduct_words import Category, Target
from routing.rules.reports import ReportKind, Statement, Warned
from routing.store.on_disk import OnDisk
from routing.store.reports import new_report_id
from tests.ivr.api.conftest import Asking, refused
from tests.ivr.voice.scenes import later
from tests.routing.staff import a_key

NUMBER = "+14155550142"
UPHELD = {"abuse": "upheld", "protocol_followed": True, "note": "heard it"}


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)


@pytest.fixture
def rita(app: Flask, floor: Floor) -> Asking:
    """A reviewer."""
    return Asking(app.test_client(), a_key(floor, "rita", "supervisor", may=frozenset({"review"}), phone=""))


@pytest.fixture
def ravi(app: Flask, floor: Floor) -> Asking:
    """Another reviewer, an agent besides."""
    return Asking(app.test_client(), a_key(floor, "ravi", may=frozenset({"review"})))


@pytest.fixture
def sam(app: Flask, floor: Floor) -> Asking:
    """A supervisor who does not review."""
    return Asking(app.test_client(), a_key(floor, "sam", "supervisor"))


def written(floor: Floor, **special: Any) -> str:
    """A report by ana."""
    by, warnings = special.pop("by", "ana"), special.pop("warnings", ())
    said = {"call": f"CA{new_report_id()}", "adviser": "ana", "number": NUMBER, "words": "You fool."}
    kind = ReportKind(special.pop("kind", "abuse"))
    what = {"category": Category.SWEARING, "target": Target.ADVISER} if kind is ReportKind.ABUSE else {}
    report_id = new_report_id()
    floor.reports.write(report_id, Statement(kind, **(said | what | special)), by=by, warnings=warnings)
    return report_id


def audited(floor: Floor) -> list[tuple[str, str, str]]:
    entries = floor.store.client.xrange(floor.keys.audit)
    return [(one["what"], one["by"], one["report"]) for _, one in entries if "report" in one]


def treatment(floor: Floor) -> Treatment:
    return floor.standings.read(NUMBER).treatment_at(floor.clock.now(floor.store))


def test_an_upheld_report_becomes_an_offence_and_leaves_the_list(rita: Asking, floor: Floor) -> None:
    report = written(floor)
    assert [one["id"] for one in rita("GET", "/reports?state=open").get_json()["items"]] == [report]
    answer = rita("POST", f"/reports/{report}/verdict", UPHELD)
    assert answer.get_json() == {"offence_id": report, "stage": 1, "treatment": "normal"}
    assert rita("GET", "/reports?state=open").get_json() == {"items": [], "next": None}
    [decided] = rita("GET", "/reports?state=decided").get_json()["items"]
    assert (decided["id"], decided["state"], decided["is_overdue"]) == (report, "decided", False)
    told = [one.data for one in floor.events.after("0-0", 100) if one.kind == "report"]
    assert told[-1] == {"id": report, "state": "decided", "by": "rita"}


def test_a_report_that_is_not_upheld_ends_the_interim_routing_at_once(rita: Asking, floor: Floor) -> None:
    report = written(floor)
    found = floor.reports.find(report)
    assert found
    filing.file(floor, found)
    assert treatment(floor) is Treatment.TEAM_LEADER
    answer = rita("POST", f"/reports/{report}/verdict", UPHELD | {"abuse": "not_upheld"})
    assert answer.get_json() == {"offence_id": None, "stage": 0, "treatment": "normal"}
    assert treatment(floor) is Treatment.NORMAL


@pytest.mark.parametrize("finding", ["upheld", "not_upheld", "inconclusive"])
def test_a_verdict_takes_no_break_back(rita: Asking, ana: Asking, floor: Floor, finding: str) -> None:
    floor.store.client.hset(floor.keys.agent("ana"), mapping={"status": "recovery", "recovery_until_ms": "9"})
    before = floor.store.client.hgetall(floor.keys.agent("ana"))
    rita("POST", f"/reports/{written(floor)}/verdict", UPHELD | {"abuse": finding})
    assert floor.store.client.hgetall(floor.keys.agent("ana")) == before


def test_nobody_reviews_what_he_reported_or_was_on(ravi: Asking, rita: Asking, floor: Floor) -> None:
    for report in (written(floor, by="ravi"), written(floor, adviser="ravi")):
        refused(ravi("POST", f"/reports/{report}/verdict", UPHELD), 409, "own_report")
        assert rita("POST", f"/reports/{report}/verdict", UPHELD).status_code == 200


def test_the_first_verdict_stays_and_the_same_again_is_answered_again(
    rita: Asking, ravi: Asking, floor: Floor
) -> None:
    path = f"/reports/{written(floor)}/verdict"
    first = rita("POST", path, UPHELD)
    assert rita("POST", path, UPHELD).get_json() == first.get_json()
    for other in ({"abuse": "inconclusive"}, {"protocol_followed": False}):
        refused(rita("POST", path, UPHELD | other), 409, "already_decided")
    refused(ravi("POST", path, UPHELD), 409, "already_decided")


def test_two_reviewers_at_once_give_one_verdict(rita: Asking, ravi: Asking, floor: Floor) -> None:
    for _ in range(5):
        path = f"/reports/{written(floor)}/verdict"
        with ThreadPoolExecutor(2) as both:
            given = [both.submit(one, "POST", path, UPHELD) for one in (rita, ravi)]
        assert sorted(one.result().status_code for one in given) == [200, 409]


def test_a_nuisance_report_marks_the_caller_and_is_no_offence(rita: Asking, floor: Floor) -> None:
    report = written(floor, kind="nuisance")
    said = refused(rita("POST", f"/reports/{report}/verdict", UPHELD), 422, "invalid")
    assert "nuisance" in said["fields"]
    body = {"nuisance": "upheld", "protocol_followed": True, "note": ""}
    answer = rita("POST", f"/reports/{report}/verdict", body)
    assert answer.get_json() == {"offence_id": None, "stage": 0, "treatment": "slow_queue"}
    assert treatment(floor) is Treatment.SLOW_QUEUE


def test_whoever_decides_an_appeal_reads_its_grounds(app: Flask, rita: Asking, floor: Floor) -> None:
    report = written(floor)
    rita("POST", f"/reports/{report}/verdict", UPHELD)
    dora = Asking(app.test_client(), a_key(floor, "dora", "analyst", may=frozenset({"appeal"}), phone=""))
    body = {"by": "Kim", "grounds": "I did not say that."}
    assert dora("POST", f"/offences/{report}/appeal", body).status_code == 200
    case = dora("GET", f"/reports/{report}").get_json()
    assert (case["verdict"]["by"], case["verdict"]["note"]) == ("rita", "heard it")
    assert (case["appeal"]["grounds"], case["appeal"]["outcome"]) == ("Kim: I did not say that.", None)
    dora("POST", f"/offences/{report}/appeal/decision", {"outcome": "confirmed"})
    case = dora("GET", f"/reports/{report}").get_json()
    assert (case["appeal"]["outcome"], case["appeal"]["decided_by"]) == ("confirmed", "dora")


def test_what_was_not_recorded_needs_a_second_listener(rita: Asking, floor: Floor) -> None:
    report = written(floor, recorded=False)
    said = refused(rita("POST", f"/reports/{report}/verdict", UPHELD), 422, "invalid")
    assert "second_listener" in said["fields"]
    answer = rita("POST", f"/reports/{report}/verdict", UPHELD | {"second_listener": "Ben heard it all."})
    assert answer.get_json()["offence_id"] == report


def test_the_list_is_by_severity_then_age_and_comes_in_pages(rita: Asking, sam: Asking, floor: Floor) -> None:
    order = ["threat", "sexist", "homophobic", "sexual", "derogatory", "swearing"]
    ids = {}
    for name in (*reversed(order[2:]), *order[1::-1]):
        ids[name] = written(floor, category=Category(name))
        later(floor, seconds=1)
    prank = written(floor, kind="nuisance")
    wanted = [ids[name] for name in ("threat", "homophobic", "sexist", "sexual", "derogatory", "swearing")]
    wanted.append(prank)
    refused(sam("GET", "/reports"), 403, "not_allowed")
    rita("POST", f"/reports/{ids['threat']}/verdict", UPHELD)
    seen: list[str] = []
    after = ""
    while True:
        page = rita("GET", f"/reports?limit=3{after}").get_json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [*wanted[1:], wanted[0]]
    refused(rita("GET", "/reports?after=nowhere"), 422, "invalid")
    ahead = quote((floor.clock.now(floor.store) + timedelta(minutes=1)).isoformat())
    assert rita("GET", f"/reports?since={ahead}").get_json()["items"] == []


def test_a_case_shows_everything_and_every_look_is_audited(
    app: Flask, rita: Asking, ravi: Asking, ana: Asking, floor: Floor
) -> None:
    first = written(floor, words="before")
    rita("POST", f"/reports/{first}/verdict", UPHELD)
    at = floor.clock.now(floor.store)
    report = written(
        floor,
        customer_id="",
        ticket_id="T-9",
        note="he went on",
        original_problem="a late parcel",
        warnings=[Warned(1, at - timedelta(minutes=2)), Warned(2, at - timedelta(minutes=1), spoken=True)],
    )
    refused(ana("GET", f"/reports/{report}"), 403, "not_allowed")
    found = floor.reports.find(report)
    assert found
    filing.file(floor, found)
    dora = Asking(app.test_client(), a_key(floor, "dora", may=frozenset({"appeal"})))
    assert dora("GET", f"/reports/{report}").get_json()["seen_by"] is None
    rita("GET", f"/reports/{report}")
    case = ravi("GET", f"/reports/{report}").get_json()
    assert case["seen_by"] == "rita"
    assert (case["words"], case["ticket_id"], case["original_problem"]) == (
        "You fool.",
        "T-9",
        "a late parcel",
    )
    assert [(one["number"], one["spoken"]) for one in case["warnings"]] == [(1, False), (2, True)]
    assert [(one["report"], one["why"]) for one in case["earlier"]] == [(first, "counts")]
    assert (case["state"], case["verdict"], case["recording"]) == ("open", None, None)
    assert audited(floor) == [("see_report", who, report) for who in ("dora", "rita", "ravi")]
    refused(rita("GET", "/reports/rpnothing"), 404, "unknown_report")


MAIL = {
    "channel": "email",
    "contact": "Kim@Example.com",
    "thread": "T1",
    "message_id": "<1@example.com>",
    "words": "You idiot.",
    "category": "derogatory",
    "target": "adviser",
    "warnings": [
        {"number": 1, "at": "2025-11-20T10:00+00:00"},
        {"number": 2, "at": "2025-11-20T11:00+00:00"},
    ],
    "conversation": "…",
}


def test_a_written_report_is_one_however_often_it_is_sent(ana: Asking, rita: Asking, floor: Floor) -> None:
    first = ana("POST", "/reports", MAIL)
    assert first.status_code == 201
    assert ana("POST", "/reports", MAIL | {"words": "again"}).get_json() == first.get_json()
    [one] = floor.reports.open()
    assert (one.id, one.statement.contact, one.statement.words) == (
        first.get_json()["report_id"],
        "kim@example.com",
        "You idiot.",
    )
    rita("POST", f"/reports/{one.id}/verdict", UPHELD)
    assert floor.offences.dossiers.caller_of("kim@example.com")


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"target": "company"}, 422, "anger_is_not_abuse"),
        ({"warnings": MAIL["warnings"][:1]}, 409, "second_warning_missing"),  # type: ignore[index]
        ({"warnings": MAIL["warnings"][::-1] * 2}, 409, "second_warning_missing"),  # type: ignore[index]
        ({"contact": "+14155550142"}, 422, "invalid"),
        ({"channel": "telephone"}, 422, "invalid"),
        ({"words": ""}, 422, "invalid"),
        ({"more": 1}, 422, "invalid"),
    ],
)
def test_a_written_report_that_is_none_is_refused(
    ana: Asking, floor: Floor, change: dict[str, Any], status: int, word: str
) -> None:
    refused(ana("POST", "/reports", MAIL | change), status, word)
    assert floor.reports.open() == []


def test_a_written_threat_needs_no_warning_and_chats_have_handles(ana: Asking, floor: Floor) -> None:
    chat = {"channel": "chat", "contact": "kim99", "category": "threat", "warnings": []}
    assert ana("POST", "/reports", MAIL | chat).status_code == 201
    [one] = floor.reports.open()
    assert (one.statement.contact, one.statement.immediate) == ("chat:kim99", True)


@pytest.fixture
def _broken(floor: Floor) -> Iterator[None]:
    """The ledger is not as it was written."""
    floor.store.run(lambda redis: redis.hset(floor.keys.ledger_head, mapping={"seq": "9", "digest": "x"}))
    return


@pytest.mark.usefixtures("_broken")
def test_a_broken_ledger_takes_no_verdict_and_keeps_the_report(rita: Asking, floor: Floor) -> None:
    report = written(floor)
    refused(rita("POST", f"/reports/{report}/verdict", UPHELD), 503, "ledger_broken")
    assert [one["id"] for one in rita("GET", "/reports").get_json()["items"]] == [report]
