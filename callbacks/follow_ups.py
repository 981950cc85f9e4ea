"""Follow-up calls: an offence that owes one has one promised, what came of it goes back to the ledger."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from callbacks import endings, escalations, letters_owed
from callbacks.booking import Wanted, book
from callbacks.caller_affairs import US, Affairs
from callbacks.follow_up_facts import facts_from
from callbacks.follow_up_words import brief
from callbacks.keys import CallbackKeys
from callbacks.ledger import AlreadyOpen, Ledger
from callbacks.records import Callback, Change
from callbacks.refusals import NumberRefused, TooLate, TooManyOpen, WantsNoCalls
from callbacks.rules.remedies_due import follow_ups
from callbacks.rules.states import OPEN, Kind, State, may_cancel
from callbacks.steps import LOOK_AGAIN
from callbacks.still_owed import NOT_OWED, links
from callbacks.turns import LEASE
from config.observe import log
from routing.floor import Floor
from routing.rules.accounts import Account
from routing.rules.conduct_refusals import FactRefused
from routing.rules.people import Person
from routing.rules.reports import Report


def look_after(floor: Floor, ledger: Ledger, affairs: Affairs) -> None:
    """What is owed is promised, what is not is called off, what came of it is told. Safe to repeat.

    Raises StoreAway, LedgerBroken, NotKept, NoConfigError.
    """
    owed, promised = follow_ups(affairs.standing), links(floor, affairs.caller)
    for offence, callback_id in promised.items():
        found = ledger.find(callback_id)
        if found is None:
            continue
        _tell(floor, ledger, affairs, offence, found)
        if offence not in owed:
            _call_off(ledger, found, owed={one for one in owed if promised.get(one) == callback_id})
    for account in owed.values():
        found = ledger.find(promised[account.report]) if account.report in promised else None
        if found is None or found.state is State.CANCELLED:
            _promise(floor, ledger, affairs, account, found)


def _tell(floor: Floor, ledger: Ledger, affairs: Affairs, offence: str, callback: Callback) -> None:
    """What came of the call, to the ledger: it delivers the remedy, or does not."""
    for fact in facts_from(callback, offence, ledger.history(callback.id), affairs.at):
        if affairs.knows(fact.id):
            continue
        try:
            floor.offences.append(affairs.caller, fact, affairs.terms)
            log.info("follow_up_told", callback=callback.id, fact=type(fact).__name__)
        except FactRefused as no:
            log.info("follow_up_not_told", callback=callback.id, because=no.code)
    if callback.state is State.LETTER_DUE and offence in follow_ups(affairs.standing):
        what = "A letter is owed to a customer in place of a follow-up call."
        escalations.escalate(floor, f"letter-{callback.id}", report=offence, state="letter_due", what=what)


def _call_off(ledger: Ledger, callback: Callback, owed: set[str]) -> None:
    """Not owed any more: quashed, erased, let go, or spent. Too late is too late."""
    if owed or not may_cancel(callback.state, callback.step):
        return
    with suppress(TooLate):
        endings.cancel(ledger, callback.id, by=US, why=NOT_OWED)


def _promise(
    floor: Floor, ledger: Ledger, affairs: Affairs, account: Account, before: Callback | None
) -> None:
    """A call, or the letter that takes its place. One that a person called off is not booked again."""
    if before is not None and before.because != NOT_OWED:
        found = _promised_by_hand(floor, ledger, affairs)
        if found is not None:
            _link(floor, affairs, account, found)
        return
    report = floor.reports.find(account.report)
    numbers = list(_numbers(affairs, report))
    wanted = _wanted(floor, affairs, account, report)
    for number in numbers:
        try:
            manager = _manager(floor, report.statement.adviser if report else account.reported_by)
            found = book(floor, ledger, replace(wanted, number=number), by=US, booker=manager)
        except AlreadyOpen as there:
            found = _adopted(ledger, there.existing, affairs, account)
        except NumberRefused:
            continue
        except WantsNoCalls:
            break
        except TooManyOpen:
            log.warning("follow_up_waits", report=account.report)
            return
        _link(floor, affairs, account, found)
        return
    letter = letters_owed.instead_of_a_call(floor, ledger, replace(wanted, number=(*numbers, "")[0]))
    _link(floor, affairs, account, letter)
    _tell(floor, ledger, affairs, account.report, letter)


def _wanted(floor: Floor, affairs: Affairs, account: Account, report: Report | None) -> Wanted:
    config = floor.configs.in_force()
    said = report.statement if report else None
    line = said.line if said and said.line in config.lines else config.default_line
    languages = config.lines[line].languages
    language = said.language if said and said.language in languages else ""
    involved = {account.reported_by, said.adviser if said else ""} - {""}
    return Wanted(
        "",
        Kind.FOLLOW_UP,
        brief(config, language or languages[0], said.original_problem if said else ""),
        exclude=tuple(sorted(one for one in involved if floor.people.find(one))),
        line=line,
        language=language,
        offence=account.report,
        owed_to=affairs.caller,
    )


def _manager(floor: Floor, adviser: str) -> Person | None:
    person = floor.people.find(adviser) if adviser else None
    return floor.people.find(person.manager) if person and person.manager else None


def _numbers(affairs: Affairs, report: Report | None) -> Iterator[str]:
    """The number of the call first, then the caller's others, the latest first."""
    own = [one for one in reversed(affairs.addresses) if one.startswith("+")]
    first = report.statement.number if report else ""
    yield from dict.fromkeys([one for one in (first,) if one in own] + own)


def _promised_by_hand(floor: Floor, ledger: Ledger, affairs: Affairs) -> Callback | None:
    keys = [floor.caller_key(one) for one in affairs.addresses if one.startswith("+")]
    found = (one for key in keys for one in ledger.open_of(key) if one.kind is Kind.FOLLOW_UP)
    return next(found, None)


def _adopted(ledger: Ledger, callback_id: str, affairs: Affairs, account: Account) -> Callback:
    """Somebody has promised it already, or we did before we were stopped."""

    def adopted(found: Callback, at: datetime) -> Change | None:
        if found.owed_to or found.state not in OPEN:
            return None
        looks = {
            State.BOOKED: found.due_at,
            State.DUE: at + LEASE,
            State.DIALLING: at + LOOK_AGAIN,
            State.NOT_REACHED: at,
        }
        after = replace(found, owed_to=affairs.caller, offence=account.report)
        return Change(after, look_at=looks.get(found.state))

    changed = ledger.change(callback_id, adopted, by=US, why="owed by the conduct policy")
    assert changed is not None  # promised calls are never deleted
    return changed


def _link(floor: Floor, affairs: Affairs, account: Account, callback: Callback) -> None:
    key = CallbackKeys(floor.keys.site).follow_ups(affairs.caller)
    floor.store.run(lambda redis: redis.hset(key, account.report, callback.id))
    log.info("follow_up_promised", callback=callback.id, report=account.report, state=callback.state)
