"""Twilio as the webhooks see it: signed requests with its parameters, and documents judged by the lab."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ivr.lab.signing import signature
from ivr.lab.twiml import problems

ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "a-token-of-the-tests"
LINE = "+12125550100"
OFFICE = "+12125550101"
CALLER = "+14155550142"
_sids = itertools.count(1)


def a_call_sid() -> str:
    """A CallSid that no other test has."""
    return f"CA{next(_sids):032x}"


@dataclass
class Heard:
    """An answer, judged sound TwiML."""

    body: str
    root: ElementTree.Element

    @property
    def says(self) -> list[str]:
        return [say.text or "" for say in self.root.iter("Say")]

    @property
    def languages(self) -> list[str]:
        return [say.get("language", "") for say in self.root.iter("Say")]

    @property
    def verbs(self) -> list[str]:
        return [verb.tag for verb in self.root]

    def url(self, verb: str, attribute: str = "action") -> str:
        """The URL that the first `verb` carries."""
        found = next(self.root.iter(verb))
        return (found.text if attribute == "text" else found.get(attribute)) or ""

    @property
    def queue(self) -> str:
        return next(self.root.iter("Enqueue")).text or ""


@dataclass
class Twilio:
    """Posts webhooks of one call the way Twilio does."""

    client: FlaskClient
    public_url: str
    call_sid: str = field(default_factory=a_call_sid)
    caller: str = CALLER
    dialled: str = LINE

    def form(self, **more: str) -> dict[str, str]:
        return {
            "CallSid": self.call_sid,
            "AccountSid": ACCOUNT,
            "From": self.caller,
            "To": self.dialled,
            "CallStatus": "ringing",
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
            **more,
        }

    def post(self, url: str, form: Mapping[str, str], *, token: str = TOKEN) -> TestResponse:
        """A signed request to a URL of ours (path or absolute), whatever it is answered."""
        whole = url if url.startswith("http") else self.public_url + url
        parts = urlsplit(whole)
        return self.client.post(
            f"{parts.path}?{parts.query}" if parts.query else parts.path,
            data=urlencode(form),
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": signature(token, whole, dict(form))},
        )

    def ask(self, url: str, *, context: str = "call", **more: str) -> Heard:
        """A signed request that must be answered with sound TwiML."""
        response = self.post(url, self.form(**more))
        assert response.status_code == 200, response.status
        assert response.mimetype == "text/xml"
        assert problems(response.data, context=context) == []  # type: ignore[arg-type]
        return Heard(response.text, ElementTree.fromstring(response.data))

    def calls(self, **more: str) -> Heard:
        """A call comes in."""
        return self.ask("/voice/incoming", **more)

    def presses(self, heard: Heard, digits: str, **more: str) -> Heard:
        """A key for the Gather that was heard ("": none)."""
        return self.ask(heard.url("Gather"), Digits=digits, **more)

    def says(self, heard: Heard, words: str, confidence: str = "0.9") -> Heard:
        """Words for the Gather that was heard ("": silence)."""
        spoken = {"SpeechResult": words, "Confidence": confidence} if words else {"SpeechResult": ""}
        return self.ask(heard.url("Gather"), **spoken)

    def waits(self, heard: Heard, **more: str) -> Heard:
        """The next document of the waiting room."""
        return self.ask(heard.url("Enqueue", "waitUrl"), context="waiting", **more)

    def leaves(self, heard: Heard, result: str = "leave", **more: str) -> Heard:
        """The caller is out of the queue."""
        return self.ask(heard.url("Enqueue"), QueueResult=result, **more)


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
