"""What the routes of reports are sent."""

from typing import Literal

from pydantic import BaseModel, Field, model_validator

from ivr.api.callback_bodies import Strict, Text
from ivr.api.times import Moment, MomentInQuery
from routing.review import Verdict
from routing.review_list import ReportState
from routing.rules.conduct_words import Category, Finding, LegalWish, Target
from routing.rules.reports import Channel, Warned
from routing.written_channels import Told

MOST = 200


class OneReport(BaseModel):
    """The id in the path."""

    report_id: str = Field(max_length=64)


class WhichReports(Strict):
    """Which reports: those written from `since` on, beyond the page whose `next` is `after`."""

    state: ReportState | None = None
    since: MomentInQuery | None = None
    after: str | None = Field(default=None, max_length=100)
    limit: int = Field(default=50, ge=1, le=MOST)


class Judgement(Strict):
    """Was it abuse (`nuisance`: was it one), and was the protocol followed?

    `second_listener`: for a call that was not recorded, what somebody else says he heard.
    """

    abuse: Finding | None = None
    nuisance: Finding | None = None
    protocol_followed: bool
    note: Text = ""
    second_listener: Text = ""

    @model_validator(mode="after")
    def _one_answer(self) -> "Judgement":
        if (self.abuse is None) == (self.nuisance is None):
            raise ValueError("answer `abuse`, or `nuisance` for a report of that kind")
        return self

    def verdict(self) -> Verdict:
        finding = self.abuse or self.nuisance
        assert finding is not None
        return Verdict(finding, self.protocol_followed, self.note.strip(), self.second_listener.strip())


class WarningGiven(Strict):
    """A warning that was written into the thread."""

    number: Literal[1, 2]
    at: Moment


class WrittenReport(Strict):
    """A report of what somebody wrote. `contact`: the e-mail address or chat handle that it came from."""

    channel: Literal[Channel.EMAIL, Channel.CHAT]
    contact: str = Field(max_length=300)
    thread: str = Field(min_length=1, max_length=500)
    message_id: str = Field(min_length=1, max_length=500)
    words: str = Field(min_length=1, max_length=10_000)
    category: Category
    target: Target
    warnings: list[WarningGiven] = Field(default_factory=list, max_length=10)
    conversation: str = Field(default="", max_length=50_000)
    original_problem: Text = ""
    customer_id: str = Field(default="", max_length=64, pattern=r"^[^\s:]*$")
    ticket_id: str = Field(default="", max_length=64)
    note: Text = ""
    legal_wish: LegalWish = LegalWish.UNDECIDED

    def told(self) -> Told:
        given = self.model_dump(exclude={"warnings"})
        warnings = tuple(Warned(one.number, one.at) for one in self.warnings)
        return Told(**given, warnings=warnings)
