"""The story of everything that happened, as people read it and tests ask it."""

import pytest

from ivr.lab.clocks import ManualClock
from ivr.lab.story import Alert, Bridge, Story
from tests.lab.sample_line import CALLER, NUMBER, SampleLine

A, B, C = "+12125550160", "+12125550161", "+12125550162"
AB, AC, BC = frozenset({A, B}), frozenset({A, C}), frozenset({B, C})
MIDNIGHT = 1_790_035_200.0


def test_the_story_of_a_call_is_read_line_by_line(line: SampleLine) -> None:
    line.pages["/voice/menu"] = 500
    with line.lab(clock=ManualClock(MIDNIGHT)) as lab:
        phone = lab.phone(CALLER)
        phone.on_hearing("press 1", press="1")
        phone.calls(NUMBER)
        lab.run(10)
        sid = phone.call_sid
        told = str(lab.story)
    assert told == "\n".join(
        [
            f"Tue 00:00:00.00  {CALLER}       calls {NUMBER}",
            f"Tue 00:00:00.00  {CALLER}       call in-progress",
            f"Tue 00:00:00.00  {CALLER}       hears [en-US] Press 1 to wait.",
            f"Tue 00:00:01.36  {CALLER}       presses 1",
            f"Tue 00:00:01.36  {CALLER}       hears [en-US] Sorry, please call again.",
            f"Tue 00:00:03.03  {CALLER}       call completed",
            f"Tue 00:00:01.36  debugger           11200 the server answered 500 (/voice/menu) ({sid})",
        ]
    )


def test_requests_are_told_with_path_status_and_call(line: SampleLine) -> None:
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        leg = phone.calls(NUMBER)
        lab.run(10)
        requests = lab.story.requests
    assert [(request.path, request.status) for request in requests] == [
        ("/voice/incoming", 200),
        ("/voice/events", 200),
    ]
    assert {request.call_sid for request in requests} == {leg.call.sid}


def test_a_failing_wait_shows_the_whole_story(line: SampleLine) -> None:
    with line.lab() as lab:
        phone = lab.phone(CALLER)
        phone.calls(NUMBER)
        with pytest.raises(AssertionError, match=r"not within 3 s:\n.*calls \+14155550100\n"):
            lab.run_until(lambda: phone.status == "busy", 3)


def test_who_hears_whom_is_kept_with_its_times() -> None:
    story = Story()
    story.connect(1, {AB}, AB)
    story.connect(5, {AB, AC, BC}, frozenset({A, B, C}))
    story.connect(6, {AB, AC, BC}, frozenset({A, B, C}))
    story.connect(9, {BC}, frozenset({A, B, C}))
    story.connect(12, {AB}, AB)
    assert sorted(story.bridges, key=lambda bridge: (bridge.since, sorted(bridge.people))) == [
        Bridge(AB, 1, 9),
        Bridge(AC, 5, 9),
        Bridge(BC, 5, None),
        Bridge(AB, 12, None),
    ]


def test_what_happens_to_some_does_not_part_others() -> None:
    story = Story()
    story.connect(1, {AB}, AB)
    story.connect(2, set(), frozenset({C}))
    assert story.bridges == [Bridge(AB, 1, None)]


def test_a_line_of_the_debugger_begins_with_its_code_unless_it_is_the_labs_own() -> None:
    assert str(Alert(0, 11200, "the server answered 500", "CA1")) == "11200 the server answered 500"
    assert str(Alert(0, 0, "<Pay> is not covered by the lab yet", "CA1")).startswith("<Pay>")
