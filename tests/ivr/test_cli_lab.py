"""`calmline lab advance`: how a length of time is read, what is printed, and what is refused."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.settings import Settings, SettingsError
from ivr.cli.durations import read_duration
from routing.floor import Floor
from tests.ivr.command_line import Run, calmline_at, said
from tests.journeys.places import REQUIRED, place

D, H, M, S = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture
def run(settings: Settings) -> Run:
    """`calmline …` in the lab."""
    here = calmline_at(settings)
    return lambda *words, **more: here(*words, **({"CALMLINE_LAB": "1"} | more))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2h", 2 * H),
        ("90m", 90 * M),
        ("45s", 45 * S),
        ("1d", D),
        ("1h30m", H + 30 * M),
        ("2d4h6m8s", 2 * D + 4 * H + 6 * M + 8 * S),
        ("1d1s", D + S),
        ("0s", 0 * S),
        ("007m", 7 * M),
        ("99999999d99999999h99999999m99999999s", 99999999 * (D + H + M + S)),
        *(
            (text, None)
            for text in ["", "h", "2", "2 h", "2H", "-2h", "+2h", "1.5h", "30m1h", "1h1h", "2h\n"]
        ),
        *((text, None) for text in ["2w", "2hours", "٢h", "2h!", "999999999d", "2026-11-23T10:00-08:00"]),
    ],
)
def test_a_length_of_time_is_days_hours_minutes_and_seconds(text: str, length: timedelta | None) -> None:
    assert read_duration(text) == length


counts = st.integers(0, 99999999)


@given(counts, counts, counts, counts)
def test_every_length_of_time_is_read_as_it_was_written(
    days: int, hours: int, minutes: int, secs: int
) -> None:
    read = read_duration(f"{days}d{hours}h{minutes}m{secs}s")
    assert read == timedelta(days=days, hours=hours, minutes=minutes, seconds=secs)


@given(st.text(alphabet="0123456789dhms -+.T:\n٣", max_size=14) | st.text(max_size=8))
@example("1h")
def test_whatever_is_typed_is_a_length_of_time_or_none(text: str) -> None:
    read = read_duration(text)
    parts = re.findall(r"([0-9]+)([dhms])", text)
    in_order = [unit for _, unit in parts] == sorted({unit for _, unit in parts})
    is_one = bool(parts) and in_order and "".join(map("".join, parts)) == text
    is_short = all(len(count) <= 8 for count, _ in parts)
    assert (read is not None) == (is_one and is_short)
    assert read is None or read >= timedelta(0)


@pytest.mark.parametrize("words", ["2h", "120m", "7200s"])
def test_the_clock_goes_forward_by_a_length_of_time(run: Run, floor: Floor, words: str) -> None:
    before = floor.clock.now(floor.store)
    now = datetime.fromisoformat(said(run("lab", "advance", words, "--json"))["now"])
    assert before + 2 * H <= now <= floor.clock.now(floor.store) < before + 2 * H + 5 * S


def test_the_new_time_is_told_on_the_default_lines_clock(run: Run) -> None:
    result = run("lab", "advance", "2041-11-25T10:00-08:00")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "It is 2041-11-25T13:00:00-05:00, a Monday, in America/New_York.\n"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2041-11-25T10:00", "2041-11-25T15:00:00+00:00"),
        ("2041-07-25T10:00:30", "2041-07-25T14:00:30+00:00"),
        ("2041-07-25", "2041-07-25T04:00:00+00:00"),
    ],
)
def test_a_time_without_its_offset_is_one_of_the_default_lines_zone_and_that_is_said(
    run: Run, text: str, at: str
) -> None:
    result = run("lab", "advance", text, "--json")
    assert result.stderr == f"{text} has no offset: read as a time in America/New_York.\n"
    assert said(result) == {"now": at}


@pytest.mark.parametrize("text", ["2020-01-01T00:00Z", "2020-01-01", "2100-01-02T00:00Z", "99999999d"])
def test_a_time_before_now_or_too_far_is_refused_with_what_the_clock_shows(
    run: Run, floor: Floor, text: str
) -> None:
    refused = run("lab", "advance", text)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "The site's clock shows 20" in refused.stderr
    assert "goes forward only, to 2100 at most." in " ".join(refused.stderr.split())
    assert floor.clock.now(floor.store) < datetime.now(UTC) + 5 * S


@pytest.mark.parametrize("text", ["soon", "-2h", "-1", "", "2 hours", "1h30", "2026-13-01T00:00Z", "10:00"])
def test_nonsense_is_refused_with_examples(run: Run, text: str) -> None:
    refused = run("lab", "advance", text)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f'"{text}" is neither a length of time such as 2h, 90m, 45s, 1d or 1h30m' in refused.stderr


def test_an_advance_needs_the_lab(run: Run, floor: Floor) -> None:
    refused = run("lab", "advance", "2h", CALMLINE_LAB="0")
    assert isinstance(refused.exception, SettingsError)
    assert "set CALMLINE_LAB=1, here and for the server" in str(refused.exception)
    assert floor.store.run(lambda redis: redis.get(floor.clock.offset_key)) is None


@pytest.mark.processes
def test_an_advance_outside_the_lab_ends_with_2_and_no_server_is_needed_in_it(tmp_path: Path) -> None:
    with place(tmp_path) as here:
        refused = here.run("lab", "advance", "2h", **REQUIRED)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr == (
            "`calmline lab advance` moves the time of a simulated line: "
            "set CALMLINE_LAB=1, here and for the server.\n"
        )
        moved = here.run("lab", "advance", "1d", **REQUIRED, CALMLINE_LAB="1")
        assert (moved.returncode, moved.stderr) == (0, "")
