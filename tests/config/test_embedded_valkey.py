"""The embedded Valkey with real processes: shared, revived, stopped, and clear when it cannot start."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import redis

from config.embedded_valkey import socket_path

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
# A user: says "loaded", waits for a line, uses the folder, says the socket, stays until its stdin ends.
USER = """
import sys
from pathlib import Path
from config import embedded_valkey
{before}
print("loaded", flush=True)
sys.stdin.readline()
try:
    print(embedded_valkey.use(Path(sys.argv[1])), flush=True)
except embedded_valkey.EmbeddedValkeyError as error:
    sys.exit(str(error))
{after}
sys.stdin.read()
"""


class User:
    """A process that uses the embedded Valkey of a folder."""

    def __init__(self, data: Path, before: str = "", after: str = "") -> None:
        command = [sys.executable, "-c", USER.format(before=before, after=after), str(data)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
        assert self._line() == "loaded"

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def socket(self) -> Path:
        line = self._line()
        assert line, self.process.communicate()[1]
        return Path(line)

    def refusal(self) -> str:
        return self.process.communicate("go\n", timeout=30)[1]

    def end(self) -> None:
        self.process.communicate(timeout=10)

    def kill(self) -> None:
        """End the whole process group, as a terminal or a service manager would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


class Folder:
    """A data folder, its users and its processes."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.users: list[User] = []

    def user(self, before: str = "", after: str = "") -> User:
        self.users.append(User(self.data, before, after))
        return self.users[-1]

    def used(self) -> User:
        """A user whose server answers."""
        user = self.user()
        user.go()
        assert user.socket() == socket_path(self.data)
        return user

    def valkey(self) -> "redis.Redis":
        return redis.Redis(unix_socket_path=str(socket_path(self.data)), decode_responses=True)

    def servers(self) -> list[int]:
        return [
            process.pid
            for process in psutil.process_iter()
            if is_alive(process) and process.name() == "valkey-server" and works_in(process, self.data)
        ]

    def guardians(self) -> list[int]:
        words = {"config.valkey_guardian", str(self.data / "valkey")}
        return [
            process.pid
            for process in psutil.process_iter()
            if is_alive(process) and words <= set(process.cmdline())
        ]

    def answers(self) -> bool:
        with contextlib.suppress(redis.RedisError), self.valkey() as valkey:
            return bool(valkey.ping())
        return False

    def is_left(self) -> bool:
        return not self.guardians() and not self.servers()

    def clean_up(self) -> None:
        for user in self.users:
            if user.process.stdin and not user.process.stdin.closed:
                user.kill()
        for guardian in self.guardians():
            with contextlib.suppress(ProcessLookupError):
                os.kill(guardian, signal.SIGTERM)
        wait_until(self.is_left, 10)


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and bool(process.cmdline())
    except psutil.Error:
        return False


def works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return Path(process.cwd()) == data / "valkey"
    except psutil.Error:
        return False


def wait_until(is_so: Callable[[], bool], seconds: float) -> float:
    """Seconds until it was so."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, "waited too long"
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    folder = Folder(tmp_path / "data")
    yield folder
    folder.clean_up()


@pytest.mark.parametrize("_", range(4))
def test_two_starters_at_once_share_one_server(folder: Folder, _: int) -> None:
    users = [folder.user(), folder.user(), folder.user()]
    for user in users:
        user.go()
    assert {user.socket() for user in users} == {socket_path(folder.data)}
    assert len(folder.servers()) == len(folder.guardians()) == 1


def test_the_first_use_is_fast_and_the_next_is_faster(folder: Folder) -> None:
    user = folder.user()
    began = time.monotonic()
    user.go()
    user.socket()
    assert time.monotonic() - began < 1
    again = "import time; began = time.monotonic()"
    again += "; [embedded_valkey.use(Path(sys.argv[1])) for _ in range(10)]"
    second = folder.user(after=again + "; print(time.monotonic() - began, flush=True)")
    second.go()
    second.socket()
    assert float(second._line()) / 10 < 0.02


def test_the_server_survives_the_kill_of_the_process_group_that_started_it(folder: Folder) -> None:
    starter, other = folder.used(), folder.used()
    server = folder.servers()
    folder.valkey().set("kept", "yes")
    starter.kill()
    assert folder.valkey().get("kept") == "yes"
    assert folder.servers() == server
    other.end()


def test_a_killed_server_is_back_within_two_seconds_with_its_data(folder: Folder) -> None:
    folder.used()
    for kept in ("first", "second"):
        folder.valkey().set(kept, "yes")
        os.kill(folder.servers()[0], signal.SIGKILL)
        wait_until(folder.answers, 2)
    assert folder.valkey().mget("first", "second") == ["yes", "yes"]
    assert len(folder.servers()) == len(folder.guardians()) == 1


