"""SIDs and tokens as Twilio makes them: two letters and 32 hexadecimal digits."""

import hashlib
import secrets
from urllib.parse import quote


def new_sid(prefix: str) -> str:
    """A random SID: CA for a call, CF conference, QU queue, RE recording, SM message."""
    return prefix + secrets.token_hex(16)


def queue_sid(account_sid: str, queue: str) -> str:
    """The same account and queue name always give the same QueueSid."""
    return "QU" + hashlib.sha256(f"{account_sid}/{queue}".encode()).hexdigest()[:32]


def new_call_token() -> str:
    """A CallToken as it travels: JSON, URL-encoded once more inside the form."""
    return quote(f'{{"parentCallInfoToken":"{secrets.token_urlsafe(48)}"}}', safe="")
