"""Pages: every promised call once, in order, however many are due at the same moment."""

import pytest

from callbacks import listing
from callbacks.ledger import Ledger
from callbacks.listing import UnknownPlace
from callbacks.rules.states import State
from routing.floor import Floor
from tests.callbacks.promises import DUE, HOUR, booked, now_in


@pytest.fixture
def many(floor: Floor, ledger: Ledger) -> list[str]:
    """Thirty in the order in which they are listed: ten each hour, at the same moment."""
    made = [booked(floor, ledger, number=f"+121255502{n:02d}", due_at=DUE + n % 3 * HOUR) for n in range(30)]
    return [one.id for one in sorted(made, key=lambda one: (one.due_at, one.id))]


@pytest.mark.parametrize("limit", [1, 4, 10, 30, 50])
@pytest.mark.parametrize("at_a_time", [3, 100])
def test_page_after_page_shows_each_once(
    ledger: Ledger, many: list[str], limit: int, at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_AT_A_TIME", at_a_time)
    shown: list[str] = []
    after: str | None = None
    for _ in range(len(many) + 1):
        page = ledger.listed(after=after, limit=limit)
        shown += [one.id for one in page.items]
        after = page.next
        if after is None:
            break
    assert shown == many


def test_what_was_shown_and_then_moved_away_loses_nobody(ledger: Ledger, many: list[str]) -> None:
    first = ledger.listed(State.BOOKED, limit=5)
    for one in many[:5]:
        now_in(ledger, one, State.CANCELLED)
    rest = ledger.listed(State.BOOKED, after=first.next, limit=50)
    assert [one.id for one in rest.items] == many[5:]


def test_since_a_moment_and_only_some(ledger: Ledger, many: list[str]) -> None:
    page = ledger.listed(since=DUE + HOUR, limit=50, only=lambda one: one.id != many[10])
    assert [one.id for one in page.items] == many[11:]


def test_a_page_for_somebody_who_sees_few_is_short_and_not_the_last(
    ledger: Ledger, many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_AT_A_TIME", 5)
    monkeypatch.setattr(listing, "_MOST_READ", 10)
    page = ledger.listed(limit=50, only=lambda one: one.id == many[-1])
    assert (page.items, page.next is None) == ((), False)
    shown = []
    while page.next:
        page = ledger.listed(after=page.next, limit=50, only=lambda one: one.id == many[-1])
        shown += [one.id for one in page.items]
    assert shown == [many[-1]]


@pytest.mark.parametrize("place", ["", "x", "1", "-1.a", "1e3.a", "٣.a", "9" * 30 + ".a"])
def test_what_is_no_place_is_refused(ledger: Ledger, place: str) -> None:
    with pytest.raises(UnknownPlace):
        ledger.listed(after=place)
