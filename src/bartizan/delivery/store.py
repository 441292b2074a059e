"""What a durable message store promises: the contract behind quarantine, and later behind the spool.

A store takes responsibility for copies of messages. When `put` returns, the copy survives a crash of the process and
of the machine, byte for byte. A provisional entry is as durable as any other; it says that whoever put it may still
take it back, because the sender may keep the message. After a crash such an entry is kept: a duplicate is allowed, a
loss is not.

Two faces: `MessageStore` blocks (commands, the store's own tests), `AsyncMessageStore` is awaited (smtpd).

Not here: how it is done (sqlite_store), what is put into it (actions.quarantine).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from bartizan.model.envelope import Envelope, Recipient
from bartizan.model.errors import TemporaryError
from bartizan.model.finding import Finding

QUARANTINE = "quarantine"


class State(enum.StrEnum):
    """What is known about an entry's responsibility."""

    PROVISIONAL = "provisional"
    KEPT = "kept"
    RELEASED = "released"


class UnknownEntry(LookupError):
    """There is no entry with this id."""


class DamagedEntry(TemporaryError):
    """An entry is there, but its bytes are not those that were put."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is put: the copies of `recipients`, a part of the envelope's.

    `reason` is one word (an action's name), `rule` the deciding rule, `score` and `findings` what it was decided on.
    """

    kind: str
    envelope: Envelope
    recipients: tuple[Recipient, ...]
    reason: str
    rule: str
    score: float = 0.0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept: a `NewEntry` and what the store knows about it.

    `id` letters and digits, sortable by time; `size` in bytes and `sha256` (hexadecimal) of the raw message;
    `stored_at` and `changed_at` in seconds since 1970.
    """

    id: str
    kind: str
    state: State
    envelope: Envelope
    recipients: tuple[Recipient, ...]
    reason: str
    rule: str
    score: float
    findings: tuple[Finding, ...]
    size: int
    sha256: str
    stored_at: float
    changed_at: float


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are meant; "" and None ask for nothing. `since` <= stored_at < `until`, in seconds since 1970.

    `sender` and `recipient` are whole addresses (ASCII case is ignored); `before` is an id: only entries older than
    that one, to turn pages.
    """

    kind: str = QUARANTINE
    state: State | None = None
    sender: str = ""
    recipient: str = ""
    since: float | None = None
    until: float | None = None
    before: str = ""
    limit: int = 1000


class MessageStore(Protocol):
    """The blocking face. Every method raises TemporaryError when the store cannot do it now."""

    def put(self, entry: NewEntry, raw: bytes | memoryview, *, provisional: bool = False) -> str:
        """Store `entry` with the exact bytes of `raw`; durable on return. The new entry's id."""
        ...

    def confirm(self, ids: Iterable[str]) -> None:
        """Provisional entries become kept ones. Unknown ids are ignored."""
        ...

    def remove(self, ids: Iterable[str]) -> int:
        """Delete entries with their bytes, in any state; how many there were."""
        ...

    def entries(self, wanted: Filter = ...) -> list[Entry]:
        """The entries that `wanted` means, the newest first; one that is damaged has the reason "damaged", and no
        envelope."""
        ...

    def load(self, id: str) -> tuple[Entry, bytes]:
        """An entry and its raw message, checked against its digest. Raises UnknownEntry, DamagedEntry."""
        ...

    def mark_released(self, id: str) -> None:
        """The entry's copies were delivered after all; the entry stays until it is purged. Raises UnknownEntry."""
        ...

    def purge(self, older_than: float) -> int:
        """Delete kept and released entries stored before `older_than` (seconds since 1970); how many there were."""
        ...

    def close(self) -> None:
        """Finish what was asked for and let go of all files."""
        ...


class AsyncMessageStore(Protocol):
    """The awaited face, for the event loop; the same promises."""

    async def put(self, entry: NewEntry, raw: bytes | memoryview, *, provisional: bool = False) -> str: ...

    async def confirm(self, ids: Iterable[str]) -> None: ...

    async def remove(self, ids: Iterable[str]) -> int: ...

    async def load(self, id: str) -> tuple[Entry, bytes]: ...

    async def mark_released(self, id: str) -> None: ...
