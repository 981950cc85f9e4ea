"""Signs webhooks as Twilio does, without Twilio's library, so that theirs can judge ours."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Hash = Literal["sha1", "sha256"]
SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"


@dataclass(frozen=True)
class SigningKey:
    """A named webhook key: with one, the signature is HMAC-SHA256 and a header names the key."""

    id: str
    secret: str = field(repr=False)


def signature(secret: str, url: str, params: Mapping[str, str], *, algorithm: Hash = "sha1") -> str:
    """Base64 of the HMAC over the URL and every parameter's name and value, sorted by name.

    `url` is the full public URL with its query and without its fragment; a GET has no `params`.
    Source: https://www.twilio.com/docs/usage/security
    """
    signed = url + "".join(name + params[name] for name in sorted(params))
    digest = hmac.new(secret.encode(), signed.encode(), algorithm).digest()
    return base64.b64encode(digest).decode()


def signed_headers(
    url: str, params: Mapping[str, str], *, auth_token: str, key: SigningKey | None = None
) -> dict[str, str]:
    """The headers that prove a webhook: SHA-1 with the account's token, or SHA-256 with a named key.

    Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security, twilio-python request_validator.py
    """
    if key is None:
        return {SIGNATURE_HEADER: signature(auth_token, url, params)}
    return {
        SIGNATURE_HEADER: signature(key.secret, url, params, algorithm="sha256"),
        SETTINGS_HEADER: f"key={key.id},algorithm=HMAC_SHA256",
    }
