"""From offences to stage and treatment, as the conduct policy has it (docs/policy.md 9-17)."""

import pytest

from routing.rules.accounts import Gate
from routing.rules.conduct_events import (
    Fact,
    OverrideLifted,
    Protected,
    ProtectionEnded,
    RemedyWaived,
    RestrictionReviewed,
)
from routing.rules.conduct_words import SignsAs
from routing.rules.remedies import Remedy
from tests.routing.stories import (
    account,
    appealed,
    at_stage,
    by_hand,
    decided,
    judged,
    letter,
    not_reached,
    nuisance,
    on,
    quashed,
    reported,
    signed,
    specialist,
    spoken,
    standing,
    told,
    upheld,
    writing_offered,
)

ONE = upheld("o1", 0)
AGAIN = upheld("o2", 10)


STAGES: list[tuple[str, list[Fact], float, int, str]] = [
    ("nobody said anything", [], 0, 0, "normal"),
    (
        "a report that nobody has reviewed is owned by the team leader",
        [reported("o1", 0)],
        1,
        0,
        "team_leader",
    ),
    ("…for five business days at most", [reported("o1", 0)], 7.6, 0, "normal"),
    ("…and to the end of the fifth", [reported("o1", 0)], 7.4, 0, "team_leader"),
    (
        "a report that was not upheld has no consequence, and the team leader's time ends with the verdict",
        [reported("o1", 0), judged("o1", 0.1, "not_upheld")],
        1,
        0,
        "normal",
    ),
    (
        "an inconclusive report has none either",
        [reported("o1", 0), judged("o1", 0.1, "inconclusive")],
        1,
        0,
        "normal",
    ),
    ("the first offence owes a follow-up call and changes no routing", ONE, 1, 1, "normal"),
    ("the second after the follow-up call goes to specialists", at_stage(2), 12, 2, "specialist"),
    ("the third after a specialist's call is e-mail only", at_stage(3), 22, 3, "email_only"),
    ("the fourth with both signatures is closed", at_stage(4), 32, 4, "closed"),
    (
        "a follow-up call that the company never made holds stage 1",
        [*ONE, *AGAIN],
        11,
        1,
        "normal",
    ),
    (
        "a customer who cannot be reached and gets a letter was followed up",
        [*ONE, not_reached("o1", 5), letter("o1", 6), *AGAIN],
        11,
        2,
        "specialist",
    ),
    (
        "…without the letter the customer was not",
        [*ONE, not_reached("o1", 5), *AGAIN],
        11,
        1,
        "normal",
    ),
    (
        "…nor with a letter but attempts left",
        [*ONE, letter("o1", 5), *AGAIN],
        11,
        1,
        "normal",
    ),
    (
        "a remedy waived with a letter is delivered",
        [*ONE, told(RemedyWaived, 5, "mona", offence="o1", letter_sent=True), *AGAIN],
        11,
        2,
        "specialist",
    ),
    (
        "a remedy waived without a letter is not",
        [*ONE, told(RemedyWaived, 5, "mona", offence="o1", letter_sent=False), *AGAIN],
        11,
        1,
        "normal",
    ),
    (
        "no specialist has had the caller yet: stage 2 holds",
        [*ONE, spoken("o1", 1), *AGAIN, *upheld("o3", 20)],
        21,
        2,
        "specialist",
    ),
    (
        "a specialist's call before the second offence does not open the gate behind it",
        [*ONE, spoken("o1", 1), specialist(5), *AGAIN, *upheld("o3", 20)],
        21,
        2,
        "specialist",
    ),
    (
        "the written channel was never offered: stage 3 holds",
        [*at_stage(2), *upheld("o3", 20), *upheld("o4", 30)],
        31,
        3,
        "email_only",
    ),
    (
        "two offences in 24 hours are one",
        [*ONE, spoken("o1", 0.2), *upheld("o2", 0.99)],
        2,
        1,
        "normal",
    ),
    (
        "…and two when a day lies between them",
        [*ONE, spoken("o1", 0.2), *upheld("o2", 1)],
        2,
        2,
        "specialist",
    ),
    (
        "one call reported by two advisers is one",
        [*upheld("o1", 0, call="CA1"), spoken("o1", 1), *upheld("o2", 5, by="ben", call="CA1", acted=0)],
        6,
        1,
        "normal",
    ),
    (
        "…however late the second is told",
        [*upheld("o1", 0, call="CA1"), spoken("o1", 1), *upheld("o2", 5, by="ben", call="CA1")],
        6,
        1,
        "normal",
    ),
    (
        "what was done before the remedy counts with it, also when the verdict comes after",
        [*ONE, reported("o2", 2), spoken("o1", 3), judged("o2", 4)],
        5,
        1,
        "normal",
    ),
    ("an offence lives 365 days", ONE, 364.99, 1, "normal"),
    ("…and is spent after", ONE, 365, 0, "normal"),
    ("the first offence is spent: stage 2 becomes stage 1", at_stage(2), 366, 1, "normal"),
    ("both are spent", at_stage(2), 376, 0, "normal"),
    (
        "an offence after a spent one is the first",
        [*ONE, *upheld("o2", 400)],
        401,
        1,
        "normal",
    ),
    ("a restriction lasts 180 days", at_stage(3), 199.9, 3, "email_only"),
    ("…then falls back to specialists while the stage stays", at_stage(3), 200.1, 3, "specialist"),
    ("so does a closed line", at_stage(4), 31.9 + 180, 4, "specialist"),
    (
        "a restriction that was lifted at its review is over",
        [*at_stage(3), told(RestrictionReviewed, 110, "mona", offence="o3", lifted=True)],
        111,
        3,
        "specialist",
    ),
    (
        "a restriction that was kept at its review goes on",
        [*at_stage(3), told(RestrictionReviewed, 110, "mona", offence="o3", lifted=False)],
        111,
        3,
        "email_only",
    ),
    (
        "a further offence after a restriction lapsed brings a new one",
        [*at_stage(3), *upheld("o4", 210)],
        211,
        3,
        "email_only",
    ),
    (
        "a fourth offence without signatures stays stage 3",
        [*at_stage(3), *upheld("o4", 30)],
        31,
        3,
        "email_only",
    ),
    (
        "a fourth offence with one signature stays stage 3",
        [*at_stage(3), *upheld("o4", 30), signed("o4", 31, "manager", "mona")],
        32,
        3,
        "email_only",
    ),
    (
        "the same person cannot sign twice",
        [
            *at_stage(3),
            *upheld("o4", 30),
            signed("o4", 31, "manager", "mona"),
            signed("o4", 31, "legal", "mona"),
        ],
        32,
        3,
        "email_only",
    ),
    (
        "a signature that does not say that conduct is the reason is none",
        [
            *at_stage(3),
            *upheld("o4", 30),
            signed("o4", 31, "manager", "mona"),
            signed("o4", 31, "legal", "lea", reason=False),
        ],
        32,
        3,
        "email_only",
    ),
    (
        "a signature under another offence is none",
        [
            *at_stage(3),
            *upheld("o4", 30),
            signed("o4", 31, "manager", "mona"),
            signed("o3", 31, "legal", "lea"),
        ],
        32,
        3,
        "email_only",
    ),
    (
        "anger at the company never counts, whatever the verdict",
        upheld("o1", 0, target="company"),
        1,
        0,
        "normal",
    ),
    (
        "nobody reviews what he reported himself",
        [reported("o1", 0), judged("o1", 0.1, by="ana")],
        10,
        0,
        "normal",
    ),
    ("a verdict before its report is none", [judged("o1", 0), reported("o1", 1)], 10, 0, "normal"),
    (
        "of two reviewers the first one's verdict counts",
        [reported("o1", 0), judged("o1", 0.1, "not_upheld"), judged("o1", 0.2, by="rob")],
        1,
        0,
        "normal",
    ),
    (
        "a call that was not recorded needs a second listener",
        [reported("o1", 0, recorded=False), judged("o1", 0.1)],
        1,
        0,
        "normal",
    ),
    (
        "…and reaches stage 1 with one",
        [reported("o1", 0, recorded=False), judged("o1", 0.1, second_listener=True)],
        1,
        1,
        "normal",
    ),
    (
        "…but never stage 2",
        [*ONE, spoken("o1", 1), reported("o2", 10, recorded=False), judged("o2", 10.1, second_listener=True)],
        11,
        1,
        "normal",
    ),
    (
        "…nor does it carry a recorded one there",
        [
            reported("o1", 0, recorded=False),
            judged("o1", 0.1, second_listener=True),
            spoken("o1", 1),
            *AGAIN,
        ],
        11,
        1,
        "normal",
    ),
    ("an appeal that was won restores normal at once", [*ONE, *quashed("o1", 5)], 6, 0, "normal"),
    ("an appeal that was won takes stage 2 back to 1", [*at_stage(2), *quashed("o2", 12)], 13, 1, "normal"),
    (
        "an appeal against the first offence takes it there as well",
        [*at_stage(2), *quashed("o1", 12)],
        13,
        1,
        "normal",
    ),
    ("an open appeal pauses stage 2", [*at_stage(2), appealed("o2", 12)], 13, 2, "normal"),
    (
        "an open appeal pauses stage 3 down to the offences beside it",
        [*at_stage(3), appealed("o3", 22)],
        23,
        3,
        "specialist",
    ),
    (
        "an open appeal pauses a closed line down to the offences beside it",
        [*at_stage(4), appealed("o4", 32)],
        33,
        4,
        "email_only",
    ),
    (
        "an open appeal does not pause what follows from a threat",
        [*ONE, spoken("o1", 1), *upheld("o2", 10, category="threat"), appealed("o2", 12)],
        13,
        2,
        "specialist",
    ),
    (
        "an appeal that was lost ends the pause",
        [*at_stage(2), appealed("o2", 12), decided("o2", 13, "confirmed")],
        14,
        2,
        "specialist",
    ),
    (
        "an appeal may make the treatment milder",
        [*at_stage(3), appealed("o3", 22), decided("o3", 23, "varied", treatment="specialist")],
        24,
        3,
        "specialist",
    ),
    (
        "…but not harsher",
        [*at_stage(2), appealed("o2", 12), decided("o2", 13, "varied", treatment="closed")],
        14,
        2,
        "specialist",
    ),
    (
        "an appeal may make the restriction shorter",
        [*at_stage(3), appealed("o3", 22), decided("o3", 23, "varied", until=40)],
        41,
        3,
        "specialist",
    ),
    (
        "…which runs until then",
        [*at_stage(3), appealed("o3", 22), decided("o3", 23, "varied", until=40)],
        39,
        3,
        "email_only",
    ),
    (
        "…and the specialists' time as well",
        [*at_stage(2), appealed("o2", 12), decided("o2", 13, "varied", until=40)],
        41,
        2,
        "normal",
    ),
    (
        "an appeal is not decided by the reviewer, and stays open",
        [*at_stage(2), appealed("o2", 12), decided("o2", 13, "confirmed", by="rita")],
        14,
        2,
        "normal",
    ),
    (
        "the other offence of an episode takes the place of a quashed one",
        [*ONE, *upheld("o2", 0.5), *quashed("o1", 5)],
        7,
        1,
        "normal",
    ),
    ("a verified nuisance call waits in the slow queue", nuisance("n1", 0), 1, 0, "slow_queue"),
    ("…for 30 days", nuisance("n1", 0), 30.1, 0, "normal"),
    ("an appeal ends it", [*nuisance("n1", 0), *quashed("n1", 3)], 5, 0, "normal"),
    (
        "a specialist's caller who plays pranks waits in the slow queue",
        [*at_stage(2), *nuisance("n1", 12)],
        13,
        2,
        "slow_queue",
    ),
    ("an open report beats the slow queue", [*nuisance("n1", 0), reported("o1", 1)], 2, 0, "team_leader"),
    ("e-mail only beats an open report", [*at_stage(3), reported("o4", 22)], 23, 3, "email_only"),
    ("a treatment by hand beats all of them", [*at_stage(4), by_hand("normal", 32, 40)], 33, 4, "normal"),
    ("…until its day", [*at_stage(4), by_hand("normal", 32, 40)], 40, 4, "closed"),
    (
        "…or until it is lifted",
        [*at_stage(4), by_hand("normal", 32, 40), told(OverrideLifted, 34)],
        35,
        4,
        "closed",
    ),
    ("what follows from a report is not known before it is written", at_stage(4), 9, 1, "normal"),
]


