"""The dispatcher: does the effects that steps left, hands out what is due, sweeps. Any number may run."""

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from config.connections import StoreAway
from config.observe import log
from routing.floor import Floor
from routing.store.deadlines import Due
from routing.store.effects import TAKEN_OVER_AFTER_MS, Effect, NotYet
from routing.store.heartbeats import DISPATCHER

THREADS = 8
# What is due is looked for this often, and this many at a time are kept from other dispatchers so long.
LOOK_EVERY_S = 0.2
AT_A_TIME = 20
LEASE_MS = 10_000
BEAT_EVERY_S = 1.0
# After SIGTERM an effect under way may end; one that does not is taken over by another dispatcher.
LAST_EFFECTS_S = 4.0
_AWAY_PAUSE_S = 0.5
_RETRY_AFTER_MS = 1_000


@dataclass(frozen=True, slots=True)
class Sweep:
    """Work for every few seconds. Every dispatcher does it, so it must be safe to do twice at once."""

    name: str
    every_s: float
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Duties:
    """What a dispatcher can do: effects by verb, deadlines by kind (given the id), sweeps.

    Whatever raises is tried again: an effect after a second until its deadline, what was due after its lease.
    """

    effects: Mapping[str, Callable[[Effect], None]]
    deadlines: Mapping[str, Callable[[str], None]]
    sweeps: Sequence[Sweep] = ()


class Dispatcher:
    """One dispatcher of a site. `floor` is a patient one (routing/floor.py)."""

    def __init__(self, floor: Floor, duties: Duties, *, threads: int = THREADS) -> None:
        self._floor, self._duties, self._threads = floor, duties, threads
        self.name = f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(3)}"
        self._is_asked_to_end = False
        self._is_over = threading.Event()
        self._running: set[str] = set()

    def run(self) -> None:
        """Work until `stop`; ends within LAST_EFFECTS_S of it. Waits for ever for a Redis that is away."""
        log.info("dispatcher_started", name=self.name)
        loops: list[Callable[[], None]] = [self._do_effects] * self._threads
        loops += [self._every(sweep.name, sweep.every_s, sweep.run) for sweep in self._duties.sweeps]
        loops += [
            self._every("deadlines", LOOK_EVERY_S, self._do_what_is_due),
            self._every("heartbeat", BEAT_EVERY_S, self._beat),
            self._every("forget", 3600.0, self._forget),
        ]
        threads = [threading.Thread(target=loop, daemon=True) for loop in loops]
        for thread in threads:
            thread.start()
        while not self._is_asked_to_end:
            time.sleep(0.1)
        self._is_over.set()
        self._wait_for(threads)
        log.info("dispatcher_ended", name=self.name, unfinished=len(self._running))

    def stop(self) -> None:
        """Take nothing more. Safe in a signal handler, where to set an Event is not: its lock may be held."""
        self._is_asked_to_end = True

    def _wait_for(self, threads: Sequence[threading.Thread]) -> None:
        until = time.monotonic() + LAST_EFFECTS_S
        for thread in threads:
            thread.join(max(until - time.monotonic(), 0))
        with suppress(StoreAway):
            self._floor.heartbeats.end(DISPATCHER, self.name)

    def _do_effects(self) -> None:
        while not self._is_over.is_set():
            try:
                for effect in self._floor.effects.take(self.name, 1):
                    self._do_once(effect)
            except StoreAway as away:
                self._store_is_away("effects", away)
            except Exception:
                # A thread that ends would be missed by nobody until all are gone.
                log.exception("effects_failed")
                self._is_over.wait(_AWAY_PAUSE_S)

    def _do_once(self, effect: Effect) -> None:
        """Not beside itself: one that takes longer than the take-over comes back to another thread here."""
        if effect.id in self._running:
            return
        self._running.add(effect.id)
        try:
            self._do(effect)
        finally:
            self._running.discard(effect.id)

    def _do(self, effect: Effect) -> None:
        try:
            self._duties.effects[effect.verb](effect)
        except NotYet as early:
            self._floor.effects.put_off(effect, min(early.wait_ms, TAKEN_OVER_AFTER_MS))
        except Exception as failed:
            self._failed("effect_failed", failed, verb=effect.verb, effect=effect.label, target=effect.target)
            self._floor.effects.put_off(effect, _RETRY_AFTER_MS)
        else:
            self._floor.effects.done(effect)

    def _do_what_is_due(self) -> None:
        found = AT_A_TIME
        while found == AT_A_TIME and not self._is_over.is_set():
            claimed = self._floor.deadlines.claim_due(AT_A_TIME, LEASE_MS)
            found = len(claimed)
            for due in claimed:
                if self._is_over.is_set():
                    return
                self._do_due(due)

    def _do_due(self, due: Due) -> None:
        try:
            self._duties.deadlines[due.kind](due.id)
        except Exception as failed:
            self._failed("deadline_failed", failed, kind=due.kind, id=due.id)
            self._floor.deadlines.let_go(due)
        else:
            self._floor.deadlines.finish(due)

    def _beat(self) -> None:
        self._floor.heartbeats.beat(DISPATCHER, self.name)

    def _forget(self) -> None:
        self._floor.effects.forget_the_gone()

    def _every(self, name: str, seconds: float, run: Callable[[], None]) -> Callable[[], None]:
        def loop() -> None:
            while not self._is_over.is_set():
                try:
                    run()
                except StoreAway as away:
                    self._store_is_away(name, away)
                except Exception as failed:
                    self._failed("sweep_failed", failed, sweep=name)
                self._is_over.wait(seconds)

        return loop

    def _failed(self, event: str, failed: Exception, **fields: object) -> None:
        # A KeyError is a verb or a kind of a newer version: another dispatcher may know it.
        log.error(event, **fields, exc_info=failed)

    def _store_is_away(self, loop: str, away: StoreAway) -> None:
        log.warning("store_away", loop=loop, because=str(away))
        self._is_over.wait(_AWAY_PAUSE_S)
