"""Whatever stands in a ledger, in any order and told any number of times: what always holds of the ladder."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.rules.caller import Standing, Treatment
from routing.rules.conduct import course, standing_at
from routing.rules.conduct_events import (
    AppealDecided,
    Appealed,
    Fact,
    FollowedUp,
    Judged,
    LetterSent,
    NuisanceReported,
    Overridden,
    OverrideLifted,
    Protected,
    RemedyWaived,
    Reported,
    RestrictionReviewed,
    SignedOff,
    SpecialistTookCall,
    WritingOffered,
)
from routing.rules.conduct_words import Category, Finding, FollowUp, Outcome, SignsAs
from tests.routing.stories import at_stage, on, terms

REPORTS = [f"o{index}" for index in range(1, 7)]
PEOPLE = ["ana", "rita", "mona", "lea", "dora"]
TERMS = terms()
BOUNDED = settings(max_examples=80, deadline=None)


@st.composite
def facts(draw: st.DrawFn, *, without: tuple[type[Fact], ...] = ()) -> list[Fact]:
    """The way up, some steps of it left out, and whatever else could be written about six reports."""
    climbed = draw(st.integers(0, 4))
    way = at_stage(climbed)
    missing = draw(st.sets(st.integers(0, len(way)), max_size=2))
    written = [
        fact for index, fact in enumerate(way) if index not in missing and not isinstance(fact, without)
    ]
    days = st.one_of(st.floats(0, 60), st.floats(0, 500)).map(lambda day: round(day, 2))

    def note(kind: type[Fact], day: float, **more: Any) -> None:
        if kind not in without:
            fact_id = more.pop("id", f"r{len(written)}")
            written.append(kind(id=fact_id, at=on(day), by=draw(st.sampled_from(PEOPLE)), **more))

    for report in REPORTS[climbed : climbed + draw(st.integers(0, 3))]:
        day = draw(days)
        recorded, call = draw(st.booleans()), draw(st.sampled_from([report, "CA1"]))
        category = draw(st.sampled_from(Category))
        note(Reported, day, id=report, call=call, acted_at=on(day), category=category, recorded=recorded)
        if draw(st.integers(0, 3)):
            later = day + draw(st.floats(0, 20).map(lambda day: round(day, 2)))
            note(Judged, later, report=report, finding=Finding.UPHELD, second_listener=draw(st.booleans()))
        if draw(st.booleans()):
            note(FollowedUp, draw(days), offence=report, result=draw(st.sampled_from(FollowUp)))
    kinds: list[tuple[type[Fact], dict[str, st.SearchStrategy[Any]]]] = [
        (LetterSent, {"offence": st.sampled_from(REPORTS)}),
        (RemedyWaived, {"offence": st.sampled_from(REPORTS), "letter_sent": st.booleans()}),
        (SpecialistTookCall, {"call": st.just("CA2")}),
        (WritingOffered, {}),
        (Appealed, {"offence": st.sampled_from(REPORTS)}),
        (
            SignedOff,
            {
                "offence": st.sampled_from(REPORTS),
                "signs_as": st.sampled_from(SignsAs),
                "conduct_is_the_reason": st.just(True),
            },
        ),
        (
            AppealDecided,
            {
                "offence": st.sampled_from(REPORTS),
                "outcome": st.sampled_from(Outcome),
                "treatment": st.sampled_from([None, *Treatment]),
                "until": st.none() | days.map(on),
            },
        ),
        (RestrictionReviewed, {"offence": st.sampled_from(REPORTS), "lifted": st.booleans()}),
        (Overridden, {"treatment": st.sampled_from(Treatment), "until": days.map(on)}),
        (OverrideLifted, {}),
        (Protected, {}),
        (NuisanceReported, {"id": st.just("n1"), "call": st.just("CA3")}),
        (Judged, {"report": st.sampled_from([*REPORTS, "n1"]), "finding": st.sampled_from(Finding)}),
    ]
    for _ in range(draw(st.integers(0, 14))):
        kind, fields = draw(st.sampled_from(kinds))
        note(kind, draw(days), **{name: draw(value) for name, value in fields.items()})
    return written


def stage(written: list[Fact], at: datetime) -> int:
    return standing_at(written, TERMS, at).stage


@BOUNDED
@given(written=facts(), seed=st.integers(), day=st.integers(0, 900))
def test_any_order_and_repetition_is_the_same_standing(written: list[Fact], seed: int, day: int) -> None:
    shuffled = written + written[: len(written) // 2]
    Random(seed).shuffle(shuffled)
    assert standing_at(shuffled, TERMS, on(day)) == standing_at(written, TERMS, on(day))
    assert course(shuffled, TERMS) == course(written, TERMS)


@BOUNDED
@given(written=facts())
def test_the_stage_rises_only_with_an_upheld_offence_or_the_signatures_under_one(written: list[Fact]) -> None:
    before = 0
    for at in sorted({fact.at for fact in written}):
        now = stage(written, at)
        assert 0 <= now <= 4
        upheld = [one for one in written if isinstance(one, Judged) and one.finding is Finding.UPHELD]
        assert now <= len({one.report for one in upheld if one.at <= at})
        if now > before:
            lifting = [one for one in written if one.at == at and isinstance(one, Judged | SignedOff)]
            assert lifting
            assert isinstance(lifting[0], Judged) or (before, now) == (3, 4)
        before = now


@BOUNDED
@given(written=facts(), days=st.lists(st.integers(0, 900), min_size=2, max_size=6))
def test_time_alone_never_raises_the_stage(written: list[Fact], days: list[int]) -> None:
    last = max((fact.at for fact in written), default=on(0))
    stages = [stage(written, last + timedelta(days=day)) for day in sorted(days)]
    assert stages == sorted(stages, reverse=True)


@BOUNDED
@given(written=facts(without=(Appealed, AppealDecided, Overridden)), day=st.integers(501, 900))
def test_when_everything_is_quashed_the_caller_is_as_everybody(written: list[Fact], day: int) -> None:
    reports = [one for one in written if isinstance(one, Reported | NuisanceReported)]
    judged = [
        Judged(id=f"j{one.id}", at=on(500), by="judge", report=one.id, finding=Finding.INCONCLUSIVE)
        for one in reports
    ]
    quashed: list[Fact] = []
    for one in reports:
        quashed += [
            Appealed(id=f"a{one.id}", at=on(500), by="sam", offence=one.id),
            AppealDecided(id=f"d{one.id}", at=on(500), by="judy", offence=one.id, outcome=Outcome.QUASHED),
        ]
    found = standing_at([*written, *judged, *quashed], TERMS, on(day))
    assert (found.stage, found.treatment, found.offences, found.gate) == (0, Treatment.NORMAL, (), None)


@BOUNDED
@given(
    written=facts(without=(Appealed, AppealDecided)),
    one=st.sampled_from(REPORTS),
    day=st.integers(0, 500),
    later=st.integers(0, 400),
)
def test_a_won_appeal_never_raises_the_stage(written: list[Fact], one: str, day: int, later: int) -> None:
    known = [fact for fact in written if fact.at <= on(day)]
    won = [
        Appealed(id="a", at=on(day), by="sam", offence=one),
        AppealDecided(id="d", at=on(day), by="judy", offence=one, outcome=Outcome.QUASHED),
    ]
    at = on(day + later)
    assert stage([*known, *won], at) <= stage(known, at)


@BOUNDED
@given(written=facts(), days=st.lists(st.floats(0, 900), max_size=8))
def test_the_course_that_is_written_down_says_what_would_be_derived_on_the_day(
    written: list[Fact], days: list[float]
) -> None:
    known = Standing(course=course(written, TERMS))
    last = max((fact.at for fact in written), default=on(0))
    for at in [last + timedelta(days=day) for day in days]:
        derived = standing_at(written, TERMS, at)
        assert (known.treatment_at(at), known.as_of(at).offences) == (derived.treatment, derived.offences)
