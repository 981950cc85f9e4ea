"""A promised call comes back from its text as it was."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.encoding import as_text, from_text
from callbacks.records import Attempt, Callback, Dialling, Outcome
from callbacks.rules.outcomes import Result
from callbacks.rules.states import Kind, State, Step

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# Fixed ones: Python holds times in the hour that comes twice for unequal to those of any other zone.
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5, minutes=45))])
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=ZONES)  # noqa: DTZ001
RESULTS = st.none() | st.sampled_from(Result)
TOLD = st.booleans() | TEXTS
ATTEMPTS = st.builds(Attempt, TEXTS, MOMENTS, TEXTS, st.none() | MOMENTS, RESULTS)
TEXTS_TOLD = dict.fromkeys(("original_problem", "support_need", "next_step"), TEXTS)
OUTCOMES = st.builds(
    Outcome, st.sampled_from(Result), TEXTS, MOMENTS, st.booleans(), TOLD, TOLD, **TEXTS_TOLD
)
DIALLINGS = st.builds(
    Dialling, TEXTS, TEXTS, st.sampled_from(Step), TEXTS, TEXTS, TEXTS, TEXTS, st.booleans(), RESULTS
)
NAMES = st.lists(TEXTS, max_size=3).map(tuple)
CALLBACKS = st.builds(
    Callback,
    **dict.fromkeys(("id", "number", "caller", "line", "language", "brief", "booked_by", "name"), TEXTS),
    **dict.fromkeys(("note", "owner", "because"), TEXTS),
    kind=st.sampled_from(Kind),
    booked_at=MOMENTS,
    state=st.sampled_from(State),
    due_at=st.none() | MOMENTS,
    exclude=NAMES,
    declined=NAMES,
    attempts=st.lists(ATTEMPTS, max_size=3).map(tuple),
    dialling=st.none() | DIALLINGS,
    outcome=st.none() | OUTCOMES,
    version=st.integers(0, 2**40),
)


@settings(max_examples=200, deadline=None)
@given(CALLBACKS)
def test_it_comes_back_as_it_was(callback: Callback) -> None:
    again = from_text(as_text(callback))
    assert again == callback
    assert again.booked_at.utcoffset() == callback.booked_at.utcoffset()


@settings(max_examples=50, deadline=None)
@given(CALLBACKS, st.sampled_from(["booked_at", "due_at"]))
def test_a_moment_without_a_zone_is_never_written(callback: Callback, name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        as_text(replace(callback, **{name: datetime(2026, 11, 23)}))  # type: ignore[arg-type]  # noqa: DTZ001


@settings(max_examples=50, deadline=None)
@given(CALLBACKS)
def test_fields_of_another_version_do_no_harm(callback: Callback) -> None:
    fields = json.loads(as_text(callback))
    for later in ("name", "note", "outcome", "declined"):
        fields.pop(later)
    assert from_text(json.dumps(fields | {"from_the_future": 1})).id == callback.id
