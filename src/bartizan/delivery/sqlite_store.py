"""The durable message store on SQLite and files, for one machine (DESIGN section 6).

<state>/quarantine.db holds a row for each entry and its raw message up to 1 MiB; a larger one is a file bodies/xx/ID,
synced with its name before the row is committed. All processes of the gateway and the commands share the folder.

The bytes stored are the raw message exactly as received; nothing is added. Their SHA-256 is in the row and checked by
`load`. At opening, provisional entries of processes that died are kept for good, and body files without a row are
removed when they are older than 15 minutes.

Limits: `min_free` bytes stay free on the disk, else NO_SPACE. Known gaps: one machine only; after a failure a large
database takes long to be checked, and nothing is stored meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from bartizan.delivery import database
from bartizan.delivery.sqlite_requests import Requests
from bartizan.delivery.store import Entry, Filter, NewEntry
from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.limits import MIB


class SqliteStore:
    """The blocking face; see store.MessageStore for what each method promises."""

    def __init__(
        self,
        directory: Path | str,
        *,
        clock: Clock = SYSTEM,
        busy_seconds: float = 10.0,
        min_free: int = 64 * MIB,
        connect: database.Connect = database.connect,
    ) -> None:
        """Open or make the store in `directory` (mode 0700). Raises TemporaryError.

        `busy_seconds`: how long a locked database is waited for; `min_free`: bytes that stay free on the disk;
        `connect` lets tests give a database that fails.
        """
        self._ask = Requests(
            Path(directory), clock=clock, busy_seconds=busy_seconds, min_free=min_free, connect=connect
        )

    @property
    def failed(self) -> str:
        """Why the store acknowledges nothing at the moment, after a failure or its end; "" when it does."""
        return self._ask.failed

    def put(self, entry: NewEntry, raw: bytes | memoryview, *, provisional: bool = False) -> str:
        return self._ask.put(entry, raw, provisional=provisional).result()

    def confirm(self, ids: Iterable[str]) -> None:
        self._ask.confirm(ids).result()

    def remove(self, ids: Iterable[str]) -> int:
        return self._ask.remove(ids).result()

    def entries(self, wanted: Filter | None = None) -> list[Entry]:
        return self._ask.entries(wanted or Filter()).result()

    def load(self, id: str) -> tuple[Entry, bytes]:
        return self._ask.load(id).result()

    def mark_released(self, id: str) -> None:
        self._ask.mark_released(id).result()

    def purge(self, older_than: float) -> int:
        return self._ask.purge(older_than).result()

    def close(self) -> None:
        self._ask.close()

    def awaited(self) -> AsyncSqliteStore:
        """The same store for the event loop."""
        return AsyncSqliteStore(self._ask)


class AsyncSqliteStore:
    """The awaited face; see store.AsyncMessageStore."""

    def __init__(self, requests: Requests) -> None:
        self._ask = requests

    async def put(self, entry: NewEntry, raw: bytes | memoryview, *, provisional: bool = False) -> str:
        return await asyncio.wrap_future(self._ask.put(entry, raw, provisional=provisional))

    async def confirm(self, ids: Iterable[str]) -> None:
        await asyncio.wrap_future(self._ask.confirm(ids))

    async def remove(self, ids: Iterable[str]) -> int:
        return await asyncio.wrap_future(self._ask.remove(ids))

    async def load(self, id: str) -> tuple[Entry, bytes]:
        return await asyncio.wrap_future(self._ask.load(id))

    async def mark_released(self, id: str) -> None:
        await asyncio.wrap_future(self._ask.mark_released(id))
