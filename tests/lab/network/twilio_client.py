"""Twilio's own client, asking the lab: the host is exchanged, as TWILIO_API_URL does it for the product."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

ACCOUNT_SID, TOKEN = "AC" + "5" * 32, "a-token-of-the-sample"
OUR_NUMBER, SECOND_NUMBER = "+12125550100", "+12125550101"


class ElsewhereClient(TwilioHttpClient):
    """Sends what is meant for api.twilio.com to `url`."""

    def __init__(self) -> None:
        super().__init__(timeout=10)
        self.url = ""

    def request(self, method: str, url: str, *rest: Any, **more: Any) -> Any:
        there = urlsplit(self.url)
        url = urlunsplit(urlsplit(url)._replace(scheme=there.scheme, netloc=there.netloc))
        return super().request(method, url, *rest, **more)


def a_client() -> tuple[Client, ElsewhereClient]:
    """The client, and where to tell it the lab's address."""
    elsewhere = ElsewhereClient()
    return Client(ACCOUNT_SID, TOKEN, http_client=elsewhere), elsewhere
