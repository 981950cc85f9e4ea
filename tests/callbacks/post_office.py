"""A real mail server on a loopback port, which takes, delays or refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.journeys.places import free_port

OK = "250 taken"


class Office:
    """What it received, and the answers to the next ones (OK when none is left)."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.logins: list[tuple[str, str]] = []
        self.to_recipient: list[str] = []
        self.to_data: list[str] = []

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        answer = self.to_recipient.pop(0) if self.to_recipient else OK
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.to_data.pop(0) if self.to_data else OK
        if answer == OK:
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.received.append(cast(EmailMessage, message))
        return answer

    def login(self, *asked: Any) -> AuthResult:
        given = cast(LoginPassword, asked[-1])
        self.logins.append((given.login.decode(), given.password.decode()))
        is_right = self.logins[-1][1] == "p:w@d"
        # Not handled: the server says no by itself.
        return AuthResult(success=is_right, handled=is_right)


@contextmanager
def post_office(**options: Any) -> Iterator[tuple[Office, int]]:
    """The office and its port."""
    office, port = Office(), free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port, authenticator=office.login, **options)
    controller.start()
    try:
        yield office, port
    finally:
        controller.stop()
