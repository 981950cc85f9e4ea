"""A leg in use: its requests, its person, and how long that person will wait."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.lab.carrier import Ask
from ivr.lab.person import Person
from ivr.lab.twiml import Context
from ivr.lab.webhooks import Page, Webhooks

MAX_DOCUMENTS = 100
MAX_HURRIED = 10


class RedirectLoopError(Exception):
    """Documents follow one another without end."""

    def __init__(self) -> None:
        super().__init__(f"redirect loop: more than {MAX_DOCUMENTS} documents in one call")


class Patience:
    """How long the person stays in the waiting room, in seconds of the `sleep` that was given."""

    def __init__(self, wait_s: float, sleep: Callable[[float], None]) -> None:
        self.left_s = wait_s
        self.spent_s = 0.0
        self._sleep = sleep
        self._hurried = 0

    def stays(self, listened_s: float, *, has_keys_left: bool) -> bool:
        """Sits through a document that was heard; False if the person hangs up after it.

        Somebody with keys left to press is in a hurry: for up to ten documents no time passes.
        """
        if has_keys_left and self._hurried < MAX_HURRIED:
            self._hurried += 1
            return True
        pause = min(max(listened_s, 1.0), self.left_s)
        if pause > 0:
            self._sleep(pause)
            self.left_s -= pause
            self.spent_s += pause
        return self.left_s > 0


@dataclass
class Leg:
    """One caller's leg."""

    webhooks: Webhooks
    person: Person
    patience: Patience
    documents: int = 1

    def page(self, ask: Ask, *, context: Context = "call") -> Page:
        """The next document; raises RedirectLoopError if there were too many.

        A document that was waited through took at least a second, so a long wait is not a loop.
        """
        self.documents += 1
        if self.documents > MAX_DOCUMENTS + self.patience.spent_s:
            raise RedirectLoopError
        return self.webhooks.page(ask, context)
