"""One request that was let in, and what it is answered."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from ivr.lab.records import Refused
from ivr.lab.rest.desk import Network
from ivr.lab.rest.errors import not_found
from ivr.lab.rest.form import Form

API_VERSION = "2010-04-01"
JSON = dict[str, object]


@dataclass(frozen=True)
class Answer:
    """A status with JSON, with `media` (a WAV file), or with nothing."""

    status: int = 200
    body: JSON | None = None
    media: bytes | None = None


@dataclass(frozen=True)
class Ask:
    """A request for a resource of the account; `at` are the variable parts of its path."""

    network: Network
    host: str
    path: str
    at: Mapping[str, str]
    sent: MultiDict[str, str]

    @property
    def account(self) -> str:
        """The path of the account."""
        return f"/{API_VERSION}/Accounts/{self.network.account.sid}"

    @property
    def not_found(self) -> Refused:
        return not_found(self.path)

    def form(
        self, covers: Collection[str], *, harmless: Collection[str] = (), repeated: Collection[str] = ()
    ) -> Form:
        """The parameters, of which only those named are taken; raises Refused for any other."""
        return Form(self.sent, covers, harmless=harmless, repeated=repeated)

    def no_parameters(self) -> None:
        self.form(())


Handler = Callable[[Ask], Answer]