@pytest.mark.parametrize(
    ("facts", "day", "stage", "treatment"), [row[1:] for row in STAGES], ids=[row[0] for row in STAGES]
)
def test_stage_and_treatment(facts: list[Fact], day: float, stage: int, treatment: str) -> None:
    found = standing(facts, day)
    assert (found.stage, found.treatment.value) == (stage, treatment)


def test_a_line_may_switch_stage_4_off() -> None:
    found = standing(at_stage(4), 32, closed_allowed=False)
    assert (found.stage, found.treatment, found.unsigned) == (3, "email_only", ())


def test_a_protected_caller_is_so_at_any_stage_until_somebody_ends_it() -> None:
    found = standing([*at_stage(4), told(Protected, 32, need="allow extra time")], 33)
    assert (found.is_protected, found.support_need, found.stage) == (True, "allow extra time", 4)
    assert found.protection_review_at == on(32 + 365)
    ended = standing([*at_stage(4), told(Protected, 32), told(ProtectionEnded, 34)], 35)
    assert (ended.is_protected, ended.treatment) == (False, "closed")


WHY: list[tuple[str, list[Fact], float, str, str, str]] = [
    ("a live offence counts", ONE, 1, "o1", "counts", ""),
    ("a report without a verdict is open", [reported("o1", 0)], 1, "o1", "report_open", ""),
    (
        "a report that was not upheld",
        [reported("o1", 0), judged("o1", 0.1, "not_upheld")],
        1,
        "o1",
        "not_upheld",
        "",
    ),
    (
        "an inconclusive one",
        [reported("o1", 0), judged("o1", 0.1, "inconclusive")],
        1,
        "o1",
        "inconclusive",
        "",
    ),
    ("anger at a product", upheld("o1", 0, target="product"), 1, "o1", "not_aimed_at_a_person", ""),
    (
        "unrecorded, and nobody else listened",
        upheld("o1", 0, recorded=False),
        1,
        "o1",
        "no_second_listener",
        "",
    ),
    (
        "unrecorded, beside an offence that counts",
        [*ONE, spoken("o1", 1), reported("o2", 10, recorded=False), judged("o2", 10.1, second_listener=True)],
        11,
        "o2",
        "not_recorded",
        "",
    ),
    (
        "within 24 hours of another",
        [*ONE, spoken("o1", 0.2), *upheld("o2", 0.9)],
        2,
        "o2",
        "same_episode",
        "o1",
    ),
    ("before the other's remedy", [*ONE, *AGAIN], 11, "o2", "same_episode", "o1"),
    (
        "the same call again",
        [*upheld("o1", 0, call="CA1"), *upheld("o2", 2, by="ben", call="CA1")],
        3,
        "o2",
        "same_call",
        "o1",
    ),
    ("quashed", [*ONE, *quashed("o1", 5)], 7, "o1", "quashed", ""),
    ("spent", ONE, 366, "o1", "spent", ""),
]


