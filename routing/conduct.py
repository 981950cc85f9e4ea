"""A call is ended for abuse: the caller hears why, a report is written, the adviser has a break."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from config.observe import log
from routing.conversation import NotTalking, NotYourCall, is_over_at_twilio
from routing.events import call_ended
from routing.floor import Floor
from routing.links import Route
from routing.moving_calls import send_call
from routing.rules.audiences import SEES_ALL
from routing.rules.call_states import CallState
from routing.rules.caller import Identity
from routing.rules.conduct_words import ENDS_AT_ONCE, PEOPLE, Category, LegalWish, Target
from routing.rules.people import Person
from routing.rules.reports import ReportKind, Statement
from routing.store.effects import Effect, Verb
from routing.store.endings import CLOSING, Care, Ending, SaidToEnding
from routing.store.reports import new_report_id
from routing.telephone import Telephone
from routing.warnings import SafetySuspends, TooSoon

# The caller's telephone asks for the reason by then, and has read it out by then; so often it is sent there.
_ASKS_WITHIN, _READ_OUT_WITHIN, _MOST_SENT = timedelta(seconds=12), timedelta(minutes=3), 6
_OFF_THE_LINE = timedelta(seconds=5)


class SecondWarningMissing(Exception):
    """The caller has not heard two warnings."""


class AngerIsNotAbuse(Exception):
    """What was said was aimed at a thing, not at a person."""


class NotAtOnce(Exception):
    """Not one of the categories that end a call at once."""


@dataclass(frozen=True, slots=True)
class Account:
    """What whoever ends a call says of it."""

    category: Category
    target: Target
    words: str
    note: str = ""
    legal_wish: LegalWish = LegalWish.UNDECIDED
    immediate: bool = False
    customer_id: str = ""
    ticket_id: str = ""


_REFUSALS: dict[SaidToEnding, Exception] = {
    SaidToEnding.NOT_YOURS: NotYourCall("This call is not with you."),
    SaidToEnding.NOT_TALKING: NotTalking("Nobody talks on this call now."),
    SaidToEnding.SAFETY_SUSPENDS: SafetySuspends("Safety comes first on this call: call a supervisor in."),
    SaidToEnding.SECOND_WARNING_MISSING: SecondWarningMissing("The caller has not heard two warnings."),
    SaidToEnding.TOO_SOON: TooSoon("Leave the caller a moment to change after the second warning."),
}


def end(floor: Floor, call_sid: str, who: Person, account: Account) -> str:
    """The id of the report, once it is on disk; the same one for a repeat.

    Raises AngerIsNotAbuse, NotAtOnce, SecondWarningMissing, TooSoon, SafetySuspends, NotYourCall, NotTalking,
    NoConfigError, StoreAway; and NotKept, after which the call ends all the same.
    """
    if account.target not in PEOPLE:
        raise AngerIsNotAbuse("Anger at the company, a product or a process is not abuse.")
    if account.immediate and account.category not in ENDS_AT_ONCE:
        raise NotAtOnce(f"Only for {', '.join(sorted(ENDS_AT_ONCE))}.")
    conduct = floor.configs.in_force().conduct
    call = floor.conversations.of(call_sid)
    ending = Ending(
        who.id,
        new_report_id(),
        _statement(floor, call_sid, call, who, account),
        _transfers(floor, call_sid, call),
        conduct.warning_gap_s * 1000,
        conduct.recovery_min * 60_000,
        _ASKS_WITHIN // timedelta(milliseconds=1),
    )
    said, report_id = floor.endings.end(ending)
    _check(said)
    log.info("ended_for_abuse", call=call_sid, report=report_id)
    floor.reports.keep(report_id)
    return report_id


def ask_for_care(floor: Floor, call_sid: str, who: Person, what: Care) -> None:
    """Strikes are suspended, or a supervisor is called in. Raises NotYourCall, NotTalking, StoreAway."""
    _check(floor.endings.ask_for_care(call_sid, who.id, what, leads=who.role in SEES_ALL))
    log.info("care", call=call_sid, what=what)


def tell_reason(floor: Floor, telephone: Telephone, effect: Effect) -> None:
    """The caller is sent to the reason, unless his telephone has asked for it: nobody hears it begin twice.

    Raises NotYet, NoReply, StoreAway.
    """
    call = floor.conversations.of(effect.target)
    if call.get("state") != CallState.CLOSING or "reason_asked_ms" in call:
        return
    where = {"language": call.get("language", ""), "at_once": call.get("ended_at_once", "0")}
    send_call(floor, telephone, effect, Route.ENDED, int(call["visit"]), **where)


def is_read_out(floor: Floor, call_sid: str) -> None:
    """The caller's telephone has asked for the reason: it has a while to read it out. Raises StoreAway."""
    now = floor.clock.now(floor.store)
    floor.endings.is_read_out(call_sid, now)
    floor.deadlines.set(CLOSING, call_sid, now + _READ_OUT_WITHIN)


