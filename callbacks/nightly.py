"""Once a day, by whichever dispatcher comes first: the ledger is verified, old offences are forgotten."""

from collections.abc import Callable

from config.connections import StoreAway
from config.observe import log
from routing import conduct_ledger, erasure
from routing.floor import Floor
from routing.rules.people import Role

EVERY_S = 300.0
LEDGER, FORGET = "verify_ledger", "forget_spent"
BROKEN = "ledger_broken"  # among keys.counts


def look(floor: Floor) -> None:
    """A sweep: what nobody has done today. Raises StoreAway."""
    day = f"{floor.clock.now(floor.store):%Y-%m-%d}"
    _once(floor, LEDGER, day, verify_ledger)
    _once(floor, FORGET, day, forget_spent)


def verify_ledger(floor: Floor) -> None:
    """A fault is told to all who can do something about it. Raises StoreAway."""
    try:
        fault = conduct_ledger.verify(floor).fault
    except OSError as failed:
        _alarm(floor, f"The anchor of the conduct ledger cannot be read: {failed.strerror}.", entry=0)
        return
    if fault is not None:
        _alarm(floor, fault.said, entry=fault.seq or 0)


def forget_spent(floor: Floor) -> None:
    """Raises what `erasure.de_identify` raises."""
    if count := erasure.de_identify_the_next(floor):
        log.info("spent_offences_forgotten", reports=count)


def _once(floor: Floor, what: str, day: str, work: Callable[[Floor], None]) -> None:
    if not floor.callers.claim_day(what, day):
        return
    try:
        work(floor)
    except StoreAway:
        floor.callers.give_back_day(what, day)
        raise
    except Exception:
        # Whatever is wrong with one of them, the other is done, and this one again tomorrow.
        log.exception("daily_work_failed", work=what)


def _alarm(floor: Floor, said: str, *, entry: int) -> None:
    log.error(BROKEN, entry=entry, because=said)
    floor.store.run(lambda redis: redis.hincrby(floor.keys.counts, BROKEN, 1))
    floor.events.add("report", {"state": BROKEN, "entry": entry})
    for person in floor.people.everybody():
        email = person.email
        if email and person.role is Role.ADMIN and person.enabled:
            floor.mails.write(email, "Calmline: the conduct ledger is broken", _mail(said))


def _mail(said: str) -> str:
    return (
        f"{said}\n\nCalls are still answered. What to do is in docs/operations.md, "
        '"The conduct ledger"; `calmline ledger verify` says the same again.\n'
    )
