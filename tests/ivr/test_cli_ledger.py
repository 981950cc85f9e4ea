"""`calmline ledger verify|rebuild`: said in sentences, for programs, and by the exit status."""

import pytest
from pydantic import SecretStr

from config.settings import Settings, SettingsError
from routing.floor import Floor, open_floor
from routing.rules.conduct_events import Linked
from routing.rules.conduct_terms import terms_of
from routing.store.on_disk import OnDisk
from tests.ivr.command_line import Run, calmline_at, said
from tests.routing.builders import a_config
from tests.routing.stories import at_stage, on
from tests.twilio import CALLER

KEY = "the key of this test's ledger"


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("LEDGER_KEY", KEY)
    return calmline_at(settings)


@pytest.fixture
def ledger(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Floor:
    """Stage 2, as the packaged config counts."""
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)
    with_key = settings.model_copy(update={"ledger_key": SecretStr(KEY)})
    floor, terms = open_floor(with_key), terms_of(a_config())
    floor.offences.append("c1", Linked(id="l1", at=on(0), by="ops", address=CALLER), terms)
    for fact in at_stage(2):
        floor.offences.append("c1", fact, terms)
    return floor


def test_a_whole_ledger(run: Run, ledger: Floor) -> None:
    verified = run("ledger", "verify")
    assert (verified.exit_code, verified.stdout) == (
        0,
        "The ledger is whole; its last entry is 7.\n"
        "This host's anchor vouches for what is written up to entry 7.\n",
    )
    assert said(run("ledger", "verify", "--json")) == {
        "ok": True,
        "entries": 7,
        "anchored": 7,
        "fault": None,
    }


def test_an_empty_one(run: Run) -> None:
    assert run("ledger", "verify").stdout == "The ledger is empty.\n"
    assert run("ledger", "rebuild").stdout == (
        "0 callers, 0 addresses: everything is as the ledger has it. Nothing was changed.\n"
    )


def test_a_broken_one_is_named_by_its_place_and_not_rebuilt(run: Run, ledger: Floor) -> None:
    ledger.store.client.hset(ledger.keys.ledger_contents, "3", "salt:{}")
    broken = run("ledger", "verify")
    assert (broken.exit_code, broken.stdout.splitlines()[0]) == (
        1,
        "BROKEN: What entry 3 says is not what was written.",
    )
    assert "operations.md" in broken.stdout
    listed = run("ledger", "verify", "--json")
    assert listed.exit_code == 1
    assert '"fault": {"entry": 3, "what": "content_changed", "message": "What entry 3' in listed.stdout
    ledger.store.client.hset(ledger.keys.standing(CALLER), "treatment", "closed")
    refused = run("ledger", "rebuild")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "What entry 3 says is not what was written. Nothing was changed" in refused.stderr
    assert ledger.store.client.hget(ledger.keys.standing(CALLER), "treatment") == "closed"


def test_a_cut_tail_is_told_from_the_anchor(run: Run, ledger: Floor) -> None:
    ledger.store.client.delete(ledger.keys.ledger_chain, ledger.keys.ledger_head, ledger.keys.ledger_contents)
    broken = run("ledger", "verify")
    assert broken.exit_code == 1
    assert "Entry 1 and all after it are missing" in broken.stdout


def test_another_key_is_said_to_be_another(run: Run, ledger: Floor) -> None:
    broken = run("ledger", "verify", LEDGER_KEY="quite another key, of another site")
    assert broken.exit_code == 1
    assert "with another LEDGER_KEY" in broken.stdout


def test_an_anchor_that_cannot_be_read_is_named(
    run: Run, ledger: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("routing.store.anchor.Anchor.heads", refuse)
    failed = run("ledger", "verify").exception
    assert isinstance(failed, SettingsError)
    assert str(failed).endswith("ledger.anchor cannot be read: Permission denied.")


def test_a_rebuild_changes_nothing_and_says_so_or_says_what_it_put_right(run: Run, ledger: Floor) -> None:
    assert run("ledger", "rebuild").stdout == (
        "1 caller, 1 address: everything is as the ledger has it. Nothing was changed.\n"
    )
    ledger.store.client.hset(ledger.keys.standing(CALLER), "treatment", "closed")
    ledger.store.client.hset(ledger.keys.standing(CALLER), "course", "[]")
    put_right = run("ledger", "rebuild").stdout
    assert "not everything agreed with the ledger" in put_right
    assert f"put right: the standing under {CALLER}" not in put_right
    assert CALLER[-2:] in put_right
    assert said(run("ledger", "rebuild", "--json")) == {"callers": 1, "addresses": 1, "differences": []}


def test_business_days_are_those_of_the_default_line() -> None:
    """The first day of the tests is a Monday in January, and the third Monday is a holiday in America."""
    after = terms_of(a_config()).business_days_after
    assert after(on(0), 1).isoformat() == "2026-01-07T05:00:00+00:00"
    assert after(on(4), 1).isoformat() == "2026-01-13T05:00:00+00:00"
    assert after(on(11), 1).isoformat() == "2026-01-21T05:00:00+00:00"
    assert after(on(0), 0).isoformat() == "2026-01-06T05:00:00+00:00"
