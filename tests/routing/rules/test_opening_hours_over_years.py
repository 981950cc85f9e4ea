"""Opening hours over years and zones: compared with a naive reading of the week, and with themselves."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from config.hours import Closure, Holidays, OpenHours
from routing.rules.opening_hours import LOOK_AHEAD, days_off, is_open, next_opening

DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
ZONES = [
    "America/New_York",
    "America/St_Johns",
    "America/Phoenix",
    "America/Santiago",
    "Europe/Madrid",
    "Europe/Dublin",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "UTC",
]
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)

zones = st.sampled_from(ZONES)
moments = st.integers(0, int((LAST - FIRST).total_seconds())).map(lambda s: FIRST + timedelta(seconds=s))
# A moment near midnight of New Year, of a leap day, or of a change of clocks.
edges = st.builds(
    lambda day, zone, seconds: (
        datetime.combine(day, datetime.min.time(), ZoneInfo(zone)) + timedelta(seconds=seconds)
    ),
    st.sampled_from(
        [date(2027, 1, 1), date(2028, 1, 1), date(2028, 2, 29), date(2026, 3, 8), date(2026, 11, 1)]
    ),
    zones,
    st.integers(-7200, 7200 * 3),
)
Spans = dict[int, tuple[int, int]]
# For some days of the week (0 is Monday) the minutes of the day from which and until which is open.
spans = st.dictionaries(
    st.integers(0, 6),
    st.tuples(st.integers(0, 1438), st.integers(1, 1439)).filter(lambda span: span[0] < span[1]),
    min_size=1,
)


def written(week: Spans) -> str:
    """The same in OpenStreetMap's words."""
    return "; ".join(
        f"{DAYS[day]} {opens // 60:02}:{opens % 60:02}-{ends // 60:02}:{ends % 60:02}"
        for day, (opens, ends) in sorted(week.items())
    )


def closures(*days: tuple[date, int]) -> tuple[Closure, ...]:
    return tuple(
        Closure.model_validate({"name": "Closed", "from": first, "to": first + timedelta(days=more)})
        for first, more in days
    )


some_closures = st.lists(
    st.tuples(st.dates(date(2024, 1, 1), date(2035, 12, 31)), st.integers(0, 20)), max_size=4
).map(lambda days: closures(*days))
countries = st.sampled_from(
    [None, ("US", None), ("US", "NY"), ("CA", "QC"), ("ES", "MD"), ("GB", "SCT"), ("JP", None)]
)


@st.composite
def hours(draw: st.DrawFn) -> OpenHours:
    place = draw(countries)
    return OpenHours(
        open=written(draw(spans)),
        holidays=Holidays(country=place[0], subdivision=place[1]) if place else None,
        closures=draw(some_closures),
    )


@settings(deadline=None, max_examples=300)
@given(week=spans, shut=some_closures, zone=zones, at=moments | edges)
def test_a_week_is_open_as_a_naive_reading_of_it_says(
    week: Spans, shut: tuple[Closure, ...], zone: str, at: datetime
) -> None:
    wall = at.astimezone(ZoneInfo(zone))
    opens, ends = week.get(wall.weekday(), (0, 0))
    is_shut = any(closure.first <= wall.date() <= closure.last for closure in shut)
    expected = opens <= wall.hour * 60 + wall.minute < ends and not is_shut
    assert is_open(OpenHours(open=written(week), closures=shut), zone, at) is expected


@settings(deadline=None, max_examples=300)
@given(
    hours=hours(), zone=zones, at=moments | edges, sample=st.lists(st.floats(0, 1), min_size=20, max_size=20)
)
def test_the_next_opening_is_later_and_open_and_all_before_it_is_closed(
    hours: OpenHours, zone: str, at: datetime, sample: list[float]
) -> None:
    at = at.astimezone(UTC)  # so that adding adds seconds, not what a clock on the wall shows
    assume(not is_open(hours, zone, at))
    opens = next_opening(hours, zone, at)
    end = opens.astimezone(UTC) if opens else at + LOOK_AHEAD - timedelta(days=1)
    if opens:
        assert opens.tzinfo == ZoneInfo(zone)
        assert end > at
        assert is_open(hours, zone, end)
        assert not is_open(hours, zone, end - timedelta(seconds=1))
    between = [at + (end - at) * part for part in sample]
    assert [moment for moment in between if moment < end and is_open(hours, zone, moment)] == []


@settings(deadline=None, max_examples=100)
@given(hours=hours(), zone=zones, year=st.integers(2024, 2035), minute=st.integers(0, 1439))
def test_on_a_day_off_nobody_is_there_at_any_minute(
    hours: OpenHours, zone: str, year: int, minute: int
) -> None:
    for day, name in days_off(hours, year):
        moment = datetime.combine(day, datetime.min.time(), ZoneInfo(zone)) + timedelta(minutes=minute)
        assert name
        assert not is_open(hours, zone, moment)


@settings(deadline=None, max_examples=100)
@given(week=spans, zone=zones, at=moments | edges)
def test_always_open_is_always_open_and_less_a_closure_is_less(week: Spans, zone: str, at: datetime) -> None:
    assert is_open(OpenHours(open="24/7"), zone, at)
    today = closures((at.astimezone(ZoneInfo(zone)).date(), 0))
    assert not is_open(OpenHours(open="24/7", closures=today), zone, at)
    assert not is_open(OpenHours(open=written(week), closures=today), zone, at)
