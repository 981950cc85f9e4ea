"""The breaker: after three failures in a row nobody waits; once a second one call may try."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from config.breaker import Breaker, BreakerOpen


class Away(Exception):
    """The failure that the breaker counts."""


class Clock:
    """Seconds, put forward by hand."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


class Server:
    """Answers or is away; counts how often it was asked."""

    def __init__(self) -> None:
        self.is_away, self.asked = True, 0

    def __call__(self) -> str:
        self.asked += 1
        if self.is_away:
            raise Away
        return "answer"


def a_breaker(clock: Clock | None = None) -> Breaker:
    return Breaker(Away, failures=3, rest_s=1.0, clock=clock or Clock())


def fail(breaker: Breaker, server: Server, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Away):
            breaker.run(server)


def opened(clock: Clock) -> tuple[Breaker, Server]:
    breaker, server = a_breaker(clock), Server()
    fail(breaker, server, 3)
    return breaker, server


def test_an_answer_passes_through() -> None:
    breaker, server = a_breaker(), Server()
    server.is_away = False
    assert breaker.run(server) == "answer"
    assert not breaker.is_open


def test_it_opens_after_three_failures_in_a_row() -> None:
    breaker, server = a_breaker(), Server()
    fail(breaker, server, 2)
    assert not breaker.is_open
    fail(breaker, server, 1)
    assert breaker.is_open
    with pytest.raises(BreakerOpen):
        breaker.run(server)
    assert server.asked == 3


def test_an_answer_in_between_begins_the_count_anew() -> None:
    breaker, server = a_breaker(), Server()
    for _ in range(5):
        fail(breaker, server, 2)
        server.is_away = False
        breaker.run(server)
        server.is_away = True
    assert not breaker.is_open


def test_another_kind_of_failure_is_not_counted() -> None:
    breaker = a_breaker()
    for _ in range(9):
        with pytest.raises(ZeroDivisionError):
            breaker.run(lambda: 1 // 0)
    assert not breaker.is_open


@pytest.mark.parametrize(("later_s", "asked"), [(0.0, 0), (0.99, 0), (1.0, 1), (60.0, 1)])
def test_after_a_second_one_call_may_try_and_the_rest_are_refused(later_s: float, asked: int) -> None:
    clock = Clock()
    breaker, server = opened(clock)
    clock.s += later_s
    answers = []
    for _ in range(5):
        with pytest.raises((Away, BreakerOpen)) as refused:
            breaker.run(server)
        answers.append(refused.type)
    assert answers.count(Away) == server.asked - 3 == asked


def test_it_closes_when_the_try_succeeds() -> None:
    clock = Clock()
    breaker, server = opened(clock)
    server.is_away = False
    with pytest.raises(BreakerOpen):
        breaker.run(server)
    clock.s += 1
    assert [breaker.run(server) for _ in range(3)] == ["answer"] * 3
    assert not breaker.is_open


def test_it_stays_open_when_the_try_fails() -> None:
    clock = Clock()
    breaker, server = opened(clock)
    clock.s += 1
    fail(breaker, server, 1)
    clock.s += 0.99
    with pytest.raises(BreakerOpen):
        breaker.run(server)
    clock.s += 0.01
    server.is_away = False
    assert breaker.run(server) == "answer"


def test_threads_do_not_wait_for_each_other() -> None:
    breaker, together = a_breaker(), Barrier(8)
    # Every call waits inside for all the others: one at a time they would never meet.
    with ThreadPoolExecutor(8) as threads:
        met = [threads.submit(breaker.run, lambda: together.wait(timeout=10)) for _ in range(8)]
    assert sorted(call.result() for call in met) == list(range(8))


def test_of_many_threads_one_tries() -> None:
    clock = Clock()
    breaker, server = opened(clock)
    clock.s += 1
    together = Barrier(8)

    def attempt() -> bool:
        together.wait(timeout=10)
        with pytest.raises((Away, BreakerOpen)) as refused:
            breaker.run(server)
        return refused.type is Away

    with ThreadPoolExecutor(8) as threads:
        tried = [call.result() for call in [threads.submit(attempt) for _ in range(8)]]
    assert tried.count(True) == 1
