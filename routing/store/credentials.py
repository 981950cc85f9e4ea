"""API keys and PINs: made, and turned into what may be kept of them."""

import hashlib
import hmac
import secrets

_PREFIX = "calmline_"
_SALT_BYTES = 16
# 16 MB and some 50 ms for one guess; the site's key, which is not in Redis, has to be known besides.
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}


def new_api_key() -> str:
    """32 random bytes, to be shown once; the prefix lets scanners for lost secrets find it."""
    return _PREFIX + secrets.token_urlsafe(32)


def key_digest(site_key: bytes, api_key: str) -> str:
    """What an API key is looked up by. A key cannot be guessed, so nothing slower is needed."""
    return hmac.digest(site_key, b"api_key:" + api_key.encode(errors="replace"), "sha256").hex()


def pin_kept(site_key: bytes, pin: str) -> str:
    """What is kept of a PIN, salted."""
    salt = secrets.token_hex(_SALT_BYTES)
    return f"{salt}:{_pin_digest(site_key, pin, salt)}"


def pin_matches(site_key: bytes, pin: str, kept: str) -> bool:
    """True for the PIN that `kept` was made from; never for `kept` = "", nobody's PIN.

    It takes as long for nobody's: the time does not tell who works here.
    """
    salt, _, digest = kept.partition(":")
    return hmac.compare_digest(_pin_digest(site_key, pin, salt), digest)


def _pin_digest(site_key: bytes, pin: str, salt: str) -> str:
    slow = hashlib.scrypt(pin.encode(errors="replace"), salt=salt.encode(), **_SCRYPT)
    return hmac.digest(site_key, b"pin:" + slow, "sha256").hex()
