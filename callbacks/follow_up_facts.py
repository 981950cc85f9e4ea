"""What a promised follow-up call tells the conduct ledger. Pure; ids are the same whenever it is asked."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from callbacks.dialling import NO_CALLS
from callbacks.records import Callback
from callbacks.rules.outcomes import Result
from callbacks.rules.states import State
from callbacks.script_arguments import Entry
from routing.rules.conduct_events import Fact, FollowedUp, LetterSent
from routing.rules.conduct_words import FollowUp


def facts_from(callback: Callback, offence: str, history: Sequence[Entry], at: datetime) -> Iterator[Fact]:
    """A call that is still to be made tells nothing."""
    by = _by(callback, history)
    if callback.state not in (State.DONE, State.LETTER_DUE):
        return
    result = _result(callback)
    followed = f"followed-{callback.id}-{offence}-{result}"
    yield FollowedUp(id=followed, at=at, by=by, offence=offence, result=result)
    if callback.state is State.DONE and result is not FollowUp.SPOKE:
        yield LetterSent(id=f"letter-{callback.id}-{offence}", at=at, by=by, offence=offence)


def _result(callback: Callback) -> FollowUp:
    """Without a conversation it ended in writing."""
    told = callback.outcome
    if (told is not None and told.do_not_call) or callback.because == NO_CALLS:
        return FollowUp.DECLINED
    if callback.state is State.DONE and told is not None and told.result is Result.REACHED:
        return FollowUp.SPOKE
    return FollowUp.NOT_REACHED


def _by(callback: Callback, history: Sequence[Entry]) -> str:
    """Whoever brought it to where it stands."""
    return next((entry.by for entry in reversed(history) if entry.state == callback.state), "calmline")
