"""What happens when the disk fails, when a process is killed, and when many processes share the store."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bartizan.delivery import bodies, database, writer
from bartizan.delivery.sqlite_store import SqliteStore
from bartizan.delivery.store import Filter, State
from bartizan.model.errors import TemporaryError
from bartizan.model.reply import INTERNAL, NO_SPACE
from delivery.samples import LARGE, entry

ROOT = Path(__file__).resolve().parents[1]


class Faulty(sqlite3.Connection):
    """A connection that does what `fault` says before each statement."""

    fault: Callable[[str], None] = staticmethod(lambda sql: None)

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:  # type: ignore[override]
        type(self).fault(sql)
        return super().execute(sql, *values)  # type: ignore[arg-type]


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> type[Faulty]:
    """A class of connections whose `fault` can be set, with quick attempts to open again."""
    monkeypatch.setattr(writer, "FIRST_RETRY_SECONDS", 0.0)
    monkeypatch.setattr(writer, "LAST_RETRY_SECONDS", 0.0)
    return type("ThisFaulty", (Faulty,), {})


def open_faulty(directory: Path, faulty: type[Faulty], log: list[str] | None = None) -> SqliteStore:
    """A store on `faulty` connections."""

    def connect(path: Path, seconds: float) -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=seconds, isolation_level=None, factory=faulty)

    return SqliteStore(directory, min_free=0, connect=connect)


def put_when_sound(store: SqliteStore, raw: bytes) -> str:
    """Put, as often as it takes until the store is sound again."""
    deadline = time.monotonic() + 5
    while True:
        try:
            return store.put(entry(), raw)
        except TemporaryError:
            if time.monotonic() > deadline:
                raise


def test_a_failure_can_be_seen(tmp_path: Path, faulty: type[Faulty]) -> None:
    """Why the store acknowledges nothing, from the failure on until it is sound again, and at its end."""
    store = open_faulty(tmp_path / "state", faulty)
    assert store.failed == ""

    def fail(sql: str) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    faulty.fault = staticmethod(fail)
    with pytest.raises(TemporaryError):
        store.put(entry(), b"first")
    assert "disk I/O error" in store.failed
    faulty.fault = staticmethod(lambda sql: None)
    put_when_sound(store, b"second")
    assert store.failed == ""
    store.close()
    assert store.failed == "closed"


@pytest.mark.parametrize("statement", ["BEGIN", "INSERT INTO entries", "INSERT INTO raws", "COMMIT"])
def test_failure_in_a_transaction(tmp_path: Path, faulty: type[Faulty], statement: str) -> None:
    """A statement that fails is a refusal; the database is recovered and checked before the next put succeeds."""
    seen: list[str] = []
    store = open_faulty(tmp_path / "state", faulty)
    first = store.put(entry(), b"first")

    def fail_once(sql: str) -> None:
        seen.append(sql)
        if sql.startswith(statement) and not any("quick_check" in s for s in seen):
            raise sqlite3.OperationalError("disk I/O error")

    faulty.fault = staticmethod(fail_once)
    with pytest.raises(TemporaryError) as raised:
        store.put(entry(), b"second")
    assert raised.value.reply == INTERNAL
    third = put_when_sound(store, b"third")
    checks = [s for s in seen if s.startswith(("PRAGMA wal_checkpoint", "PRAGMA quick_check"))]
    assert checks == ["PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA quick_check(10)"]
    assert [store.load(id)[1] for id in (first, third)] == [b"first", b"third"]
    assert {e.id for e in store.entries()} == {first, third}
    store.close()


@pytest.mark.parametrize("check", ["PRAGMA wal_checkpoint", "PRAGMA quick_check"])
def test_store_that_cannot_be_checked_stays_broken(tmp_path: Path, faulty: type[Faulty], check: str) -> None:
    """As long as the check does not succeed, every put is refused."""
    store = open_faulty(tmp_path / "state", faulty)
    bad = [True]

    def fail(sql: str) -> None:
        if bad[0] and sql.startswith(("COMMIT", check)):
            raise sqlite3.OperationalError("disk I/O error")

    faulty.fault = staticmethod(fail)
    for _ in range(20):
        with pytest.raises(TemporaryError):
            store.put(entry(), b"x")
    bad[0] = False
    put_when_sound(store, b"y")
    store.close()


def test_everybody_in_a_failed_transaction_is_refused(tmp_path: Path, faulty: type[Faulty]) -> None:
    """One commit for many: when it fails, none of them has a receipt."""
    store = open_faulty(tmp_path / "state", faulty)

    def fail(sql: str) -> None:
        if sql == "COMMIT":
            raise sqlite3.OperationalError("disk I/O error")

    faulty.fault = staticmethod(fail)
    futures = [store._ask.put(entry(), b"x", provisional=False) for _ in range(50)]
    assert all(isinstance(future.exception(), TemporaryError) for future in futures)
    store.close()


def test_locked_database_is_no_damage(tmp_path: Path) -> None:
    """Somebody else holds the lock for too long: a refusal, no check, nothing left, and the next put succeeds."""
    store = SqliteStore(tmp_path / "state", min_free=0, busy_seconds=0.01)
    other = sqlite3.connect(tmp_path / "state" / "quarantine.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TemporaryError):
        store.put(entry(), LARGE)
    assert list((tmp_path / "state" / "bodies").glob("*/*")) == []
    other.execute("ROLLBACK")
    other.close()
    store.put(entry(), b"y")
    store.close()


def test_real_full_database(tmp_path: Path) -> None:
    """SQLite itself says that there is no room."""

    def connect(path: Path, seconds: float) -> sqlite3.Connection:
        connection = database.connect(path, seconds)
        connection.execute("PRAGMA max_page_count = 40")
        return connection

    store = SqliteStore(tmp_path / "state", min_free=0, connect=connect)
    store.put(entry(), b"x" * 40_000)
    with pytest.raises(TemporaryError) as raised:
        store.put(entry(), b"x" * 200_000)
    assert raised.value.reply == NO_SPACE
    store.close()


@pytest.mark.parametrize("call", ["fdatasync", "fsync", "write"])
def test_body_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """A body file that fails to be written or synced leaves no row and no file."""
    monkeypatch.setattr(writer, "FIRST_RETRY_SECONDS", 0.0)
    store = SqliteStore(tmp_path / "state", min_free=0)
    real = getattr(os, call)

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bodies.os, call, fail)
    with pytest.raises(TemporaryError) as raised:
        store.put(entry(), LARGE)
    assert raised.value.reply == NO_SPACE
    monkeypatch.setattr(bodies.os, call, real)
    id = put_when_sound(store, LARGE)
    assert [e.id for e in store.entries()] == [id]
    assert [file.name for file in (tmp_path / "state" / "bodies").glob("*/*")] == [id]
    store.close()


def test_order_of_steps(tmp_path: Path, faulty: type[Faulty], monkeypatch: pytest.MonkeyPatch) -> None:
    """File synced, folder synced, row committed: in this order, and only then the put returns."""
    store = open_faulty(tmp_path / "state", faulty)
    store.put(entry(), LARGE)  # makes the folder, most likely; the order must not depend on it
    steps: list[str] = []
    for call in ("fdatasync", "fsync"):
        real = getattr(os, call)

        def noted(descriptor: int, call: str = call, real: Callable[[int], None] = real) -> None:
            real(descriptor)
            steps.append(call + ":" + Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)

        monkeypatch.setattr(bodies.os, call, noted)
    faulty.fault = staticmethod(lambda sql: steps.append(sql.split()[0]))
    id = store.put(entry(), LARGE)
    at = steps.index("fdatasync:" + id)
    assert steps[at:] == ["fdatasync:" + id, "fsync:" + id[-2:], "BEGIN", "INSERT", "COMMIT"]
    store.close()


PUTTER = textwrap.dedent(
    """
    import hashlib, os, sys
    from delivery.samples import entry
    from bartizan.delivery.sqlite_store import SqliteStore
    from concurrent.futures import ThreadPoolExecutor

    store = SqliteStore(sys.argv[1], min_free=0)
    count = int(sys.argv[2])

    def one(number):
        raw = os.urandom(64) * (20_000 if number % 7 == 0 else 5)
        id = store.put(entry(), raw, provisional=number % 3 == 0)
        os.write(1, f"{id} {hashlib.sha256(raw).hexdigest()}\\n".encode())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(count)))
    if count < 1000:
        os._exit(0)
    """
)


def start(directory: Path, count: int) -> subprocess.Popen[bytes]:
    """A process that puts `count` messages and tells each id that it was given."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(ROOT)])}
    command = [sys.executable, "-c", PUTTER, str(directory), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Whatever was acknowledged before SIGKILL is there afterwards, byte for byte, and nothing is provisional."""
    told: dict[str, str] = {}
    chance = random.Random(7)
    for _ in range(5):
        process = start(tmp_path / "state", 10_000)
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        time.sleep(chance.uniform(0.0, 0.3))
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
        process.wait()
        process.stdout.close()
        told.update(line.decode().split() for line in lines if line.endswith(b"\n"))
    store = SqliteStore(tmp_path / "state", min_free=0)
    assert len(told) > 5
    for id, digest in told.items():
        assert hashlib.sha256(store.load(id)[1]).hexdigest() == digest
    assert store.entries(Filter(state=State.PROVISIONAL)) == []
    store.close()


def test_many_processes(tmp_path: Path) -> None:
    """Several processes share one store from its first moment on; none loses or spoils what another one put."""
    processes = [start(tmp_path / "state", 60) for _ in range(3)]
    told: dict[str, str] = {}
    for process in processes:
        out, _ = process.communicate()
        assert process.returncode == 0
        told.update(line.split() for line in out.decode().splitlines())
    store = SqliteStore(tmp_path / "state", min_free=0)
    assert len(told) == 180
    assert {e.id for e in store.entries()} == set(told)
    assert all(hashlib.sha256(store.load(id)[1]).hexdigest() == digest for id, digest in told.items())
    store.close()


def test_the_living_keep_their_provisional_entries(tmp_path: Path) -> None:
    """Opening a store settles what dead processes left, and touches nothing of those that are alive."""
    first = SqliteStore(tmp_path / "state", min_free=0)
    mine = first.put(entry(), b"x", provisional=True)
    second = SqliteStore(tmp_path / "state", min_free=0)
    assert [e.state for e in second.entries()] == [State.PROVISIONAL]
    second.close()
    first.close()
    third = SqliteStore(tmp_path / "state", min_free=0)
    assert [(e.id, e.state) for e in third.entries()] == [(mine, State.KEPT)]
    assert third.remove([mine]) == 1
    third.close()
