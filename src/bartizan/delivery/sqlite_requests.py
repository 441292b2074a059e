"""What can be asked of the SQLite store, each request answered by a Future.

Here are the SQL statements and the order of steps: a large body is a durable file before its row is committed; a row is
gone before its body file is. Not here: the promises (store), the faces (sqlite_store), transactions (writer).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path

from bartizan.delivery import database
from bartizan.delivery.bodies import Bodies, make_directory
from bartizan.delivery.owners import Owner, alone
from bartizan.delivery.rows import COLUMNS, clean, new_row, read_any_row, read_row
from bartizan.delivery.store import DamagedEntry, Entry, Filter, NewEntry, State, UnknownEntry
from bartizan.delivery.writer import Job, Writer
from bartizan.model.clock import Clock
from bartizan.model.errors import TemporaryError
from bartizan.model.limits import MIB
from bartizan.model.reply import NO_SPACE

INLINE_BYTES = 1 * MIB
VACUUM_PAGES = 10_000
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_INSERT = f"INSERT INTO entries ({COLUMNS}, sender, sha256, owner, file) VALUES ({', '.join('?' * 16)})"


class Requests:
    """What can be asked of the store, each answered by a Future."""

    def __init__(
        self, directory: Path, *, clock: Clock, busy_seconds: float, min_free: int, connect: database.Connect
    ) -> None:
        """See sqlite_store.SqliteStore."""
        self._directory = directory
        self._path = directory / "quarantine.db"
        self._clock = clock
        self._busy_seconds = busy_seconds
        self._min_free = min_free
        self._connect = connect
        self._owner: Owner | None = None
        self._numbering = threading.Lock()
        self._number = 0
        try:
            make_directory(directory)
            self._bodies = Bodies(directory / "bodies")
        except OSError as problem:
            raise TemporaryError(f"store: {problem}") from problem
        self._writer = Writer(self._open, "store")

    def _new_id(self, now: float) -> str:
        """The next id: later than all that this store gave before, even within a millisecond."""
        with self._numbering:
            number = new_number(now)
            if number <= self._number:
                number = self._number + 1 + secrets.randbits(20)
            self._number = number
        return written(number)

    def put(self, entry: NewEntry, raw: bytes | memoryview, *, provisional: bool) -> Future[str]:
        now = self._clock.wall()
        id = self._new_id(now)
        state = State.PROVISIONAL if provisional else State.KEPT
        size = len(raw)
        inline = size <= INLINE_BYTES
        row = new_row(id, entry, state, size, now)
        digest: list[bytes] = []
        addresses = {clean(recipient.address) for recipient in entry.recipients}

        def before() -> None:
            self._spare(size)
            digest.append(hashlib.sha256(raw).digest())
            if not inline:
                self._bodies.write(id, raw)

        def work(connection: sqlite3.Connection) -> str:
            assert self._owner is not None
            connection.execute(_INSERT, (*row, digest[0], self._owner.token, not inline))
            if inline:
                connection.execute("INSERT INTO raws VALUES (?, ?)", (id, raw))
            connection.executemany(
                "INSERT OR IGNORE INTO copies VALUES (?, ?)", ((id, address) for address in addresses)
            )
            return id

        def undo() -> None:
            self._bodies.remove([id])

        return self._writer.submit(Job(work, before=before, undo=undo, size=size if inline else 0))

    def confirm(self, ids: Iterable[str]) -> Future[None]:
        wanted = tuple(ids)
        now = self._clock.wall()

        def work(connection: sqlite3.Connection) -> None:
            for id in wanted:
                connection.execute(
                    "UPDATE entries SET state = ?, changed_at = ? WHERE id = ? AND state = 'provisional'",
                    (State.KEPT.value, now, id),
                )

        return self._writer.submit(Job(work))

    def remove(self, ids: Iterable[str]) -> Future[int]:
        wanted = tuple(ids)
        return self._delete(lambda connection: wanted)

    def purge(self, older_than: float) -> Future[int]:
        def chosen(connection: sqlite3.Connection) -> tuple[str, ...]:
            connection.execute(f"PRAGMA incremental_vacuum({VACUUM_PAGES})").fetchall()
            rows = connection.execute(
                "SELECT id FROM entries WHERE stored_at < ? AND state != 'provisional'", (older_than,)
            )
            return tuple(id for (id,) in rows)

        return self._delete(chosen)

    def mark_released(self, id: str) -> Future[None]:
        now = self._clock.wall()

        def work(connection: sqlite3.Connection) -> None:
            changed = connection.execute(
                "UPDATE entries SET state = ?, changed_at = ? WHERE id = ?", (State.RELEASED.value, now, id)
            )
            if not changed.rowcount:
                raise UnknownEntry(id)

        return self._writer.submit(Job(work))

    def entries(self, wanted: Filter) -> Future[list[Entry]]:
        def work(connection: sqlite3.Connection) -> list[Entry]:
            sql, values = _select(wanted)
            return [read_any_row(row) for row in connection.execute(sql, values)]

        return self._writer.submit(Job(work, writes=False))

    def load(self, id: str) -> Future[tuple[Entry, bytes]]:
        def work(connection: sqlite3.Connection) -> tuple[Entry, bytes]:
            row = connection.execute(
                f"SELECT {COLUMNS}, sha256, file, raw FROM entries LEFT JOIN raws USING (id) WHERE id = ?", (id,)
            ).fetchone()
            if row is None:
                raise UnknownEntry(id)
            try:
                entry = read_row(row)
                raw = self._bodies.read(id) if row[-2] else row[-1]
            except (ValueError, OSError) as problem:
                raise DamagedEntry(f"{id}: {problem}") from problem
            if raw is None or hashlib.sha256(raw).hexdigest() != entry.sha256:
                raise DamagedEntry(f"{id}: not the bytes that were stored")
            return entry, raw

        return self._writer.submit(Job(work, writes=False))

    @property
    def failed(self) -> str:
        """Why nothing is done at the moment; "" when it is."""
        return self._writer.broken

    def close(self) -> None:
        self._writer.close()
        if self._owner is not None:
            self._owner.close()
            self._owner = None

    def _delete(self, chosen: Callable[[sqlite3.Connection], tuple[str, ...]]) -> Future[int]:
        files: list[str] = []

        def work(connection: sqlite3.Connection) -> int:
            removed = 0
            for id in chosen(connection):
                row = connection.execute("DELETE FROM entries WHERE id = ? RETURNING file", (id,)).fetchone()
                if row is not None:
                    removed += 1
                    if row[0]:
                        files.append(id)
            return removed

        return self._writer.submit(Job(work, after=lambda: self._bodies.remove(files)))

    def _spare(self, size: int) -> None:
        """Raise TemporaryError when `size` more bytes would leave too little room on the disk."""
        there = os.statvfs(self._directory)
        if there.f_bavail * there.f_frsize < self._min_free + size:
            raise TemporaryError("store: disk is nearly full", NO_SPACE)

    def _open(self, again: bool) -> sqlite3.Connection:
        """A sound connection, with the business of the dead finished. Runs in the writer's thread."""
        database.make(self._path)
        connection = self._connect(self._path, self._busy_seconds)
        try:
            with alone(self._directory):
                database.prepare(connection, self._path)
                if again:
                    database.recover(connection)
                if self._owner is None:
                    self._owner = Owner(self._directory)
                self._settle(connection, self._owner.bury())
        except BaseException:
            connection.close()
            raise
        return connection

    def _settle(self, connection: sqlite3.Connection, alive: tuple[str, ...]) -> None:
        """Keep what the dead left provisional, and remove body files that no row speaks of."""
        marks = ", ".join("?" * len(alive))
        connection.execute(
            f"UPDATE entries SET state = 'kept', changed_at = ? WHERE state = 'provisional' AND owner NOT IN ({marks})",
            (self._clock.wall(), *alive),
        )
        known = {id for (id,) in connection.execute("SELECT id FROM entries WHERE file")}
        self._bodies.sweep(known)