def is_heard(floor: Floor, call_sid: str) -> None:
    """The caller has heard the reason to its end, and is hung up on. Raises StoreAway."""
    now = floor.clock.now(floor.store)
    if floor.endings.is_heard(call_sid, now):
        log.info("reason_heard", call=call_sid)
    floor.deadlines.set(CLOSING, call_sid, now + _OFF_THE_LINE)


def look_at_closing(floor: Floor, telephone: Telephone, call_sid: str) -> None:
    """The caller has heard why, or is sent to hear it once more, and then he is off the line.

    Safe to repeat. Raises StoreAway.
    """
    call = floor.conversations.of(call_sid)
    if call.get("state") != CallState.CLOSING:
        return
    if is_over_at_twilio(telephone, call_sid):
        call_ended(floor, call_sid, "completed")
        return
    now, sent = floor.clock.now(floor.store), int(call.get("reason_sent", 1))
    if "reason_heard_ms" in call or sent >= _MOST_SENT:
        log.warning("hung_up_after_reason", call=call_sid, heard="reason_heard_ms" in call)
        floor.effects.add(Verb.END, call_sid, {}, within=timedelta(minutes=1))
    else:
        floor.endings.is_sent_again(call_sid, sent + 1)
        floor.effects.add(Verb.TELL_REASON, call_sid, {}, within=_ASKS_WITHIN)
    floor.deadlines.set(CLOSING, call_sid, now + _ASKS_WITHIN)


def _check(said: SaidToEnding) -> None:
    if said in _REFUSALS:
        raise type(_REFUSALS[said])(*_REFUSALS[said].args)


def _statement(
    floor: Floor, call_sid: str, call: Mapping[str, str], who: Person, account: Account
) -> Statement:
    answers = floor.calls.answers(call_sid)
    return Statement(
        kind=ReportKind.ABUSE,
        call=call_sid,
        adviser=call.get("agent", "") if who.role in SEES_ALL else who.id,
        words=account.words,
        category=account.category,
        target=account.target,
        note=account.note,
        legal_wish=account.legal_wish,
        immediate=account.immediate,
        recorded="recording" in call,
        number=call.get("number", ""),
        identity=answers[0].decision.because.identity if answers else Identity.NOT_A_NUMBER,
        customer_id=account.customer_id,
        ticket_id=account.ticket_id,
        line=answers[0].line if answers else "",
        language=call.get("language", ""),
        queue=call.get("queue", ""),
    )


def _transfers(floor: Floor, call_sid: str, call: Mapping[str, str]) -> int:
    """How often the caller was passed on: from one queue to the next, from one adviser to the next."""
    advisers = sum(name.startswith("talked:") for name in call)
    notes = floor.conversations.timeline(call_sid)
    queues = {note["queue"] for note in notes if note["what"] == "call" and note["state"] == "waiting"}
    return max(0, advisers - 1) + max(0, len(queues) - 1)