@pytest.mark.parametrize(
    ("facts", "day", "report", "why", "with_"), [row[1:] for row in WHY], ids=[row[0] for row in WHY]
)
def test_it_is_said_of_every_report_whether_it_counts_and_why(
    facts: list[Fact], day: float, report: str, why: str, with_: str
) -> None:
    found = account(standing(facts, day), report)
    assert (found.why.value, found.with_, found.counts) == (why, with_, why == "counts")


@pytest.mark.parametrize(
    ("facts", "day", "gate"),
    [
        ([], 0, None),
        (ONE, 1, Gate("o1", Remedy.FOLLOW_UP_CALL)),
        ([*ONE, spoken("o1", 1)], 2, None),
        ([*ONE, spoken("o1", 1), *AGAIN], 11, Gate("o2", Remedy.SPECIALIST)),
        (at_stage(2), 12, None),
        ([*at_stage(2), *upheld("o3", 20)], 20.5, Gate("o3", Remedy.EMAIL_ONLY)),
        (at_stage(3), 22, None),
        ([*at_stage(3), *upheld("o4", 30)], 31, Gate("o4", Remedy.CLOSED)),
        (at_stage(4), 32, None),
        (ONE, 366, None),
        ([*ONE, *quashed("o1", 5)], 7, None),
    ],
)
def test_it_is_said_which_gate_holds_the_next_stage(facts: list[Fact], day: float, gate: Gate | None) -> None:
    assert standing(facts, day).gate == gate


