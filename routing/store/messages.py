"""Text messages to be sent: what they say lies here, and only their ids travel. Each is sent at most once."""

from dataclasses import dataclass
from datetime import timedelta

from config.connections import Store
from config.now import SiteClock
from routing.store.keys import CALL_RECORD_S, Keys
from routing.store.scripts import register

_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Message:
    """A message that this process may send now."""

    id: str
    to: str
    from_: str
    body: str


class Messages:
    """The text messages of one site. Whatever is asked may raise StoreAway."""

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store, self._keys, self._clock = store, keys, clock
        self._write = register(store.client, "write_message")

    def write_once(self, id_: str, to: str, from_: str, body: str) -> bool:
        """Have a message sent as soon as can be; False when one of this id was written before."""
        keys = [self._keys.message(id_), self._keys.effects]
        within_ms = int(_WITHIN.total_seconds() * 1000)
        arguments: list[str | int] = [self._clock.offset_key, id_, to, from_, body, within_ms, CALL_RECORD_S]
        return bool(self._store.run(lambda redis: self._write(keys, arguments, redis)))

    def claim(self, id_: str) -> Message | None:
        """The message, for this process to send; None when somebody has begun to send it before."""
        key = self._keys.message(id_)
        to, from_, body = self._store.run(lambda redis: redis.hmget(key, "to", "from", "body"))
        if not to or not self._store.run(lambda redis: redis.hsetnx(key, "began", "1")):
            return None
        return Message(id_, to, from_, body)

    def give_back(self, id_: str) -> None:
        """It was surely not sent, and may be claimed again."""
        self._store.run(lambda redis: redis.hdel(self._keys.message(id_), "began"))