@pytest.mark.parametrize("both", [False, True], ids=["guardian", "guardian and server"])
def test_a_killed_guardian_is_replaced_and_never_are_there_two_servers(folder: Folder, both: bool) -> None:
    folder.used(), folder.used()
    for number in range(200):
        folder.valkey().set(f"kept:{number}", number)
    guardian, server = folder.guardians()[0], folder.servers()[0]
    for process in [guardian, server] if both else [guardian]:
        os.kill(process, signal.SIGKILL)

    def is_replaced() -> bool:
        servers = folder.servers()
        assert len(servers) <= 1
        return servers not in ([], [server]) and folder.answers()

    wait_until(is_replaced, 4)
    assert folder.valkey().dbsize() == 200
    assert len(folder.guardians()) == 1
    assert guardian not in folder.guardians()


def test_a_forked_child_keeps_the_server_after_its_parent(folder: Folder) -> None:
    fork = "import os; child = os.fork()\nif child: print(child, flush=True); os._exit(0)"
    user = folder.user(after=fork)
    user.go()
    user.socket()
    child = int(user._line())
    user.process.wait(10)
    assert psutil.pid_exists(child)
    with pytest.raises(AssertionError, match="too long"):
        wait_until(lambda: not folder.answers(), 6)


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[list[Folder]]:
    """A plain one, one whose socket path would be too long, then some more."""
    folders = [Folder(tmp_path / "plain"), Folder(tmp_path / ("long" * 20) / ("path" * 20))]
    folders += [Folder(tmp_path / f"late-{number}") for number in range(6)]
    yield folders
    for folder in folders:
        folder.clean_up()


def test_it_stops_after_five_seconds_without_users_and_leaves_only_data(folders: list[Folder]) -> None:
    plain, long = folders[:2]
    for folder in (plain, long):
        folder.used()
        folder.valkey().set("kept", "yes")
    assert plain.data in socket_path(plain.data).parents
    assert socket_path(long.data).parent.stat().st_mode & 0o777 == 0o700
    for folder in (plain, long):
        folder.users[0].end()
    assert wait_until(lambda: plain.is_left() and long.is_left(), 8) > 4
    assert not socket_path(long.data).parent.exists()
    left = {"appendonlydir", "guardian.lock", "in-use", "server.lock", "valkey.log"}
    for folder in (plain, long):
        assert {path.name for path in (folder.data / "valkey").iterdir()} == left
        folder.used()
        assert folder.valkey().get("kept") == "yes"


def test_who_comes_while_it_stops_gets_a_working_server(folders: list[Folder]) -> None:
    for folder in folders:
        folder.used()
        folder.user()  # loaded, but not yet a user
    for folder in folders:
        folder.users[0].end()
    ended = time.monotonic()
    for number, folder in enumerate(folders):
        wait_until(lambda due=ended + 4.8 + number / 10: time.monotonic() > due, 8)  # type: ignore[misc]
        folder.users[1].go()
    for folder in folders:
        folder.users[1].socket()
        assert folder.answers()
        assert len(folder.servers()) == 1


def test_a_deleted_folder_takes_its_server_along(folder: Folder) -> None:
    folder.used()
    shutil.rmtree(folder.data)
    wait_until(folder.is_left, 3)
    with pytest.raises(AssertionError, match="too long"):  # its user's watcher lets it rest
        wait_until(lambda: folder.data.exists() or not folder.is_left(), 1.5)


def test_a_folder_that_is_not_writable_is_named(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)
    # Root may write everywhere, so root becomes nobody here, who cannot even enter pytest's folders.
    refusal = User(shut / "data", before="import os; os.geteuid() or os.seteuid(65534)").refusal()
    assert f"cannot use {shut / 'data' / 'valkey'}: Permission denied" in refusal
    assert "Let this user write there, or choose another data folder." in refusal


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "valkey").write_text("")
    assert f"cannot use {tmp_path / 'valkey'}: File exists" in User(tmp_path).refusal()


def test_a_socket_folder_that_others_may_enter_is_refused(folders: list[Folder]) -> None:
    strange = socket_path(folders[1].data).parent
    strange.mkdir(mode=0o755)
    try:
        assert f"{strange}, meant for the embedded Valkey's socket, is not ours alone" in (
            folders[1].user().refusal()
        )
    finally:
        strange.rmdir()


def test_a_server_that_cannot_start_is_reported_with_its_log(folder: Folder) -> None:
    (folder.data / "valkey" / "appendonlydir").mkdir(parents=True)
    (folder.data / "valkey" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense")
    refusal = folder.user(before="embedded_valkey._ANSWERS_WITHIN = 1.0").refusal()
    log = folder.data / "valkey" / "valkey.log"
    assert "has not answered for 1 s" in refusal
    assert str(log) in refusal
    assert "AOF manifest" in log.read_text()
