"""What a report says: an adviser's account of one call, or of one written thread (docs/policy.md 5, 29)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from routing.rules.caller import Identity
from routing.rules.conduct_words import Category, LegalWish, Target


class ReportKind(StrEnum):
    """What a report is about; only abuse can become an offence."""

    ABUSE = "abuse"
    NUISANCE = "nuisance"


class Channel(StrEnum):
    """Where it happened."""

    TELEPHONE = "telephone"
    EMAIL = "email"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that the caller heard: its number (1 or 2), when, and whether the adviser said it himself."""

    number: int
    at: datetime
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """What whoever reports says. `adviser` was on the call; it is `by` of the report unless another reports.

    `call` is a CallSid, or what stands for one message of a written thread. `number` is E.164 as shown
    or "". `contact` is an e-mail address or a chat handle of a written `thread`, `message` the id of the one
    in it. `immediate`: ended without two warnings.
    """

    kind: ReportKind
    call: str
    adviser: str
    words: str = ""
    category: Category | None = None
    target: Target | None = None
    note: str = ""
    legal_wish: LegalWish = LegalWish.UNDECIDED
    immediate: bool = False
    recorded: bool = True
    number: str = ""
    identity: Identity = Identity.SURE
    contact: str = ""
    customer_id: str = ""
    ticket_id: str = ""
    channel: Channel = Channel.TELEPHONE
    line: str = ""
    language: str = ""
    queue: str = ""
    original_problem: str = ""
    conversation: str = ""
    thread: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is kept: written `at` by `by`, in the ledger under `caller` ("" until it is there).

    `waited_s`, `transfers`: what may have made the caller angry. `seen_at`: when a reviewer first opened it.
    """

    id: str
    by: str
    at: datetime
    statement: Statement
    warnings: tuple[Warned, ...] = ()
    waited_s: int = 0
    transfers: int = 0
    recording_sid: str = ""
    caller: str = ""
    seen_at: datetime | None = None
    seen_by: str = ""

    @property
    def is_filed(self) -> bool:
        """True once the conduct ledger has it."""
        return bool(self.caller)
