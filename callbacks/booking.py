"""Promising a call: what is asked for is judged, given its hour, and written down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from callbacks.ledger import Ledger, new_id
from callbacks.ownership import excluded, owner_for
from callbacks.plain_text import BRIEF, NAME, NOTE, REMARK, plain
from callbacks.records import Callback
from callbacks.refusals import (
    BriefRefused,
    LineRefused,
    NumberRefused,
    TimeRefused,
    TooManyOpen,
    WantsNoCalls,
)
from callbacks.rules.clocks import instant
from callbacks.rules.days import days_for
from callbacks.rules.dialable import NOT_A_NUMBER, refusal
from callbacks.rules.states import Kind, State
from callbacks.rules.when import first_due, same_day
from callbacks.rules.window import Later, NeedsPerson
from callbacks.rules.zones import zones_of
from config.schema import Line, RoutingConfig
from routing.floor import Floor
from routing.rules.people import Person
from routing.rules.phone_numbers import NumberKind, read_number
from routing.store.standing import UnreadableStandingError

MOST_OPEN = 3
_FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that somebody promises. `at` is aware; `same_day`: today if the cool-down and the hour allow.

    `owner` and `exclude` are ids of people, `line` is the default one unless said; `language` the
    one that the customer chose before. `skill_set`, `rank_ms`: the place of a customer who asks in the queue.
    `offence`, `owed_to`: what the conduct policy owes the call for, and to whom (its ledger's id).
    """

    number: str
    kind: Kind
    brief: str
    at: datetime | None = None
    same_day: bool = False
    owner: str = ""
    exclude: tuple[str, ...] = ()
    name: str = ""
    note: str = ""
    line: str = ""
    language: str = ""
    skill_set: str = ""
    rank_ms: int = 0
    offence: str = ""
    owed_to: str = ""


def book(
    floor: Floor, ledger: Ledger, wanted: Wanted, *, by: str, booker: Person | None = None, why: str = ""
) -> Callback:
    """The promised call, on disk: booked for its hour, or shown to a person where no rule knows the hour.

    `booker` is whoever books, if he works here, and the owner unless another is named. Raises a
    BookingRefused, WantsNoCalls, TooManyOpen, AlreadyOpen; NoConfigError, StoreAway, NotKept.
    """
    config = floor.configs.in_force()
    line_id, line = _line(config, wanted.line)
    number = _number(floor, wanted.number, line, config)
    exclude, caller = excluded(floor, wanted.exclude), floor.caller_key(number)
    owner = owner_for(floor, wanted.kind, wanted.owner, booker, exclude)
    _check_customer(ledger, caller, wanted.kind)
    at = floor.clock.now(floor.store)
    due = _due(wanted, number, line, config, at)
    promise = Callback(
        new_id(),
        wanted.kind,
        number,
        caller,
        line_id,
        wanted.language or _language(floor, number, line),
        _brief(wanted.brief),
        by,
        at,
        name=plain(wanted.name, NAME),
        note=plain(wanted.note, NOTE),
        owner=owner,
        exclude=exclude,
        state=State.BOOKED if isinstance(due, Later) else State.NEEDS_PERSON,
        due_at=due.at if isinstance(due, Later) else None,
        because=due.because if isinstance(due, NeedsPerson) else "",
        skill_set=wanted.skill_set,
        rank_ms=wanted.rank_ms,
        offence=wanted.offence,
        owed_to=wanted.owed_to,
    )
    return ledger.book(promise, by=by, why=plain(why, REMARK), look_at=promise.due_at)


def _line(config: RoutingConfig, named: str) -> tuple[str, Line]:
    name = named or config.default_line
    if name not in config.lines:
        raise LineRefused(f"the routing config has no line {name}; it has {', '.join(config.lines)}")
    return name, config.lines[name]


def _number(floor: Floor, text: str, line: Line, config: RoutingConfig) -> str:
    """In E.164, one that we dial (docs/policy.md 28); raises NumberRefused."""
    number = read_number(text, line.region)
    # A line break or a blank at the end comes from no telephone keypad.
    if number.kind is not NumberKind.E164 or text != text.strip():
        raise NumberRefused(refusal(text, config.callbacks.countries) or NOT_A_NUMBER)
    if why := refusal(number.e164, config.callbacks.countries):
        raise NumberRefused(why)
    if _is_shared(floor, number.e164):
        raise NumberRefused("This number is marked as shared: nobody knows who would answer.")
    return number.e164


def _is_shared(floor: Floor, number: str) -> bool:
    try:
        return floor.standings.read(number).is_shared
    except UnreadableStandingError:
        return False


def _language(floor: Floor, number: str, line: Line) -> str:
    """The one that the customer chose on the line before, else the line's first."""
    try:
        chosen = floor.standings.read(number).language
    except UnreadableStandingError:
        chosen = ""
    return chosen if chosen in line.languages else line.languages[0]


def _brief(text: str) -> str:
    brief = plain(text, BRIEF)
    if not brief:
        raise BriefRefused("should say what the call is about: whoever speaks hears it first")
    if len(text) > 2 * BRIEF:
        raise BriefRefused(f"should be at most {BRIEF} characters: it is read out before the call")
    return brief


def _check_customer(ledger: Ledger, caller: str, kind: Kind) -> None:
    # Who asks to be called has changed his mind, by his own wish and for this call.
    if kind is not Kind.REQUESTED and ledger.wants_no_calls(caller):
        raise WantsNoCalls("This customer wants no calls: what is owed goes in writing.")
    open_now = ledger.open_of(caller)
    if len(open_now) >= MOST_OPEN and all(one.kind is not kind for one in open_now):
        raise TooManyOpen(f"This customer has {MOST_OPEN} promised calls open already.")


def _due(wanted: Wanted, number: str, line: Line, config: RoutingConfig, at: datetime) -> Later | NeedsPerson:
    """When it is first made; raises TimeRefused."""
    zones, days = zones_of(number), days_for(wanted.kind, line, config.hours[line.hours])
    if wanted.same_day and wanted.at:
        raise TimeRefused("take a time or the same day, not both")
    if wanted.same_day:
        return same_day(at, zones, config.callbacks, days)
    if wanted.at and instant(wanted.at) > at + _FURTHEST:
        raise TimeRefused("is more than a year ahead")
    return first_due(wanted.kind, at, wanted.at, zones, config.callbacks, days)
