"""What a caller's answer to a menu means: a key, or words that stand for one."""

import re
import unicodedata
from dataclasses import dataclass

from config.schema import URGENT_KEY, Menu


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from a menu. `confidence` is Twilio's, from 0 to 1; 1 where it gives none.

    `confirming` is the key whose word the caller was asked to confirm ("": nothing was to confirm).
    """

    digits: str = ""
    words: str = ""
    confidence: float = 1.0
    confirming: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """The key that an answer stands for ("" for none), whether it is to be confirmed first, and why."""

    key: str
    is_sure: bool
    why: str
    fault: str = "no_input"


CONFIRM_KEY = "1"
_WORD = re.compile(r"\w+")
# How people say yes in the languages that Calmline speaks by itself.
_YES = frozenset({"yes", "yeah", "yep", "right", "correct", "si", "claro", "correcto"})
# "That is not right" holds a word of yes, and is none.
_NO = frozenset({"no", "not", "nope", "never", "isn", "wrong", "nunca"})


def understand(menu: Menu, reply: Reply) -> Understood:
    """What an answer to a menu means; a key always counts for more than words."""
    if reply.confirming and (reply.digits or reply.words):
        return _confirmed(menu, reply)
    if reply.digits:
        return Understood(reply.digits, True, f"key {reply.digits}", "wrong_key")
    if not reply.words or menu.speech is None:
        return Understood("", False, "no key", "no_input")
    keys = [key for key, option in menu.keys.items() if _is_said(option.words, reply.words)]
    if len(keys) != 1:
        return Understood("", False, f"words that stand for {len(keys)} keys", "not_understood")
    sure = reply.confidence >= menu.speech.confidence
    return Understood(keys[0], sure, f"words for key {keys[0]} ({reply.confidence:.2f})", "not_understood")


def _confirmed(menu: Menu, reply: Reply) -> Understood:
    if reply.digits == CONFIRM_KEY if reply.digits else _is_yes(reply.words):
        return Understood(reply.confirming, True, f"words for key {reply.confirming}, confirmed")
    if reply.digits in menu.keys or reply.digits == URGENT_KEY:
        return Understood(reply.digits, True, f"key {reply.digits}")
    return Understood("", False, "words that were not meant", "not_understood")


def _is_yes(words: str) -> bool:
    said = set(_words(words))
    return bool(_YES & said) and not _NO & said


def _is_said(phrases: tuple[str, ...], words: str) -> bool:
    """True when one of the phrases occurs in what was said, word by word."""
    said = f" {' '.join(_words(words))} "
    return any(f" {' '.join(wanted)} " in said for wanted in map(_words, phrases) if wanted)


def _words(text: str) -> list[str]:
    """Without case, marks and accents: who writes the config may leave out what the recogniser writes."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in apart if not unicodedata.combining(letter)))
