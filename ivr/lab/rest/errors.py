"""Refusals in Twilio's words. Source: https://www.twilio.com/docs/api/errors (each code has its page)."""

from ivr.lab.records import Refused

MORE_INFO = "https://www.twilio.com/docs/errors/"

UNKNOWN_PARAMETERS = 20001
AUTHENTICATE = 20003
METHOD_NOT_ALLOWED = 20004
PAGE_SIZE_TOO_LARGE = 20007
NOT_FOUND = 20404
TOO_MANY_REQUESTS = 20429
INTERNAL_ERROR = 20500
NO_TO = 21201
INVALID_URL = 21205
INVALID_SEND_DIGITS = 21206
INVALID_TIMEOUT = 21208
INVALID_METHOD = 21209
FROM_NOT_VERIFIED = 21210
INVALID_TO = 21211
INVALID_FROM = 21212
NO_FROM = 21213
NOT_IN_PROGRESS = 21220
NUMBERS_INVALID_URL = 21402
NUMBERS_INVALID_METHOD = 21403
INVALID_PAGE_TOKEN = 21481
MESSAGE_NO_BODY = 21602
MESSAGE_NO_FROM = 21603
MESSAGE_NO_TO = 21604
MESSAGE_FROM_NOT_OURS = 21606
INVALID_STATUS_CALLBACK = 21609
MESSAGE_TOO_LONG = 21617
INVALID_STATUS_CALLBACK_EVENT = 21626
INVALID_LABEL = 16024
LABEL_IN_USE = 16026
TWIML_TOO_LONG = 32018


def error_body(no: Refused) -> dict[str, object]:
    """The JSON of a refusal. Source: https://www.twilio.com/docs/usage/twilios-response#errors"""
    return {"code": no.code, "message": str(no), "more_info": f"{MORE_INFO}{no.code}", "status": no.status}


def not_found(path: str) -> Refused:
    """Nothing (any more) under this path."""
    return Refused(404, NOT_FOUND, f"The requested resource {path} was not found")


def not_covered(what: str) -> Refused:
    """Twilio may know this, the lab does not: said aloud, where Twilio would ignore an unknown word."""
    return Refused(400, UNKNOWN_PARAMETERS, f"The lab does not cover {what}")


def missing(name: str, code: int) -> Refused:
    return Refused(400, code, f"A '{name}' parameter is required.")


def invalid(name: str, value: str, code: int = UNKNOWN_PARAMETERS) -> Refused:
    """A value that Twilio does not know; without a code of its own the one for parameters is used."""
    return Refused(400, code, f"{name} is not valid: {value}")
