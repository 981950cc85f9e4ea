"""What calls tell the conduct ledger: a specialist took one, the written channel was offered (11)."""

from datetime import timedelta

from callbacks.caller_affairs import US
from callbacks.dialling import caller_id
from callbacks.rules.dialable import refusal
from config.connections import StoreAway
from config.letters import letter
from config.observe import log
from routing.floor import Floor
from routing.rules.answers import Answer
from routing.rules.caller import Identity
from routing.rules.conduct_events import Fact, SpecialistTookCall, WritingOffered
from routing.rules.conduct_refusals import FactRefused
from routing.rules.phone_numbers import NumberKind, read_number
from routing.store.dossiers import LedgerBroken
from routing.store.on_disk import NotKept

SPECIALIST_CALL = "specialist_call"  # kinds of deadlines: of a CallSid
WRITING_OFFERED = "writing_offered"
LATER = "ledger_waited:calls"  # what is counted for /metrics
_AGAIN = timedelta(minutes=1)


def specialist_took(floor: Floor, call_sid: str) -> None:
    """A caller was joined to a specialist; safe to repeat. Raises StoreAway."""
    call = floor.conversations.of(call_sid)
    at, by = floor.clock.now(floor.store), call.get("agent") or US
    fact = SpecialistTookCall(id=f"specialist-{call_sid}", at=at, by=by, call=call_sid)
    _tell(floor, SPECIALIST_CALL, call_sid, fact)


def writing_was_offered(floor: Floor, call_sid: str) -> None:
    """A caller heard where to write to, and is sent the address; safe to repeat. Raises StoreAway."""
    answers = floor.calls.answers(call_sid)
    number = _number(floor, call_sid, answers)
    if number:
        _send_address(floor, number, answers[-1])
    at = floor.clock.now(floor.store)
    _tell(floor, WRITING_OFFERED, call_sid, WritingOffered(id=f"offered-{call_sid}", at=at, by=US))


def _send_address(floor: Floor, number: str, answer: Answer) -> None:
    """At most once a day to a number; the day is the clock's in UTC."""
    config = floor.configs.in_force()
    if refusal(number, config.callbacks.countries):
        return
    line = config.lines.get(answer.line) or config.lines[config.default_line]
    day = floor.clock.now(floor.store).date()
    id_ = f"address-{floor.caller_key(number)}-{day}"
    floor.messages.write_once(id_, number, caller_id(line), letter(config, answer.language, "address_sms"))


def _tell(floor: Floor, kind: str, call_sid: str, fact: Fact) -> None:
    """To the ledger, if it has the caller and the number tells who called. One that is broken waits."""
    try:
        number = _number(floor, call_sid, floor.calls.answers(call_sid))
        caller = floor.offences.dossiers.caller_of(number) if number else ""
        if caller:
            floor.offences.append(caller, fact, floor.terms())
    except FactRefused as no:
        log.info("call_not_told", kind=kind, call=call_sid, because=no.code)
    except (LedgerBroken, NotKept, StoreAway) as trouble:
        log.error("ledger_away", kind=kind, call=call_sid, because=str(trouble))
        floor.store.run(lambda redis: redis.hincrby(floor.keys.counts, LATER, 1))
        floor.deadlines.set(kind, call_sid, floor.clock.now(floor.store) + _AGAIN)


def _number(floor: Floor, call_sid: str, answers: list[Answer]) -> str:
    """The caller's, in E.164; "" where it does not tell who called (docs/policy.md 18)."""
    if not answers or answers[-1].decision.because.identity is not Identity.SURE:
        return ""
    config = floor.configs.in_force()
    line = config.lines.get(answers[-1].line) or config.lines[config.default_line]
    number = read_number(floor.conversations.of(call_sid).get("number", ""), line.region)
    return number.e164 if number.kind is NumberKind.E164 else ""
