"""Who may judge, appeal, decide and sign, and when it is too late (docs/policy.md 9, 12, 15)."""

import pytest

from routing.rules import conduct_refusals as refusals
from routing.rules.conduct_events import Fact, RemedyWaived
from routing.rules.conduct_refusals import FactRefused, check
from tests.routing.stories import (
    appealed,
    at_stage,
    by_hand,
    decided,
    judged,
    nuisance,
    on,
    quashed,
    reported,
    signed,
    spoken,
    terms,
    told,
    upheld,
)

OPEN = [reported("o1", 0)]
ONE = upheld("o1", 0)
DISMISSED = [*OPEN, judged("o1", 0.1, "not_upheld")]
SIGNED_ONCE = [*at_stage(3), *upheld("o4", 30), signed("o4", 31, "manager", "mona")]


@pytest.mark.parametrize(
    ("before", "fact", "refused"),
    [
        ([], judged("o1", 1), refusals.UnknownReport),
        (OPEN, judged("o1", 1, by="ana"), refusals.OwnReport),
        (ONE, judged("o1", 1, by="rob"), refusals.AlreadyDecided),
        ([reported("o1", 0, call="CA1")], reported("o2", 1, call="CA1"), refusals.AlreadyReported),
        ([], spoken("o1", 1), refusals.UnknownReport),
        (OPEN, spoken("o1", 1), refusals.NoOffence),
        (DISMISSED, told(RemedyWaived, 1, offence="o1", letter_sent=True), refusals.NoOffence),
        (DISMISSED, signed("o1", 1, "legal", "lea"), refusals.NoOffence),
        (DISMISSED, appealed("o1", 1), refusals.NoOffence),
        (ONE, appealed("o1", 31), refusals.TooLate),
        ([*ONE, appealed("o1", 1)], appealed("o1", 2), refusals.AlreadyDecided),
        (ONE, decided("o1", 2, "quashed"), refusals.NoAppeal),
        ([*ONE, appealed("o1", 1)], decided("o1", 2, "quashed", by="rita"), refusals.Involved),
        ([*ONE, appealed("o1", 1)], decided("o1", 2, "quashed", by="ana"), refusals.Involved),
        ([*ONE, appealed("o1", 1)], decided("o1", 2, "varied"), refusals.VariesNothing),
        ([*ONE, *quashed("o1", 1)], decided("o1", 3, "confirmed"), refusals.AlreadyDecided),
        (SIGNED_ONCE, signed("o4", 32, "legal", "mona"), refusals.SamePerson),
        ([], by_hand("closed", 0, 32), refusals.TooLong),
    ],
)  # fmt: skip
def test_what_the_policy_does_not_allow_is_refused(
    before: list[Fact], fact: Fact, refused: type[FactRefused]
) -> None:
    with pytest.raises(refused) as found:
        check(fact, before, terms())
    assert str(found.value).endswith(".")
    assert found.value.code == refused.code


@pytest.mark.parametrize(
    ("before", "fact"),
    [
        ([], reported("o1", 0)),
        ([reported("o1", 0, call="CA1")], reported("o2", 1, call="CA1", by="ben")),
        (OPEN, judged("o1", 1)),
        (nuisance("n1", 0)[:1], judged("n1", 1)),
        (ONE, spoken("o1", 1)),
        (ONE, appealed("o1", 29.9)),
        ([*ONE, appealed("o1", 1)], decided("o1", 2, "varied", until=40)),
        (SIGNED_ONCE, signed("o4", 32, "legal", "lea")),
        ([], by_hand("closed", 0, 30)),
    ],
)
def test_what_the_policy_allows_is_not(before: list[Fact], fact: Fact) -> None:
    check(fact, before, terms())


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in FactRefused.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert FactRefused.code not in codes


def test_the_time_to_appeal_begins_when_the_notice_has_to_be_out() -> None:
    """Two business days for the notice and twenty to appeal: a month and a day on."""
    with pytest.raises(refusals.TooLate, match=f"ended on {on(31):%Y-%m-%d}"):
        check(appealed("o1", 40), ONE, terms())
