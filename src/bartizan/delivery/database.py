"""Open the SQLite database of a store: pragmas, schema, and the checks after a failure.

WAL with synchronous=FULL: a commit is durable when it returns. Several processes share the file; whoever finds it
locked waits `busy_seconds`.

After a failed sync the kernel may have dropped what it could not write while its cache still shows it, and later
commits would stand behind a hole in the log. So a database is used again only after `recover`: every page that the
log holds is copied into the main file and synced, the log is emptied, and the file is checked.

Not here: what is stored (rows), when (writer).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from bartizan.delivery.bodies import adopt, sync_directory

Connect = Callable[[Path, float], sqlite3.Connection]

VERSION = 1
_SCHEMA = """
CREATE TABLE entries (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    envelope BLOB NOT NULL,
    recipients BLOB NOT NULL,
    reason TEXT NOT NULL,
    rule TEXT NOT NULL,
    score REAL NOT NULL,
    findings BLOB NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    stored_at REAL NOT NULL,
    changed_at REAL NOT NULL,
    sender TEXT NOT NULL COLLATE NOCASE,
    owner TEXT NOT NULL,
    file INTEGER NOT NULL
) STRICT;
CREATE TABLE raws (
    id TEXT NOT NULL PRIMARY KEY REFERENCES entries(id) ON DELETE CASCADE,
    raw BLOB NOT NULL
) STRICT;
CREATE TABLE copies (
    id TEXT NOT NULL REFERENCES entries(id) ON DELETE CASCADE,
    address TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (id, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX copies_address ON copies(address);
CREATE INDEX entries_provisional ON entries(owner) WHERE state = 'provisional';
CREATE INDEX entries_files ON entries(id) WHERE file;
"""


def make(path: Path) -> None:
    """Make the file for its owner alone, if it is not there. Raises OSError.

    It must not be opened otherwise, not even to look: when a process closes any descriptor of a file, the kernel drops
    all locks that the process has on it (fcntl(2)), SQLite's too. The next process to close the database would take
    itself for the last one and remove the log that is being written.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        return
    try:
        adopt(descriptor, path.parent)
    finally:
        os.close(descriptor)


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """A connection that the calling thread may use; transactions are begun by hand. Raises sqlite3.Error."""
    return sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set the connection up and make or check the schema; one process at a time. Raises sqlite3.Error, OSError."""
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
        raise sqlite3.OperationalError("no write-ahead log here")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")  # a confined process cannot make files elsewhere
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    elif version != VERSION:
        raise sqlite3.DatabaseError(f"schema version {version}, expected {VERSION}")
    sync_directory(path.parent)  # the names of the file and its log


def recover(connection: sqlite3.Connection) -> None:
    """Make everything the log holds durable in the main file, empty the log, check the file. Raises sqlite3.Error."""
    (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("the log is in use by somebody else")
    problems = [problem for (problem,) in connection.execute("PRAGMA quick_check(10)")]
    if problems != ["ok"]:
        raise sqlite3.DatabaseError(f"damaged: {problems[0]}")
