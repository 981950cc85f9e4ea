"""What is promised is acknowledged only when it is on disk."""

import time
from typing import Any

import pytest
from redis.exceptions import ResponseError

from config.connections import Store
from routing.floor import Floor
from routing.store.on_disk import NotKept, OnDisk

UNKNOWN = ResponseError("unknown command 'WAITAOF', with args beginning with: ")


@pytest.fixture
def disk(floor: Floor) -> OnDisk:
    floor.store.client.hset("promise", "version", 3)
    return OnDisk(floor.store, floor.keys)


def answers(monkeypatch: pytest.MonkeyPatch, synced: object, found: str | None = "3") -> None:
    """What a server says in a round, instead of ours."""
    monkeypatch.setattr(OnDisk, "_round", lambda *_: (synced, found))


def test_it_is_waited_for_and_told_within_two_seconds(disk: OnDisk) -> None:
    began = time.monotonic()
    disk.wait("promise", "version", 3)
    assert time.monotonic() - began < 2.0


def test_what_is_not_there_was_not_kept(disk: OnDisk) -> None:
    with pytest.raises(NotKept, match="lost"):
        disk.wait("promise", "version", 4)
    with pytest.raises(NotKept, match="lost"):
        disk.wait("another", "version", 1)


def test_a_disk_that_does_not_come_is_not_waited_for_for_ever(
    disk: OnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, [0, 0])
    monkeypatch.setattr("routing.store.on_disk.LONGEST_S", 0.05)
    with pytest.raises(NotKept, match="not on disk"):
        disk.wait("promise", "version", 3)


def test_it_comes_in_the_second_round(disk: OnDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = iter([([0, 0], "3"), ([1, 0], "3")])
    monkeypatch.setattr(OnDisk, "_round", lambda *_: next(rounds))
    disk.wait("promise", "version", 3)
    assert list(rounds) == []


def test_a_server_that_died_between_write_and_disk_has_not_kept_it(
    disk: OnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, [1, 0], "2")
    with pytest.raises(NotKept, match="lost"):
        disk.wait("promise", "version", 3)


@pytest.mark.parametrize(("appendfsync", "kept"), [("always", True), ("everysec", False), ("no", False)])
def test_a_server_without_waitaof_must_sync_always(
    floor: Floor, disk: OnDisk, monkeypatch: pytest.MonkeyPatch, appendfsync: str, kept: bool
) -> None:
    answers(monkeypatch, UNKNOWN)
    monkeypatch.setattr(floor.store.client, "config_get", lambda _: {"appendfsync": appendfsync})
    if kept:
        disk.wait("promise", "version", 3)
        return
    with pytest.raises(NotKept, match="appendfsync always"):
        disk.wait("promise", "version", 3)


def test_a_server_without_a_file_keeps_nothing_unless_for_a_try_out(
    floor: Floor, disk: OnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, ResponseError("WAITAOF cannot be used when appendonly is disabled."))
    with pytest.raises(NotKept, match="appendonly"):
        disk.wait("promise", "version", 3)
    tried_out: Any = OnDisk(Store(floor.store.client, may_be_volatile=True), floor.keys)
    tried_out.wait("promise", "version", 3)
