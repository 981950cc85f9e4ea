"""Stories of calls as a network tells them: twice, late, out of order; they end as if told once."""

from benchmarks.chaos import figure_6


def test_repeats_and_late_news_change_no_ending_and_do_nothing_twice() -> None:
    """200 of the 10,000 (`make chaos`, figure 6)."""
    run = figure_6.run(1, 200)
    assert run.is_passed, "\n".join(run.wrong[:3])
    assert run.repeats > 1000 < run.messages
