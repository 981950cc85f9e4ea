"""Attack 9: whatever is done to the conduct ledger in Redis, it is found, and the place is named.

At full size: 1,000 edits, deletions and reorderings, 100 cut tails, 100 older copies put back.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from routing.floor import Floor
from routing.store.ledger_checks import Broken, verify
from routing.store.on_disk import OnDisk
from tests.routing.ledgers import KEY, TERMS, Copy, Ledger, a_ledger, copy_of, restore
from tests.routing.stories import at_stage, nuisance, on, upheld

SEED = 9
LAST = 27
WORDS = ":words"
Attack = Callable[[Random, Copy], tuple[Copy, int]]


@pytest.fixture
def ledger(floor: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Some thirty entries, with words beside some and others erased. The disk is not what is tested here."""
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)
    ledger = a_ledger(floor, tmp_path)
    for number in range(3):
        ledger.link(f"c{number}", f"+1212555010{number}")
    ledger.write("c0", at_stage(4), words="said on that day")
    ledger.write("c1", [*upheld("p1", 3), *upheld("p2", 9), *nuisance("p3", 12)], words="said to Ana")
    ledger.offences.erase("c1", TERMS, by="dpo", why="asked for", at=on(40), words_only=False)
    ledger.write("c2", [*upheld("q1", 41), *upheld("q2", 50)])
    return ledger


def edit(random: Random, copy: Copy) -> tuple[Copy, int]:
    """One field of an entry, or of what lies beside it, says something else."""
    place = random.randrange(len(copy.chain))
    stream_id, fields = copy.chain[place]
    name = random.choice([*fields, "content beside", "words beside"])
    beside = {"content beside": str(place + 1), "words beside": f"{place + 1}{WORDS}"}.get(name)
    if beside is not None and beside in copy.contents:
        return replace(
            copy, contents=copy.contents | {beside: _other(random, copy.contents[beside])}
        ), place + 1
    if beside is not None:
        return replace(copy, contents=copy.contents | {beside: "5a17:" + "forged"}), place + 1
    chain = list(copy.chain)
    chain[place] = (stream_id, fields | {name: _other(random, fields[name])})
    return replace(copy, chain=chain), place + 1


def _other(random: Random, text: str) -> str:
    """A letter changed, lost, or one more."""
    at = random.randrange(len(text) + 1)
    letter = random.choice("0123456789abcdef é\x00")
    changed = random.choice(
        [text[:at] + letter + text[at + 1 :], text[:at] + text[at + 1 :], text[:at] + letter + text[at:]]
    )
    return changed if changed != text else f"{text}."


def delete(random: Random, copy: Copy) -> tuple[Copy, int]:
    """An entry, or what it says, is gone."""
    if random.random() < 0.3:
        part = random.choice(sorted(copy.contents))
        left = {name: text for name, text in copy.contents.items() if name != part}
        return replace(copy, contents=left), int(part.removesuffix(WORDS))
    place = random.randrange(len(copy.chain))
    chain = copy.chain[:place] + copy.chain[place + 1 :]
    if random.random() < 0.5:  # the numbers closed up, so that nothing seems to be missing
        chain = [(f"{number}-0", fields) for number, (_, fields) in enumerate(chain, 1)]
    return replace(copy, chain=chain), place + 1


def reorder(random: Random, copy: Copy) -> tuple[Copy, int]:
    """Two entries have changed places, with what they say or without."""
    first, second = sorted(random.sample(range(len(copy.chain)), 2))
    chain, contents = list(copy.chain), dict(copy.contents)
    one, other = chain[first], chain[second]
    chain[first], chain[second] = (one[0], other[1]), (other[0], one[1])
    if random.random() < 0.5:
        for part in ("", WORDS):
            names = f"{first + 1}{part}", f"{second + 1}{part}"
            found = [contents.pop(name, None) for name in names]
            contents |= {name: text for name, text in zip(names, reversed(found), strict=True) if text}
    return replace(copy, chain=chain, contents=contents), first + 1


