"""Who may ask: the account with its token, or an API key with its secret."""

import hmac

from werkzeug.datastructures import Authorization

from ivr.lab.account import Account
from ivr.lab.records import Refused
from ivr.lab.rest import errors


def admit(account: Account, given: Authorization | None, asked_for: str, path: str) -> None:
    """Raises Refused: 401 without the right secret, 404 for another account's resources.

    Source: https://www.twilio.com/docs/usage/requests-to-twilio, https://www.twilio.com/docs/errors/20003
    """
    if given is None or given.type != "basic" or not _is_known(account, given):
        raise Refused(401, errors.AUTHENTICATE, "Authenticate")
    if asked_for != account.sid:
        raise errors.not_found(path)


def _is_known(account: Account, given: Authorization) -> bool:
    user, secret = given.username or "", given.password or ""
    expected = account.auth_token if user == account.sid else account.keys.get(user, "")
    return bool(expected) and hmac.compare_digest(expected.encode(), secret.encode())
