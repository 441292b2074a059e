"""bartizan quarantine, over a store in memory and a next hop that answers as it is told."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from bartizan.cli import quarantine
from bartizan.cli.main import main
from bartizan.delivery.outcome import Outcome
from bartizan.delivery.sqlite_store import SqliteStore
from bartizan.delivery.store import DamagedEntry, Entry, Filter, NewEntry, State
from bartizan.model.envelope import Envelope, Peer, Recipient
from bartizan.model.finding import Finding, Kind
from bartizan.model.reply import ACCEPTED, OUTCOME_UNKNOWN

RAW = b"Subject: x\r\n\r\nhello\r\n"
ENVELOPE = Envelope("t1", Peer("192.0.2.1"), "mx\u202e", "a@example.com", (Recipient("b@example.org"),))
FINDINGS = (Finding(Kind.SIGNATURE, "eicar", "2/a.zip!/b", 10.0),)
EVERYTHING = Filter()


class Store:
    """Entries in memory, in the order of their ids."""

    def __init__(self, *ids: str) -> None:
        self.held = {
            id: Entry(
                id, "quarantine", State.KEPT, ENVELOPE, ENVELOPE.recipients, "quarantine", "f:1 r", 10.0, FINDINGS,
                len(RAW), "ab", time.time() - number * 86400, 0.0,
            )
            for number, id in enumerate(sorted(ids, reverse=True))
        }  # fmt: skip
        self.damaged = False

    def put(self, entry: NewEntry, raw: bytes | memoryview, *, provisional: bool = False) -> str:
        """Not used."""
        raise NotImplementedError

    def confirm(self, ids: Iterable[str]) -> None:
        """Not used."""
        raise NotImplementedError

    def remove(self, ids: Iterable[str]) -> int:
        """As promised."""
        return sum(self.held.pop(id, None) is not None for id in list(ids))

    def entries(self, wanted: Filter = EVERYTHING) -> list[Entry]:
        """Newest first, a page of two at most, so that turning pages is tested."""
        found = [
            entry
            for id, entry in self.held.items()
            if (not wanted.before or id < wanted.before)
            and (wanted.state is None or entry.state is wanted.state)
            and (not wanted.sender or entry.envelope.sender == wanted.sender)
        ]
        return found[: min(wanted.limit, 2)]

    def load(self, id: str) -> tuple[Entry, bytes]:
        """As promised."""
        if self.damaged:
            raise DamagedEntry("bytes have changed")
        return self.held[id], RAW

    def mark_released(self, id: str) -> None:
        """As promised."""
        self.held[id] = replace(self.held[id], state=State.RELEASED)

    def purge(self, older_than: float) -> int:
        """As promised."""
        return self.remove([id for id, entry in self.held.items() if entry.stored_at < older_than])

    def close(self) -> None:
        """Nothing to let go of."""


class Sender:
    """Answers with `outcome`, marks what was taken, and keeps what was asked."""

    def __init__(self, store: Store, outcome: Outcome) -> None:
        self.store = store
        self.outcome = outcome
        self.sent: list[tuple[str, tuple[Recipient, ...]]] = []

    async def __call__(self, id: str, recipients: tuple[Recipient, ...]) -> Outcome:
        """As actions.quarantine.release."""
        self.store.load(id)
        self.sent.append((id, recipients))
        if self.outcome.delivered:
            self.store.mark_released(id)
        return self.outcome


TAKEN = Outcome(ACCEPTED, True, False, "250 2.0.0 queued")
LOST = Outcome(OUTCOME_UNKNOWN, False, True, "connection lost")


def args(*words: str) -> argparse.Namespace:
    """The parsed arguments."""
    parser = argparse.ArgumentParser()
    quarantine.arguments(parser)
    return parser.parse_args(words)


def test_list_as_json(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """One object a line, the newest first."""
    assert quarantine.list_entries(Store("k1", "k2"), args("list", "--json")) == 0
    found = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [one["id"] for one in found] == ["k2", "k1"]
    assert (found[0]["sender"], found[0]["recipients"], found[0]["helo"]) == ("a@example.com", ["b@example.org"], "mx�")
    assert found[0]["findings"][0]["name"] == "eicar"


def test_list_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """A table and how many there are; filters reach the store."""
    assert quarantine.list_entries(Store("k1", "k2"), args("list", "--limit", "1")) == 0
    assert quarantine.list_entries(Store("k1"), args("list", "--state", "released")) == 0
    assert quarantine.list_entries(Store("k1"), args("list", "--sender", "x@y.z")) == 0
    out = capsys.readouterr().out
    assert "k2" in out
    assert [line for line in out.splitlines() if "entr" in line] == ["1 entry", "0 entries", "0 entries"]


def test_show_raw(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """The message, byte for byte."""
    assert quarantine.show(Store("k1"), args("show", "--raw", "k")) == 0
    assert capsysbinary.readouterr().out == RAW


def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    """Envelope, reason and findings, cleaned."""
    assert quarantine.show(Store("k1"), args("show", "k1")) == 0
    out = capsys.readouterr().out
    assert all(text in out for text in ("<a@example.com>", "<b@example.org>", "f:1 r", "eicar", "2/a.zip!/b"))
    assert "\u202e" not in out


@pytest.mark.parametrize(("name", "expected"), [("k", "fits 3 entries"), ("x", "no entry x"), ("", "no entry")])
def test_names_that_mean_no_single_entry(name: str, expected: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(quarantine.NotOne, match=expected):
        quarantine.show(Store("k1", "k2", "k12"), args("show", name))


def test_whole_id_is_not_a_prefix() -> None:
    """An id that begins another one means itself."""
    store = Store("k1", "k2", "k12")
    assert quarantine.delete(store, args("delete", "k1", "k2")) == 0
    assert list(store.held) == ["k12"]


def test_delete_all_or_nothing() -> None:
    """One wrong name deletes nothing."""
    store = Store("k1")
    with pytest.raises(quarantine.NotOne):
        quarantine.delete(store, args("delete", "k1", "x"))
    assert list(store.held) == ["k1"]


def test_release(capsys: pytest.CaptureFixture[str]) -> None:
    """A beginning of the id is enough; the next hop's answer is told."""
    store = Store("k1", "k2")
    sender = Sender(store, TAKEN)
    assert asyncio.run(quarantine.release(store, args("release", "k1"), sender)) == 0
    assert sender.sent == [("k1", ())]
    assert capsys.readouterr().out == "k1: released: 250 2.0.0 queued\n"


