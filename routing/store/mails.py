"""Mails to be sent: what they say lies here, and only their ids travel."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from config.connections import Store
from config.now import SiteClock, milliseconds, moment
from routing.store.keys import CALL_RECORD_S, Keys
from routing.store.scripts import register

DUE = "mail"  # the kind of its deadline
# Longer than a job may take: a worker that is still sending is not joined by a second.
LEASE = timedelta(seconds=90)


class MailState(StrEnum):
    """What became of a mail so far."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that this process may send now. `attempt` counts from 1 and is the proof that it still may."""

    id: str
    to: str
    subject: str
    text: str
    written: datetime
    attempt: int


class Mails:
    """The mails of one site."""

    def __init__(self, store: Store, keys: Keys, clock: SiteClock) -> None:
        self._store, self._keys, self._clock = store, keys, clock
        self._write = register(store.client, "write_mail")
        self._claim = register(store.client, "claim_mail")
        self._settle = register(store.client, "settle_mail")

    def write(self, to: str, subject: str, text: str, mail_id: str = "") -> str:
        """Have a mail sent as soon as can be; returns its id. Raises StoreAway.

        With an id of the caller's own a repeat does nothing, for as long as the mail is remembered.
        """
        mail_id, now_ms = mail_id or f"m{secrets.token_hex(12)}", milliseconds(self._clock.now(self._store))
        kept: dict[str, str | int] = {
            "to": to,
            "subject": subject,
            "text": text,
            "state": MailState.WAITING,
            "written_ms": now_ms,
        }
        keys = [self._keys.mail(mail_id), self._keys.deadlines]
        arguments: list[str | int] = [mail_id, now_ms, DUE, *(part for pair in kept.items() for part in pair)]
        self._store.run(lambda redis: self._write(keys, arguments, redis))
        return mail_id

    def claim(self, mail_id: str) -> Mail | None:
        """The mail, for this process to send within LEASE; None when it is settled or somebody else's.

        Raises StoreAway.
        """
        arguments: list[str | int] = [self._clock.offset_key, _ms(LEASE)]
        found = self._store.run(lambda redis: self._claim([self._keys.mail(mail_id)], arguments, redis))
        if not found:
            return None
        to, subject, text, written, attempt = found
        return Mail(mail_id, to, subject, text, moment(int(written)), attempt)

    def settle(
        self, mail: Mail, state: MailState, error: str = "", again_in: timedelta = timedelta()
    ) -> bool:
        """What became of this try; WAITING: try again then. False when another try has begun since.

        `error` names no person and no address. Raises StoreAway.
        """
        keys = [self._keys.mail(mail.id), self._keys.deadlines, self._keys.failed_mails]
        arguments: list[str | int] = [
            self._clock.offset_key,
            f"{DUE}:{mail.id}",
            mail.id,
            mail.attempt,
            state,
            error,
            _ms(again_in),
            CALL_RECORD_S,
        ]
        return bool(self._store.run(lambda redis: self._settle(keys, arguments, redis)))

    def state(self, mail_id: str) -> tuple[MailState, str] | None:
        """How a mail stands, and the last error; None for one that nobody knows. Raises StoreAway."""
        state, error = self._store.run(lambda redis: redis.hmget(self._keys.mail(mail_id), "state", "error"))
        return (MailState(state), error or "") if state else None

    def is_settled(self, mail_id: str) -> bool:
        """True when nothing is to be done for it any more. Raises StoreAway."""
        found = self.state(mail_id)
        return found is None or found[0] in (MailState.SENT, MailState.FAILED)

    def failed(self) -> list[str]:
        """The ids of mails that were given up, the latest first. Raises StoreAway."""
        ids: list[str] = self._store.run(lambda redis: redis.zrevrange(self._keys.failed_mails, 0, -1))
        return ids


def _ms(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)