def test_a_remedy_belongs_to_the_stage_at_its_verdict_and_expiry_creates_none() -> None:
    found = account(standing(at_stage(2), 366), "o2")
    assert (found.stage_at_verdict, found.remedy, found.delivered_at) == (2, Remedy.SPECIALIST, on(11))


def test_a_remedy_that_was_not_delivered_in_five_business_days_escalates() -> None:
    found = account(standing(ONE, 1), "o1")
    assert (found.remedy, found.delivered_at, found.overdue_at) == (Remedy.FOLLOW_UP_CALL, None, on(7, 12))
    delivered = account(standing([*ONE, spoken("o1", 3)], 4), "o1")
    assert (delivered.delivered_at, delivered.overdue_at) == (on(3), None)


def test_a_waived_remedy_does_not_escalate_and_still_holds_the_gate() -> None:
    found = standing([*ONE, told(RemedyWaived, 3, "mona", offence="o1", letter_sent=False)], 4)
    assert (account(found, "o1").is_waived, account(found, "o1").overdue_at) == (True, None)
    assert found.gate == Gate("o1", Remedy.FOLLOW_UP_CALL)


def test_a_restriction_says_when_it_is_reviewed_and_when_it_lapses() -> None:
    restriction = standing(at_stage(3), 22).restriction
    assert restriction is not None
    assert (restriction.offence, restriction.treatment) == ("o3", "email_only")
    assert (restriction.review_at, restriction.ends_at) == (on(20 + 90, 1), on(20 + 180, 1))
    assert standing(at_stage(3), 201).restriction is None


