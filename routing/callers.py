"""Callers as people here see them: found by address, with what the policy makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.floor import Floor
from routing.rules.caller import Identity, Override, Standing, Treatment
from routing.rules.conduct import ConductStanding, standing_at
from routing.rules.conduct_events import Fact, Linked, Unlinked
from routing.store.callers import Profile
from routing.store.standing import UnreadableStandingError

UNKNOWN = "n"  # before the key of a number, in the id of a caller whom the ledger does not know


class NoSuchCaller(Exception):
    """Nobody is known under this id, and no number was looked up under it today."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address of a caller; `is_lapsed`: not heard of for so long that it may be somebody else's by now."""

    address: str
    since: datetime
    last_contact: datetime | None
    is_lapsed: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A caller at a moment. `address` is what was asked for, "" when it was the caller's id.

    `caller` is "" for one whom the ledger does not know. `standing` is what is marked under the number that
    was asked for, or under the caller's first number.
    """

    id: str
    caller: str
    at: datetime
    address: str
    facts: tuple[Fact, ...]
    conduct: ConductStanding
    profile: Profile
    standing: Standing
    links: tuple[Link, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """In E.164."""
        linked = [link.address for link in self.links if is_number(link.address)]
        asked = [self.address] if is_number(self.address) and self.address not in linked else []
        return (*asked, *linked)

    @property
    def live_numbers(self) -> tuple[str, ...]:
        """Those whose link has not lapsed: a mark by hand is a contact, and would renew it."""
        lapsed = {link.address for link in self.links if link.is_lapsed}
        return tuple(number for number in self.numbers if number not in lapsed)

    @property
    def identity(self) -> Identity:
        """Whether what was asked for tells who it is (docs/policy.md 18, 20)."""
        if is_number(self.address) and self.standing.is_shared:
            return Identity.SHARED
        if any(link.address == self.address and link.is_lapsed for link in self.links):
            return Identity.LINK_LAPSED
        return Identity.SURE

    @property
    def is_protected(self) -> bool:
        return self.conduct.is_protected or self.standing.is_protected

    @property
    def support_need(self) -> str:
        return self.standing.support_need or self.profile.need or self.conduct.support_need

    @property
    def override(self) -> Override | None:
        """The treatment set by hand that runs, its reason not told."""
        by_hand = self.standing.override
        if by_hand is not None and self.at < by_hand.until:
            return by_hand
        fact = self.conduct.override
        return Override(fact.treatment, fact.until, "", fact.by) if fact else None

    @property
    def treatment(self) -> Treatment:
        """What the policy, or a hand, gives."""
        return self.override.treatment if self.override else self.conduct.treatment


def is_number(address: str) -> bool:
    return address.startswith("+")


def find(floor: Floor, address: str, *, at: datetime | None = None) -> Seen:
    """Whoever has this address. Raises StoreAway, LedgerBroken, NoConfigError."""
    caller = floor.offences.dossiers.caller_of(address)
    return _seen(floor, caller, address, at)


def known_as(floor: Floor, caller_id: str) -> Seen:
    """The same by id. Raises NoSuchCaller too."""
    if caller_id.startswith(UNKNOWN):
        number = floor.callers.number_behind(caller_id.removeprefix(UNKNOWN))
        if number:
            return find(floor, number)
    elif floor.offences.dossiers.known(caller_id).facts:
        return _seen(floor, caller_id, "", None)
    raise NoSuchCaller("Nobody is known under this id; look the caller up again.")


def look_up(floor: Floor, address: str, *, by: str) -> Seen:
    """Whoever has this address, for the eyes of `by`: audited. Raises what `find` raises."""
    seen = find(floor, address)
    if not seen.caller and is_number(address):
        floor.callers.remember_number(floor.caller_key(address), address)
    floor.callers.is_looked_at(seen.id, by=by, at=seen.at)
    return seen


def override_reason(floor: Floor, seen: Seen) -> str:
    """Why the treatment that runs was set by hand; "" when nobody said, or it was erased."""
    if seen.override is not None and seen.override.reason:
        return seen.override.reason
    return floor.offences.dossiers.words(seen.conduct.override.id) if seen.conduct.override else ""


def _seen(floor: Floor, caller: str, address: str, at: datetime | None) -> Seen:
    facts = floor.offences.dossiers.known(caller).facts if caller else ()
    # The ledger's clock may be a little ahead of ours: what was just written counts.
    now = at or max([floor.clock.now(floor.store), *(fact.at for fact in facts)])
    links = _links(floor, facts, now)
    number = address or next((link.address for link in links if is_number(link.address)), "")
    seen_id = caller or UNKNOWN + floor.caller_key(address)
    return Seen(
        seen_id,
        caller,
        now,
        address,
        facts,
        standing_at(facts, floor.terms(), now),
        floor.callers.profile(seen_id),
        _standing(floor, number).as_of(now) if is_number(number) else Standing(),
        links,
    )


def _links(floor: Floor, facts: Sequence[Fact], now: datetime) -> tuple[Link, ...]:
    since: dict[str, datetime] = {}
    for fact in facts:
        if isinstance(fact, Linked):
            since[fact.address] = fact.at
        elif isinstance(fact, Unlinked):
            since.pop(fact.address, None)
    longest = timedelta(days=floor.terms().conduct.link_days)
    return tuple(_link(floor, address, at, now - longest) for address, at in since.items())


def _link(floor: Floor, address: str, since: datetime, least: datetime) -> Link:
    """Only numbers are given to somebody else in time."""
    contact = _standing(floor, address).last_contact
    lapsed = is_number(address) and contact is not None and contact < least
    return Link(address, since, contact, lapsed)


def _standing(floor: Floor, address: str) -> Standing:
    """What is no standing marks nobody: calls read it so too."""
    try:
        return floor.standings.read(address)
    except UnreadableStandingError:
        return Standing()
