"""Kills, pauses and lost replies at a small size; `make chaos` runs them in full (benchmarks/chaos.md)."""

import pytest

from benchmarks.chaos import (
    figure_1,
    figure_2,
    figure_3,
    figure_4,
    figure_5,
    figure_7,
    figure_8,
    figure_10,
    figure_14,
    figure_15,
)
from benchmarks.chaos.report import told

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]


def test_nobody_is_forgotten_or_called_twice_while_everything_is_killed() -> None:
    """60 calls, 5 kills. Lateness is judged at full size: so many kills in so short a time put all off."""
    run = figure_1.run(1, figure_1.Size(calls=60, per_second=5, kills=5, valkeys=1))
    assert (run.verdict.lost, run.verdict.twice) == ([], []), told(run)
    assert run.hits >= 1, run.kills


def test_lost_replies_of_twilio_call_nobody_twice() -> None:
    """60 callbacks, 120 POSTs."""
    run = figure_2.run(2, calls=60, per_second=5)
    assert run.is_passed, told(run)


def test_a_job_whose_worker_died_does_nothing_twice() -> None:
    """4 of the 200."""
    run = figure_3.run(4)
    assert run.is_passed, told(run)
    assert run.orphans == run.woken == 4


def test_a_dispatcher_that_slept_past_its_lease_does_nothing_twice() -> None:
    """2 pauses of 6 s, past an effect's lease of 5."""
    run = figure_4.run(1, pauses=2, seconds=6, per_second=4)
    assert run.is_passed, told(run)


def test_what_is_due_at_once_is_paced_and_in_order_and_never_before_a_live_caller() -> None:
    """40 of the 5,000."""
    run = figure_14.run(40, per_second=10)
    assert run.is_passed, told(run)


def test_an_owner_who_hangs_up_while_the_customer_is_rung_leaves_nobody_in_silence() -> None:
    """20 of the 1,000."""
    run = figure_15.run(1, calls=20, per_second=4)
    assert run.is_passed, told(run)
    assert run.hung_up >= 8


def test_callers_who_wait_while_redis_restarts_keep_their_order_and_are_served_in_it() -> None:
    """30 of the 1,000, Redis away for 3 s."""
    run = figure_5.run(30, (figure_5.Fault(3),))
    assert run.is_passed, told(run)


def test_a_dead_telephone_holds_a_caller_no_longer_than_it_may() -> None:
    """12 callers; 1,000 offers in full."""
    run = figure_7.run(12)
    assert run.is_passed, told(run)


def test_a_caller_who_hangs_up_while_it_rings_leaves_the_agent_free_and_nobody_in_silence() -> None:
    """25 of the 1,000."""
    run = figure_8.run(1, 25)
    assert run.is_passed, told(run)


def test_whoever_is_left_by_the_agent_hears_us_and_is_connected_again_if_he_stays() -> None:
    """5 of the 500, of each kind."""
    run = figure_10.run(1, 5)
    assert run.is_passed, told(run)
