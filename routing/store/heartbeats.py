"""Which processes of the site are alive: each says so, and is forgotten seconds after it stopped."""

from config.connections import Store
from routing.store.keys import Keys

# A key that expires is right here: it measures liveness, not a length that some policy sets.
DISPATCHER, WORKER = "dispatcher", "worker"
HEARD_WITHIN_S = {DISPATCHER: 5, WORKER: 20}


class Heartbeats:
    """The processes of one site beside the web ones, by kind; any one of a kind is enough."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store, self._keys = store, keys

    def beat(self, process: str, name: str) -> None:
        """A process of this kind is alive now. Raises StoreAway."""
        lasts_s = HEARD_WITHIN_S[process]
        self._store.run(lambda redis: redis.set(self._keys.alive(process), name, ex=lasts_s))

    def end(self, process: str, name: str) -> None:
        """It ends: whoever looks need not wait for the expiry. Raises StoreAway."""

        if self._store.run(lambda redis: redis.get(self._keys.alive(process))) == name:
            self._store.run(lambda redis: redis.delete(self._keys.alive(process)))

    def missing(self) -> dict[str, str]:
        """Why each kind of process is not as it should be, "" for alive. Raises StoreAway."""
        found = self._store.run(lambda redis: redis.mget([self._keys.alive(name) for name in HEARD_WITHIN_S]))
        return {
            name: "" if alive else f"no {name} has been heard of for {seconds} s"
            for (name, seconds), alive in zip(HEARD_WITHIN_S.items(), found, strict=True)
        }
