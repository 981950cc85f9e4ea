"""What people write about a customer: one line, nothing in it that is not a character."""

import unicodedata

BRIEF, NAME, NOTE, REMARK = 500, 80, 2000, 1000
# They join letters in Persian, Hindi and emoji; the rest of their kind is not seen, or turns text round.
_JOINERS = "\u200c\u200d"


def plain(text: str, longest: int) -> str:
    """`text` in one line of at most so many characters, without controls and halves of characters."""
    kept = (char if _is_plain(char) else " " for char in text)
    return " ".join("".join(kept).split())[:longest].strip()


def _is_plain(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
