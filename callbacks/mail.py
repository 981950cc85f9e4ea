"""Sending mail: once as far as SMTP allows, later when the server says so, to people when it never will."""

import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import SecretStr

from callbacks.rq_queues import Carrier
from config.observe import log
from config.settings import Settings
from routing.floor import Floor
from routing.store.mails import DUE, Mail, MailState

_TIMEOUT_S = 10.0
# A job that got lost on its way is handed over again then; longer than the lease of a worker.
_HAND_OVER_AGAIN = timedelta(seconds=120)
_AGAIN_AFTER = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]
_GIVEN_UP_AFTER = timedelta(days=3)
_HERE = ("localhost", "127.0.0.1", "::1")


class MailFailed(Exception):
    """A mail was not sent; the message names nobody. `permanent`: no later try will do better."""

    def __init__(self, said: str, *, permanent: bool = False) -> None:
        super().__init__(said)
        self.permanent = permanent


def send(floor: Floor, post: "Post", mail_id: str) -> None:
    """Send a mail that is due. Raises StoreAway.

    A worker that dies between the server's yes and our note of it sends twice, under the same Message-ID.
    """
    mail = floor.mails.claim(mail_id)
    if mail is None:
        return
    try:
        post.deliver(mail)
    except MailFailed as failed:
        _not_sent(floor, mail, failed)
    else:
        floor.mails.settle(mail, MailState.SENT)
        log.info("mail_sent", mail=mail.id, attempt=mail.attempt)


def _not_sent(floor: Floor, mail: Mail, failed: MailFailed) -> None:
    is_old = floor.clock.now(floor.store) - mail.written > _GIVEN_UP_AFTER
    if failed.permanent or is_old:
        floor.mails.settle(mail, MailState.FAILED, str(failed))
        log.error("mail_failed", mail=mail.id, attempt=mail.attempt, because=str(failed))
        return
    again = _AGAIN_AFTER[min(mail.attempt, len(_AGAIN_AFTER)) - 1]
    floor.mails.settle(mail, MailState.WAITING, str(failed), again)
    log.warning("mail_delayed", mail=mail.id, attempt=mail.attempt, because=str(failed))


def hand_over_due(floor: Floor, carrier: Carrier, job: str, mail_id: str) -> None:
    """A mail is due: a worker is to send it. Raises StoreAway."""
    if floor.mails.is_settled(mail_id):
        return
    # Before it is handed over: the worker takes the deadline off.
    floor.deadlines.set(DUE, mail_id, floor.clock.now(floor.store) + _HAND_OVER_AGAIN)
    carrier.hand_over(job, [mail_id])


@dataclass(frozen=True, slots=True)
class Post:
    """The mail server that SMTP_URL names, and the sender."""

    url: SecretStr | None
    sender: str | None

    def deliver(self, mail: Mail) -> None:
        """Returns when the server has taken it; raises MailFailed."""
        if self.url is None or self.sender is None:
            raise MailFailed("SMTP_URL or MAIL_FROM is not set")
        try:
            self._hand_in(urlsplit(self.url.get_secret_value()), mail, _message(mail, self.sender))
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise MailFailed(f"recipient refused with {codes}", permanent=min(codes) >= 500) from None
        except smtplib.SMTPDataError as refused:
            said = f"mail refused with {refused.smtp_code}"
            raise MailFailed(said, permanent=refused.smtp_code >= 500) from None
        except smtplib.SMTPNotSupportedError:
            raise MailFailed("the mail server takes no such address", permanent=True) from None
        except (smtplib.SMTPException, OSError) as failed:
            # The server's state or our settings, both of which change. What it said may hold an address.
            raise MailFailed(f"the mail server: {type(failed).__name__}") from None
        except ValueError:
            raise MailFailed("an address or a subject that cannot be written", permanent=True) from None

    def _hand_in(self, server: SplitResult, mail: Mail, message: EmailMessage) -> None:
        with closing(_connected(server)) as smtp:
            if server.username:
                smtp.login(unquote(server.username), unquote(server.password or ""))
            smtp.send_message(message, to_addrs=[parseaddr(mail.to)[1]])
            # It has been taken: what goes wrong from here on must not send it again.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()


def post_of(settings: Settings) -> Post:
    return Post(settings.smtp_url, settings.mail_from)


def _connected(server: SplitResult) -> smtplib.SMTP:
    """A connection, encrypted wherever the server can. Its certificate has to be good."""
    host, tls = server.hostname or "", ssl.create_default_context()
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, server.port or 465, timeout=_TIMEOUT_S, context=tls)
    smtp = smtplib.SMTP(host, server.port or (587 if server.username else 25), timeout=_TIMEOUT_S)
    try:
        _encrypt(smtp, server, tls)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _encrypt(smtp: smtplib.SMTP, server: SplitResult, tls: ssl.SSLContext) -> None:
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=tls)
    elif server.username and server.hostname not in _HERE:
        raise MailFailed("no STARTTLS, and a password does not travel in clear")


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.to, " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.written)
    # The same at every try: a reader's server may know it again.
    message["Message-ID"] = f"<{mail.id}@{parseaddr(sender)[1].partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message
