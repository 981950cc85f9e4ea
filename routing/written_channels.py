"""Reports of abuse in e-mails and chats: the same rules as on the telephone (docs/policy.md 29)."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from config.observe import log
from routing.floor import Floor
from routing.rules.addresses import CHAT, NoAddress, address_in
from routing.rules.conduct_words import PEOPLE, Category, LegalWish, Target
from routing.rules.reports import Channel, ReportKind, Statement, Warned
from routing.rules.review import IMMEDIATE

_WARNINGS = (1, 2)


class AngerIsNotAbuse(Exception):
    """The words were aimed at a thing, the company or what it does, and nothing follows from that."""


class WarningMissing(Exception):
    """Two warnings come first, one after the other, except for threats, hate and sexual abuse."""


class NoContact(Exception):
    """Not an address of this channel."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an adviser reports of one message in a thread."""

    channel: Channel
    contact: str
    thread: str
    message_id: str
    words: str
    category: Category
    target: Target
    warnings: tuple[Warned, ...] = ()
    conversation: str = ""
    original_problem: str = ""
    customer_id: str = ""
    ticket_id: str = ""
    note: str = ""
    legal_wish: LegalWish = LegalWish.UNDECIDED


def report(floor: Floor, told: Told, *, by: str) -> str:
    """The report's id, once it is on disk; the same message reported again by the same adviser is one report.

    Raises AngerIsNotAbuse, WarningMissing, NoContact, StoreAway, NotKept.
    """
    if told.target not in PEOPLE:
        raise AngerIsNotAbuse("Anger at the company, a product or a process is not abuse.")
    immediate = not _were_two(told.warnings, floor.clock.now(floor.store))
    if immediate and told.category not in IMMEDIATE:
        raise WarningMissing("Two warnings come first, with their times; then the third act is reported.")
    message = _mark(floor, told.channel, told.message_id)
    report_id = f"rp{_mark(floor, message, by)[:20]}"
    statement = Statement(
        ReportKind.ABUSE,
        f"{told.channel}:{message}",
        by,
        words=told.words,
        category=told.category,
        target=told.target,
        note=told.note,
        legal_wish=told.legal_wish,
        immediate=immediate,
        contact=_contact(told),
        customer_id=told.customer_id,
        ticket_id=told.ticket_id,
        channel=told.channel,
        original_problem=told.original_problem,
        conversation=told.conversation,
        thread=told.thread,
        message=told.message_id,
    )
    floor.reports.write(report_id, statement, by=by, warnings=told.warnings)
    floor.reports.keep(report_id)
    log.info("report_written", report=report_id, channel=told.channel)
    return report_id


def _mark(floor: Floor, *parts: str) -> str:
    """What stands for a message where its id, which may hold an address, may not be."""
    return hmac.digest(floor.key, "\n".join(parts).encode(), "sha256").hex()[:24]


def _were_two(warnings: tuple[Warned, ...], now: datetime) -> bool:
    in_order = sorted(warnings, key=lambda one: one.at)
    return tuple(one.number for one in in_order) == _WARNINGS and in_order[-1].at <= now


def _contact(told: Told) -> str:
    text = told.contact.strip()
    if told.channel is Channel.CHAT and not text.startswith(CHAT):
        text = f"{CHAT}{text}"
    try:
        found = address_in(text)
    except NoAddress:
        found = ""
    is_one = found.startswith(CHAT) if told.channel is Channel.CHAT else "@" in found and ":" not in found
    if not is_one:
        raise NoContact("should be the e-mail address, or the chat handle, that the message came from")
    return found
