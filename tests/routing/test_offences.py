"""The conduct ledger: appended in one step with the standing, once, and on disk before it is acknowledged."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from routing.floor import Floor
from routing.rules.conduct import standing_at
from routing.rules.conduct_events import (
    FACTS,
    Overridden,
    Protected,
    Reported,
    Unlinked,
)
from routing.rules.conduct_refusals import AlreadyDecided, OwnReport
from routing.store.anchor import Anchor
from routing.store.dossiers import IdTaken, LedgerBroken, OtherLedgerKey
from routing.store.facts import UnreadableFact, from_text, to_text
from routing.store.offences import AddressTaken, Offences, UnknownCaller
from routing.store.on_disk import NotKept, OnDisk
from routing.store.standing import decode
from tests.routing.ledgers import TERMS, Ledger, a_ledger, chain_of
from tests.routing.stories import (
    appealed,
    at_stage,
    decided,
    judged,
    nuisance,
    on,
    reported,
    told,
    upheld,
)

ANA, BOB = "+14155550142", "+12125550142"


@pytest.fixture
def kept(floor: Floor, tmp_path: Path) -> Ledger:
    """As the product opens it: every entry waits for the disk."""
    return a_ledger(floor, tmp_path)


@pytest.fixture
def ledger(kept: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """For all that does not ask about the disk."""
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)
    return kept


@pytest.mark.parametrize(
    "fact",
    [
        *at_stage(4),
        *nuisance("n1", 3),
        decided("o1", 2, "varied", until=9),
        told(Protected, 1, need="ä time"),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_a_fact_is_read_as_it_was_written(fact: Any) -> None:
    assert from_text(to_text(fact)) == fact


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"kind":"judged"}',
        '{"kind":"linked","id":1,"at":0,"by":"","address":""}',
        '{"kind":"x"}',
    ],
)
def test_what_is_no_fact_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableFact):
        from_text(text)


def test_a_caller_s_facts_are_read_in_the_order_in_which_they_were_written(ledger: Ledger) -> None:
    ledger.link("c1", ANA)
    assert ledger.write("c1", at_stage(2)) == [2, 3, 4, 5, 6, 7]
    known = ledger.offences.dossiers.known("c1")
    assert [type(fact).__name__ for fact in known.facts] == [
        *("Linked", "Reported", "Judged", "FollowedUp"),
        *("Reported", "Judged", "SpecialistTookCall"),
    ]
    assert known.addresses == (ANA,)
    assert ledger.verified().fault is None


def test_every_address_of_a_caller_gets_the_standing_in_the_same_step(ledger: Ledger) -> None:
    ledger.link("c1", ANA, "mail:ana@example.com")
    ledger.write("c1", at_stage(3))
    for address in (ANA, "mail:ana@example.com"):
        standing = decode(ledger.standing(address))
        assert standing.treatment_at(on(22)) == "email_only"
        assert standing.as_of(on(22)).offences == ("o1", "o2", "o3")
        assert standing.treatment_at(on(201)) == "specialist"
        assert standing.treatment_at(on(600)) == "normal"
    ledger.link("c1", BOB, day=23)
    assert decode(ledger.standing(BOB)).treatment_at(on(23)) == "email_only"


def test_an_address_that_is_taken_from_a_caller_loses_the_standing(ledger: Ledger) -> None:
    ledger.link("c1", ANA, BOB)
    ledger.write("c1", at_stage(3))
    ledger.write("c1", [told(Unlinked, 23, address=BOB)])
    assert decode(ledger.standing(BOB)).treatment_at(on(24)) == "normal"
    assert decode(ledger.standing(ANA)).treatment_at(on(24)) == "email_only"
    assert ledger.offences.dossiers.caller_of(BOB) == ""
    ledger.link("c2", BOB, day=25)
    assert ledger.offences.dossiers.caller_of(BOB) == "c2"


def test_an_address_has_one_caller(ledger: Ledger) -> None:
    ledger.link("c1", ANA)
    with pytest.raises(AddressTaken):
        ledger.link("c2", ANA)
    assert ledger.offences.caller_at(ANA, TERMS, by="ops", at=on(1)) == "c1"
    assert ledger.verified().entries == 1


@pytest.mark.parametrize("race", range(3))
def test_of_many_who_meet_a_new_number_at_once_all_get_one_caller(ledger: Ledger, race: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: ledger.offences.caller_at(ANA, TERMS, by="ops", at=on(0)), range(8)))
    assert len(found) == 1
    assert ledger.verified().entries == 1


@pytest.mark.parametrize("race", range(3))
def test_of_many_reviewers_at_once_one_gives_the_verdict(ledger: Ledger, race: int) -> None:
    ledger.link("c1", ANA)
    ledger.write("c1", [reported("o1", 0)])

    def judge(reviewer: int) -> bool:
        # Their clocks differ: the last to write may be the one who looked first.
        verdict = judged("o1", 1 - reviewer / 100, "upheld", by=f"rita{reviewer}")
        try:
            ledger.offences.append("c1", verdict, TERMS)
        except AlreadyDecided:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(judge, range(8))) == 1
    assert ledger.verified().fault is None


def test_many_who_write_at_once_leave_one_chain(kept: Ledger) -> None:
    def write(number: int) -> None:
        kept.link(f"c{number}", f"+1212555{number:04}")
        kept.write(f"c{number}", upheld(f"o{number}", 1))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(12)))
    checked = kept.verified()
    assert (checked.entries, checked.anchored, checked.fault) == (36, 36, None)


def test_a_fact_that_comes_again_is_written_once_and_acknowledged_again(ledger: Ledger) -> None:
    ledger.link("c1", ANA)
    [report] = [reported("o1", 0)]
    assert ledger.write("c1", [report, replace(report, at=on(1)), report]) == [2, 2, 2]
    assert ledger.verified().entries == 2


def test_an_id_is_never_given_to_another_fact(ledger: Ledger) -> None:
    ledger.link("c1", ANA)
    ledger.link("c2", BOB)
    ledger.write("c1", [reported("o1", 0)])
    with pytest.raises(IdTaken):
        ledger.write("c2", [reported("o1", 0)])
    with pytest.raises(IdTaken):
        ledger.write("c1", [told(Protected, 1, id="o1")])


def test_what_the_policy_refuses_is_not_written(ledger: Ledger) -> None:
    ledger.link("c1", ANA)
    ledger.write("c1", [reported("o1", 0)])
    before = ledger.everything()
    with pytest.raises(OwnReport):
        ledger.write("c1", [judged("o1", 1, by="ana")])
    with pytest.raises(UnknownCaller):
        ledger.write("c9", [reported("o2", 1)])
    assert ledger.everything() == before


def test_a_fact_is_later_than_all_that_was_written_about_the_caller(ledger: Ledger) -> None:
    """Clocks differ by a little; what came second must not be taken for the first."""
    ledger.link("c1", ANA, day=5)
    ledger.write("c1", [reported("o1", 0)])
    [_, report] = ledger.offences.dossiers.known("c1").facts
    assert isinstance(report, Reported)
    assert (report.at, report.acted_at) == (on(5) + timedelta(milliseconds=1), on(0))


def test_it_is_acknowledged_only_when_it_is_on_disk_and_can_be_sent_again(
    kept: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.link("c1", ANA)

    def lost(*_: object) -> None:
        raise NotKept("not on disk")

    report = reported("o1", 0)
    with monkeypatch.context() as patched:
        patched.setattr(OnDisk, "wait", lost)
        with pytest.raises(NotKept):
            kept.write("c1", [report])
    assert kept.verified().anchored == 1
    assert kept.write("c1", [report]) == [2]
    checked = kept.verified()
    assert (checked.entries, checked.anchored, checked.fault) == (2, 2, None)


def test_a_step_whose_answer_was_lost_is_not_done_twice(ledger: Ledger) -> None:
    """The client sends again what was not answered in time."""
    append = ledger.offences._append

    def unanswered(*words: Any) -> object:
        append(*words)
        return append(*words)

    ledger.offences._append = unanswered  # type: ignore[assignment]
    ledger.link("c1", ANA)
    assert ledger.write("c1", upheld("o1", 0)) == [2, 3]
    assert ledger.verified().entries == 3


def test_words_can_be_erased_while_the_fact_and_what_follows_from_it_stay(ledger: Ledger) -> None:
    ledger.link("c1", ANA)
    ledger.write("c1", upheld("o1", 0), words="what was said, word by word")
    assert ledger.offences.dossiers.words("o1") == "what was said, word by word"
    before = ledger.standing(ANA)
    assert ledger.offences.erase("c1", TERMS, by="dpo", why="spent", at=on(400), words_only=True) == 2
    assert ledger.offences.dossiers.words("o1") == ""
    assert decode(before).as_of(on(1)).offences == ("o1",)
    assert [type(one).__name__ for one in ledger.offences.dossiers.known("c1").facts][:2] == [
        "Linked",
        "Reported",
    ]
    assert ledger.verified().fault is None


def test_a_caller_can_be_erased_while_the_proof_stays(ledger: Ledger) -> None:
    ledger.link("c1", ANA)
    ledger.link("c2", BOB)
    ledger.write("c1", at_stage(3), words="what was said")
    ledger.write("c2", upheld("o9", 0))
    ledger.offences.erase("c1", TERMS, by="dpo", why="asked for", at=on(30), words_only=False)
    assert ledger.verified().fault is None
    assert decode(ledger.standing(ANA)).treatment_at(on(31)) == "normal"
    assert "caller" not in ledger.standing(ANA)
    assert ledger.offences.dossiers.caller_of(ANA) == ""
    assert [type(fact).__name__ for fact in ledger.offences.dossiers.known("c1").facts] == ["Erased"]
    contents = ledger.floor.store.client.hgetall(ledger.floor.keys.ledger_contents)
    assert ANA not in str(contents)
    assert "what was said" not in str(contents)
    assert decode(ledger.standing(BOB)).as_of(on(1)).offences == ("o9",)


def test_two_equal_facts_have_different_digests(ledger: Ledger) -> None:
    """Nobody finds out what was erased by trying what it could have been."""
    ledger.link("c1", ANA)
    ledger.link("c2", ANA.replace("42", "43"))
    chain = chain_of(ledger)
    assert len({fields["content"] for _, fields in chain}) == 2
    assert ANA not in str(chain)


def test_an_override_and_protection_by_the_ledger_reach_the_standing(ledger: Ledger) -> None:
    ledger.link("c1", ANA)
    ledger.write("c1", [told(Protected, 1, need="allow extra time")])
    standing = decode(ledger.standing(ANA))
    assert (standing.is_protected, standing.support_need) == (True, "allow extra time")
    ledger.write("c1", [told(Overridden, 2, treatment="slow_queue", until=on(9))])
    standing = decode(ledger.standing(ANA))
    assert (standing.treatment_at(on(3)), standing.treatment_at(on(9))) == ("slow_queue", "normal")


def test_what_is_set_by_hand_under_a_number_stays_beside_what_is_derived(ledger: Ledger) -> None:
    ledger.floor.standings.share(ANA, True, by="ops", at=on(0))
    ledger.link("c1", ANA)
    ledger.write("c1", at_stage(2))
    assert decode(ledger.standing(ANA)).is_shared


def test_another_key_is_noticed_before_anything_is_written(ledger: Ledger, tmp_path: Path) -> None:
    ledger.link("c1", ANA)
    other = Offences(ledger.floor.store, ledger.floor.keys, b"another key", Anchor(tmp_path, "x"))
    before = ledger.everything()
    with pytest.raises(OtherLedgerKey):
        other.append("c1", reported("o1", 0), TERMS)
    assert ledger.everything() == before


@pytest.mark.parametrize("lost", ["ledger_head", "ledger_chain"])
def test_nothing_is_added_to_a_ledger_without_its_end(ledger: Ledger, lost: str) -> None:
    ledger.link("c1", ANA)
    ledger.floor.store.client.delete(getattr(ledger.floor.keys, lost))
    with pytest.raises(LedgerBroken):
        ledger.write("c1", [reported("o1", 0)])


def test_an_entry_that_cannot_be_read_is_not_passed_over(ledger: Ledger) -> None:
    ledger.link("c1", ANA)
    ledger.floor.store.client.hset(ledger.floor.keys.ledger_contents, "1", "salt:{}")
    with pytest.raises(LedgerBroken, match="cannot be read"):
        ledger.offences.dossiers.known("c1")


def test_an_anchor_that_cannot_be_written_is_logged_and_nothing_else_fails(
    ledger: Ledger, logged: Any
) -> None:
    ledger.anchor.file.mkdir()
    ledger.link("c1", ANA)
    assert [entry["seq"] for entry in logged() if entry["event"] == "ledger_not_anchored"] == [1]


def test_the_next_line_of_an_anchor_is_not_joined_to_a_torn_one(tmp_path: Path) -> None:
    anchor = Anchor(tmp_path, "main")
    anchor.add(1, "a" * 64, on(0))
    anchor.file.write_text(anchor.file.read_text() + "main 2 bb")
    anchor.add(3, "c" * 64, on(0))
    Anchor(tmp_path, "other").add(9, "d" * 64, on(0))
    assert [one.seq for one in anchor.heads()] == [1, 3]
    assert anchor.file.stat().st_mode & 0o777 == 0o600


def test_every_kind_of_fact_has_a_name_of_its_own() -> None:
    assert len(set(FACTS.values())) == len(FACTS)


def test_an_appeal_quashed_restores_normal_in_one_step(ledger: Ledger) -> None:
    ledger.link("c1", ANA, BOB)
    ledger.write("c1", [*at_stage(2), appealed("o2", 12)])
    ledger.write("c1", [decided("o2", 13, "quashed")])
    known = ledger.offences.dossiers.known("c1").facts
    for address in (ANA, BOB):
        standing = decode(ledger.standing(address)).as_of(on(14))
        derived = standing_at(known, TERMS, on(14))
        assert (
            (standing.treatment, standing.offences)
            == (derived.treatment, derived.offences)
            == ("normal", ("o1",))
        )
