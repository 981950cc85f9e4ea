"""Twilio's incoming-call webhooks, 27 fields, signed, each with a CallSid that was never used before."""

import base64
import hmac
import itertools
import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import phonenumbers
from ruamel.yaml import YAML

ACCOUNT_SID = "AC" + "0" * 31 + "1"
AUTH_TOKEN = "0123456789abcdef0123456789abcdef"  # known to our own loopback servers only
_CONFIG = Path(__file__).resolve().parent.parent / "config" / "support-line.yaml"
# The shipped config's default line: a number that no line names costs the product one log entry more.
DIALLED = str(YAML(typ="safe").load(_CONFIG)["lines"]["support"]["numbers"][0])
INCOMING = "/voice/incoming"
_SID, _FROM, _RETRY, _SIGNATURE = (f"\x00{name}\x00" for name in ("sid", "from", "retry", "signature"))
_JWT = base64.urlsafe_b64encode(bytes(range(256))).decode().rstrip("=")  # as long as a real CallToken's


def fictional_numbers() -> Iterator[str]:
    """Valid US numbers 555-xxxx, several million; the first ones are 555-0100…0199, reserved for fiction."""
    areas = [area for area in range(201, 990) if _is_valid(f"+1{area}5550100")]
    reserved = range(100, 200)
    for line in itertools.chain(reserved, (n for n in range(10_000) if n not in reserved)):
        for area in areas:
            if (number := f"+1{area}555{line:04d}") != DIALLED:
                yield number


def _is_valid(number: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(number))


def fields_of(call_sid: str, caller: str) -> dict[str, str]:
    """The form fields that Twilio sends for an incoming call from the USA."""
    places = {"City": "SAN FRANCISCO", "State": "CA", "Zip": "94105", "Country": "US"}
    fields = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "CallSid": call_sid,
        "CallStatus": "ringing",
        "CallToken": f'{{"parentCallInfoToken":"{_JWT}","identityHeaderTokens":[]}}',
        "Called": DIALLED,
        "Caller": caller,
        "Direction": "inbound",
        "From": caller,
        "StirVerstat": "TN-Validation-Passed-A",
        "To": DIALLED,
    }
    for side in ("From", "Caller", "To", "Called"):
        fields |= {side + part: value for part, value in places.items()}
    return fields


def signature(url: str, fields: dict[str, str]) -> str:
    """Twilio's X-Twilio-Signature: https://www.twilio.com/docs/usage/security"""
    return _sign(url + "".join(name + fields[name] for name in sorted(fields)))


def _sign(text: str) -> str:
    return base64.b64encode(hmac.digest(AUTH_TOKEN.encode(), text.encode(), "sha1")).decode()


def new_call_sid() -> str:
    """A CallSid that no call of this or another run has had."""
    return "CA" + os.urandom(16).hex()


class CallTemplate:
    """Makes raw HTTP requests for one server about ten times quicker than signing each from its fields."""

    def __init__(self, port: int) -> None:
        url = f"http://127.0.0.1:{port}{INCOMING}"
        fields = fields_of(_SID, _FROM)
        self._signed_text = url + "".join(name + fields[name] for name in sorted(fields))
        self._request = _raw_request(port, urlencode(fields, safe="\x00"))

    def request(self, caller: str) -> bytes:
        """One call from that number; all requests for numbers of equal length are equally long."""
        sid = new_call_sid()
        signed = _sign(self._signed_text.replace(_SID, sid).replace(_FROM, caller))
        filled = self._request.replace(_SID, sid).replace(_FROM, "%2B" + caller[1:])
        return filled.replace(_SIGNATURE, signed).replace(_RETRY, str(uuid.uuid4())).encode()


def _raw_request(port: int, body: str) -> str:
    length = len(body.replace(_SID, new_call_sid()).replace(_FROM, "%2B12015550100"))
    head = {
        "Host": f"127.0.0.1:{port}",
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "Content-Length": str(length),
        "X-Twilio-Signature": _SIGNATURE,
        "I-Twilio-Idempotency-Token": _RETRY,
    }
    lines = [f"POST {INCOMING} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def write_calls(path: Path, port: int, callers: Sequence[str], count: int) -> int:
    """Write that many requests, one after the other; returns the length of each in bytes."""
    template = CallTemplate(port)
    length = len(template.request(callers[0]))
    with path.open("wb") as file:
        for caller in itertools.islice(itertools.cycle(callers), count):
            file.write(template.request(caller))
    return length
