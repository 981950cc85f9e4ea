"""Live pages: one thread of a process reads what changed and hands it to the open pages in batches.

docs/decisions/0012-live-pages.md says why it polls, and what a page costs.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty

from flask import Flask, current_app

from config.connections import StoreAway
from config.observe import LIVE_PAGES, log
from ivr.live_page import COMMENT, Page, message, rendered
from routing import presence
from routing.floor import Floor
from routing.rules.people import Person
from routing.store.events import Event, order

# A worker's threads (ivr/serving.py) are enough for so many beside its answers.
MOST_PAGES = 220
# What changed within this time comes in one piece; a page is woken at most so often.
EVERY_S = 0.2
_AT_ONCE = 20
_BETWEEN_S = 0.005
_PER_READ = 500
HEARTBEAT_S = 15.0
# Whoever is rung on his page is away when it is closed, which only writing to it tells.
HEARTBEAT_OF_SOFTPHONES_S = 5.0
RETRY_MS = 2000
# A peer that vanished without a word is found out at last; a page that lives comes back with its last id.
LIFE_S = (240.0, 360.0)
_NAME = "calmline_live"


class TooManyPages(Exception):
    """This process has as many live pages as it can hold."""


class Pages:
    """The open pages of one process."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._pages: set[Page] = set()
        self._lock = threading.Lock()
        self._are_open = threading.Event()
        self._position = ""
        self._is_over = False
        self._reader: threading.Thread | None = None
        self._look_again_at = self._knocked_at = 0.0
        # All pages come back at once after a restart: their reading must not take every connection.
        self._replays = threading.Semaphore(2)

    def open(self, who: Person) -> Page:
        """A page that gets what happens from now on. Raises TooManyPages, StoreAway."""
        latest = self._floor.events.latest_id()
        with self._lock:
            if len(self._pages) >= MOST_PAGES or self._is_over:
                self._knock()
                raise TooManyPages("This process holds as many live pages as it can; try again soon.")
            if not self._pages:
                self._position = latest
            page = Page(who, self._position)
            self._pages.add(page)
            LIVE_PAGES.set(len(self._pages))
            self._start_reader()
        if page.is_softphone:
            with suppress(StoreAway):  # the next look says it again
                presence.seen(self._floor, [who.id])
        return page

    def close(self, page: Page) -> None:
        """It is gone; a second time nothing happens."""
        with self._lock:
            if page not in self._pages:
                return
            self._pages.discard(page)
            LIVE_PAGES.set(len(self._pages))
            if not self._pages:
                self._are_open.clear()
            is_last = all(other.who.id != page.who.id for other in self._pages)
        if page.is_softphone and is_last:
            with suppress(StoreAway):
                presence.left(self._floor, page.who.id)

    def end(self) -> None:
        """The process ends: so does every page, and none opens."""
        with self._lock:
            self._is_over = True
            for page in self._pages:
                page.end()

    def stream(self, page: Page, after: str | None) -> Iterator[bytes]:
        """What the page is sent: what it missed since that event (`after`), then what happens.

        It ends when the store is away before it has what it missed; the page comes back by itself.
        """
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            yield from self._missed(page, after)
            yield from _live(page)
        except StoreAway:
            return
        finally:
            self.close(page)

    def _missed(self, page: Page, after: str | None) -> Iterator[bytes]:
        if after is not None and not self._floor.events.goes_back_to(after):
            # Some of what the page missed is gone: it reads the floor anew.
            yield message(page.since, "reset", b"{}")
            return
        # An id alone is no event, but the page goes on from it when the line breaks before the first one.
        yield f"id: {after or page.since}\n\n".encode()
        while after is not None and order(after) < order(page.since):
            with self._replays:
                events = self._floor.events.after(after, _PER_READ)
            after = events[-1].id if events else page.since
            fresh = [event for event in events if order(event.id) <= order(page.since)]
            if batch := page.part_of(rendered(fresh)):
                yield batch

    def _start_reader(self) -> None:
        self._are_open.set()
        if self._reader is None:
            self._reader = threading.Thread(target=self._read, name="live-pages", daemon=True)
            self._reader.start()

    def _read(self) -> None:
        """Never ends. A store that is away loses nothing: it goes on from where it was."""
        while True:
            self._are_open.wait()
            began = time.monotonic()
            try:
                position = self._position
                self._hand_out(position, self._floor.events.after(position, _PER_READ))
                self._look_after(began)
            except StoreAway:
                pass
            except Exception:
                # A thread that ends would leave every page silent.
                log.exception("live_pages_failed")
            time.sleep(max(EVERY_S - (time.monotonic() - began), 0.01))

    def _hand_out(self, after: str, events: list[Event]) -> None:
        if not events:
            return
        shown = rendered(events)
        with self._lock:
            if self._position != after:
                # All pages have gone meanwhile, and the first new one begins elsewhere.
                return
            self._position = events[-1].id
            batches = [(page, batch) for page in self._pages if (batch := page.part_of(shown))]
        for number, (page, batch) in enumerate(batches, 1):
            page.give(batch)
            if number % _AT_ONCE == 0:
                # All threads at once would keep a caller's webhook from the processor.
                time.sleep(_BETWEEN_S)

    def _look_after(self, now: float) -> None:
        """Every few seconds: who is at his page is present, and who was disabled loses it."""
        if now < self._look_again_at:
            return
        self._look_again_at = now + presence.EVERY_S
        with self._lock:
            pages = list(self._pages)
        presence.seen(self._floor, {page.who.id for page in pages if page.is_softphone})
        working = self._floor.people.working({page.who.id for page in pages})
        for page in pages:
            if page.who.id not in working:
                page.end()

    def _knock(self) -> None:
        """Write to every page, once a second at most: those that nobody reads any more go by it."""
        if time.monotonic() - self._knocked_at > 1:
            self._knocked_at = time.monotonic()
            for page in self._pages:
                page.give(COMMENT)


def _live(page: Page) -> Iterator[bytes]:
    beat_s = HEARTBEAT_OF_SOFTPHONES_S if page.is_softphone else HEARTBEAT_S
    ends_at = time.monotonic() + random.uniform(*LIFE_S)
    while time.monotonic() < ends_at:
        try:
            batch = page.waiting.get(timeout=beat_s)
        except Empty:
            batch = COMMENT
        if batch is None:
            return
        yield batch


def install_pages(app: Flask, floor: Floor) -> Pages:
    """Give an app its live pages."""
    pages = Pages(floor)
    app.extensions[_NAME] = pages
    return pages


def live_pages(app: Flask | None = None) -> Pages:
    """The live pages of that app, or of the one that serves this request."""
    found: Pages = (app or current_app).extensions[_NAME]
    return found