def test_release_to_another_address() -> None:
    """--to replaces the recipients, which may be written in angle brackets."""
    store = Store("k1")
    sender = Sender(store, TAKEN)
    asyncio.run(
        quarantine.release(store, args("release", "--to", "<c@example.org>", "--to", "d@e", "--", "k1"), sender)
    )
    assert sender.sent == [("k1", (Recipient("c@example.org"), Recipient("d@e")))]


def test_release_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """A possible duplicate is told, and the others are still tried."""
    store = Store("k1", "k2")
    sender = Sender(store, LOST)
    assert asyncio.run(quarantine.release(store, args("release", "x", "k1", "k2"), sender)) == 1
    assert sender.sent == [("k1", ()), ("k2", ())]
    doubt = "not released: connection lost; it may have been delivered all the same"
    assert capsys.readouterr().out == f"k1: {doubt}\nk2: {doubt}\n"


def test_release_twice_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """A second delivery needs --again."""
    store = Store("k1")
    sender = Sender(store, TAKEN)
    asyncio.run(quarantine.release(store, args("release", "k1"), sender))
    assert asyncio.run(quarantine.release(store, args("release", "k1"), sender)) == 1
    assert "released before" in capsys.readouterr().err
    assert asyncio.run(quarantine.release(store, args("release", "--again", "k1"), sender)) == 0
    assert len(sender.sent) == 2


def test_damaged_entry_is_not_released(capsys: pytest.CaptureFixture[str]) -> None:
    """What went wrong is told."""
    store = Store("k1")
    store.damaged = True
    assert asyncio.run(quarantine.release(store, args("release", "k1"), Sender(store, TAKEN))) == 1
    assert "bytes have changed" in capsys.readouterr().err


def test_purge(capsys: pytest.CaptureFixture[str]) -> None:
    """By age in days."""
    store = Store("k1", "k2", "k3")
    assert quarantine.purge(store, args("purge", "--older-than", "1.5")) == 0
    assert (list(store.held), capsys.readouterr().out) == (["k3", "k2"], "1 deleted\n")
    for wrong in ("nan", "-1", "soon"):
        with pytest.raises(SystemExit) as caught:
            args("purge", f"--older-than={wrong}")
        assert caught.value.code == 2


def test_on_the_real_store(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """What is held can be listed, shown byte for byte and deleted; --config stands before or after the task."""
    configuration = tmp_path / "bartizan.toml"
    configuration.write_text(f"[server]\nstate = '{tmp_path}/state'\n")
    store = SqliteStore(tmp_path / "state")
    id = store.put(NewEntry("quarantine", ENVELOPE, ENVELOPE.recipients, "quarantine", "f:1 r", 10.0, FINDINGS), RAW)
    store.close()
    config = ("--config", str(configuration))
    assert main(["quarantine", *config, "list", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["id"] == id
    assert main(["quarantine", "show", "--raw", id[:-1], *config]) == 0
    assert capsysbinary.readouterr().out == RAW
    assert main(["quarantine", "release", id, *config]) == 2
    assert b"[next_hop]" in capsysbinary.readouterr().err
    assert main(["quarantine", "delete", id, *config]) == 0
    assert main(["quarantine", "show", id, *config]) == 1
    assert f"there is no entry {id}".encode() in capsysbinary.readouterr().err
