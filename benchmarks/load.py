"""wrk under our hands: sends prepared calls to one server and gives back what it counted."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.servers import Server
from benchmarks.signed_calls import INCOMING, write_calls

ANSWER_HOLDS = "<Gather"  # the default menu: a call that failed open would be queued instead
SCRIPT = Path(__file__).with_name("stream_calls.lua")
CONNECTIONS = 4  # measured: 4, 8 and 16 saturate one worker alike; with 1 it waits for wrk
SURPLUS = 1.5  # calls prepared ahead, of those expected in the time


class LoadError(Exception):
    """A run that must not be counted: an answer was wrong or missing."""


class RanDry(LoadError):
    """The server was quicker than expected and the prepared calls did not last."""


@dataclass(frozen=True)
class Load:
    """What wrk counted in one run."""

    calls: int
    seconds: float
    bytes_per_answer: float
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds


def require_wrk() -> None:
    """Stop with a sentence for people when wrk is missing."""
    if shutil.which("wrk") is None:
        raise SystemExit("make bench needs wrk, which is not installed: apt-get install wrk")


@dataclass(frozen=True)
class Caller:
    """Sends calls from these numbers to one server, each with a new CallSid."""

    server: Server
    numbers: tuple[str, ...]

    def load(self, seconds: float, *, expected_rate: float, connections: int = CONNECTIONS) -> Load:
        """One counted run; doubles the prepared calls when they did not last."""
        for prepared in (SURPLUS, 2 * SURPLUS, 4 * SURPLUS):
            try:
                return self._run(seconds, int(expected_rate * seconds * prepared) + 1000, connections)
            except RanDry:
                continue
        raise RanDry(f"{self.server.name}: prepared calls never lasted {seconds} s")

    def check(self, seconds: float, *, expected_rate: float) -> Load:
        """A run that is not counted, in which wrk reads every answer and looks for the menu in it."""
        return self._run(seconds, int(expected_rate * seconds * 4) + 1000, CONNECTIONS, check=True)

    def _run(self, seconds: float, count: int, connections: int, *, check: bool = False) -> Load:
        path = self.server.folder / "calls"
        try:
            length = write_calls(path, self.server.port, self.numbers, count)
            prepared = Prepared(path, length, ANSWER_HOLDS, again=self.server.reads_nothing)
            return send(self.server, prepared, seconds, connections=connections, check=check)
        finally:
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Prepared:
    """A file of raw requests, all of `length` bytes; `again`: they may be sent more than once."""

    path: Path
    length: int
    answer_holds: str
    again: bool


def send(
    server: Server, prepared: Prepared, seconds: float, *, connections: int = CONNECTIONS, check: bool = False
) -> Load:
    """One run with prepared requests; with `check` wrk reads every answer. Raises LoadError."""
    repeat, counted = "repeat" if prepared.again else "once", "check" if check else "count"
    script = [str(prepared.path), str(prepared.length), repeat, counted, prepared.answer_holds]
    return _wrk(server, seconds, connections, script)


def _wrk(server: Server, seconds: float, connections: int, script: list[str]) -> Load:
    size = ["-t", "1", "-c", str(connections), "-d", f"{max(1, round(seconds))}s", "--timeout", "10s"]
    command = ["wrk", *size, "-s", str(SCRIPT), f"http://127.0.0.1:{server.port}{INCOMING}", "--", *script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = dict(re.findall(r"(\w+)=(\d+)", done.stdout.partition("SUMMARY")[2]))
    if done.returncode or not found:
        raise LoadError(f"wrk failed on {server.name}: {done.stdout[-500:]} {done.stderr[-500:]}")
    counts = {name: int(value) for name, value in found.items()}
    _refuse_wrong_answers(server, counts, done.stdout)
    return Load(
        calls=counts["requests"],
        seconds=counts["duration_us"] / 1e6,
        bytes_per_answer=counts["bytes"] / counts["requests"],
        p50_ms=counts["p50_us"] / 1000,
        p99_ms=counts["p99_us"] / 1000,
    )


def _refuse_wrong_answers(server: Server, counts: dict[str, int], output: str) -> None:
    if counts["ran_dry"]:
        raise RanDry(server.name)
    if not counts["requests"] or counts["broken"] or counts["refused"] or counts["bad"]:
        example = output.partition("FIRST_BAD")[2].strip()
        raise LoadError(f"{server.name}: wrong or missing answers {counts} {example} {server.log_tail()}")
