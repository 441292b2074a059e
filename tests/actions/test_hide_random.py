"""Any header: nothing of the inside is left in the fields that are hidden, and others are not touched."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bartizan.actions.hide import Hiding
from bartizan.model.envelope import Direction, Envelope, Peer, Recipient
from bartizan.model.hide import Hide

HIDING = Hiding(Hide(public="example.com", domains=("corp.internal", "ws1.lan")), "gate.example.com")
OUT = Envelope(
    "ID1", Peer("10.0.0.5"), "h", "s@corp.internal", (Recipient("x@y.example"),), direction=Direction.OUTBOUND
)
LEFT = re.compile(rb"corp\.internal|ws1\.lan|\b10\.\d+\.\d+\.\d+", re.IGNORECASE)

SPACE = st.sampled_from([b"", b" ", b"\r\n ", b"\t", b"(c)", b" (a (b) \\) c) ", b"(at corp.internal)"])
LOCAL = st.sampled_from([b"a", b"a.b", b'"q, \\" @x"', b"a+b=c", "ü".encode(), b"\xff"])
DOMAIN = st.sampled_from(
    [
        b"corp.internal",
        b"Host.CORP.Internal",
        b"a.b.ws1.lan",
        b"out.example",
        b"[10.1.2.3]",
        b"[192.0.2.1]",
        b"example.com",
    ]
)
NAME = st.sampled_from([b"", b"Ann", b'"Ann, at corp.internal"', b"=?utf-8?Q?=C3=A9?=", b"x@corp.internal", b"team:"])
END = st.sampled_from([b",", b", ", b";", b",\r\n\t", b",,"])


@st.composite
def addresses(draw: st.DrawFn) -> bytes:
    """One mailbox, with all that may stand between its parts."""
    space = [draw(SPACE) for _ in range(4)]
    inner = draw(LOCAL) + space[0] + b"@" + space[1] + draw(DOMAIN)
    if draw(st.booleans()):
        inner = b"<" + space[2] + inner + space[3] + b">"
        return draw(NAME) + b" " + inner
    return b" " + inner + space[3]


@st.composite
def fields(draw: st.DrawFn) -> bytes:
    """One field that is hidden."""
    name = draw(st.sampled_from([b"From", b"tO ", b"Cc", b"Resent-To", b"Message-ID", b"References", b"List-Id"]))
    many = draw(st.lists(st.tuples(addresses(), END).map(b"".join), max_size=4))
    return name + b": " + b"".join(many) + b"\r\n"


OTHERS = st.sampled_from(
    [b"Subject: at corp.internal\r\n", b"junk\r\n", b"X-A: a@ws1.lan\r\n b\r\n", b"Date:\r\n", b"X-B: \xff\r\n"]
)
TRACES = st.sampled_from(
    [b"Received: from a.corp.internal by b\r\n", b"Received: from x.example ([10.0.0.1])\r\n\tby y.example; z\r\n",
     b"X-Mailer: 1 at ws1.lan\r\n", b"DKIM-Signature: d=corp.internal;\r\n s=a\r\n"]
)  # fmt: skip


@given(st.lists(st.tuples(st.booleans(), fields() | TRACES) | st.tuples(st.none(), OTHERS), max_size=8), st.binary())
def test_well_formed(header: list[tuple[bool | None, bytes]], body: bytes) -> None:
    """No name of the inside is left, whatever the order; other fields and the body are the same bytes."""
    raw = b"".join(field for _, field in header)
    if raw.startswith((b"\r", b"\n")):
        return
    done = bytes(HIDING.outgoing(OUT, raw + b"\r\n" + body).raw)
    assert done.endswith(b"\r\n" + body)
    others = [field for hidden, field in header if hidden is None]
    rest = done[: len(done) - len(body) - 2]
    at = 0
    for field in others:
        at = rest.index(field, at)
        rest = rest[:at] + rest[at + len(field) :]
    assert not LEFT.search(rest), rest


PIECES = st.sampled_from(
    [b"From:", b"To:", b"\r\n", b" ", b"\t", b"@", b"<", b">", b"(", b")", b'"', b"\\", b"[", b"]", b",", b".", b"a",
     b"corp", b"internal", b"corp.internal", b"\r", b"\n", b"\x00", b"\xff", b"=?", b"?=", b"q?", b":", b";", b"%40",
     b"Received:", b"Message-ID:", b"10.0.0.1"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map(b"".join))
def test_anything(raw: bytes) -> None:
    """No bytes raise; a second time changes nothing; a header without a trace of the inside stays."""
    once = HIDING.outgoing(OUT, raw).raw
    assert HIDING.outgoing(OUT, once).raw == once
    if not any(piece in raw for piece in (b"internal", b"10.0.0.1", b"Received")):
        assert once is raw


@given(st.lists(PIECES.filter(lambda piece: b"\n" not in piece and b"\r" not in piece), max_size=30).map(b"".join))
def test_any_address(value: bytes) -> None:
    """However odd the value: where a name stands with nothing around it that belongs to a name, it is gone."""
    raw = b"To: " + value + b" <b@corp.internal>\r\n\r\n"
    done = bytes(HIDING.outgoing(OUT, raw).raw)
    assert not re.search(rb"@corp\.internal", done.replace(b'"', b"")) or b"=?" in value or b'"' in value
