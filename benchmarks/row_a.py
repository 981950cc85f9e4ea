"""Row A: an incoming call beside the skeleton on the same server, and beside bare Flask."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from benchmarks.load import Caller
from benchmarks.product import Product
from benchmarks.report import Figure
from benchmarks.rounds import Round, Spread, alternate, ratios, spread
from benchmarks.signed_calls import fictional_numbers
from benchmarks.sizes import Sizes
from benchmarks.yardsticks import bare_on_granian, bare_on_gthread, skeleton

TIMES_THE_SKELETON = 1.6
CPU_US = 900


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """Product, skeleton, bare Flask on gthread and on granian in turn."""
    numbers = tuple(itertools.islice(fictional_numbers(), sizes.callers))
    with ExitStack() as stack:
        starts = (product.running(), skeleton(), bare_on_gthread(), bare_on_granian())
        callers = [Caller(stack.enter_context(start), numbers) for start in starts]
        found = alternate(callers, rounds=sizes.rounds, seconds=sizes.seconds)
    return list(_figures(*found, sizes=sizes))


def _figures(
    ours: list[Round], bones: list[Round], gthread: list[Round], granian: list[Round], *, sizes: Sizes
) -> Iterator[Figure]:
    time = ratios(_times(ours), _times(bones))
    cpu, cpu_bones = _cpu(ours), _cpu(bones)
    rate, rate_gthread = _rate(ours), _rate(gthread)
    yield Figure(
        "A",
        f"incoming call, time of one with the worker saturated ({sizes.rounds} × {sizes.seconds} s)",
        f"{time.text(2)} × the skeleton: {spread(_times(ours)).text()} µs",
        f"skeleton {spread(_times(bones)).text()} µs",
        f"≤ {TIMES_THE_SKELETON} ×",
        time.median <= TIMES_THE_SKELETON,
    )
    yield Figure(
        "A",
        "incoming call, processor time in the server",
        f"{cpu.text()} µs = {ratios(_cpus(ours), _cpus(bones)).text(2)} × the skeleton",
        f"skeleton {cpu_bones.text()}, bare Flask on granian {_cpu(granian).text()}, "
        f"on gthread {_cpu(gthread).text()} µs",
        f"≤ {CPU_US} µs",
        cpu.median <= CPU_US,
    )
    yield Figure(
        "A goal",
        "calls a second",
        f"{rate.text()}",
        f"bare Flask on gunicorn gthread {rate_gthread.text()}; on granian {_rate(granian).text()}; "
        f"skeleton {_rate(bones).text()}",
        "≥ bare Flask on gunicorn gthread",
        ratios([r.rate for r in ours], [r.rate for r in gthread]).median >= 1,
    )
    yield Figure(
        "A",
        "processor time in Valkey per call",
        f"{spread([r.valkey_cpu_us for r in ours]).text()} µs",
        f"skeleton {spread([r.valkey_cpu_us for r in bones]).text()} µs",
    )
    yield Figure(
        "A", "wait of a call, p50 / p99 (worker saturated)", _waits(ours), f"skeleton {_waits(bones)}"
    )


def _times(rounds: Sequence[Round]) -> list[float]:
    return [one.us_per_call for one in rounds]


def _cpus(rounds: Sequence[Round]) -> list[float]:
    return [one.cpu_us for one in rounds]


def _cpu(rounds: Sequence[Round]) -> Spread:
    return spread(_cpus(rounds))


def _rate(rounds: Sequence[Round]) -> Spread:
    return spread([one.rate for one in rounds])


def _waits(rounds: Sequence[Round]) -> str:
    p50, p99 = spread([one.p50_ms for one in rounds]), spread([one.p99_ms for one in rounds])
    return f"{p50.median:.1f} / {p99.median:.1f} ms"
