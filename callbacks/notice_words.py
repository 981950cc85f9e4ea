"""The text of a notice: the reason, what follows, for how long, its review, how to appeal (13)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from callbacks.caller_affairs import Affairs
from callbacks.rules.notices_due import Notice
from config.letters import letter
from config.schema import RoutingConfig
from routing.rules.accounts import Account
from routing.rules.conduct_events import Reported
from routing.rules.conduct_refusals import appeal_ends
from routing.rules.conduct_words import NoticeOf, Outcome
from routing.rules.remedies import Remedy


@dataclass(frozen=True, slots=True)
class Text:
    """A notice as it is sent."""

    subject: str
    body: str


class _Writer:
    """One notice in one language."""

    def __init__(self, config: RoutingConfig, language: str, affairs: Affairs, notice: Notice) -> None:
        self._config, self._language, self._affairs, self._notice = config, language, affairs, notice

    def text(self) -> Text:
        parts = [self.say("greeting"), *self._parts(), self.say("closing")]
        subject = self.say("subject", reference=self._notice.report)
        return Text(subject, "\n\n".join(filter(None, parts)))

    def say(self, name: str, **values: object) -> str:
        return letter(self._config, self._language, name, **values)

    def _parts(self) -> list[str]:
        match self._notice.of:
            case NoticeOf.VERDICT:
                return [self._reason(), self._action(), self._how_long(), self._appeal()]
            case NoticeOf.CLOSED:
                return [self._reason(), self.say("action_closed"), self._how_long(), self._appeal()]
            case NoticeOf.APPEAL:
                return self._outcome()

    def _reason(self) -> str:
        for one in self._affairs.facts:
            if isinstance(one, Reported) and one.id == self._notice.report:
                category = self.say(f"category_{one.category}")
                return self.say("reason", date=self._day(one.acted_at), category=category)
        return self.say("reason_nuisance", date=self._day(self._notice.decided_at))

    def _action(self) -> str:
        account = self._notice.account
        if account is None:
            return self.say("action_slow_queue")
        if account.remedy is None:
            return self.say("action_none")
        if account.remedy is Remedy.CLOSED and self._affairs.standing.unsigned:
            return f"{self.say('action_email_only')} {self.say('action_closing')}"
        return self.say(f"action_{account.remedy}")

    def _how_long(self) -> str:
        standing, account = self._affairs.standing, self._notice.account
        if account is None:
            return self._until("lasts", standing.nuisance_until)
        restriction = standing.restriction
        if restriction is not None and restriction.offence == account.report:
            review = self._day(restriction.review_at)
            until = self._day(restriction.ends_at)
            return f"{self.say('lasts_with_review', until=until, review=review)} {self._recorded(account)}"
        return self._recorded(account)

    def _recorded(self, account: Account) -> str:
        return self._until("recorded", account.spent_at)

    def _appeal(self) -> str:
        conduct = self._affairs.terms.conduct
        # The last of the days is the one before the moment at which they are over.
        last = appeal_ends(self._notice.decided_at, self._affairs.terms) - timedelta(seconds=1)
        days = conduct.appeal_decision_business_days
        return self.say("appeal", until=self._day(last), reference=self._notice.report, days=days)

    def _outcome(self) -> list[str]:
        decision = self._notice.decision
        assert decision is not None
        told = [self.say(f"appeal_{decision.outcome}", reference=self._notice.report)]
        if decision.outcome is Outcome.VARIED:
            if decision.treatment is not None:
                told.append(self.say(f"varied_{decision.treatment}"))
            told.append(self._until("lasts", decision.until))
        if decision.outcome is Outcome.CONFIRMED:
            told += [self._action(), self._how_long()]
        return told

    def _until(self, name: str, at: datetime | None) -> str:
        return self.say(name, until=self._day(at)) if at else ""

    def _day(self, at: datetime) -> str:
        """As it is written in the language, on the default line's clock."""
        local = at.astimezone(ZoneInfo(self._config.lines[self._config.default_line].zone))
        month = self.say("months").split()[local.month - 1]
        return self.say("day", day=local.day, month=month, year=local.year)


def text_of(config: RoutingConfig, language: str, affairs: Affairs, notice: Notice) -> Text:
    """What the caller is told."""
    return _Writer(config, language, affairs, notice).text()
