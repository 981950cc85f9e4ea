"""Whether a webhook comes from Twilio: https://www.twilio.com/docs/usage/security."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence

from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator, get_signature_algorithm
from werkzeug.datastructures import Headers

from config.settings import Settings

SIGNATURE = "X-Twilio-Signature"
SETTINGS = "X-Twilio-Webhooks-Signature-Settings"


class Signatures:
    """Checks webhook signatures with the site's secrets.

    SHA-1 counts only with the account's tokens (the previous one too, while a rotation lasts); SHA-256 only
    with the shared key that the header names. The header alone never picks a weaker check.
    """

    def __init__(self, settings: Settings) -> None:
        tokens = (settings.twilio_auth_token, settings.twilio_auth_token_previous)
        self._tokens = [token.get_secret_value() for token in tokens if token is not None]
        self._keys = {
            name: secret.get_secret_value() for name, secret in settings.twilio_webhook_keys.items()
        }

    def is_genuine(self, url: str, pairs: Sequence[tuple[str, str]], headers: Headers) -> bool:
        """True when `url` (as Twilio asked for it) and the form's `pairs` carry a signature of ours."""
        given, settings = headers.get(SIGNATURE, ""), headers.get(SETTINGS, "")
        if not given:
            return False
        if not settings:
            return self._is_signed_by_a_token(url, pairs, given)
        return self._is_signed_by_a_key(url, dict(pairs), given, settings)

    def _is_signed_by_a_token(self, url: str, pairs: Sequence[tuple[str, str]], given: str) -> bool:
        # One HMAC by hand costs a twentieth of the library, which always computes two (with and without the
        # port). The library has the last word whenever the first look says no.
        said = "".join([url, *(name + value for name, value in sorted(pairs))]).encode()
        signature = given.encode()
        for token in self._tokens:
            own = b64encode(hmac.digest(token.encode(), said, "sha1"))
            if hmac.compare_digest(own, signature):
                return True
        return any(_library_agrees(token, url, dict(pairs), given, HMAC_SHA1) for token in self._tokens)

    def _is_signed_by_a_key(self, url: str, params: Mapping[str, str], given: str, settings: str) -> bool:
        named = dict(part.strip().partition("=")[::2] for part in settings.split(","))
        secret = self._keys.get(named.get("key", ""))
        if secret is None or get_signature_algorithm(settings).upper() != HMAC_SHA256:
            return False
        return _library_agrees(secret, url, params, given, HMAC_SHA256)


def _library_agrees(secret: str, url: str, params: Mapping[str, str], given: str, algorithm: str) -> bool:
    return bool(RequestValidator(secret).validate(url, dict(params), given, algorithm))
