"""The lab beside the shipped server: what it costs, and an hour of waiting (in full: `make bench`)."""

from collections.abc import Iterator

import pytest

from benchmarks.lab import EVERY_S, HALF, Crowd, CrowdError, crowd, patient_config
from ivr.lab.account import Account, a_line
from tests.journeys.places import measured, place
from tests.journeys.servers import Server, a_server
from tests.twilio import ACCOUNT, TOKEN

pytestmark = pytest.mark.processes

CALLS, CALLERS, HOUR_S = 60, 20, 3600


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with place(tmp_path_factory.mktemp("load")) as one:
        config = patient_config(one.folder)
        yield a_server(one, CALMLINE_LAB="1", CALMLINE_CONFIG=str(config), WEB_CONCURRENCY="1")


def wait_together(server: Server, callers: int, seconds: float) -> Crowd:
    line = server.place.processes()

    def app_s() -> float:
        times = [process.cpu_times() for process in line]
        return sum(time.user + time.system for time in times)

    account = Account(ACCOUNT, TOKEN, (a_line(server.public),))
    return crowd(server.web, account, app_s, callers, seconds)


def test_the_lab_takes_less_than_half_of_the_processor_time(server: Server) -> None:
    wait_together(server, 5, 30)  # what both do once only
    seen = wait_together(server, CALLS, 60)
    measured(f"the lab's share with {CALLS} calls (no unit)", seen.share)
    assert seen.requests >= 6 * CALLS
    assert seen.share < HALF


def test_an_hour_in_the_queue_passes_in_seconds(server: Server) -> None:
    seen = wait_together(server, CALLERS, HOUR_S)
    measured(f"an hour of {CALLERS} callers, {seen.documents} documents", seen.took_s)
    assert seen.documents >= 0.95 * CALLERS * HOUR_S / EVERY_S
    assert seen.took_s < 60


def test_callers_who_do_not_wait_make_the_figures_void(server: Server) -> None:
    with pytest.raises(CrowdError, match="0 of 2 waited"):
        wait_together(server, 2, 1)
