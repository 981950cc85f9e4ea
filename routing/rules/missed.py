"""Why somebody is not asked any more: the offers that he did not take, in words for people."""

from collections.abc import Mapping

from routing.rules.legs import Ended

DECLINED, NO_KEY, NOT_HEARD_OF = "declined", "no_key", "not_heard_of"
_WORDS: Mapping[str, str] = {
    DECLINED: "declined",
    NO_KEY: "picked up and pressed no key",
    Ended.NO_ANSWER: "did not answer",
    Ended.BUSY: "telephone was busy",
    Ended.COMPLETED: "hung up on the offer",
}
_NOT_REACHED = "telephone not reached"


def words_for(why: str) -> str:
    """Why one offer was not taken; whatever went wrong on the way is all the same to whoever reads it."""
    return _WORDS.get(why, _NOT_REACHED)
