"""Lists, page by page, newest first: a page token names the record beside which a page begins.

Source: https://www.twilio.com/docs/usage/twilios-response#pagination
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar
from urllib.parse import urlencode

from ivr.lab.records import Refused
from ivr.lab.rest import errors
from ivr.lab.rest.ask import JSON, Answer, Ask
from ivr.lab.rest.form import Form

PAGING = ("PageSize", "Page", "PageToken")
AFTER, BEFORE = "PA", "PB"
Record = TypeVar("Record")


@dataclass(frozen=True)
class Listing(Generic[Record]):
    """A list of the account: `name` is its key in the answer, `records` are in order of creation."""

    name: str
    records: Iterable[Record]
    sid: Callable[[Record], str]
    shape: Callable[[Record], JSON]
    keeps: Callable[[Record], bool]

    def page(self, ask: Ask, form: Form) -> Answer:
        """The page that was asked for, with the addresses of its neighbours."""
        size = form.whole("PageSize", 50, 1, 1000, errors.PAGE_SIZE_TOO_LARGE)
        number, token = form.whole("Page", 0, 0, 10**9 - 1), form.text("PageToken")
        if number and not token:
            raise _bad_token(token)
        newest_first = list(self.records)[::-1]
        shown, has_previous, has_next = self._cut(newest_first, size, token)

        def uri(page: int, token: str = "") -> str:
            return _uri(ask, size, page, token)

        links = {
            "first_page_uri": uri(0),
            "uri": uri(number, token),
            "next_page_uri": uri(number + 1, AFTER + self.sid(shown[-1])) if has_next else None,
            "previous_page_uri": uri(max(0, number - 1), BEFORE + self.sid(shown[0]))
            if has_previous
            else None,
        }
        start = number * size
        numbers = {"page": number, "page_size": size, "start": start, "end": start + max(len(shown), 1) - 1}
        return Answer(body={self.name: [self.shape(record) for record in shown], **links, **numbers})

    def _cut(self, ordered: list[Record], size: int, token: str) -> tuple[list[Record], bool, bool]:
        """The records of the page, whether there are any before it, and after it.

        The token's own record may have dropped out of the filter meanwhile: its place still counts.
        """
        kind, sid = token[:2], token[2:]
        places = {self.sid(record): place for place, record in enumerate(ordered)} if token else {}
        if token and (kind not in {AFTER, BEFORE} or sid not in places):
            raise _bad_token(token)
        if kind == BEFORE:
            earlier = list(islice(filter(self.keeps, ordered[: places[sid]][::-1]), size + 1))
            return earlier[:size][::-1], len(earlier) > size, bool(earlier)
        first = places[sid] + 1 if token else 0
        later = list(islice(filter(self.keeps, ordered[first:]), size + 1))
        return later[:size], bool(later) and any(map(self.keeps, ordered[:first])), len(later) > size


def _uri(ask: Ask, size: int, page: int, token: str) -> str:
    filters = [(name, value) for name, value in ask.sent.items(multi=True) if name not in PAGING]
    place = [("PageSize", str(size)), ("Page", str(page)), *([("PageToken", token)] if token else [])]
    return f"{ask.path}?{urlencode(filters + place)}"


def _bad_token(token: str) -> Refused:
    return Refused(400, errors.INVALID_PAGE_TOKEN, f"Invalid PageToken: {token}")
