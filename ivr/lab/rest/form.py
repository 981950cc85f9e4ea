"""Reads the parameters of a request. What the lab does not know is refused aloud, never ignored."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from ivr.lab.rest import errors
from ivr.lab.rest.errors import invalid, not_covered

LONGEST_URL = 4000
_NO_URL = re.compile(r"[\s\x00-\x1f\x7f<>\"{}|\\^`]")
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


class Form:
    """What was sent; `covers` are the names that the caller of this class reads.

    `harmless` are names that Twilio knows and that change nothing that the lab simulates.
    `repeated` are names that may be sent several times.
    """

    def __init__(
        self,
        sent: MultiDict[str, str],
        covers: Collection[str],
        *,
        harmless: Collection[str] = (),
        repeated: Collection[str] = (),
    ) -> None:
        for name, values in sent.lists():
            if name not in covers and name not in harmless:
                raise not_covered(f"the parameter {name}")
            if len(values) > 1 and name not in repeated:
                raise not_covered(f"{name} sent more than once")
        self._sent = sent

    def __contains__(self, name: str) -> bool:
        return name in self._sent

    def text(self, name: str, default: str = "") -> str:
        return self._sent.get(name, default)

    def url(self, name: str, code: int = errors.INVALID_URL) -> str:
        """An absolute URL, or "" where none was sent."""
        value = self.text(name)
        if value and not is_url(value):
            raise invalid(name, value, code)
        return value

    def method(self, name: str, default: str = "POST", code: int = errors.INVALID_METHOD) -> str:
        return self.one_of(name, ("GET", "POST"), default, code)

    def boolean(self, name: str, default: bool = False) -> bool:
        """Twilio takes whatever is not "true" for false; the lab does not guess."""
        value = self.text(name, str(default)).lower()
        if value not in {"true", "false"}:
            raise invalid(name, value)
        return value == "true"

    def whole(
        self, name: str, default: int, low: int, high: int, code: int = errors.UNKNOWN_PARAMETERS
    ) -> int:
        value = self.text(name, str(default))
        if not _WHOLE.fullmatch(value) or not low <= int(value) <= high:
            raise invalid(name, value, code)
        return int(value)

    def one_of(
        self, name: str, known: Collection[str], default: str, code: int = errors.UNKNOWN_PARAMETERS
    ) -> str:
        value = self.text(name, default)
        if value not in known and value != default:
            raise invalid(name, value, code)
        return value

    def events(self, name: str, known: Collection[str], default: str, code: int) -> frozenset[str]:
        """Repeated keys, or one key with spaces between its words."""
        words = " ".join(self._sent.getlist(name)).split() or default.split()
        for word in words:
            if word not in known:
                raise invalid(name, word, code)
        return frozenset(words)


def is_url(value: str) -> bool:
    """True for http(s) with a host that Twilio would ask: no underscore in its name.

    Source: https://www.twilio.com/docs/errors/21609
    """
    if len(value) > LONGEST_URL or _NO_URL.search(value):
        return False
    try:
        parts = urlsplit(value)
        return (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and _is_host(parts.netloc, parts.port)
        )
    except ValueError:
        return False


def _is_host(netloc: str, port: int | None) -> bool:
    return "_" not in netloc.rpartition("@")[2] and port != 0
