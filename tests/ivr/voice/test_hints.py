"""What carriers and add-ons say of a caller: hints in the reason and the log, never another decision."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ivr.voice.hints import hints_in
from routing.call_history import entries
from routing.floor import Floor
from tests.ivr.voice.scenes import another_call, treat
from tests.twilio import Twilio

NAMES = ("nomorobo_spamscore", "marchex_cleancall", "ekata_phone_valid")


def answered(result: Any, status: str = "successful", code: Any = None) -> dict[str, Any]:
    """One add-on's part, as Twilio puts it together."""
    return {
        "request_sid": "XR" + "0" * 32,
        "status": status,
        "message": None,
        "code": code,
        "result": result,
    }


def nomorobo(score: Any) -> dict[str, Any]:
    return answered({"status": "success", "message": "success", "score": score})


def marchex(recommendation: str) -> dict[str, Any]:
    inner = {"recommendation": recommendation, "reason": "CleanCall"}
    return answered({"requestId": 20_000, "result": inner})


def add_ons(**results: Any) -> str:
    """The form field: JSON in a text."""
    return json.dumps({"status": "successful", "message": None, "code": None, "results": results})


TIMED_OUT = answered({}, "failed", 61001)
REFUSED = answered({}, "failed", 61002)
SPAM = "spam nomorobo_spamscore"
PAYLOADS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Nomorobo: spam": (add_ons(nomorobo_spamscore=nomorobo(1)), (SPAM,)),
    "Nomorobo: fine": (add_ons(nomorobo_spamscore=nomorobo(0)), ()),
    "Marchex: block": (add_ons(marchex_cleancall=marchex("BLOCK")), ("spam marchex_cleancall",)),
    "Marchex: pass": (add_ons(marchex_cleancall=marchex("PASS")), ()),
    "both, sorted": (
        add_ons(nomorobo_spamscore=nomorobo(1), marchex_cleancall=marchex("BLOCK")),
        ("spam marchex_cleancall", SPAM),
    ),
    "one spam, one timed out": (
        add_ons(nomorobo_spamscore=nomorobo(1), marchex_cleancall=TIMED_OUT),
        (SPAM,),
    ),
    "timed out 61001": (add_ons(nomorobo_spamscore=TIMED_OUT), ()),
    "refused 61002": (add_ons(marchex_cleancall=REFUSED), ()),
    "failed, and yet with a score": (
        add_ons(nomorobo_spamscore=answered({"score": 1}, "failed", 61001)),
        (),
    ),
    "one spam, one garbage": (add_ons(nomorobo_spamscore=nomorobo(1), other=None, more=["x"]), (SPAM,)),
    "a result that is a list": (add_ons(nomorobo_spamscore=answered([1])), ()),
    "a score in words": (add_ons(nomorobo_spamscore=nomorobo("1")), ()),
    "an add-on nobody knows": (add_ons(another=answered({"verdict": "spam"})), ()),
    "no results": (add_ons(), ()),
    "results null": ('{"status":"successful","results":null}', ()),
    "not JSON": ("{'status': 'successful'}", ()),
    "cut off": (add_ons(nomorobo_spamscore=nomorobo(1))[:-4], ()),
    "a list": ("[]", ()),
    "a number without end": ("9" * 5000, ()),
    "nested without end": ("[" * 20_000, ()),
    "nested mappings": ('{"results":' * 1800, ()),
    "a long name": (add_ons(**{"x" * 500: nomorobo(1)}), ("spam " + "x" * 60,)),
    "a thousand add-ons": (
        add_ons(**{f"a{n:03}": nomorobo(1) for n in range(200)}),
        tuple(f"spam a{n:03}" for n in range(10)),
    ),
    "half a letter": (
        '{"results":{"\\ud800":{"status":"successful","result":{"score":1}}}}',
        ("spam ?",),
    ),
}
ATTESTATIONS = {
    "TN-Validation-Passed-A": "attestation A",
    "TN-Validation-Passed-B": "attestation B",
    "TN-Validation-Passed-C-Diverted": "attestation C",
    "TN-Validation-Passed-A-Passthrough": "attestation A",
    "TN-Validation-Failed-A": "attestation A failed",
    "TN-Validation-Failed-C-Diverted": "attestation C failed",
    "TN-Validation-Failed": "",
    "No-TN-Validation": "",
    "NULL": "",
    "": "",
    "TN-Validation-Passed-D": "",
    "x TN-Validation-Passed-A": "",
}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_add_ons_become_short_words_and_what_cannot_be_read_is_left_out(payload: str) -> None:
    text, hints = PAYLOADS[payload]
    assert hints_in({"AddOns": text}) == hints


@pytest.mark.parametrize(("verification", "hint"), ATTESTATIONS.items())
def test_an_attestation_is_a_hint(verification: str, hint: str) -> None:
    assert hints_in({"StirVerstat": verification}) == ((hint,) if hint else ())


@pytest.mark.parametrize("treatment", ["", "specialist", "closed"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hint_never_changes_what_the_caller_hears(
    twilio: Twilio, floor: Floor, payload: str, treatment: str
) -> None:
    if treatment:
        treat(floor, treatment)
    plain, hinted = another_call(twilio), another_call(twilio)
    heard = hinted.calls(AddOns=PAYLOADS[payload][0], StirVerstat="TN-Validation-Passed-C")
    assert heard.says == plain.calls().says
    first, second = (floor.calls.answers(call.call_sid)[0].decision for call in (plain, hinted))
    assert (first.do, first.name, first.because.rule) == (second.do, second.name, second.because.rule)
    assert second.because.hints == ("attestation C", *PAYLOADS[payload][1])


def test_hints_stand_in_the_log_and_in_the_call_log(
    logged: Callable[[], list[dict[str, Any]]], twilio: Twilio, floor: Floor
) -> None:
    twilio.calls(AddOns=PAYLOADS["Nomorobo: spam"][0], StirVerstat="TN-Validation-Failed-B")
    wanted = ["attestation B failed", SPAM]
    (decision,) = [line for line in logged() if line["event"] == "decision"]
    assert decision["hints"] == wanted
    assert [entry.said["decision"]["because"]["hints"] for entry in entries(floor)] == [wanted]
