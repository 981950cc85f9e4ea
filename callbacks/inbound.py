"""Which promised call a customer's own call has to do with: his call tells by its end only its CallSid."""

from callbacks.keys import CallbackKeys
from routing.floor import Floor
from routing.store.keys import CALL_RECORD_S


def remember(floor: Floor, call_sid: str, callback_id: str) -> None:
    """Raises StoreAway."""
    key = CallbackKeys(floor.keys.site).inbound(call_sid)
    floor.store.run(lambda redis: redis.set(key, callback_id, ex=CALL_RECORD_S))


def callback_of(floor: Floor, call_sid: str) -> str:
    """The promised call's id; "" for a call that has to do with none. Raises StoreAway."""
    key = CallbackKeys(floor.keys.site).inbound(call_sid)
    found: str | None = floor.store.run(lambda redis: redis.get(key))
    return found or ""
