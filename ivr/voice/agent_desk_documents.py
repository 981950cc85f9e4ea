"""What is heard at the agents' number."""

from typing import assert_never

from config.schema import RoutingConfig
from ivr.voice import twiml
from ivr.voice.speech import spoken
from routing.agent_desk import (
    AskPin,
    AskStaffNumber,
    Farewell,
    Locked,
    SayStatus,
    SoonAvailable,
    Words,
    WrongAgain,
)
from routing.links import Links, Route
from routing.rules.agent_states import AgentState
from routing.store.agents import AgentNow

# What he does now (else a call has him), and what comes after that.
_NOW = {
    AgentState.AVAILABLE: "desk_now_available",
    AgentState.BREAK: "desk_now_break",
    AgentState.OFFLINE: "desk_now_offline",
    AgentState.NOT_ANSWERING: "desk_now_not_answering",
}
_NEXT = {
    AgentState.AVAILABLE: "desk_next_available",
    AgentState.BREAK: "desk_next_break",
    AgentState.OFFLINE: "desk_next_offline",
}
_KEY_WAIT_S = 8
_LONGEST_STAFF_NUMBER, _LONGEST_PIN = 20, 8


class DeskWriter:
    """Writes the next document of one call: `visit` is the one that its links carry."""

    def __init__(self, config: RoutingConfig, links: Links, call_sid: str, visit: int, language: str) -> None:
        self._config, self._links, self._call_sid, self._visit = config, links, call_sid, visit
        self._language = self._known(language)

    def write(self, words: Words, *, greets: bool = False) -> str:
        """The document; `greets` for the first one of a call."""
        first = [self._say("desk_greeting")] if greets else []
        match words:
            case AskStaffNumber(tried):
                return self._ask_staff_number(first, tried)
            case AskPin(by_staff_number, tried):
                return self._ask_pin(first, by_staff_number, tried)
            case SayStatus(now, language, asked):
                self._language = self._known(language or self._language)
                return self._status(now, asked)
            case SoonAvailable(language):
                self._language = self._known(language or self._language)
                return twiml.document(self._say("desk_soon_available"), twiml.hang_up())
            case Locked(minutes):
                return twiml.document(self._say("desk_locked", minutes=minutes), twiml.hang_up())
            case WrongAgain():
                return twiml.document(self._say("desk_wrong_goodbye"), twiml.hang_up())
            case Farewell(language):
                self._language = self._known(language or self._language)
                return twiml.document(self._say("neutral_goodbye"), twiml.hang_up())
            case other:
                assert_never(other)

    def _ask_staff_number(self, said: list[twiml.Verb], tried: int) -> str:
        said += [self._say("desk_wrong")] if tried else []
        said.append(self._say("desk_staff_number"))
        action = self._link(Route.DESK_STAFF, tried=tried)
        return self._asked(said, action, _LONGEST_STAFF_NUMBER)

    def _ask_pin(self, said: list[twiml.Verb], by_staff_number: bool, tried: int) -> str:
        # Who has just said his number has heard of the wrong try already.
        said += [self._say("desk_wrong")] if tried and not by_staff_number else []
        said.append(self._say("desk_pin"))
        action = self._link(Route.DESK_PIN, by="staff" if by_staff_number else "phone", tried=tried)
        return self._asked(said, action, _LONGEST_PIN)

    def _asked(self, said: list[twiml.Verb], action: str, longest: int) -> str:
        return twiml.document(twiml.gather_number(said, action=action, wait_s=_KEY_WAIT_S, longest=longest))

    def _status(self, now: AgentNow, asked: int) -> str:
        said = [self._say(_NOW.get(now.status, "desk_now_busy"))]
        if now.next_status:
            said.append(self._say(_NEXT[now.next_status]))
        said.append(self._say("desk_keys"))
        action = self._link(Route.DESK_CHOICE, asked=asked)
        return twiml.document(twiml.gather(said, action=action, wait_s=_KEY_WAIT_S, answer_silence=True))

    def _say(self, prompt: str, **values: object) -> twiml.Verb:
        return spoken(self._config, prompt, self._language, **values)

    def _link(self, route: Route, **where: object) -> str:
        told = {name: str(value) for name, value in where.items()}
        return self._links.to(route, self._call_sid, self._visit, language=self._language, **told)

    def _known(self, language: str) -> str:
        return language if language in self._config.languages else next(iter(self._config.languages))
