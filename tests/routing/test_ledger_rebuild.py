"""A rebuild of what is derived from the ledger equals what stands there, or puts it right."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.floor import Floor
from routing.rules.conduct import standing_at
from routing.rules.conduct_events import Fact, Judged, SignedOff, Unlinked
from routing.rules.conduct_refusals import FactRefused
from routing.rules.conduct_words import Finding
from routing.store.dossiers import LedgerBroken
from routing.store.keys import Keys
from routing.store.ledger_rebuild import Difference, Rebuilt, rebuild
from routing.store.on_disk import OnDisk
from routing.store.standing import decode
from tests.routing.ledgers import TERMS, Ledger, a_ledger, chain_of
from tests.routing.rules.test_conduct_properties import facts
from tests.routing.stories import at_stage, on, quashed, reported, terms, told, upheld

ANA, BOB, ZOE = "+14155550142", "+12125550142", "+12125550199"


@pytest.fixture
def ledger(floor: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)
    ledger = a_ledger(floor, tmp_path)
    ledger.link("c1", ANA, BOB)
    ledger.link("c2", "mail:ben@example.com")
    ledger.write("c1", [*at_stage(4), reported("o5", 33)], words="said")
    ledger.write("c2", [*upheld("p1", 2), *quashed("p1", 5)])
    ledger.write("c1", [told(Unlinked, 34, address=BOB)])
    ledger.link("c3", ZOE)
    ledger.write("c3", upheld("q1", 6))
    ledger.offences.erase("c3", TERMS, by="dpo", why="asked for", at=on(40), words_only=False)
    return ledger


def rebuilt(ledger: Ledger, **numbers: Any) -> Rebuilt:
    return rebuild(ledger.floor.store, ledger.floor.keys, terms(**numbers), by="ops", at=on(50))


def test_a_rebuild_equals_what_is_there_and_changes_nothing(ledger: Ledger) -> None:
    before = ledger.everything()
    assert rebuilt(ledger) == Rebuilt(callers=3, addresses=2, differences=())
    assert ledger.everything() == before
    assert ledger.floor.store.client.xlen(ledger.floor.keys.audit) == 0


def test_an_empty_ledger_is_well(floor: Floor) -> None:
    assert rebuild(floor.store, floor.keys, TERMS, by="ops", at=on(0)) == Rebuilt(0, 0, ())


Damage = Callable[[Any, Keys], object]


@pytest.mark.parametrize(
    ("damage", "differences"),
    [
        (lambda redis, keys: redis.hset(keys.standing(ANA), "treatment", "normal"), [("standing", ANA)]),
        (lambda redis, keys: redis.hset(keys.standing(ANA), "course", "[]"), [("standing", ANA)]),
        (lambda redis, keys: redis.hdel(keys.standing(ANA), "offences"), [("standing", ANA)]),
        (lambda redis, keys: redis.delete(keys.standing(ANA)), [("standing", ANA)]),
        (lambda redis, keys: redis.hset(keys.standing(ZOE), "caller", "c1"), [("standing", ZOE)]),
        (lambda redis, keys: redis.hdel(keys.ledger_callers, ANA), [("address", ANA)]),
        (lambda redis, keys: redis.hset(keys.ledger_callers, BOB, "c2"), [("address", BOB)]),
        (lambda redis, keys: redis.delete(keys.ledger_of("c1")), [("entries", "c1")]),
        (lambda redis, keys: redis.rpush(keys.ledger_of("c2"), "1"), [("entries", "c2")]),
        (lambda redis, keys: redis.hdel(keys.ledger_ids, "o1"), [("id", "o1")]),
        (lambda redis, keys: redis.hset(keys.ledger_ids, "o1", "1"), [("id", "o1")]),
    ],
    ids=[
        "another treatment",
        "another course",
        "offences lost",
        "a standing lost",
        "a standing that is nobody's",
        "an address lost",
        "an address too many",
        "entries lost",
        "entries too many",
        "an id lost",
        "another id",
    ],
)
def test_what_differs_is_named_and_put_right(
    ledger: Ledger, damage: Damage, differences: list[tuple[str, str]]
) -> None:
    right = ledger.everything()
    damage(ledger.floor.store.client, ledger.floor.keys)
    assert rebuilt(ledger).differences == tuple(Difference(*one) for one in differences)
    assert rebuilt(ledger).differences == ()
    after = ledger.everything()
    for everything in (after, right):  # the moment of the last contact is not the ledger's
        everything[ledger.floor.keys.standing(ANA)].pop("last_contact_ms", None)
    assert after == right
    [(_, note)] = ledger.floor.store.run(lambda redis: redis.xrange(ledger.floor.keys.audit))
    assert (note["what"], note["by"], note["put_right"]) == ("ledger_rebuilt", "ops", "1")


def test_other_numbers_of_the_policy_make_other_standings(ledger: Ledger) -> None:
    assert rebuilt(ledger, offence_days=300).differences == (Difference("standing", ANA),)
    assert rebuilt(ledger, offence_days=300).differences == ()


def test_what_was_set_by_hand_is_not_the_ledger_s_to_change(ledger: Ledger) -> None:
    ledger.floor.standings.share(ZOE, True, by="ops", at=on(41))
    ledger.floor.standings.protect(ANA, True, need="allow extra time", by="ops", at=on(41))
    before = ledger.everything()
    assert rebuilt(ledger).differences == ()
    assert ledger.everything() == before


def test_a_ledger_that_moves_on_meanwhile_is_read_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.floor.store.client.hset(ledger.floor.keys.standing(ANA), "treatment", "normal")
    monkeypatch.setattr("routing.store.ledger_rebuild._mend", _once_too_late(ledger))
    assert rebuilt(ledger).differences == (Difference("standing", ANA),)
    assert rebuilt(ledger).differences == ()


def _once_too_late(ledger: Ledger) -> Callable[..., bool]:
    """The first time, somebody writes between the reading and the mending."""
    from routing.store.ledger_rebuild import _mend

    tries = iter([True])

    def mend(*words: Any) -> bool:
        if next(tries, False):
            ledger.link("c4", "mail:zoe@example.com", day=45)
            assert not _mend(*words)
            return False
        return _mend(*words)

    return mend


def test_an_entry_that_cannot_be_read_stops_the_rebuild(ledger: Ledger) -> None:
    ledger.floor.store.client.hset(ledger.floor.keys.ledger_contents, "3", "salt:{}")
    before = ledger.everything()
    with pytest.raises(LedgerBroken, match="Entry 3 cannot be read"):
        rebuilt(ledger)
    assert ledger.everything() == before


BOUNDED = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def as_told_of(caller: str, written: list[Fact]) -> list[Fact]:
    """Ids are the whole ledger's: those of this caller, and what refers to them."""

    def own(fact: Fact) -> Fact:
        names = {"id", "report", "offence"} & {field.name for field in fields(fact)}
        return replace(fact, **{name: f"{caller}-{getattr(fact, name)}" for name in names})

    return [own(fact) for fact in written]


