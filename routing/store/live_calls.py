"""The calls of one caller that go on, so that nobody rings a customer who is on the telephone with us."""

from datetime import datetime, timedelta
from typing import Any

from config.connections import Store
from config.now import moment
from routing.rules.call_states import CallState
from routing.store.keys import Keys

# Twilio ends a call that came in after four hours; an end that we were never told of counts no longer.
# https://www.twilio.com/docs/voice/twiml/dial#timelimit
LONGEST = timedelta(hours=4)


def is_on_the_line(store: Store, keys: Keys, caller: str, at: datetime) -> bool:
    """True while a call of this caller (by key) goes on, as far as we know. Raises StoreAway."""

    def read(redis: Any) -> list[list[str | None]]:
        with redis.pipeline(transaction=False) as pipe:
            for call_sid in redis.smembers(keys.live_calls(caller)):
                pipe.hmget(keys.call(call_sid), "state", "began_ms")
            found: list[list[str | None]] = pipe.execute()
        return found

    return bool(caller) and any(_goes_on(state, began, at) for state, began in store.run(read))


def _goes_on(state: str | None, began_ms: str | None, at: datetime) -> bool:
    """A call whose record is gone is over."""
    if not state or state == CallState.ENDED or not began_ms:
        return False
    return at - moment(int(float(began_ms))) < LONGEST
