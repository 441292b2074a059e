"""The store keeps exactly what was put, finds it again, and says so when it cannot."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.delivery.rows import clean, pack_envelope, unpack_envelope
from bartizan.delivery.sqlite_requests import new_number, written
from bartizan.delivery.sqlite_store import SqliteStore
from bartizan.delivery.store import DamagedEntry, Filter, State, UnknownEntry
from bartizan.model.clock import Clock
from bartizan.model.envelope import Envelope, Peer, Recipient
from bartizan.model.errors import TemporaryError
from bartizan.model.finding import Finding, Kind
from bartizan.model.reply import NO_SPACE
from delivery.samples import ENVELOPE, FINDINGS, LARGE, A, B, entry


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store in an empty folder."""
    store = SqliteStore(tmp_path / "var" / "state", min_free=0)
    yield store
    store.close()


@pytest.mark.parametrize("raw", [b"", b"a\r\nb\n\0\xff.\r\n", LARGE, memoryview(LARGE)[1:], LARGE[: 1 << 20]])
def test_keeps_exactly_what_was_put(store: SqliteStore, tmp_path: Path, raw: bytes) -> None:
    """Envelope, findings and every byte come back, also after the store was closed."""
    id = store.put(entry(), raw)
    store.close()
    again = SqliteStore(tmp_path / "var" / "state", min_free=0)
    kept, bytes_kept = again.load(id)
    again.close()
    assert bytes_kept == bytes(raw)
    assert (kept.id, kept.kind, kept.state, kept.envelope) == (id, "quarantine", State.KEPT, ENVELOPE)
    assert (kept.recipients, kept.reason, kept.rule, kept.score) == ((A,), "quarantine", "x.toml:3 eicar", 10.0)
    assert (kept.findings, kept.size, kept.sha256) == (FINDINGS, len(raw), hashlib.sha256(raw).hexdigest())
    assert id.isalnum()
    assert (tmp_path / "var" / "state" / "bodies" / id[-2:] / id).exists() == (len(raw) > 1 << 20)


@settings(deadline=None)
@given(text=st.text(st.characters(exclude_categories=())), parameters=st.lists(st.text(max_size=5), max_size=3))
def test_any_envelope_survives(text: str, parameters: list[str]) -> None:
    """Text from a peer may be anything, lone surrogates included."""
    there = Envelope(text, Peer(text, 1), text, text, (Recipient(text, tuple(parameters)),), (text,), text, text)
    assert unpack_envelope(pack_envelope(there)) == there


def test_odd_text_can_be_stored_and_searched(store: SqliteStore) -> None:
    """Addresses and findings with what is no character are stored, and the message is found by the cleaned address."""
    odd = Recipient("\udcff\ud800@x")
    there = Envelope("I", Peer("::1"), "\udcff", "\udcfe@y", (odd,))
    finding = Finding(Kind.ATTACHMENT, "block:vbs", "1/\udcff.vbs")
    id = store.put(entry(envelope=there, recipients=(odd,), findings=(finding,), rule="\udcff"), b"x")
    (found,) = store.entries(Filter(recipient=clean(odd.address), sender="?@y"))
    assert (found.id, found.envelope) == (id, there)
    assert found.findings[0].part == "1/?.vbs"


def test_states(store: SqliteStore) -> None:
    """Provisional entries are confirmed or removed; released ones stay; unknown ids are told."""
    one, two, three = (store.put(entry(), b"%d" % i, provisional=True) for i in range(3))
    assert {e.state for e in store.entries()} == {State.PROVISIONAL}
    store.confirm([one, two, "unknown"])
    assert store.remove([three, "unknown"]) == 1
    store.mark_released(two)
    store.confirm([two])
    assert [(e.id, e.state) for e in store.entries()] == [(two, State.RELEASED), (one, State.KEPT)]
    with pytest.raises(UnknownEntry):
        store.load(three)
    with pytest.raises(UnknownEntry):
        store.mark_released(three)
    assert store.load(one)[1] == b"0"


