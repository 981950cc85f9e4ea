"""The telephones of one `calmline lab phone`: does what was typed, and shows what they hear."""

import threading
import time
from collections.abc import Callable, Sequence

from ivr.lab.control.client import POLL_S, LabClient, LabError, LabSaysNo
from ivr.lab.control.reader import HELP, Command
from ivr.lab.control.words import JSON, in_words, of_phone, rings

BY_HAND: JSON = {"pickup": "by_hand"}
Show = Callable[[str, str], None]


class Booth:
    """`show` takes a telephone's number ("" for none) and a line; `number_of` reads a number as it is typed.

    Methods raise LabError when the lab is gone; what the lab refuses is shown.
    """

    def __init__(
        self,
        lab: LabClient,
        numbers: Sequence[str],
        *,
        line: str,
        number_of: Callable[[str], str],
        show: Show,
        ringing: JSON = BY_HAND,
    ) -> None:
        self._lab, self.numbers, self._line = lab, list(dict.fromkeys(numbers)), line
        self._number_of, self._show = number_of, show
        self._telling, self.has_left = threading.Lock(), False
        phones = [lab.phone(number, ringing) for number in self.numbers]
        self.current, self._since = self.numbers[0], max(phone["next"] for phone in phones)
        for phone in phones:
            if phone["call"] is not None and rings(phone["call"]):
                show(phone["number"], of_phone(phone))

    def do(self, command: Command) -> bool:
        """False for the last command."""
        try:
            return self._do(command)
        except LabSaysNo as refused:
            self._show("", str(refused))
        return True

    def tell(self, lab: LabClient, wait_s: float = POLL_S) -> None:
        """Shows what came since; two threads may tell, and nothing is shown twice."""
        news = lab.news(self.numbers, self._since, wait_s)
        with self._telling:
            for one in news["items"]:
                if one["id"] > self._since:
                    self._show(one["number"], in_words(one))
            self._since = max(self._since, news["next"])

    def leave(self) -> None:
        """Every telephone is put down, and from now on rings until somebody takes it again."""
        self.has_left = True
        for number in self.numbers:
            phone = self._lab.phone(number, BY_HAND)
            if phone["call"] is not None and not phone["call"]["is_over"]:
                self._lab.act(number, "hang-up")
        self.tell(self._lab, 0)

    def _do(self, command: Command) -> bool:
        number = command.number
        match command.verb:
            case "quit":
                return False
            case "help":
                self._show("", HELP)
            case "use":
                self.current = number
                self._show(number, "is the telephone in your hand")
            case "phones":
                self._show_phones()
            case "wait":
                time.sleep(float(command.more))
            case "call":
                self._call(number, command.more)
            case "press":
                self._lab.act(number, "press", keys=command.more)
            case "say":
                self._lab.act(number, "say", words=command.more)
            case "answer" | "reject" | "drop":
                self._lab.act(number, command.verb)
            case "hang up":
                self._lab.act(number, "hang-up")
        return True

    def _call(self, number: str, to: str) -> None:
        try:
            dialled = self._number_of(to) if to else self._line
        except ValueError as refused:
            self._show("", str(refused))
            return
        if not dialled:
            self._show("", "The default line has no number; say which one: call NUMBER.")
            return
        self._lab.act(number, "call", to=dialled)
        self._show(number, f"calls {dialled}")

    def _show_phones(self) -> None:
        for phone in self._lab.phones():
            if phone["number"] in self.numbers:
                mark = "*" if phone["number"] == self.current and len(self.numbers) > 1 else " "
                self._show(phone["number"], f"{mark} {of_phone(phone)}")


def keep_telling(booth: Booth, url: str, gone: Callable[[LabError], None]) -> None:
    """A thread of its own shows news as they come, until the booth is left; `gone`: the lab is."""

    def run() -> None:
        lab = LabClient(url)
        try:
            while not booth.has_left:
                booth.tell(lab)
        except LabError as error:
            if not booth.has_left:
                gone(error)

    threading.Thread(target=run, name="phone-news", daemon=True).start()
