"""What the fragment of a webhook's URL says about its timeouts and retries."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides: no call waits longer.
LONGEST_S = 15.0


@dataclass(frozen=True)
class Overrides:
    """How long one request may take, how often it is repeated, and after what."""

    read_timeout_s: float = LONGEST_S
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    def retry(self, failure: str, status: int) -> bool:
        """Whether an attempt that ended so is repeated."""
        met = {
            "ct": failure == "connect",
            "rt": failure == "timeout",
            "4xx": 400 <= status < 500,
            "5xx": status >= 500,
        }
        return any(is_met for name, is_met in met.items() if name in self.policy or "all" in self.policy)


NONE_GIVEN = Overrides()


def overrides_of(url: str) -> Overrides:
    """The fragment's rules; a value out of its range counts as not given."""
    _, has_rules, fragment = url.partition("#")
    if not has_rules:
        return NONE_GIVEN
    given = dict(parse_qsl(fragment))
    return Overrides(
        min(_number(given.get("rt", ""), 100, 15000, 15000), _number(given.get("tt", ""), 1, 15000, 15000))
        / 1000,
        _number(given.get("rc", ""), 0, 5, 1),
        frozenset(given.get("rp", "ct").split(",")),
    )


def _number(text: str, least: int, most: int, default: int) -> int:
    return int(text) if text.isdecimal() and least <= int(text) <= most else default
