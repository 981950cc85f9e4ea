"""The form fields of Twilio's webhooks: what a call always carries, and what some requests add.

Source: https://www.twilio.com/docs/voice/twiml#request-parameters
"""

import hashlib
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal
from urllib.parse import quote

API_VERSION = "2010-04-01"
DEFAULT_QUEUE_SIZE = "1000"

CallStatus = Literal["ringing", "in-progress", "completed"]


@dataclass(frozen=True)
class InboundCall:
    """Who calls whom, under which SID."""

    sid: str
    account_sid: str
    from_: str
    to: str
    stir_verstat: str | None = None
    call_token: str | None = None

    def fields(self, status: CallStatus) -> dict[str, str]:
        """The 25 fields of every webhook of a call."""
        return {
            "CallSid": self.sid,
            "AccountSid": self.account_sid,
            "ApiVersion": API_VERSION,
            "Direction": "inbound",
            "CallStatus": status,
            **_party(("From", "Caller"), self.from_),
            **_party(("To", "Called"), self.to),
        }

    def first_fields(self) -> dict[str, str]:
        """The fields of the very first webhook: StirVerstat and CallToken come only with it.

        Source: https://www.twilio.com/docs/voice/trusted-calling-with-shakenstir
        """
        extra = {"StirVerstat": self.stir_verstat, "CallToken": self.call_token}
        return self.fields("ringing") | {name: value for name, value in extra.items() if value is not None}


def new_call_sid() -> str:
    """A random CallSid."""
    return "CA" + secrets.token_hex(16)


def new_call_token() -> str:
    """A CallToken as it travels: JSON, URL-encoded once more inside the form."""
    return quote(f'{{"parentCallInfoToken":"{secrets.token_urlsafe(48)}"}}', safe="")


def queue_sid(account_sid: str, queue: str) -> str:
    """The same account and queue name always give the same QueueSid."""
    return "QU" + hashlib.sha256(f"{account_sid}/{queue}".encode()).hexdigest()[:32]


def waiting_fields(sid: str, waited_s: float, attributes: Mapping[str, str]) -> dict[str, str]:
    """What a request for the waitUrl adds; the lab's caller is alone in the queue.

    Source: https://www.twilio.com/docs/voice/twiml/enqueue
    """
    return {
        "QueueSid": sid,
        "QueuePosition": "1",
        "QueueTime": str(int(waited_s)),
        "AvgQueueTime": str(int(waited_s)),
        "CurrentQueueSize": "1",
        "MaxQueueSize": attributes.get("maxQueueSize", DEFAULT_QUEUE_SIZE),
    }


def left_queue_fields(sid: str, waited_s: float, result: str) -> dict[str, str]:
    """What a request for Enqueue's action adds.

    Source: https://www.twilio.com/docs/voice/twiml/enqueue
    """
    return {"QueueResult": result, "QueueSid": sid, "QueueTime": str(int(waited_s))}


def ended_fields(lasted_s: float) -> dict[str, str]:
    """What the last status callback of a call adds.

    Source: https://www.twilio.com/docs/voice/api/call-resource
    """
    seconds = max(1, math.ceil(lasted_s))
    return {
        "CallDuration": str(seconds),
        "Duration": str(math.ceil(seconds / 60)),
        "SipResponseCode": "200",
        "Timestamp": format_datetime(datetime.now(UTC)),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": "0",
    }


def _party(names: tuple[str, str], number: str) -> dict[str, str]:
    """One side of the call, under both names that Twilio uses; places are often empty, never absent."""
    american = number.startswith("+1") and len(number) == 12
    place = {"City": "", "State": "CA" if american else "", "Zip": "", "Country": "US" if american else ""}
    return {
        field: value
        for name in names
        for field, value in ({name: number} | {name + part: of for part, of in place.items()}).items()
    }
