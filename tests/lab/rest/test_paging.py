"""Long lists, page by page."""

from typing import Any

import pytest

from tests.lab.rest.conftest import Rest
from tests.twilio import CALLER, LINE, OFFICE


@pytest.fixture
def sids(rest: Rest) -> list[str]:
    """120 calls, the newest first; every third is to the office."""
    calls = [rest.bench.a_call(CALLER if place % 3 else OFFICE) for place in range(120)]
    return [call.sid for call in reversed(calls)]


def of(page: dict[str, Any]) -> list[str]:
    return [call["sid"] for call in page["calls"]]


@pytest.mark.parametrize("size", [None, 1000, 50, 40, 7])
def test_the_client_follows_all_pages(rest: Rest, sids: list[str], size: int | None) -> None:
    assert [call.sid for call in rest.client.calls.list(page_size=size)] == sids
    pages = -(-120 // (size or 50))
    assert rest.referee.judged == pages


def test_a_limit_needs_no_more_pages_than_it_takes(rest: Rest, sids: list[str]) -> None:
    assert [call.sid for call in rest.client.calls.list(limit=60, page_size=30)] == sids[:60]
    assert rest.referee.judged == 2


def test_filters_travel_with_the_pages(rest: Rest, sids: list[str]) -> None:
    found = rest.client.calls.list(to=OFFICE, from_=LINE, page_size=15)
    assert len(found) == 40
    assert {call.to for call in found} == {OFFICE}
    assert rest.referee.judged == 3


def test_pages_have_numbers_and_neighbours(rest: Rest, sids: list[str]) -> None:
    first = rest.client.calls.page(page_size=50)
    second = first.next_page()
    third = second.next_page()
    assert third.next_page() is None
    back = third.previous_page()
    assert [call.sid for call in back] == [call.sid for call in second] == sids[50:100]
    assert [call.sid for call in back.previous_page()] == sids[:50]


def test_a_page_says_where_it_is(rest: Rest, sids: list[str]) -> None:
    first = rest.get("/Calls.json?PageSize=50").json()
    second = rest.http.get(rest.url + first["next_page_uri"], timeout=5).json()
    third = rest.http.get(rest.url + second["next_page_uri"], timeout=5).json()
    numbers = [
        (page["page"], page["page_size"], page["start"], page["end"]) for page in (first, second, third)
    ]
    assert numbers == [(0, 50, 0, 49), (1, 50, 50, 99), (2, 50, 100, 119)]
    assert of(first) + of(second) + of(third) == sids
    assert first["previous_page_uri"] is third["next_page_uri"] is None
    assert second["next_page_uri"].endswith(f"PageSize=50&Page=2&PageToken=PA{sids[99]}")
    assert second["previous_page_uri"].endswith(f"PageSize=50&Page=0&PageToken=PB{sids[50]}")


def test_new_calls_push_nothing_from_one_page_to_the_next(rest: Rest, sids: list[str]) -> None:
    first = rest.get("/Calls.json?PageSize=50").json()
    rest.bench.a_call()
    second = rest.http.get(rest.url + first["next_page_uri"], timeout=5).json()
    assert of(second) == sids[50:100]


def test_a_call_that_leaves_the_filter_still_marks_its_place(rest: Rest, sids: list[str]) -> None:
    first = rest.get("/Calls.json?PageSize=50&Status=queued").json()
    rest.network.calls[sids[49]].status = "completed"
    second = rest.http.get(rest.url + first["next_page_uri"], timeout=5).json()
    assert of(second) == sids[50:100]


def test_an_empty_list_is_one_page(rest: Rest) -> None:
    page = rest.get("/Conferences.json").json()
    assert (page["conferences"], page["start"], page["end"], page["next_page_uri"]) == ([], 0, 0, None)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("PageSize=1001", 20007),
        ("PageSize=0", 20007),
        ("PageSize=many", 20007),
        ("Page=-1", 20001),
        ("Page=1", 21481),
        ("PageToken=PA", 21481),
        ("Page=1&PageToken=PACA" + "0" * 32, 21481),
        ("PageToken=XX", 21481),
    ],
)
def test_a_page_that_is_not_there_is_refused(rest: Rest, sids: list[str], query: str, code: int) -> None:
    answer = rest.get(f"/Calls.json?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
