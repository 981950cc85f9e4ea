"""Signatures made by hand from Twilio's published algorithm, judged by us and by Twilio's library."""

from dataclasses import dataclass, field

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import Headers

from config.settings import Settings, load_settings
from ivr.voice.signature import Signatures
from tests.ivr.voice.scenes import by_hand
from tests.twilio import ACCOUNT

TOKEN, PREVIOUS, KEY = "a-token-of-the-tests", "the-token-before", "the-secret-of-a-shared-key"
INCOMING = "https://voice.example.com/voice/incoming"
WITH_443 = "https://voice.example.com:443/voice/incoming"
HTTP = "http://voice.example.com/voice/incoming"
HTTP_80 = "http://voice.example.com:80/voice/incoming"
LOCAL = "http://127.0.0.1:8000/voice/incoming"
MENU = "https://voice.example.com/voice/menu?menu=main&language=es&visit=1&token=aB-_9"
EVENTS = "https://voice.example.com/voice/events?a=b"
CALL = {"CallSid": "CA00000000000000000000000000000abc", "From": "+14155550142", "To": "+12125550100"}
SIGNED = "Tjipac6qcltPms51QJe4ktDfwv8="  # CALL at INCOMING with TOKEN


@dataclass(frozen=True)
class Vector:
    """What Twilio signed and at which address we were asked; the same one unless `asked` names another."""

    name: str
    signature: str
    url: str = INCOMING
    params: dict[str, str] = field(default_factory=lambda: CALL)
    asked: str = ""
    secret: str = TOKEN

    @property
    def at(self) -> str:
        return self.asked or self.url


UNICODE = {"CallerName": "José Ñandú 🙂", "FromCity": "ZÜRICH"}
PLUS = {"FromCity": "SAN FRANCISCO", "CallToken": "a+b%2Bc&d=e"}
MANY = {f"Parameter{n}": f"value {n}" for n in range(60)}
LETTERS = {"a": "1", "B": "2", "A": "3", "b": "4"}
GENUINE = [
    Vector("a call", SIGNED),
    Vector("a query", "WkT54t1qALQ08wZcO+KDb1i0BcE=", MENU, {**CALL, "Digits": "1"}),
    Vector("signed with :443, asked without", "3JyvzApWZDv2MsO7+YrghTRSeCc=", WITH_443, asked=INCOMING),
    Vector("signed without :443, asked with", SIGNED, INCOMING, asked=WITH_443),
    Vector("signed and asked with :443", "3JyvzApWZDv2MsO7+YrghTRSeCc=", WITH_443),
    Vector("http signed with :80, asked without", "7eMA4sp9EDiWLRaItG4q2M6aguU=", HTTP_80, asked=HTTP),
    Vector("http signed without :80, asked with", "7ZCwarIVX7hjgazSf+hhKgI28O0=", HTTP, asked=HTTP_80),
    Vector("a port of its own", "3SRSfbASqTrVDd8SCNVgft5CGVQ=", LOCAL),
    Vector("empty values", "E+j9pJqpx0Sln5CK5+mwyDyTv2Q=", params={**CALL, "FromCity": "", "CallerName": ""}),
    Vector("letters of the world", "r+rcZkPSpleJcdoBOfYG9X2Fc3A=", params={**CALL, **UNICODE}),
    Vector("plus signs, spaces, ampersands", "0Ksfx30f1e5ggKIWSpZhDXJTzQw=", params={**CALL, **PLUS}),
    Vector("no parameters at all", "eOhCg4TJBQIs3oA2qbYeq6aSURg=", EVENTS, {}),
    Vector("sixty parameters", "DMrOuiKKccxSOeoEgoeJ88+Gn9k=", params=MANY),
    Vector("capitals before small letters", "k6Cm5sAcRWlWeH5HDNu8oaghzQY=", params=LETTERS),
    Vector("the previous token", "FhtKm7Jgw8LRXlvbIj+Lph2AHMo=", secret=PREVIOUS),
]
FORGED = [
    Vector("somebody else's token", "bqGEKIs5nrhyYYhW8prN1SMdEUE=", secret="somebody-elses-token"),
    Vector("another address", SIGNED, asked="https://voice.example.com/voice/events"),
    Vector("http for https", SIGNED, asked=HTTP),
    Vector("another host", SIGNED, asked="https://voice.example.org/voice/incoming"),
    Vector("another port", "3SRSfbASqTrVDd8SCNVgft5CGVQ=", LOCAL, asked=LOCAL.replace("8000", "8001")),
    Vector("a longer query", SIGNED, asked=INCOMING + "?again=1"),
]
each = {"argnames": "vector", "ids": lambda vector: vector.name}


