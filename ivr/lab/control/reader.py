"""Reads what a person types at `calmline lab phone`: a command for one of the telephones, or why it is none.

Pure: it knows the telephones' numbers and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ivr.lab.phone import KEYS

Verb = Literal[
    "call", "answer", "reject", "press", "say", "hang up", "drop", "use", "phones", "wait", "help", "quit"
]
HELP = """\
  1 2 # …          press keys (digits, * and #, then Enter)
  call [NUMBER]    dial; without a number, the line
  answer, reject   when it rings
  say WORDS        speak
  hang up, drop    end the call; drop: the connection is lost
  use NUMBER       choose among several telephones; its first or last digits are enough
  NUMBER command   the command for that telephone only, such as +12125550142 answer
  phones           every telephone, its call, and whom it talks with
  wait SECONDS     for scripts: do nothing for so long
  quit, exit       hang up and go (also Ctrl-D)
  help             this"""

_WITHOUT_MORE: dict[str, Verb] = {
    "answer": "answer",
    "reject": "reject",
    "hang up": "hang up",
    "hangup": "hang up",
    "drop": "drop",
    "phones": "phones",
    "help": "help",
    "?": "help",
    "quit": "quit",
    "exit": "quit",
}
_WITH_MORE: dict[str, tuple[Verb, str]] = {
    "say": ("say", "Say what? Such as: say I need help"),
    "use": ("use", "Use which telephone? Type `phones` to see them."),
    "press": ("press", "Press which keys? Such as: press 1"),
    "wait": ("wait", "Wait how many seconds? Such as: wait 5"),
}
WORDS = sorted({"call", *_WITHOUT_MORE, *_WITH_MORE} - {"?", "hangup"})


@dataclass(frozen=True)
class Command:
    """What is to be done. `number` is the telephone; `more` the number, keys, words or seconds."""

    verb: Verb
    number: str
    more: str = ""


@dataclass(frozen=True)
class Misread:
    """Why a line is no command, in a sentence for people."""

    why: str


def read_command(line: str, phones: Sequence[str], current: str) -> Command | Misread | None:
    """The command in a line; None for an empty one. `current` is the telephone used when none is named."""
    text = " ".join(line.split())
    if not text:
        return None
    if not _names_a_phone(text.split()[0], phones):
        return _command(text, phones, current)
    first, _, rest = text.partition(" ")
    number = _chosen(first, phones)
    if isinstance(number, Misread):
        return number
    return _command(rest, phones, number) if rest else Command("use", number, number)


def _names_a_phone(word: str, phones: Sequence[str]) -> bool:
    """Bare digits are keys, so a number that stands before a command begins with its plus."""
    return word in phones or word.startswith("+")


def _command(text: str, phones: Sequence[str], number: str) -> Command | Misread:
    keys = text.replace(" ", "")
    if set(keys) <= KEYS:
        return Command("press", number, keys)
    word, _, more = text.partition(" ")
    word = word.lower()
    if verb := _WITHOUT_MORE.get(text.lower()):
        return Command(verb, number)
    if word == "call":
        return Command("call", number, more)
    if word not in _WITH_MORE:
        return Misread(f'"{text}" is no command; type help.')
    verb, hint = _WITH_MORE[word]
    return _with_more(verb, more, phones, number) if more else Misread(hint)


def _with_more(verb: Verb, more: str, phones: Sequence[str], number: str) -> Command | Misread:
    match verb:
        case "use":
            chosen = _chosen(more, phones)
            return chosen if isinstance(chosen, Misread) else Command("use", chosen, chosen)
        case "press":
            keys = more.replace(" ", "")
            return Command(verb, number, keys) if set(keys) <= KEYS else Misread("The keys are 0-9, * and #.")
        case "wait" if not _is_seconds(more):
            return Misread(f'"{more}" is no number of seconds.')
    return Command(verb, number, more)


def _chosen(part: str, phones: Sequence[str]) -> str | Misread:
    """The one telephone whose number is this, or begins or ends with it."""
    if part in phones:
        return part
    found = [number for number in phones if number.startswith(part) or number.endswith(part)]
    if len(found) == 1:
        return found[0]
    if not found:
        return Misread(f"{part} is none of your telephones: {', '.join(phones)}.")
    return Misread(f"{part} may be {' or '.join(found)}; type more of it.")


def _is_seconds(text: str) -> bool:
    return len(text) <= 6 and text.replace(".", "", 1).isdecimal() and text.isascii()