@BOUNDED
@given(written=facts())
def test_whatever_is_written_in_whatever_order_a_rebuild_equals_what_is_there(
    ledger: Ledger, written: list[Fact]
) -> None:
    caller = f"c{secrets.token_hex(4)}"
    ledger.link(caller, f"mail:{caller}@example.com")
    for fact in as_told_of(caller, sorted(written, key=lambda fact: fact.at)):
        with suppress(FactRefused):
            ledger.write(caller, [fact])
    assert rebuilt(ledger).differences == ()
    assert ledger.verified().fault is None


@BOUNDED
@given(written=facts(), seed=st.integers())
def test_told_in_any_order_and_again_the_ledger_raises_nobody_without_an_upheld_offence(
    ledger: Ledger, written: list[Fact], seed: int
) -> None:
    caller, before = f"c{secrets.token_hex(4)}", 0
    address = f"mail:{caller}@example.com"
    ledger.link(caller, address)
    known = ledger.offences.dossiers.known(caller).facts
    for fact in as_told_of(caller, some_late_and_some_again(written, Random(seed))):
        with suppress(FactRefused):
            ledger.write(caller, [fact])
        known = ledger.offences.dossiers.known(caller).facts
        found = standing_at(known, TERMS, known[-1].at)
        assert 0 <= found.stage <= 4
        if found.stage > before:
            assert lifts(known[-1], before, found.stage)
        before = found.stage
        live = decode(ledger.standing(address)).as_of(known[-1].at)
        assert (live.treatment, live.offences) == (found.treatment, found.offences)
    assert len({one.id for one in known}) == len(known)
    standing, chain = ledger.standing(address), chain_of(ledger)
    assert rebuilt(ledger).differences == ()
    assert (ledger.standing(address), chain_of(ledger)) == (standing, chain)


def some_late_and_some_again(written: list[Fact], random: Random) -> list[Fact]:
    """Wholly shuffled hardly any verdict would come after its report."""
    told = written + random.sample(written, len(written) // 3)
    late = {index: timedelta(days=random.choice([0, 0, 0, 0, 30, 400])) for index in range(len(told))}
    return [told[index] for index in sorted(late, key=lambda index: (told[index].at + late[index], index))]


def lifts(fact: Fact, before: int, now: int) -> bool:
    """An upheld verdict does, and the signatures under the fourth."""
    if isinstance(fact, Judged):
        return fact.finding is Finding.UPHELD
    return isinstance(fact, SignedOff) and (before, now) == (3, 4)
