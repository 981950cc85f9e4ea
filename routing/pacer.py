"""One pacer over all hosts before every call that we place: so many a second, the urgent ones first."""

from enum import IntEnum
from math import ceil

from config.versions import NoConfigError
from routing.floor import Floor
from routing.store.scripts import register

# Who does not ask again so long after the time it was told has gone, and its place with it.
GRACE_MS = 1_000
# Nobody is told to stay away longer than this: those before may give up.
ASK_AGAIN_WITHIN_MS = 2_000
_SLOWEST = 1


class Priority(IntEnum):
    """Whom a call is for, the most urgent first."""

    AGENT_OFFER = 1  # a caller waits
    CUSTOMER = 2  # the owner of the callback is on the line
    CONSULT = 3  # also a supervisor called to a conversation
    OWNER = 4  # nobody waits yet


class Pacer:
    """`twilio.calls_per_second` of the site, for all of its processes.

    Calls are at least 1/calls_per_second apart: no burst, so that no window of any length holds more.
    """

    def __init__(self, floor: Floor) -> None:
        self._store, self._configs = floor.store, floor.configs
        self._take = register(floor.store.client, "take_turn")
        self._keys = [floor.keys.pacer(part) for part in ("order", "heard", "next_ms", "arrivals")]

    def take(self, request: str, priority: Priority) -> int:
        """0: place the call now. Else the milliseconds after which to ask again, with the same `request`.

        A request keeps its place among its equals while it asks again in time. Raises StoreAway.
        """
        return self.take_at(request, priority, self._per_second())[0]

    def take_at(self, request: str, priority: Priority, per_second: int) -> tuple[int, int]:
        """As `take`, at a rate of the caller's, with the moment (ms, Redis' clock). Raises StoreAway."""
        interval = ceil(1000 / per_second)
        arguments: list[str | int] = [request, int(priority), interval, GRACE_MS, ASK_AGAIN_WITHIN_MS]
        wait, now = self._store.run(lambda redis: self._take(self._keys, arguments, redis))
        return int(wait), int(now)

    def _per_second(self) -> int:
        try:
            return self._configs.in_force().twilio.calls_per_second
        except NoConfigError:
            return _SLOWEST
