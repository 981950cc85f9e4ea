"""A queue with several callers: places and times, a full one, every way out, and what is heard in it."""

import pytest

from ivr.lab.records import Move
from tests.lab.sample_line import CALLER, NUMBER, SampleLine

PHONES = [f"+1415555016{last}" for last in range(4)]
FIGURES = ("QueuePosition", "CurrentQueueSize", "QueueTime", "AvgQueueTime")


def queueing(line: SampleLine, attributes: str = 'waitUrl="/voice/music"', after: str = "") -> None:
    enqueue = f'<Enqueue action="/voice/left" {attributes}>general</Enqueue>'
    line.pages["/voice/incoming"] = f"<Response>{enqueue}{after}</Response>"
    line.pages["/voice/music"] = '<Response><Pause length="20"/></Response>'


def test_everybody_is_told_place_and_time_and_moves_up(line: SampleLine) -> None:
    queueing(line)
    with line.lab() as lab:
        first, second, third = (lab.phone(number) for number in PHONES[:3])
        first.calls(NUMBER)
        lab.run(5)
        second.calls(NUMBER)
        lab.run(5)
        third.calls(NUMBER)
        lab.run(5)
        first.hangs_up()
        lab.run(20)
        with lab.exchange as network:
            (queue,) = network.queues.values()
            assert list(queue.waiting) == [second.call_sid, third.call_sid]
    told = [(form["From"][-1], *(form[figure] for figure in FIGURES)) for form in line.forms("/voice/music")]
    assert told == [
        ("0", "1", "1", "0", "0"),
        ("1", "2", "2", "0", "2"),  # waits of 5 and 0 seconds
        ("2", "3", "3", "0", "5"),  # 10, 5 and 0
        ("1", "1", "2", "20", "17"),  # 20 and 15
        ("2", "2", "2", "20", "22"),  # 25 and 20
    ]
    left = line.forms("/voice/left")
    assert [(form["From"], form["QueueResult"], form["QueueTime"]) for form in left] == [
        (PHONES[0], "hangup", "15")
    ]
    sids = {form["QueueSid"] for form in line.forms("/voice/music") + left}
    assert len(sids) == 1
    assert sids.pop().startswith("QU")


@pytest.mark.parametrize(("action", "heard"), [("/voice/left", "Goodbye then."), ("", "Full.")])
def test_a_full_queue_asks_its_action_or_goes_on(line: SampleLine, action: str, heard: str) -> None:
    queueing(line, 'waitUrl="/voice/music" maxQueueSize="2"', after="<Say>Full.</Say>")
    if not action:
        line.pages["/voice/incoming"] = str(line.pages["/voice/incoming"]).replace('action="/voice/left"', "")
    with line.lab() as lab:
        phones = [lab.phone(number) for number in PHONES[:3]]
        for phone in phones:
            phone.calls(NUMBER)
            lab.run(1)
        assert [phone.status for phone in phones] == ["in-progress", "in-progress", "completed"]
        assert phones[2].heard() == [heard]
        assert "finds the queue general full" in str(lab.story)
    told = [
        (form["QueueResult"], "QueueSid" in form, "QueueTime" in form) for form in line.forms("/voice/left")
    ]
    assert told == ([("queue-full", False, False)] if action else [])
    assert {form["MaxQueueSize"] for form in line.forms("/voice/music")} == {"2"}


@pytest.mark.parametrize(
    ("attributes", "heard", "verbs"),
    [
        ("", ["http://s3.amazonaws.com/com.twilio.sounds.music/index.xml"] * 3, {"Play"}),
        ('waitUrl=""', [], {"Pause"}),
    ],
    ids=["without", "empty"],
)
def test_without_a_wait_url_there_is_twilios_music_and_with_an_empty_one_silence(
    line: SampleLine, attributes: str, heard: list[str], verbs: set[str]
) -> None:
    queueing(line, attributes)
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        phone.calls(NUMBER)
        lab.run(25)
        assert (phone.status, phone.heard()) == ("in-progress", heard)
        assert {one.verb for one in phone.everything()} == verbs
        assert line.paths() == ["/voice/incoming"]


