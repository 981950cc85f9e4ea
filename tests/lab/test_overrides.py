"""What the fragment of a webhook's URL asks for: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides"""

import pytest

from ivr.lab.overrides import overrides_of

URL = "https://a.example/voice"


@pytest.mark.parametrize(
    ("fragment", "seconds", "retries"),
    [
        ("", 15, 1),
        ("#rt=300", 0.3, 1),
        ("#rt=300&rc=3", 0.3, 3),
        ("#rt=4000&tt=2000", 2, 1),
        ("#tt=20000", 15, 1),
        ("#rt=99", 15, 1),
        ("#rt=15001", 15, 1),
        ("#rt=soon&rc=-1", 15, 1),
        ("#rt=²&rc=²", 15, 1),
        ("#rc=0", 15, 0),
        ("#rc=5", 15, 5),
        ("#rc=6", 15, 1),
        ("#e=ashburn&ct=2000&sni=y", 15, 1),
        ("?rt=300&rc=3", 15, 1),
    ],
)
def test_times_and_retries_count_within_their_range(fragment: str, seconds: float, retries: int) -> None:
    found = overrides_of(URL + fragment)
    assert (found.read_timeout_s, found.retries) == (seconds, retries)


@pytest.mark.parametrize(
    ("policy", "repeated"),
    [
        ("", {"connect"}),
        ("rp=ct", {"connect"}),
        ("rp=rt", {"timeout"}),
        ("rp=4xx", {"404"}),
        ("rp=5xx,rt", {"500", "timeout"}),
        ("rp=all", {"connect", "timeout", "404", "500"}),
    ],
)
def test_the_policy_says_what_is_repeated(policy: str, repeated: set[str]) -> None:
    rules = overrides_of(f"{URL}#{policy}")
    ends = {
        "connect": rules.retry("connect", 0),
        "timeout": rules.retry("timeout", 0),
        "404": rules.retry("", 404),
        "500": rules.retry("", 500),
        "200": rules.retry("", 200),
        "302": rules.retry("", 302),
    }
    assert {end for end, is_repeated in ends.items() if is_repeated} == repeated
