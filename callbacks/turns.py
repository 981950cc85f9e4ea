"""When the due calls are gone through next, and which of them are left alone until then."""

from datetime import datetime, timedelta

from routing.floor import Floor

# Kinds of deadlines: the next round over all due calls; one that lies with a worker; one whose customer is
# on another call with us.
ROUND, WITH_WORKER, CUSTOMER_BUSY = "due_round", "with_worker", "customer_busy"
_THE_ROUND = "next"
# What a worker does not take up in this time is handed over again: it died, or rq lost the job. A job takes
# some 50 ms, and one that comes twice does nothing twice.
LEASE = timedelta(seconds=15)
# A conversation is seldom over sooner.
_BUSY = timedelta(seconds=30)


def go_round(floor: Floor, at: datetime) -> None:
    """The due calls are gone through at `at`, or before if that is planned already. Raises StoreAway."""
    floor.deadlines.set_by(ROUND, _THE_ROUND, at)


def hand_over(floor: Floor, callback_id: str, at: datetime) -> None:
    """It lies with a worker from now on. Raises StoreAway."""
    floor.deadlines.set(WITH_WORKER, callback_id, at + LEASE)


def hand_back(floor: Floor, callback_id: str) -> None:
    """The worker is done with it. Raises StoreAway."""
    floor.deadlines.clear(WITH_WORKER, callback_id)


def is_with_worker(floor: Floor, callback_id: str) -> bool:
    """Raises StoreAway."""
    return floor.deadlines.moment_of(WITH_WORKER, callback_id) is not None


def wait_for_customer(floor: Floor, callback_id: str, at: datetime) -> None:
    """Nobody is rung for it for a while: the customer is on the telephone with us. Raises StoreAway."""
    floor.deadlines.set(CUSTOMER_BUSY, callback_id, at + _BUSY)


def waits_for_customer(floor: Floor, callback_id: str) -> bool:
    """Raises StoreAway."""
    return floor.deadlines.moment_of(CUSTOMER_BUSY, callback_id) is not None