def test_leaving_tells_the_wait_and_runs_the_action(line: SampleLine) -> None:
    queueing(line)
    line.pages["/voice/music"] = '<Response><Pause length="7"/><Leave/></Response>'
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        phone.calls(NUMBER)
        lab.run_until(lambda: phone.status == "completed", 20)
        assert phone.heard() == ["Goodbye then."]
        with lab.exchange as network:
            assert [queue.waiting for queue in network.queues.values()] == [{}]
    (left,) = line.forms("/voice/left")
    assert (left["QueueResult"], left["QueueTime"], left["CallStatus"]) == ("leave", "7", "in-progress")


@pytest.mark.parametrize("ends", ["hangs_up", "drops"])
def test_the_document_of_an_action_told_of_a_hang_up_is_not_run(line: SampleLine, ends: str) -> None:
    queueing(line)
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        phone.calls(NUMBER)
        lab.run(12)
        getattr(phone, ends)()
        lab.run(5)
        assert (phone.status, phone.heard()) == ("completed", [])
    (left,) = line.forms("/voice/left")
    assert (left["QueueResult"], left["QueueTime"], left["CallStatus"]) == ("hangup", "12", "completed")
    assert line.forms("/voice/events")[0]["CallDuration"] == "12"


def test_who_is_moved_out_by_rest_is_a_notice_and_no_longer_in_the_queue(line: SampleLine) -> None:
    queueing(line)
    line.pages["/voice/elsewhere"] = '<Response><Say>Elsewhere.</Say><Pause length="30"/></Response>'
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        leg = phone.calls(NUMBER)
        lab.run(5)
        with lab.exchange as network:
            network.move_call(leg.call, Move(line.web + "/voice/elsewhere"))
        lab.run(5)
        assert (phone.status, phone.heard()) == ("in-progress", ["Elsewhere."])
        phone.hangs_up()
        lab.run(1)
        assert leg.ended_in == "hangs up"
    left = line.forms("/voice/left")
    assert [(form["QueueResult"], form["QueueTime"], form["CallStatus"]) for form in left] == [
        ("redirected", "5", "in-progress")
    ]


def test_a_waiting_document_that_fails_leads_to_the_fallback_outside_the_queue(line: SampleLine) -> None:
    queueing(line)
    line.pages["/voice/music"] = 503
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        phone.calls(NUMBER)
        lab.run(5)
        assert (phone.status, phone.heard()) == ("completed", ["Sorry, please call again."])
        assert [str(alert) for alert in lab.story.alerts] == ["11200 the server answered 503 (/voice/music)"]
        with lab.exchange as network:
            assert [queue.waiting for queue in network.queues.values()] == [{}]
    assert line.forms("/voice/fallback")[0]["ErrorCode"] == "11200"


@pytest.mark.parametrize(
    ("document", "asked"),
    [
        ("<Response/>", 11),
        ("<Response><Say>Hm.</Say></Response>", 11),
        ('<Response><Gather timeout="2" action="/voice/key"/></Response>', 6),
        ("<Response><Say>Thirty characters, two seconds</Say></Response>", 6),
    ],
    ids=["empty", "short", "a Gather", "two seconds"],
)
def test_a_waiting_document_is_asked_again_when_it_is_over_and_at_most_once_a_second(
    line: SampleLine, document: str, asked: int
) -> None:
    queueing(line)
    line.pages["/voice/music"] = document
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        phone.calls(NUMBER)
        lab.run(10.5)
        assert phone.status == "in-progress"
    assert len(line.forms("/voice/music")) == asked


def test_a_wait_url_may_be_asked_by_get(line: SampleLine) -> None:
    queueing(line, 'waitUrl="/voice/music?token=a" waitUrlMethod="GET" method="GET"')
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        phone.calls(NUMBER)
        lab.run(1)
        phone.hangs_up()
        lab.run(1)
    assert sorted(zip(line.methods, line.paths(), strict=True))[:2] == [
        ("GET", "/voice/left"),
        ("GET", "/voice/music"),
    ]
    waiting = line.forms("/voice/music")[0]
    assert (waiting["token"], waiting["QueuePosition"]) == ("a", "1")
