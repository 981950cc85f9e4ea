"""A warning to a caller: played to both in the conference and proven, or said by the adviser."""

from secrets import token_hex

from config.observe import log
from config.schema import RoutingConfig
from config.wording import Wording
from routing.conversation import NotYourCall
from routing.floor import Floor
from routing.links import Route
from routing.moving_calls import announce_at
from routing.store.effects import Effect, NotYet
from routing.store.warnings import OneWarning, SaidToWarning, Warn, WarningState
from routing.telephone import Telephone

# The words of each by number: the same every time.
PROMPTS = ("warning_1", "warning_2")
# Nothing was heard of it so long after its words should have been spoken: it has failed.
_GRACE_MS = 8_000
_BEGIN_WITHIN_MS = 8_000
# Slow speech, so that nothing is given up that is still being said; a recording's length is not known.
_CHARACTERS_A_SECOND, _RECORDING_MS = 10, 30_000


class WarningRefused(Exception):
    """It cannot be given now."""


class CallerNotConnected(WarningRefused):
    """Nobody to hear it."""


class CallerOnHold(WarningRefused):
    """The caller hears music."""


class WarningPlaying(WarningRefused):
    """The one before is not over."""


class TwoWarningsGiven(WarningRefused):
    """There is no third."""


class TooSoon(WarningRefused):
    """The caller had no time yet to change."""


class SafetySuspends(WarningRefused):
    """Somebody is in danger: nothing counts against the caller now."""


_REFUSALS: dict[SaidToWarning, Exception] = {
    SaidToWarning.NOT_YOURS: NotYourCall("This call is not with you."),
    SaidToWarning.SAFETY_SUSPENDS: SafetySuspends("Safety comes first on this call: no warnings."),
    SaidToWarning.ON_HOLD: CallerOnHold("The caller is on hold and would not hear it."),
    SaidToWarning.NOT_CONNECTED: CallerNotConnected("The caller is not connected."),
    SaidToWarning.PLAYING: WarningPlaying("The warning before is still being played."),
    SaidToWarning.TWO_GIVEN: TwoWarningsGiven("Both warnings were given: you may end the call."),
    SaidToWarning.TOO_SOON: TooSoon("Leave the caller a moment to change after a warning."),
}


def warn(floor: Floor, call_sid: str, agent_id: str, *, spoken: bool) -> tuple[int, WarningState]:
    """The number of the warning, and whether it plays or (`spoken`) was given.

    Raises NotYourCall, WarningRefused, NoConfigError, StoreAway.
    """
    config = floor.configs.in_force()
    language = floor.conversations.of(call_sid).get("language", "")
    wanted = Warn(
        call_sid,
        agent_id,
        f"wa{token_hex(10)}",
        spoken,
        config.conduct.warning_gap_s * 1000,
        [_lasts_ms(config, prompt, language) + _GRACE_MS for prompt in PROMPTS],
        _BEGIN_WITHIN_MS,
    )
    said, number, state = floor.warnings.warn(wanted)
    if said in _REFUSALS:
        raise type(_REFUSALS[said])(*_REFUSALS[said].args)
    log.info("warning", call=call_sid, number=number, state=state)
    return number, state


def play(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """Both hear it; at most once, whatever becomes of us. Raises NotYet, NoReply, StoreAway."""
    warning_id, call_sid = effect.data["warning"], effect.target
    if not _plays(floor.warnings.of(call_sid), warning_id) or not floor.warnings.begin(call_sid, warning_id):
        return
    number, language = str(effect.data["number"]), effect.data["language"]
    url = floor.links.to(Route.WARNING, warning_id, 0, warning=warning_id, number=number, language=language)
    try:
        announce_at(telephone, effect, effect.data["conference"], url)
    except NotYet:
        floor.warnings.was_not_begun(call_sid, warning_id)
        raise


def is_over(floor: Floor, conference: str, warning_id: str, *, played: bool) -> None:
    """Twilio tells that an announcement is over. Counts only where the call still is. Raises StoreAway."""
    call_sid = floor.warnings.call_of(conference)
    if call_sid and warning_id:
        _tell(
            call_sid,
            floor.warnings.is_over(call_sid, played=played, warning_id=warning_id, conference=conference),
        )


def caller_left(floor: Floor, conference: str) -> None:
    """The caller's leg is out of the conference: what plays there is not heard. Raises StoreAway."""
    if call_sid := floor.warnings.call_of(conference):
        _tell(call_sid, floor.warnings.is_over(call_sid, played=False, conference=conference))


def look(floor: Floor, call_sid: str) -> None:
    """A warning should be over by now; one of which nothing was heard has failed. Raises StoreAway."""
    _tell(call_sid, floor.warnings.has_expired(call_sid))


def _tell(call_sid: str, state: str) -> None:
    if state:
        log.info("warning_over", call=call_sid, state=state)


def _plays(warnings: tuple[OneWarning, ...], warning_id: str) -> bool:
    return any(one.id == warning_id and one.state is WarningState.PLAYING for one in warnings)


def _lasts_ms(config: RoutingConfig, prompt: str, language: str) -> int:
    known = language if language in config.languages else next(iter(config.languages))
    wording: Wording = config.prompts[known][prompt]
    return len(wording.words) * 1000 // _CHARACTERS_A_SECOND if wording.words else _RECORDING_MS