@pytest.mark.parametrize("quarter", range(4))
def test_every_edit_deletion_and_reordering_is_found_and_its_place_named(
    ledger: Ledger, quarter: int
) -> None:
    random, whole = Random(SEED + quarter), copy_of(ledger)
    assert ledger.verified().fault is None
    for _ in range(250):
        attack: Attack = random.choice([edit, delete, reorder])
        tampered, place = attack(random, whole)
        restore(ledger, tampered)
        fault = ledger.verified().fault
        assert fault is not None
        assert fault.seq == place, (attack.__name__, fault)
    restore(ledger, whole)
    assert ledger.verified().fault is None


def test_every_cut_tail_is_found_and_its_place_named(ledger: Ledger) -> None:
    """With the head moved back and what the lost entries said removed, as if they had never been."""
    random, whole = Random(SEED), copy_of(ledger)
    for _ in range(100):
        left = random.randrange(len(whole.chain))
        restore(ledger, _older(whole, left, tidy=random.random() < 0.7))
        fault = ledger.verified().fault
        assert fault is not None
        assert (fault.seq, fault.what) == (left + 1, Broken.CUT)


def test_every_older_copy_is_found_also_when_it_was_written_on(ledger: Ledger) -> None:
    random, whole, anchored = Random(SEED), copy_of(ledger), ledger.anchor.file.read_text()
    for number in range(100):
        left = random.randrange(4, len(whole.chain))
        ledger.anchor.file.write_text(anchored)
        restore(ledger, _older(whole, left, tidy=True))
        goes_on = number % 2 == 0
        if goes_on:
            _write_on(ledger, f"again{number}", len(whole.chain) - left + random.randrange(2))
        fault = ledger.verified().fault
        assert fault is not None
        assert (fault.seq, fault.what) == (left + 1, Broken.NOT_AS_ANCHORED if goes_on else Broken.CUT)


def _write_on(ledger: Ledger, caller: str, count: int) -> None:
    """As a line does that has not noticed."""
    for number in range(count):
        ledger.link(caller, f"mail:{caller}-{number}@example.com", day=60)


def _older(whole: Copy, entries: int, *, tidy: bool) -> Copy:
    """The ledger as it was with so many entries; not `tidy`: what the others said was left behind."""
    chain = whole.chain[:entries]
    head = whole.head | {"seq": str(entries), "digest": chain[-1][1]["digest"]} if chain else {}
    kept = {part: text for part, text in whole.contents.items() if int(part.removesuffix(WORDS)) <= entries}
    return Copy(chain, head, kept if tidy else whole.contents)


@pytest.mark.parametrize(
    ("head", "place", "what"),
    [
        ({"digest": "0" * 64}, LAST, Broken.HEAD_CHANGED),
        ({"seq": "12"}, LAST, Broken.HEAD_CHANGED),
        ({"seq": "99"}, LAST + 1, Broken.CUT),
        ({"seq": "many"}, LAST, Broken.HEAD_CHANGED),
        ({"key_mark": "0" * 16}, 0, Broken.OTHER_KEY),
    ],
)
def test_a_head_that_is_not_the_last_entry_is_found(
    ledger: Ledger, head: dict[str, str], place: int, what: Broken
) -> None:
    whole = copy_of(ledger)
    assert len(whole.chain) == LAST
    restore(ledger, replace(whole, head=whole.head | head))
    fault = ledger.verified().fault
    assert fault is not None
    assert (fault.seq, fault.what) == (place, what)


def test_bytes_that_are_no_text_are_found_as_well(ledger: Ledger) -> None:
    ledger.floor.store.client.hset(ledger.floor.keys.ledger_contents, "5", b"\xff\xfe\x00")
    fault = ledger.verified().fault
    assert fault is not None
    assert (fault.seq, fault.what) == (5, Broken.CONTENT_CHANGED)


def test_another_key_is_named_as_the_reason(ledger: Ledger) -> None:
    checked = verify(ledger.floor.store, ledger.floor.keys, b"another key", ledger.anchor)
    assert checked.fault is not None
    assert checked.fault.what is Broken.OTHER_KEY
    assert "LEDGER_KEY" in checked.fault.said


def test_what_was_read_changed_nothing(ledger: Ledger) -> None:
    before = ledger.everything()
    assert ledger.verified().fault is None
    assert ledger.everything() == before
    assert KEY.decode() not in str(before)