def test_entries_by_filter(tmp_path: Path) -> None:
    """Every filter narrows, the newest come first, and pages can be turned."""
    now = [1000.0]
    store = SqliteStore(tmp_path / "state", min_free=0, clock=Clock(wall=lambda: now[0]))
    ids = []
    for recipients in ((A,), (B,), (A, B)):
        ids.append(store.put(entry(recipients=recipients), b"x"))
        now[0] += 10
    store.put(entry(kind="spool"), b"x")

    def found(**wanted: object) -> list[str]:
        return [e.id for e in store.entries(Filter(**wanted))]  # type: ignore[arg-type]

    assert found() == ids[::-1]
    assert found(recipient="A@EXAMPLE.NET") == [ids[2], ids[0]]
    assert found(sender="S@example.org", recipient="b@example.net") == [ids[2], ids[1]]
    assert found(sender="x' OR 1=1 --") == []
    assert found(since=1010.0, until=1020.0) == [ids[1]]
    assert found(limit=2) == ids[:0:-1]
    assert found(before=ids[1]) == [ids[0]]
    assert found(state=State.RELEASED) == []
    assert len(found(kind="")) == 4
    store.close()


def test_purge_takes_bodies_with_it(tmp_path: Path) -> None:
    """Old entries go with their files; young and provisional ones stay."""
    now = [1000.0]
    store = SqliteStore(tmp_path / "state", min_free=0, clock=Clock(wall=lambda: now[0]))
    store.put(entry(), LARGE)
    store.mark_released(store.put(entry(), b"x"))
    provisional = store.put(entry(), LARGE, provisional=True)
    now[0] = 2000.0
    young = store.put(entry(), b"x")
    assert store.purge(1500.0) == 2
    assert [e.id for e in store.entries()] == [young, provisional]
    assert [file.name for file in (tmp_path / "state" / "bodies").glob("*/*")] == [provisional]
    assert store.remove([provisional]) == 1
    assert list((tmp_path / "state" / "bodies").glob("*/*")) == []
    store.close()


@pytest.mark.parametrize("raw", [b"small", LARGE])
def test_damage_is_noticed(store: SqliteStore, tmp_path: Path, raw: bytes) -> None:
    """Bytes that changed on the disk are never handed out as the message."""
    id = store.put(entry(), raw)
    if raw is LARGE:
        file = tmp_path / "var" / "state" / "bodies" / id[-2:] / id
        file.write_bytes(LARGE[:-1] + b"?")
        with pytest.raises(DamagedEntry):
            store.load(id)
        file.unlink()
    else:
        other = sqlite3.connect(tmp_path / "var" / "state" / "quarantine.db")
        other.execute("UPDATE raws SET raw = x'00'")
        other.commit()
        other.close()
    with pytest.raises(DamagedEntry):
        store.load(id)
    assert store.entries()[0].id == id


@pytest.mark.parametrize("column", ["envelope", "recipients", "findings"])
def test_damaged_entry_hides_no_other(store: SqliteStore, tmp_path: Path, column: str) -> None:
    """A row that cannot be read is listed as such among the others, is never handed out, and can be deleted."""
    good, bad = store.put(entry(), b"good"), store.put(entry(), b"bad")
    other = sqlite3.connect(tmp_path / "var" / "state" / "quarantine.db")
    other.execute(f"UPDATE entries SET {column} = x'c1' WHERE id = ?", (bad,))
    other.commit()
    other.close()
    assert [(one.id, one.reason == "damaged") for one in store.entries()] == [(bad, True), (good, False)]
    with pytest.raises(DamagedEntry):
        store.load(bad)
    assert store.load(good)[1] == b"good"
    assert store.remove([bad]) == 1
    assert [one.id for one in store.entries()] == [good]


def test_orphans_are_removed_when_old(tmp_path: Path) -> None:
    """At opening, old files without a row go; young ones, and those with a row, stay."""
    store = SqliteStore(tmp_path / "state", min_free=0)
    kept = store.put(entry(), LARGE)
    store.close()
    folder = tmp_path / "state" / "bodies" / kept[-2:]
    old, young = folder / "old", folder / "young"
    for file in (old, young):
        file.write_bytes(b"x")
    for file in (old, folder / kept):
        os.utime(file, (time.time() - 3600,) * 2)
    (folder / "gone").symlink_to("nowhere")  # as if another process removed it while we look
    store = SqliteStore(tmp_path / "state", min_free=0)
    assert sorted(file.name for file in folder.iterdir()) == sorted([kept, "young", "gone"])
    assert store.load(kept)[1] == LARGE
    store.close()


