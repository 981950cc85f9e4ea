"""What carriers and Twilio's add-ons say of a caller: hints for people, never a consequence by themselves.

https://www.twilio.com/docs/voice/trusted-calling-with-shakenstir, https://www.twilio.com/docs/add-ons
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_ATTESTED = re.compile(r"TN-Validation-(Passed|Failed)-([ABC])")
_LONGEST = 60
_MOST = 10


def hints_in(form: Mapping[str, str]) -> tuple[str, ...]:
    """Short words such as `attestation A` and `spam nomorobo_spamscore`; what cannot be read is left out."""
    return (*_attestation(form.get("StirVerstat", "")), *_spam(form.get("AddOns", "")))


def _attestation(verification: str) -> tuple[str, ...]:
    found = _ATTESTED.match(verification)
    if found is None:
        return ()
    return (f"attestation {found[2]}" if found[1] == "Passed" else f"attestation {found[2]} failed",)


def _spam(add_ons: str) -> tuple[str, ...]:
    """The add-ons that call the number spam. One that failed says nothing, whatever the whole says."""
    if not add_ons:
        return ()
    try:
        results = _mapping(_mapping(json.loads(add_ons)).get("results"))
    except (ValueError, RecursionError):
        return ()
    spam = [name for name, answer in sorted(results.items()) if _calls_it_spam(_mapping(answer))]
    return tuple(f"spam {_whole(name[:_LONGEST])}" for name in spam[:_MOST])


def _whole(text: str) -> str:
    """JSON can hold halves of letters, which nothing can write down."""
    return text.encode(errors="replace").decode()


def _calls_it_spam(answer: Mapping[str, Any]) -> bool:
    """Nomorobo scores 1; Marchex recommends BLOCK; Ekata gives a reputation level of 4 of 4."""
    result = _mapping(answer.get("result"))
    said = (
        result.get("score") == 1
        or _mapping(result.get("result")).get("recommendation") == "BLOCK"
        or result.get("reputation_level") == 4
    )
    return said and answer.get("status") == "successful"


def _mapping(value: object) -> Mapping[str, Any]:
    """What is not a mapping says nothing."""
    return value if isinstance(value, Mapping) else {}
