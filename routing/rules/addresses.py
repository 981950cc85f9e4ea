"""Where a caller can be met: a number, an e-mail address, a chat handle, an id (docs/policy.md 19)."""

import re

CUSTOMER, CALL, CHAT = "customer:", "call:", "chat:"
_EMAIL = re.compile(r"[^@\s:]{1,64}@[^@\s:]{1,190}")
_HANDLE = re.compile(r"chat:[^\s:]{1,100}")
_CUSTOMER_ID = re.compile(r"customer:[^\s:]{1,64}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class NoAddress(ValueError):
    """Nothing at which a caller could be met; the message says what would be."""


def at_customer(customer_id: str) -> str:
    """The address of a customer of the company, by the company's id."""
    return f"{CUSTOMER}{customer_id}"


def at_call(call: str) -> str:
    """What stands for a caller of whom only one call is known."""
    return f"{CALL}{call}"


def address_in(text: str) -> str:
    """An address as the ledger has it: E.164, e-mail in small letters, `chat:HANDLE`, `customer:ID`.

    Raises NoAddress.
    """
    given = text.strip()
    if _EMAIL.fullmatch(given):
        return given.lower()
    if _NUMBER.fullmatch(given) or _HANDLE.fullmatch(given) or _CUSTOMER_ID.fullmatch(given):
        return given
    raise NoAddress("write a number such as +12125550142, an e-mail address, chat:HANDLE or customer:ID")
