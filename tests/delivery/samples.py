"""Entries for the tests of the store; imports little, since child processes import it too."""

from __future__ import annotations

from bartizan.delivery.store import NewEntry
from bartizan.model.envelope import Direction, Envelope, Peer, Recipient
from bartizan.model.finding import Finding, Kind, Reason, gap

A, B = Recipient("a@Example.net", ("NOTIFY=NEVER",)), Recipient("b@example.net")
ENVELOPE = Envelope(
    id="ID1",
    peer=Peer("192.0.2.1", 25),
    helo="a.example",
    sender="s@example.org",
    recipients=(A, B),
    parameters=("SIZE=5",),
    tls="TLSv1.3 X",
    authenticated="u",
    direction=Direction.OUTBOUND,
    received_at=1.5,
)
FINDINGS = (Finding(Kind.SIGNATURE, "eicar", "2/x.zip!/a", 10.0, "d", (1, 2)), gap(Reason.ENCRYPTED, "2/y.zip"))
LARGE = bytes(range(256)) * 4097


def entry(
    envelope: Envelope = ENVELOPE,
    recipients: tuple[Recipient, ...] = (A,),
    kind: str = "quarantine",
    rule: str = "x.toml:3 eicar",
    findings: tuple[Finding, ...] = FINDINGS,
) -> NewEntry:
    """An entry for the copy of A."""
    return NewEntry(kind, envelope, recipients, "quarantine", rule, 10.0, findings)
