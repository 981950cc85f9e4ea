"""What follows from a report: the ledger, the reviewers' mail, and somebody who hears when it is late."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from routing import reports, review
from routing.floor import Floor
from routing.review import Verdict
from routing.rules.conduct_words import Category, Finding, Target
from routing.rules.people import May
from routing.rules.reports import ReportKind, Statement
from routing.store.on_disk import OnDisk
from routing.store.reports import DEADLINE, new_report_id
from tests.ivr.voice.scenes import later, set_clock
from tests.routing.staff import a_person

NUMBER, WORDS = "+14155550142", "You are a fool."
# A Wednesday noon in New York.
WEDNESDAY = datetime.fromisoformat("2099-03-04T12:00-05:00")


@pytest.fixture(autouse=True)
def _a_wednesday(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)
    set_clock(floor, WEDNESDAY)
    staff: list[tuple[str, str, dict[str, Any]]] = [
        ("ana", "agent", {"may": frozenset({May.REVIEW})}),
        ("rita", "agent", {"may": frozenset({May.REVIEW})}),
        ("sam", "supervisor", {}),
        ("olga", "ops", {}),
        ("gone", "admin", {"enabled": False}),
    ]
    for name, role, special in staff:
        floor.people.add(a_person(name, role, email=f"{name}@example.com", **special), by="tests")
    floor.people.add(a_person("quiet", may=frozenset({May.REVIEW})), by="tests")


def written(floor: Floor, **special: Any) -> str:
    said = {"call": "CA1", "adviser": "ana", "number": NUMBER, "words": WORDS} | special
    statement = Statement(ReportKind.ABUSE, category=Category.SEXIST, target=Target.ADVISER, **said)
    report_id = new_report_id()
    floor.reports.write(report_id, statement, by="ana")
    return report_id


def mails(floor: Floor) -> list[tuple[str, str]]:
    redis: Any = floor.store.client
    found = [redis.hgetall(key) for key in redis.scan_iter(floor.keys.mail("*"))]
    assert not [one for one in found if NUMBER[-4:] in str(one) or WORDS in str(one)]
    return sorted((one["to"], one["subject"]) for one in found)


def states(floor: Floor) -> list[str]:
    return [one.data["state"] for one in floor.events.after("0-0", 100) if one.kind == "report"]


def test_reviewers_but_not_the_reporter_are_written_to_once(floor: Floor) -> None:
    report = written(floor)
    for _ in range(3):
        reports.look(floor, report)
    assert mails(floor) == [("rita@example.com", "A report to review: sexist")]
    found = floor.reports.find(report)
    assert found
    assert found.is_filed
    assert floor.deadlines.moment_of(DEADLINE, report) == found.at + timedelta(minutes=5)


def test_a_report_that_nobody_opens_escalates_once_and_then_daily(floor: Floor) -> None:
    report = written(floor)
    reports.look(floor, report)
    later(floor, minutes=4)
    reports.look(floor, report)
    assert states(floor) == ["open"]
    later(floor, minutes=2)
    for _ in range(3):
        reports.look(floor, report)
    assert states(floor) == ["open", "unseen"]
    assert mails(floor)[1:] == [("sam@example.com", "A report is unseen: sexist")]
    # Due at the end of Thursday.
    later(floor, hours=36)
    for day in range(3):
        reports.look(floor, report)
        reports.look(floor, report)
        assert states(floor)[2:] == ["overdue"] * (day + 1)
        later(floor, days=1)
    assert mails(floor)[1:].count(("sam@example.com", "A report is overdue: sexist")) == 3
    assert floor.counts() == {"reports_escalated:unseen": 1, "reports_escalated:overdue": 3}


def test_a_report_that_was_opened_in_time_is_not_unseen(floor: Floor) -> None:
    report = written(floor)
    reports.look(floor, report)
    review.opened(floor, report, by="ana", reviews=True)
    assert not floor.reports.find(report).seen_at  # type: ignore[union-attr]
    review.opened(floor, report, by="rita", reviews=True)
    later(floor, minutes=10)
    reports.look(floor, report)
    assert states(floor) == ["open"]
    again = floor.deadlines.moment_of(DEADLINE, report)
    assert again == datetime.fromisoformat("2099-03-06T00:00-05:00")


def test_what_escalated_is_counted_for_operators(app: Flask, floor: Floor) -> None:
    report = written(floor)
    later(floor, minutes=6)
    reports.look(floor, report)
    found = app.test_client().get("/metrics").text
    assert 'calmline_reports_escalated_total{state="unseen"} 1.0' in found
    assert "calmline_reports_unfiled_total 0.0" in found


def test_a_decided_report_is_left_alone(floor: Floor) -> None:
    report = written(floor)
    review.judge(floor, report, Verdict(Finding.UPHELD, protocol_followed=True), by="rita")
    later(floor, days=30)
    reports.look(floor, report)
    assert (states(floor), mails(floor)) == (["open", "decided"], [])


def test_a_verdict_whose_answer_was_lost_takes_the_report_off_the_list(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = written(floor)
    with monkeypatch.context() as fault:
        fault.setattr(type(floor.reports), "is_decided", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            review.judge(floor, report, Verdict(Finding.UPHELD, protocol_followed=True), by="rita")
    assert floor.reports.is_open(report)
    again = floor.deadlines.moment_of(DEADLINE, report)
    assert again
    assert again < floor.clock.now(floor.store) + timedelta(minutes=1)
    reports.look(floor, report)
    assert not floor.reports.is_open(report)
    assert states(floor) == ["open", "decided"]


def test_one_call_reported_twice_by_one_adviser_is_one_report(floor: Floor) -> None:
    first, second = written(floor), written(floor)
    for report in (first, second):
        reports.look(floor, report)
    assert [one.id for one in floor.reports.open()] == [first]


def test_a_broken_ledger_keeps_the_report_alarms_and_is_tried_again(floor: Floor) -> None:
    head = floor.keys.ledger_head
    floor.store.run(lambda redis: redis.hset(head, mapping={"seq": "9", "digest": "x"}))
    report = written(floor)
    reports.look(floor, report)
    assert [one.id for one in floor.reports.open()] == [report]
    assert floor.counts() == {"reports_unfiled": 1}
    assert mails(floor) == [("rita@example.com", "A report to review: sexist")]
    again = floor.deadlines.moment_of(DEADLINE, report)
    assert again
    assert 50 < (again - floor.clock.now(floor.store)).total_seconds() <= 60
    floor.store.run(lambda redis: redis.delete(head))
    reports.look(floor, report)
    found = floor.reports.find(report)
    assert found
    assert found.is_filed