def new_number(now: float) -> int:
    """What an id is made of: milliseconds since 1970, then 40 random bits."""
    return int(now * 1000) << 40 | secrets.randbits(40)


def written(number: int) -> str:
    """An id: 18 letters and digits, sorted as the numbers are."""
    return "".join(_DIGITS[number >> shift & 31] for shift in range(85, -1, -5))


def _select(wanted: Filter) -> tuple[str, list[object]]:
    """The statement for a filter, and its values."""
    conditions: list[tuple[str, object]] = []
    if wanted.kind:
        conditions.append(("kind = ?", wanted.kind))
    if wanted.state is not None:
        conditions.append(("state = ?", wanted.state.value))
    if wanted.sender:
        conditions.append(("sender = ?", clean(wanted.sender)))
    if wanted.recipient:
        conditions.append(("id IN (SELECT id FROM copies WHERE address = ?)", clean(wanted.recipient)))
    if wanted.since is not None:
        conditions.append(("stored_at >= ?", wanted.since))
    if wanted.until is not None:
        conditions.append(("stored_at < ?", wanted.until))
    if wanted.before:
        conditions.append(("id < ?", wanted.before))
    where = " AND ".join(condition for condition, _ in conditions) or "1"
    sql = f"SELECT {COLUMNS}, sha256 FROM entries WHERE {where} ORDER BY id DESC LIMIT ?"
    return sql, [*(value for _, value in conditions), wanted.limit]
