"""Warnings and endings when Twilio or we fail: heard at most once, written exactly once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from config.settings import Settings
from routing import conduct, warnings
from routing.conduct import Account
from routing.floor import Floor, open_patient_floor
from routing.rules.conduct_words import Category, Target
from routing.store.effects import Effect, NotYet
from routing.store.warnings import WarningState
from routing.twilio_rest import NoReply, NotInProgress, OutOfReach, Refused
from tests.ivr.voice.scenes import later
from tests.routing.live_floor import LiveFloor


class Line:
    """A telephone on which the next announcements go as told, and all others well."""

    def __init__(self, *raised: Exception | None) -> None:
        self.announced: list[str] = []
        self.sent: list[str] = []
        self._raised = list(raised)

    def announce(self, _conference: str, url: str) -> None:
        self._fails()
        self.announced.append(url)

    def redirect(self, _call_sid: str, url: str, _fallback: str) -> None:
        self._fails()
        self.sent.append(url)

    def _fails(self) -> None:
        if self._raised and (wrong := self._raised.pop(0)):
            raise wrong


@pytest.fixture
def live(settings: Settings) -> LiveFloor:
    return LiveFloor(open_patient_floor(settings))


@pytest.fixture
def call(live: LiveFloor) -> str:
    live.agent()
    sid = live.call()
    assert live.talks(sid) == "ana"
    return sid


def left(floor: Floor, verb: str) -> Effect:
    """The last effect of this verb, as a dispatcher is given it."""
    effects = floor.effects.take("one", 50)
    return next(one for one in reversed(effects) if one.verb == verb)


def plays(floor: Floor, line: Line, effect: Effect) -> None:
    warnings.play(floor, line, effect)  # type: ignore[arg-type]


def warned(live: LiveFloor, call: str) -> Effect:
    warnings.warn(live.floor, call, "ana", spoken=False)
    return left(live.floor, "warn")


def test_a_warning_is_announced_once_however_often_its_effect_comes(live: LiveFloor, call: str) -> None:
    line, effect = Line(), warned(live, call)
    for _ in range(3):
        plays(live.floor, line, effect)
    [url] = line.announced
    assert f"warning={effect.data['warning']}" in url
    assert "number=1" in url
    assert "ana" not in url


def test_what_twilio_did_not_take_is_asked_again(live: LiveFloor, call: str) -> None:
    line, effect = Line(OutOfReach("away")), warned(live, call)
    with pytest.raises(NotYet):
        plays(live.floor, line, effect)
    plays(live.floor, line, effect)
    assert len(line.announced) == 1


@pytest.mark.parametrize(
    "wrong", [NoReply("done or not"), NotInProgress(404, 20404, "over"), Refused(400, 1, "no")]
)
def test_what_may_have_been_heard_is_not_said_again(live: LiveFloor, call: str, wrong: Exception) -> None:
    line, effect = Line(wrong), warned(live, call)
    try:
        plays(live.floor, line, effect)
    except NoReply:
        plays(live.floor, line, effect)
    assert line.announced == []
    later(live.floor, seconds=60)
    warnings.look(live.floor, call)
    assert [one.state for one in live.floor.warnings.of(call)] == [WarningState.FAILED]


def test_a_warning_that_failed_meanwhile_is_not_played_any_more(live: LiveFloor, call: str) -> None:
    line, effect = Line(), warned(live, call)
    live.floor.conversations.hold(call, "ana")
    plays(live.floor, line, effect)
    assert line.announced == []


def test_a_caller_who_has_asked_for_the_reason_is_not_sent_to_it_again(live: LiveFloor, call: str) -> None:
    floor, line = live.floor, Line()
    conduct.end(floor, call, _ana(floor), _THREAT)
    effect = left(floor, "tell_reason")
    conduct.tell_reason(floor, line, effect)  # type: ignore[arg-type]
    conduct.is_read_out(floor, call)
    conduct.tell_reason(floor, line, effect)  # type: ignore[arg-type]
    [url] = line.sent
    assert "at_once=1" in url
    live.hangs_up(call)
    conduct.tell_reason(floor, line, effect)  # type: ignore[arg-type]
    assert len(line.sent) == 1


_THREAT = Account(Category.THREAT, Target.ADVISER, "I will find you.", immediate=True)


def _ana(floor: Floor) -> Any:
    return floor.people.find("ana")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(act) for act in acts]]


def test_ended_by_many_hands_at_once_it_is_one_report(live: LiveFloor, call: str) -> None:
    who = _ana(live.floor)
    found = at_once(*[lambda: conduct.end(live.floor, call, who, _THREAT)] * 8)
    assert len(set(found)) == 1
    assert [one.id for one in live.floor.reports.open()] == [found[0]]
    verbs = [verb for verb, _ in live.effects()]
    assert (verbs.count("tell_reason"), verbs.count("send_away")) == (1, 1)


def test_pressed_by_many_hands_at_once_it_is_one_warning(live: LiveFloor, call: str) -> None:
    def press() -> str:
        try:
            warnings.warn(live.floor, call, "ana", spoken=False)
        except warnings.WarningPlaying:
            return "playing"
        return "ok"

    assert sorted(at_once(*[press] * 6)) == ["ok", *["playing"] * 5]
    assert [verb for verb, _ in live.effects()].count("warn") == 1


def test_a_caller_who_is_passed_on_brings_how_long_and_how_often(live: LiveFloor, call: str) -> None:
    floor = live.floor
    floor.offers.end(live.offer(call), "completed", missed=False)
    later(floor, seconds=70)
    live.agent("ben")
    live.stays(call)
    later(floor, seconds=5)
    assert live.talks(call) == "ben"
    found = floor.reports.find(conduct.end(floor, call, floor.people.find("ben"), _THREAT))  # type: ignore[arg-type]
    assert found
    assert (found.transfers, found.by) == (1, "ben")


def test_the_end_of_the_call_does_not_take_the_break_away(live: LiveFloor, call: str) -> None:
    conduct.end(live.floor, call, _ana(live.floor), _THREAT)
    live.hangs_up(call)
    live.floor.conversations.end_wrap_up("ana")
    live.floor.agents.has_rested("ana")
    assert live.status() == "recovery"
    assert live.floor.agents.read("ana").call == call
