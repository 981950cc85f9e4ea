"""The time of the site that is being tried out, and whether it is at rest: its /lab/clock and /lab/idle."""

from datetime import UTC, datetime
from time import monotonic
from typing import Any

import urllib3

ANSWERS_WITHIN_S = 5.0
NOT_FORWARD = 422


class WebClock:
    """A clock that flows like any, and that is moved for the site and the lab together.

    Asked once and after each move: in between it flows as this machine's does, and nobody else may move the
    site's. Raises OSError when the site does not answer, or has no clock to move (CALMLINE_LAB).
    """

    def __init__(self, web: str) -> None:
        self._web = web.rstrip("/")
        self._pool = urllib3.PoolManager(timeout=ANSWERS_WITHIN_S, retries=False)
        self._ahead = -monotonic()
        self._learn(self._asked("GET", "/lab/clock")["now"])

    def now(self) -> float:
        return monotonic() + self._ahead

    def move(self, to: float) -> None:
        """Forward to this moment; a moment that is past already is left as it is."""
        if to <= self.now():
            return
        self._learn(self._asked("POST", "/lab/clock", {"to": _written(to)})["now"])
        # The site counts milliseconds: what was due at `to` is due now.
        self._ahead = max(self._ahead, to - monotonic())

    def idle(self) -> tuple[bool, float | None]:
        """Whether nothing waits to be done there, and when something becomes due next."""
        told = self._asked("GET", "/lab/idle")
        return bool(told["idle"]), _read(told["next"]) if told["next"] else None

    def close(self) -> None:
        self._pool.clear()

    def _learn(self, now: str) -> None:
        """Never back: the answer has been on its way for a moment."""
        self._ahead = max(self._ahead, _read(now) - monotonic())

    def _asked(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            answer = self._pool.request(method, self._web + path, json=body)
        except urllib3.exceptions.HTTPError as error:
            raise OSError(f"the site does not answer {path}: {type(error).__name__}") from error
        if answer.status == NOT_FORWARD:
            return self._asked("GET", "/lab/clock")  # its own clock was past that moment already
        if answer.status != 200:
            raise OSError(f"the site answers {answer.status} at {path}: is it in the lab (CALMLINE_LAB=1)?")
        found: dict[str, Any] = answer.json()
        return found


def _read(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def _written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