def test_a_kept_restriction_is_reviewed_again() -> None:
    kept = told(RestrictionReviewed, 110, "mona", offence="o3", lifted=False)
    restriction = standing([*at_stage(3), kept], 111).restriction
    assert restriction is not None
    assert (restriction.review_at, restriction.ends_at) == (on(200), on(200, 1))


@pytest.mark.parametrize(
    ("facts", "day", "until"),
    [
        ([], 0, None),
        ([reported("o1", 0)], 1, on(7, 12)),
        (at_stage(2), 12, on(365)),
        (at_stage(3), 22, on(200, 1)),
        (at_stage(4), 32, on(31 + 180, 1)),
        (nuisance("n1", 0), 1, on(30, 1)),
        ([by_hand("closed", 0, 8)], 1, on(8)),
    ],
    ids=["normal", "open report", "specialist", "email_only", "closed", "nuisance", "by hand"],
)
def test_it_is_said_until_when_the_treatment_lasts(facts: list[Fact], day: float, until: object) -> None:
    assert standing(facts, day).until == until


@pytest.mark.parametrize(
    ("signatures", "missing"),
    [
        ([], ("manager", "legal")),
        ([("manager", "mona")], ("legal",)),
        ([("legal", "lea")], ("manager",)),
        ([("manager", "mona"), ("legal", "mona")], ("legal",)),
        ([("manager", "mona"), ("legal", "lea")], ()),
    ],
)
def test_it_is_said_who_has_still_to_sign(
    signatures: list[tuple[str, str]], missing: tuple[str, ...]
) -> None:
    signed_so_far = [signed("o4", 31, office, by) for office, by in signatures]
    found = standing([*at_stage(3), *upheld("o4", 30), *signed_so_far], 32)
    assert found.unsigned == tuple(map(SignsAs, missing))


@pytest.mark.parametrize(
    ("category", "legal"),
    [
        ("threat", True),
        ("religious_cultural_racial", True),
        ("homophobic", True),
        ("sexist", True),
        ("sexual", False),
        ("derogatory", False),
        ("swearing", False),
    ],
)
def test_threats_and_hate_may_go_to_the_legal_team_at_any_stage(category: str, legal: bool) -> None:
    found = account(standing(upheld("o1", 0, category=category, legal_wish="yes"), 1), "o1")
    assert (found.may_go_to_legal, found.legal_wish) == (legal, "yes")


def test_whatever_was_said_a_closed_case_goes_to_the_legal_team() -> None:
    assert account(standing(at_stage(4), 32), "o4").may_go_to_legal


def test_the_adviser_of_every_offence_is_known() -> None:
    found = standing([*ONE, spoken("o1", 1), *upheld("o2", 10, by="ben")], 11)
    assert [(one.report, one.reported_by) for one in found.accounts] == [("o1", "ana"), ("o2", "ben")]
    assert found.offences == ("o1", "o2")


def test_what_was_offered_in_writing_counts_from_the_verdict_on() -> None:
    early = [*at_stage(2), writing_offered(15), *upheld("o3", 20)]
    assert standing(early, 21).gate == Gate("o3", Remedy.EMAIL_ONLY)


def test_a_won_appeal_leaves_no_gate_that_nothing_can_open() -> None:
    """The third offence becomes the second: a specialist's call is what it owes then."""
    facts = [*at_stage(2), *upheld("o3", 20), *quashed("o1", 21)]
    assert standing(facts, 23).gate == Gate("o3", Remedy.SPECIALIST)
    assert standing([*facts, specialist(24), *upheld("o4", 30)], 31).stage == 3
