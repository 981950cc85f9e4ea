"""The only place that opens Redis: time limits, one retry, a breaker, and a check that it keeps its data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from config import embedded_valkey
from config.breaker import Breaker, BreakerOpen
from config.observe import log
from config.settings import Settings, SettingsError

Result = TypeVar("Result")

# One call waits at most twice this long (docs/operations.md, "When Redis is away"): a caller is listening.
TIMEOUT_S = 0.25
# Nobody listens to a dispatcher or a worker, and their reads may block for a moment.
PATIENT_TIMEOUT_S = 2.0


class StoreAway(Exception):
    """Redis did not answer in time, failed a moment ago, or could not do what it was asked (memory full)."""


class Store:
    """Redis behind its breaker. `run` takes a function of the client and is the way to use it.

    redis-py's types allow for answers in bytes; ours are text (decode_responses), so the client is untyped.
    """

    def __init__(self, client: Redis, *, may_be_volatile: bool = False) -> None:
        self.client, self.may_be_volatile = client, may_be_volatile
        self.breaker = Breaker((RedisConnectionError, RedisTimeoutError))

    def run(self, action: Callable[[Any], Result]) -> Result:
        """What `action(client)` returns. Raises StoreAway."""
        try:
            return self.breaker.run(lambda: action(self.client))
        except (RedisError, BreakerOpen) as away:
            raise StoreAway(str(away) or type(away).__name__) from away


def open_store(settings: Settings) -> Store:
    """The site's store, embedded when REDIS_URL is not set. Does not wait for a Redis that is away.

    Raises SettingsError when Redis answers but would lose what it is told (docs/operations.md, "Redis").
    """
    return _open(settings, TIMEOUT_S)


def open_patient_store(settings: Settings) -> Store:
    """The same store for processes that no caller waits for: a read may block for up to a second.

    Raises SettingsError as `open_store` does.
    """
    return _open(settings, PATIENT_TIMEOUT_S)


def open_carrier(settings: Settings) -> Redis:
    """The Redis that carries jobs, RQ_REDIS_URL: answers in bytes, as rq wants them, and no breaker.

    It only carries: what is promised is in the store. Raises SettingsError for a folder that cannot be used.
    """
    return _client(settings, settings.rq_redis_url or settings.redis_url, PATIENT_TIMEOUT_S, as_text=False)


def _open(settings: Settings, timeout_s: float) -> Store:
    client = _client(settings, settings.redis_url, timeout_s, as_text=True)
    store = Store(client, may_be_volatile=settings.allow_volatile_redis)
    _refuse_volatile(store)
    return store


def _client(settings: Settings, url: str | None, timeout_s: float, *, as_text: bool) -> Redis:
    """`url` None: the embedded Valkey."""
    limits: dict[str, Any] = {
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "retry": Retry(NoBackoff(), 1),
        "decode_responses": as_text,
    }
    if url is not None:
        return Redis.from_url(url, **limits)
    return Redis(unix_socket_path=str(_embedded(settings)), **limits)


def _embedded(settings: Settings) -> Path:
    try:
        return embedded_valkey.use(settings.calmline_data)
    except embedded_valkey.EmbeddedValkeyError as failed:
        raise SettingsError(str(failed)) from failed


def _refuse_volatile(store: Store) -> None:
    """Nothing happens while Redis is away: `/readyz` says so, and looks again at the first contact."""
    try:
        faults = volatile_because(store)
    except StoreAway:
        return
    if faults and store.may_be_volatile:
        log.warning("redis_may_lose_everything", faults=faults)
    elif faults:
        raise SettingsError(
            "Calmline cannot start: this Redis would lose calls and promises.\n"
            + "".join(f"  {fault}\n" for fault in faults)
            + "For a try-out only, set ALLOW_VOLATILE_REDIS=1."
        )


def volatile_because(store: Store) -> list[str]:
    """Why this Redis may lose acknowledged writes, a sentence each; empty when it keeps them.

    Raises StoreAway. A server that hides its configuration is judged by INFO alone.
    """
    info = store.run(lambda redis: redis.info())
    faults = []
    if not info.get("aof_enabled"):
        faults.append("It keeps no append-only file. Set `appendonly yes`.")
    if not str(info.get("maxmemory_policy", "noeviction")).startswith("noeviction"):
        faults.append(f"It evicts keys ({info['maxmemory_policy']}). Set `maxmemory-policy noeviction`.")
    return faults
