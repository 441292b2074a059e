"""Turn entries into rows of the database and back, exactly.

Text that came from a peer may hold what is no character (bytes that are no UTF-8 arrive as lone surrogates, PEP 383),
so envelopes are packed as bytes. The columns that people search are cleaned copies. Findings are descriptions: what
cannot be encoded in them becomes "?".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bartizan.delivery.store import Entry, NewEntry, State
from bartizan.model.envelope import Direction, Envelope, Peer, Recipient
from bartizan.model.finding import Finding
from bartizan.observe.codec import pack, unpack

COLUMNS = "id, kind, state, envelope, recipients, reason, rule, score, findings, size, stored_at, changed_at"

DAMAGED = "damaged"
"""The reason of an entry that cannot be read: it is no action's name."""

PackedRecipient = tuple[bytes, tuple[bytes, ...]]


@dataclass(frozen=True, slots=True)
class PackedEnvelope:
    """An Envelope whose text is bytes."""

    id: bytes
    address: bytes
    port: int
    helo: bytes
    sender: bytes
    recipients: tuple[PackedRecipient, ...]
    parameters: tuple[bytes, ...]
    tls: bytes
    authenticated: bytes
    direction: Direction
    received_at: float


def pack_envelope(envelope: Envelope) -> bytes:
    """The envelope as one blob."""
    return pack(
        PackedEnvelope(
            _b(envelope.id),
            _b(envelope.peer.address),
            envelope.peer.port,
            _b(envelope.helo),
            _b(envelope.sender),
            _packed(envelope.recipients),
            tuple(map(_b, envelope.parameters)),
            _b(envelope.tls),
            _b(envelope.authenticated),
            envelope.direction,
            envelope.received_at,
        )
    )


def unpack_envelope(blob: bytes) -> Envelope:
    """The envelope in the blob. Raises ValueError."""
    packed = unpack(blob, PackedEnvelope)
    return Envelope(
        id=_s(packed.id),
        peer=Peer(_s(packed.address), packed.port),
        helo=_s(packed.helo),
        sender=_s(packed.sender),
        recipients=_unpacked(packed.recipients),
        parameters=tuple(map(_s, packed.parameters)),
        tls=_s(packed.tls),
        authenticated=_s(packed.authenticated),
        direction=packed.direction,
        received_at=packed.received_at,
    )


def pack_recipients(recipients: tuple[Recipient, ...]) -> bytes:
    """Recipients with their parameters as one blob."""
    return pack(_packed(recipients))


def pack_findings(findings: tuple[Finding, ...]) -> bytes:
    """Findings as one blob."""
    try:
        return pack(findings)
    except UnicodeEncodeError:
        return pack(tuple(replace(f, name=clean(f.name), part=clean(f.part), detail=clean(f.detail)) for f in findings))


def clean(text: str) -> str:
    """`text` for a column: what is no character becomes "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")


def new_row(id: str, entry: NewEntry, state: State, size: int, now: float) -> tuple[object, ...]:
    """The values of COLUMNS, and then the cleaned sender."""
    return (
        id,
        entry.kind,
        state.value,
        pack_envelope(entry.envelope),
        pack_recipients(entry.recipients),
        clean(entry.reason),
        clean(entry.rule),
        entry.score,
        pack_findings(entry.findings),
        size,
        now,
        now,
        clean(entry.envelope.sender),
    )


def read_row(row: tuple[Any, ...]) -> Entry:
    """The Entry in the values of COLUMNS, followed by its digest. Raises ValueError for a blob that is damaged."""
    id, kind, state, envelope, recipients, reason, rule, score, findings, size, stored_at, changed_at, sha256 = row[:13]
    return Entry(
        id=id,
        kind=kind,
        state=State(state),
        envelope=unpack_envelope(envelope),
        recipients=_unpacked(unpack(recipients, tuple[PackedRecipient, ...])),
        reason=reason,
        rule=rule,
        score=score,
        findings=unpack(findings, tuple[Finding, ...]),
        size=size,
        sha256=sha256.hex(),
        stored_at=stored_at,
        changed_at=changed_at,
    )


def read_any_row(row: tuple[Any, ...]) -> Entry:
    """As `read_row`; of a row with a damaged blob what is left of it, so that it can be seen, named and deleted."""
    try:
        return read_row(row)
    except ValueError:
        id, kind, state, _, _, _, rule, score, _, size, stored_at, changed_at, sha256 = row[:13]
        unknown = Envelope("", Peer(""), "", "", ())
        digest = sha256.hex()
        return Entry(id, kind, State(state), unknown, (), DAMAGED, rule, score, (), size, digest, stored_at, changed_at)


def _packed(recipients: tuple[Recipient, ...]) -> tuple[PackedRecipient, ...]:
    return tuple((_b(r.address), tuple(map(_b, r.parameters))) for r in recipients)


def _unpacked(recipients: tuple[PackedRecipient, ...]) -> tuple[Recipient, ...]:
    return tuple(Recipient(_s(address), tuple(map(_s, parameters))) for address, parameters in recipients)


def _b(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _s(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
