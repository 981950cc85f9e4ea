"""Row Lab: what the lab itself costs beside the line that is tried on it, and how fast an hour passes there.

Alone: `python -m benchmarks.lab` prints it; `make bench` writes it into results.md.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from benchmarks.machine import facts_of_machine
from benchmarks.processor_time import ProcessTree
from benchmarks.product import Product
from benchmarks.report import Figure, print_table
from benchmarks.signed_calls import ACCOUNT_SID, AUTH_TOKEN, DIALLED
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.yardsticks import new_folder
from config.settings import PACKAGED_CONFIG
from ivr.lab.account import Account, a_line
from ivr.lab.lab import Lab
from ivr.lab.web_clock import WebClock

HALF, MINUTE_S = 0.5, 60.0
EVERY_S = 20  # a waiting caller asks for a document this often, its words included
SPOKEN_S = 7  # about as long as a round lasts beside its silence, GRAIN_S included
GRAIN_S, THREADS = 1.0, 4


class CrowdError(Exception):
    """The calls did not go where they should have, so the figures mean nothing."""


@dataclass(frozen=True)
class Crowd:
    """What became of callers who waited at the same time. Seconds are of processors, but `took_s`."""

    callers: int
    requests: int
    documents: int
    lab_s: float
    app_s: float
    took_s: float

    @property
    def share(self) -> float:
        """The lab's part of the processor time that both took."""
        return self.lab_s / (self.lab_s + self.app_s)


def crowd(web: str, account: Account, app_s: Callable[[], float], callers: int, seconds: float) -> Crowd:
    """So many call at once, press 1, wait together until so many seconds have passed, and hang up.

    `app_s` is the processor time of the line so far, the lab's is this process's. Raises CrowdError.
    """
    clock = WebClock(web)
    with Lab(account, web=web, clock=clock, idle=clock.idle, grain_s=GRAIN_S, threads=THREADS) as lab:
        began, lab_began, app_began = time.monotonic(), time.process_time(), app_s()
        phones = [lab.phone(f"+1415555{number:04d}") for number in range(callers)]
        for phone in phones:
            phone.on_hearing("press 1", press="1")
            phone.calls(DIALLED)
        lab.run(seconds)
        with lab.exchange as network:
            waiting = sum(len(queue.waiting) for queue in network.queues.values())
        for phone in phones:
            phone.hangs_up()
        lab.run(1)
        lab_s, app = time.process_time() - lab_began, app_s() - app_began
        found = Crowd(
            callers,
            len(lab.story.requests),
            sum("/waiting" in request.path for request in lab.story.requests),
            lab_s,
            app,
            time.monotonic() - began,
        )
        if waiting != callers or lab.story.alerts:
            raise CrowdError(f"{waiting} of {callers} waited; {lab.story.alerts[:3]}")
    clock.close()
    return found


def patient_config(folder: Path) -> Path:
    """The packaged config, whose waiting room keeps a caller for hours and speaks every EVERY_S seconds."""
    yaml = YAML(typ="safe", pure=True)
    config: dict[str, Any] = yaml.load(PACKAGED_CONFIG.read_text("utf-8"))
    config["queues"]["general"] |= {
        "max_wait_s": 7200,
        "announce_every_s": EVERY_S - SPOKEN_S,
        "callback_after_s": 7200,
    }
    with (file := folder / "patient.yaml").open("w") as out:
        yaml.dump(config, out)
    return file


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """The crowd at the menu, then the long wait, each with a line of its own."""
    if product.is_control:
        return []
    return [_share(_crowd(product, sizes.lab_calls, MINUTE_S)), *_hour(product, sizes)]


def _crowd(product: Product, callers: int, seconds: float) -> Crowd:
    with ExitStack() as stack:
        config = patient_config(stack.enter_context(new_folder()))
        server = stack.enter_context(product.running(CALMLINE_LAB="1", CALMLINE_CONFIG=str(config)))
        web = f"http://127.0.0.1:{server.port}"
        # Its Valkey is one of its processes here: both are the line.
        trees = [ProcessTree(server.process.pid, without=server.valkey_pid())]
        if (valkey := server.valkey_pid()) is not None:
            trees.append(ProcessTree(valkey))
        account = Account(ACCOUNT_SID, AUTH_TOKEN, (a_line(web),))
        return crowd(web, account, lambda: sum(tree.seconds() for tree in trees), callers, seconds)


def _share(seen: Crowd) -> Figure:
    return Figure(
        "Lab",
        f"the lab's share of the processor time, {seen.callers:,} calls at once through menu and queue",
        f"{seen.share:.2f}: {1e6 * seen.lab_s / seen.requests:,.0f} µs a webhook, {seen.requests:,} of them",
        f"server and Valkey {1e6 * seen.app_s / seen.requests:,.0f} µs; {os.cpu_count()} processors",
        f"< {HALF}",
        seen.share < HALF,
    )


def _hour(product: Product, sizes: Sizes) -> list[Figure]:
    seen = _crowd(product, sizes.lab_callers, sizes.lab_wait_s)
    needed = int(sizes.lab_callers * sizes.lab_wait_s / EVERY_S)
    return [
        Figure(
            "Lab",
            f"{sizes.lab_wait_s / 60:.0f} minutes of waiting for {seen.callers} callers, "
            f"a document every {EVERY_S} s",
            f"{seen.took_s:.1f} s for {seen.documents:,} documents; the lab's share {seen.share:.2f}",
            f"{needed:,} documents",
            f"< {MINUTE_S:.0f} s",
            seen.took_s < MINUTE_S and seen.documents >= 0.95 * needed,
        )
    ]


def main() -> int:
    """Exit code 1 when a pass line was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lab", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, for trying")
    figures = measure(Product(is_control=False), QUICK if parser.parse_args().quick else FULL)
    print_table(figures, facts_of_machine())
    return int(not all(figure.reached for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
