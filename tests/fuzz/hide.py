"""Hiding the inside: no bytes raise, a second time changes nothing, and no reader finds an inside address any more.

Octets are a message that goes out. The reader beside ours is the header parser of Python's standard library.
"""

from __future__ import annotations

from email.utils import getaddresses

from bartizan.actions.hide import Hiding
from bartizan.model.envelope import Direction, Envelope, Peer, Recipient
from bartizan.model.errors import PermanentError
from bartizan.model.hide import Hide, HidePair

HIDING = Hiding(
    Hide(
        public="example.com",
        domains=("corp.internal", "bücher.internal"),
        map=(HidePair("ann@corp.internal", "ann.archer@example.com"), HidePair("@lab.internal", "@lab.example.com")),
    ),
    "gate.example.com",
)
OUT = Envelope("I", Peer("10.0.0.5"), "h", "a@corp.internal", (Recipient("x@y.z"),), direction=Direction.OUTBOUND)
READ = 2000


def TestOneInput(data: bytes) -> None:
    """The three properties, line by line of the header; the body is the same bytes."""
    try:
        once = bytes(HIDING.outgoing(OUT, data).raw)
    except PermanentError:
        assert len(data) > 128 * 1024
        return
    assert HIDING.outgoing(OUT, once).raw == once
    lines = once.split(b"\n")
    for at, line in enumerate(lines):
        if line in (b"", b"\r"):
            if at:
                assert data.endswith(b"\n".join(lines[at:]))
            return
        line = line.removesuffix(b"\r").lower()
        if not line.startswith(b"to:") or any(odd in line for odd in (b"\r", b'"', b"\\")):
            continue  # what is quoted is the local part's own; the other reader takes a bare CR for a letter
        for _, address in getaddresses([line[3:READ].decode("latin-1")]):
            domain = address.rpartition("@")[2] if "@" in address else ""
            if domain.encode("latin-1", "replace") not in line:
                continue  # it joins what stands apart
            assert domain != "corp.internal", address
            assert not domain.endswith(".corp.internal"), address
