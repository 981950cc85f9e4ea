"""Faults on demand: what a request meets before it is done, and after.

Source: https://www.twilio.com/docs/errors/20429 (a 429 was never processed)
"""

import time

from ivr.lab.faults import RestFault
from ivr.lab.records import Refused
from ivr.lab.rest import errors


class LostReply(ConnectionAbortedError):
    """The request was done; the connection ends without an answer."""


def before(fault: RestFault | None, slow_s: float) -> None:
    """Raises Refused where nothing is to be done; sleeps for a slow answer, so never hold the lock here."""
    if fault == "429":
        raise Refused(429, errors.TOO_MANY_REQUESTS, "Too Many Requests")
    if fault == "500_before":
        raise server_error()
    if fault == "slow":
        time.sleep(slow_s)


def after(fault: RestFault | None) -> None:
    """Raises where the request was done, and its answer does not arrive."""
    if fault == "500_after":
        raise server_error()
    if fault == "lost_reply":
        raise LostReply


def server_error(message: str = "Internal Server Error") -> Refused:
    return Refused(500, errors.INTERNAL_ERROR, message)