def test_full_disk(tmp_path: Path) -> None:
    """Where too little room is left, nothing is stored and the sender is told that."""
    store = SqliteStore(tmp_path / "state", min_free=1 << 62)
    with pytest.raises(TemporaryError) as raised:
        store.put(entry(), LARGE)
    assert raised.value.reply == NO_SPACE
    assert store.entries() == []
    assert list((tmp_path / "state" / "bodies").glob("*/*")) == []
    store.close()


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """A store that a later version wrote is not touched."""
    SqliteStore(tmp_path / "state", min_free=0).close()
    with sqlite3.connect(tmp_path / "state" / "quarantine.db") as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(TemporaryError, match="schema version 99"):
        SqliteStore(tmp_path / "state", min_free=0)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A store without a place is an error at opening."""
    with pytest.raises(TemporaryError):
        SqliteStore("/proc/no/state")
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file", tmp_path / "file" / "state"):
        with pytest.raises(TemporaryError):
            SqliteStore(place)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "quarantine.db").write_bytes(b"no database" * 1000)
    with pytest.raises(TemporaryError):
        SqliteStore(tmp_path / "state")


def test_closed_store_refuses(store: SqliteStore) -> None:
    """After close every request fails, and none hangs."""
    store.close()
    with pytest.raises(TemporaryError):
        store.put(entry(), b"x")
    with pytest.raises(TemporaryError):
        store.entries()
    store.close()


def test_many_threads(store: SqliteStore) -> None:
    """Puts from many threads are all there, each with its own bytes."""
    with ThreadPoolExecutor(16) as threads:
        raws = [b"%d" % i * 100 for i in range(300)]
        ids = list(threads.map(lambda raw: store.put(entry(), raw), raws))
    assert len(set(ids)) == 300
    assert [store.load(id)[1] for id in ids] == raws


def test_awaited(store: SqliteStore) -> None:
    """The awaited face does the same, and a crowd of puts shares transactions."""

    async def story() -> None:
        awaited = store.awaited()
        ids = await asyncio.gather(*(awaited.put(entry(), b"%d" % i, provisional=True) for i in range(100)))
        await awaited.confirm(ids[:50])
        assert await awaited.remove(ids[50:]) == 50
        await awaited.mark_released(ids[0])
        assert (await awaited.load(ids[7]))[1] == b"7"
        with pytest.raises(UnknownEntry):
            await awaited.load(ids[99])

    asyncio.run(story())
    assert len(store.entries()) == 50


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(raw=st.binary(max_size=3000))
def test_any_bytes_survive(store: SqliteStore, raw: bytes) -> None:
    """Any message comes back as it was."""
    assert store.load(store.put(entry(), raw))[1] == raw


def test_ids_sort_by_time() -> None:
    """Ids are letters and digits, all different, and in the order of their times."""
    ids = [written(new_number(time)) for time in (0.0, 1.0, 1.5, 1e9, 2e9, 4e9)]
    assert sorted(ids) == ids
    assert len({written(new_number(1.0)) for _ in range(1000)}) == 1000
    assert all(id.isalnum() and len(id) == 18 for id in ids)


def test_ids_follow_the_order_of_arrival(tmp_path: Path) -> None:
    """The newest entry comes first, also among those of one millisecond."""
    store = SqliteStore(tmp_path / "state", min_free=0, clock=Clock(wall=lambda: 1e9))
    ids = [store.put(entry(), b"x") for _ in range(50)]

    assert ids == sorted(ids)
    assert [one.id for one in store.entries()] == ids[::-1]
    store.close()


_LOOK = """
import sys
from bartizan.delivery.sqlite_store import SqliteStore
store = SqliteStore(sys.argv[1], min_free=0)
print(len(store.entries()))
store.close()
"""


def test_another_process_comes_and_goes(store: SqliteStore, tmp_path: Path) -> None:
    """A command that lists and ends while the gateway goes on: what is stored after it is there for the next one."""
    counted = []
    for _ in range(3):
        store.put(entry(), b"x")
        command = [sys.executable, "-c", _LOOK, str(tmp_path / "var" / "state")]
        counted.append(int(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout))
    assert counted == [1, 2, 3]