@pytest.fixture
def settings() -> Settings:
    return load_settings(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_auth_token_previous=PREVIOUS,
        twilio_webhook_keys=f"desk={KEY},other=another-secret",
    )


def judged(settings: Settings, vector: Vector, header: str | None = None) -> bool:
    """What we say of the vector."""
    given = Headers([("X-Twilio-Signature", vector.signature)])
    if header is not None:
        given["X-Twilio-Webhooks-Signature-Settings"] = header
    return Signatures(settings).is_genuine(vector.at, list(vector.params.items()), given)


@pytest.mark.parametrize(argvalues=GENUINE + FORGED, **each)
def test_the_literals_are_what_the_published_algorithm_gives(vector: Vector) -> None:
    assert by_hand(vector.secret, vector.url, list(vector.params.items())) == vector.signature


@pytest.mark.parametrize(argvalues=GENUINE, **each)
def test_what_twilio_signed_is_genuine_to_us_and_to_its_library(settings: Settings, vector: Vector) -> None:
    assert judged(settings, vector)
    assert RequestValidator(vector.secret).validate(vector.at, vector.params, vector.signature)


@pytest.mark.parametrize(argvalues=FORGED, **each)
def test_what_twilio_did_not_sign_is_forged_to_us_and_to_its_library(
    settings: Settings, vector: Vector
) -> None:
    assert not judged(settings, vector)
    assert not RequestValidator(TOKEN).validate(vector.at, vector.params, vector.signature)


@pytest.mark.parametrize("signature", ["", "=", SIGNED[:-1], SIGNED.lower(), f" {SIGNED}", "\u00fc" * 28])
def test_a_mangled_signature_is_forged(settings: Settings, signature: str) -> None:
    assert not judged(settings, Vector("mangled", signature))


BY_KEY, BY_KEY_SHA1 = "08s8JwstONtzOo/HrZAa51NpCt9av8/CFoEKQIf87Ug=", "TWZtfUDHkYA/87XfF9XeH2ccGoI="
BY_TOKEN_SHA256 = "D0hL/l0zEokqQF7SvnoeUI2ZBaBhyCFiliihe0iIr14="


@pytest.mark.parametrize(
    ("secret", "hash_name", "literal"),
    [(KEY, "sha256", BY_KEY), (KEY, "sha1", BY_KEY_SHA1), (TOKEN, "sha256", BY_TOKEN_SHA256)],
)
def test_the_literals_of_the_keys_are_right_too(secret: str, hash_name: str, literal: str) -> None:
    assert by_hand(secret, INCOMING, list(CALL.items()), hash_name) == literal


@pytest.mark.parametrize(
    ("signature", "header", "genuine"),
    [
        pytest.param(BY_KEY, "key=desk,algorithm=HMAC_SHA256", True, id="the named key"),
        pytest.param(BY_KEY, "algorithm=HMAC_SHA256, key=desk", True, id="the header the other way round"),
        pytest.param(BY_KEY_SHA1, "key=desk,algorithm=HMAC_SHA1", False, id="the key with SHA-1"),
        pytest.param(BY_KEY_SHA1, "key=desk", False, id="the key with SHA-1, unnamed"),
        pytest.param(BY_KEY_SHA1, "", False, id="the key with SHA-1, no header"),
        pytest.param(BY_TOKEN_SHA256, "key=desk,algorithm=HMAC_SHA256", False, id="the token with SHA-256"),
        pytest.param(BY_TOKEN_SHA256, "algorithm=HMAC_SHA256", False, id="the token with SHA-256, no key"),
        pytest.param(BY_KEY, "key=unknown,algorithm=HMAC_SHA256", False, id="an unknown key"),
        pytest.param(BY_KEY, "key=other,algorithm=HMAC_SHA256", False, id="another of our keys"),
        pytest.param(BY_KEY, "", False, id="the key, but no header"),
        pytest.param(SIGNED, "key=desk,algorithm=HMAC_SHA1", False, id="the token, but a key named"),
        pytest.param(BY_KEY, "key=desk,algorithm=HMAC_MD5", False, id="an unknown algorithm"),
    ],
)
def test_sha256_counts_only_with_the_key_that_the_header_names(
    settings: Settings, signature: str, header: str, genuine: bool
) -> None:
    assert judged(settings, Vector("by key", signature), header) is genuine
