"""The real twilio-python client, asking another host: what the product's does, without the product."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.twilio import ACCOUNT, TOKEN


class Elsewhere(TwilioHttpClient):
    """The library's own transport with the host exchanged; it keeps its connections."""

    def __init__(self, url: str, timeout: float = 5.0) -> None:
        super().__init__(timeout=timeout)
        self._host = urlsplit(url)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        there = urlsplit(url)._replace(scheme=self._host.scheme, netloc=self._host.netloc)
        return super().request(method, urlunsplit(there), *args, **kwargs)

    def close(self) -> None:
        if self.session is not None:
            self.session.close()


def real_client(
    url: str, user: str = ACCOUNT, secret: str = TOKEN, account: str = ACCOUNT, timeout: float = 5.0
) -> Client:
    return Client(user, secret, account, http_client=Elsewhere(url, timeout))
