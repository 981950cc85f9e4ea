"""The floor as a queue: Erlang C, and first come, first served."""

from benchmarks.chaos import theory
from config.settings import Settings
from routing.floor import open_patient_floor


def test_callers_wait_as_long_as_erlang_c_says_and_in_order(settings: Settings) -> None:
    """5 seeds of 400 calls; `make chaos` does 5 of 20,000, 100,000 first offers in all."""
    seeds = []
    for seed in range(5):
        site = settings.model_copy(update={"calmline_site": f"{settings.calmline_site}s{seed}"})
        seeds.append(theory.run_on(open_patient_floor(site), seed, 400))
    found = theory.Queueing(seeds)
    assert found.mean_wait_s.holds, f"mean wait {found.mean_wait_s} s"
    assert found.share_waiting.holds, f"share waiting {found.share_waiting}"
    assert (found.calls, found.out_of_order) == (2000, 0)


def test_erlang_c_is_as_in_the_tables() -> None:
    """Five agents, four erlangs: 0.5541."""
    assert round(theory.erlang_c(), 4) == 0.5541
