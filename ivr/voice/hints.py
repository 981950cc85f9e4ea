"""What carriers and Twilio's add-ons say of a caller: hints for people, never a consequence by themselves.

https://www.twilio.com/docs/voice/trusted-calling-with-shakenstir, https://www.twilio.com/docs/add-ons
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_ATTESTED = re.compile(r"TN-Validation-(Passed|Failed)-([ABC])")
_LONGEST = 60


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
        results = json.loads(add_ons)["results"]
        return tuple(
            f"spam {name[:_LONGEST]}"
            for name, answer in sorted(results.items())
            if answer.get("status") == "successful" and _calls_it_spam(answer.get("result") or {})
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ()


def _calls_it_spam(result: Mapping[str, Any]) -> bool:
    """Nomorobo scores 1; Marchex recommends BLOCK; Ekata gives a reputation level of 4 of 4."""
    inner = result.get("result")
    recommendation = inner.get("recommendation") if isinstance(inner, Mapping) else None
    reputation = result.get("reputation_level")
    return result.get("score") == 1 or recommendation == "BLOCK" or reputation == 4
