"""How much is measured: in full for `make bench`, little for trying."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Numbers of rounds, seconds, calls and callers."""

    rounds: int
    seconds: float
    growth_rounds: int
    callers: int  # how many numbers call in row A
    pages: int  # row B
    paced_rounds: int
    paced_s: float
    known_callers: int
    trip_calls: int
    waiting: int
    starts: int
    due_calls: int
    claims: int
    paced_calls: int  # row H, at 0.3 a second
    agents: int
    offers: int
    conversations: int
    lab_calls: int
    lab_callers: int
    lab_wait_s: float


FULL = Sizes(
    rounds=11,
    seconds=2,
    growth_rounds=15,
    callers=20_000,
    pages=200,
    paced_rounds=7,
    paced_s=10,
    known_callers=1_000_000,
    trip_calls=500,
    waiting=5_000,
    starts=10,
    due_calls=100_000,
    claims=501,
    paced_calls=100,
    agents=500,
    offers=2_000,
    conversations=500,
    lab_calls=1_000,
    lab_callers=100,
    lab_wait_s=3600,
)
QUICK = Sizes(
    rounds=3,
    seconds=1,
    growth_rounds=3,
    callers=2_000,
    pages=200,
    paced_rounds=3,
    paced_s=5,
    known_callers=20_000,
    trip_calls=100,
    waiting=300,
    starts=3,
    due_calls=10_000,
    claims=51,
    paced_calls=10,
    agents=50,
    offers=200,
    conversations=50,
    lab_calls=100,
    lab_callers=10,
    lab_wait_s=600,
)
