"""A caller is told in writing what was decided about him: by e-mail, by SMS that we have written, by post."""

from collections.abc import Iterator

from callbacks import escalations, letters
from callbacks.caller_affairs import US, Affairs
from callbacks.dialling import caller_id
from callbacks.letters import Letter
from callbacks.notice_words import text_of
from callbacks.rules.dialable import refusal
from callbacks.rules.notices_due import Notice, notices
from config.letters import letter
from config.observe import log
from config.schema import RoutingConfig
from routing.floor import Floor
from routing.rules.conduct_events import NoticeSent
from routing.rules.conduct_refusals import FactRefused
from routing.rules.conduct_words import NoticeBy
from routing.rules.reports import Report

OVERDUE = "notice_overdue"
TO_POST = "notice_to_post"


def look_after(floor: Floor, affairs: Affairs) -> None:
    """What has to be told is written at once, each once; what people have to post escalates when it is late.

    Raises StoreAway, LedgerBroken, NotKept, NoConfigError.
    """
    found = list(notices(affairs.facts, affairs.standing, affairs.terms, affairs.at))
    owed = [notice for notice in found if not affairs.knows(notice.id)]
    letters.drop_others(floor, affairs.caller, {notice.id for notice in owed})
    for notice in owed:
        _write(floor, affairs, notice)
        _escalate_late(floor, affairs, notice)


def _write(floor: Floor, affairs: Affairs, notice: Notice) -> None:
    config, report = floor.configs.in_force(), floor.reports.find(notice.report)
    language = _language(config, report)
    text = text_of(config, language, affairs, notice)
    if to := next(_mail_addresses(affairs, report), ""):
        floor.mails.write(to, text.subject, text.body, mail_id=f"m{notice.id}")
        _told(floor, affairs, notice, NoticeBy.EMAIL)
        return
    if not letters.is_kept(floor, notice.id):
        number = next(_numbers(config, affairs, report), "")
        _say_that_there_is_one(floor, notice, number, language)
    said = Letter(notice.id, affairs.caller, notice.report, notice.of, text.subject, text.body)
    letters.keep(floor, said)
    what = "A notice to a customer has to be posted: calmline letters list."
    escalations.escalate(floor, f"post-{notice.id}", report=notice.report, state=TO_POST, what=what)


def _say_that_there_is_one(floor: Floor, notice: Notice, number: str, language: str) -> None:
    """An SMS says nothing that others may not read: the letter waits for whoever asks for it."""
    config = floor.configs.in_force()
    if number:
        said = letter(config, language, "notice_sms", reference=notice.report)
        from_ = caller_id(config.lines[config.default_line])
        floor.messages.write_once(f"sms-{notice.id}", number, from_, said)


def _told(floor: Floor, affairs: Affairs, notice: Notice, channel: NoticeBy) -> None:
    fact = NoticeSent(
        id=notice.id, at=affairs.at, by=US, offence=notice.report, of=notice.of, channel=channel
    )
    try:
        floor.offences.append(affairs.caller, fact, affairs.terms)
        log.info("notice_sent", report=notice.report, of=notice.of, channel=channel)
    except FactRefused as no:
        log.info("notice_not_told", report=notice.report, because=no.code)


def _escalate_late(floor: Floor, affairs: Affairs, notice: Notice) -> None:
    if notice.due_at <= affairs.at and letters.is_kept(floor, notice.id):
        what = "A notice to a customer is overdue: post it, and say so by calmline letters sent."
        escalations.escalate(floor, f"late-{notice.id}", report=notice.report, state=OVERDUE, what=what)


def _language(config: RoutingConfig, report: Report | None) -> str:
    chosen = report.statement.language if report else ""
    return chosen if chosen in config.languages else config.lines[config.default_line].languages[0]


def _mail_addresses(affairs: Affairs, report: Report | None) -> Iterator[str]:
    """The one that he wrote from first, then his latest."""
    own = [one for one in reversed(affairs.addresses) if "@" in one and ":" not in one]
    contact = report.statement.contact if report else ""
    yield from dict.fromkeys([one for one in own if one == contact] + own)


def _numbers(config: RoutingConfig, affairs: Affairs, report: Report | None) -> Iterator[str]:
    own = [one for one in reversed(affairs.addresses) if one.startswith("+")]
    shown = report.statement.number if report else ""
    for number in dict.fromkeys([one for one in own if one == shown] + own):
        if refusal(number, config.callbacks.countries) is None:
            yield number
