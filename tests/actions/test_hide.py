"""What goes out names nothing of the inside; everything else in it is as it came."""

from __future__ import annotations

import re
from functools import partial

import pytest

from bartizan.actions.hide import MAX_HEADER, MAX_WORK, Hiding
from bartizan.model.envelope import Direction, Envelope, Peer, Recipient
from bartizan.model.errors import PermanentError
from bartizan.model.hide import Hide, HidePair
from pace import seconds

HIDE = Hide(
    public="example.com",
    domains=("corp.internal", ".example.com", "bücher.internal", "ws1"),
    shown=("www.example.com",),
    map=(HidePair("jd@corp.internal", "john.doe@example.com"), HidePair("@eng.corp.internal", "@eng.example.com")),
)
HIDING = Hiding(HIDE, "gate.example.com")
OUT = Envelope(
    "ID1", Peer("10.0.0.5"), "ws1", "a@corp.internal", (Recipient("x@y.example"),), direction=Direction.OUTBOUND
)


def hidden(raw: bytes, hiding: Hiding = HIDING) -> bytes:
    """The header `raw` after hiding; what follows it must be untouched."""
    body = b"\r\nbody of corp.internal\r\nFrom: a@corp.internal\r\n"
    done = bytes(hiding.outgoing(OUT, memoryview(raw + body)).raw)
    assert done.endswith(body)
    return done.removesuffix(body)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"From: a@corp.internal\r\n", b"From: a@example.com\r\n"),
        (b"from :<a@WS9.Corp.Internal>\r\n", b"from :<a@example.com>\r\n"),
        (
            b"To: a@x.corp.internal, b@out.example,\r\n c@corp.internal\r\n",
            b"To: a@example.com, b@out.example,\r\n c@example.com\r\n",
        ),
        (b"To: team: a@corp.internal, b@corp.internal;\r\n", b"To: team: a@example.com, b@example.com;\r\n"),
        (b'Cc: "x, y" <"a b"@corp.internal>\r\n', b'Cc: "x, y" <"a b"@example.com>\r\n'),
        (b"To: a @ (c) corp (d(e)) .\r\n internal\r\n", b"To: a @ (c) example.com\r\n"),
        (
            b"To: <@ws1.corp.internal,@r.example:a@corp.internal>\r\n",
            b"To: <@example.com,@r.example:a@example.com>\r\n",
        ),
        (b"Sender: jd@corp.internal\r\n", b"Sender: john.doe@example.com\r\n"),
        (b'Sender: "J\\D"@Corp.internal\r\n', b"Sender: john.doe@example.com\r\n"),
        (b"Reply-To: a@eng.corp.internal\r\n", b"Reply-To: a@eng.example.com\r\n"),
        (b"Reply-To: a@x.eng.corp.internal\r\n", b"Reply-To: a@example.com\r\n"),
        (
            b"To: a@[10.1.2.3], b@[192.0.2.1], c@[IPv6:fd00::1]\r\n",
            b"To: a@example.com, b@[192.0.2.1], c@example.com\r\n",
        ),
        (b'From: "a@corp.internal" <a@corp.internal>\r\n', b'From: "a@example.com" <a@example.com>\r\n'),
        (b"From: a@corp.internal (at ws9.corp.internal)\r\n", b"From: a@example.com (at example.com)\r\n"),
        (b'To: "open <a@corp.internal>\r\n', b'To: "open <a@example.com>\r\n'),
        (b"To: (open <a@corp.internal>\r\n", b"To: (open <a@example.com>\r\n"),
        ("To: a@bücher.internal\r\n".encode(), b"To: a@example.com\r\n"),
        ("To: a@x.BÜCHER.internal\r\n".encode(), b"To: a@example.com\r\n"),
        (b"To: a@xn--bcher-kva.internal\r\n", b"To: a@example.com\r\n"),
        (b"To: a@host.example.com\r\n", b"To: a@example.com\r\n"),
        (b"To: a@corp.internal.\r\n", b"To: a@example.com\r\n"),
        (b"To: a\rb@corp.internal\r\n", b"To: a\rb@example.com\r\n"),
        (b"Message-ID: <1.x@ws2.corp.internal>\r\n", b"Message-ID: <1.x@example.com>\r\n"),
        (b"References: <a@ws1>\r\n <b@out.example>\r\n", b"References: <a@example.com>\r\n <b@out.example>\r\n"),
        (b"In-Reply-To: <jd@corp.internal>\r\n", b"In-Reply-To: <jd@example.com>\r\n"),
        (
            b"List-Unsubscribe: <mailto:l%40corp.internal?x=y@corp.internal>\r\n",
            b"List-Unsubscribe: <mailto:l%40example.com?x=y@example.com>\r\n",
        ),
        (b"X-Mailer: Outlook 16\r\nX-ms-exchange-a: b\r\n c\r\nA: b\r\n", b"A: b\r\n"),
        (b"DKIM-Signature: v=1; d=corp.internal;\r\n b=x\r\nA: b\r\n", b"A: b\r\n"),
    ],
)
def test_hidden(before: bytes, after: bytes) -> None:
    """Addresses however they are written, names in text, identifiers alike, whole fields."""
    assert hidden(before) == after


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@example.com\r\nTo: b@www.example.com, c@gate.example.com, d@EXAMPLE.com\r\n",
        b"To: a@notcorp.internal, b@corp.internal.example.org, c@eng.example.com\r\n",
        b'To: bounce+a=corp.internal@list.example, "a@corp.internal"@list.example\r\n',
        b"To: =?utf-8?Q?=20corp.internal?= <a@out.example>\r\n",
        b"Subject: corp.internal\r\nX-Other: a@corp.internal\r\n",
        b"junk of corp.internal\r\n",
        b"References: <corp.internal.1@out.example>\r\n",
        b"DKIM-Signature: v=1; d=out.example; b=x\r\n",
        b"Received: from a.example (a.example [192.0.2.1])\r\n by b.example; Tue, 24 Nov 2026 10:00:00 +0000\r\n",
        b'To: \xff\xfe <a@\xff.example>, @, a@, <>, "\\\r\n',
    ],
)
def test_left_alone(raw: bytes) -> None:
    """Outside names, local parts, encoded words, fields that are not named: the very same object."""
    whole = raw + b"\r\nbody\r\n"
    assert HIDING.outgoing(OUT, whole).raw is whole


@pytest.mark.parametrize(
    "value",
    [
        b"from ws9.corp.internal (x [192.0.2.1]) by b.example;\r\n Tue, 24 Nov 2026 10:00:00 +0000",
        b"from a.example ([10.0.0.1]) by b.example; Tue, 24 Nov 2026 10:00:00 +0000",
        b"from a.example ([IPv6:fe80::1]) by b.example; Tue, 24 Nov 2026 10:00:00 +0000",
        b"from a.example ([::ffff:10.0.0.1]) by b.example; Tue, 24 Nov 2026 10:00:00 +0000",
        b"by EX01 with mapi; Tue, 24 Nov 2026 10:00:00 +0000 (ws9)",
        b"from a.example " + b"x" * 10_000 + b" by b.example; Tue, 24 Nov 2026 10:00:00 +0000",
    ],
)
def test_received(value: bytes) -> None:
    """A hop inside is left with its date, taken out, or left whole, as configured."""
    raw = b"Received: " + value + b"\r\nA: b\r\n"
    assert hidden(raw) == b"Received: by unknown;\r\n Tue, 24 Nov 2026 10:00:00 +0000\r\nA: b\r\n"
    assert hidden(raw, Hiding(Hide(public="example.com", domains=("corp.internal",), received="drop"))) == b"A: b\r\n"
    assert hidden(raw, Hiding(Hide(public="example.com", domains=("corp.internal",), received="keep"))) == raw


def test_identifiers() -> None:
    """A left side that names the inside becomes a digest: the same everywhere, another for another."""
    one, two, again = (
        hidden(name + b": <" + left + b".ws2.corp.internal@corp.internal>\r\n")
        for name, left in ((b"Message-ID", b"1"), (b"Message-ID", b"2"), (b"References", b"1"))
    )
    assert re.fullmatch(rb"Message-ID: <[0-9a-f]{32}@example\.com>\r\n", one)
    assert one != two
    assert one.partition(b":")[2] == again.partition(b":")[2]


def test_no_body() -> None:
    """A header that just ends."""
    assert HIDING.outgoing(OUT, b"To:\r\n\ta@corp.internal").raw == b"To:\r\n\ta@example.com"


def test_received_without_a_date() -> None:
    """Nothing is made up, and nothing but a date is taken for one."""
    assert hidden(b"Received: by EX01; ws1 Tue 10.0.0.1\r\n") == b"Received: by unknown\r\n"


def test_envelope() -> None:
    """The sender and ORCPT are hidden, AUTH is emptied, the recipient stays."""
    recipient = Recipient("x@ws1.corp.internal", ("NOTIFY=NEVER", "ORCPT=rfc822;a+2Bb@x.corp.internal"))
    envelope = Envelope(
        "ID1", Peer("10.0.0.5"), "ws1", "jd@corp.internal", (recipient,), ("AUTH=jd@corp.internal", "BODY=8BITMIME"),
        direction=Direction.OUTBOUND,
    )  # fmt: skip
    done = HIDING.outgoing(envelope, b"\r\n")
    assert done.envelope.sender == "john.doe@example.com"
    assert done.envelope.parameters == ("AUTH=<>", "BODY=8BITMIME")
    now = Recipient("x@ws1.corp.internal", ("NOTIFY=NEVER", "ORCPT=rfc822;a+2Bb@example.com"))
    assert done.envelope.recipients == (now,)
    assert done.recipients(envelope, (recipient,)) == (now,)
    assert done.anonymous


@pytest.mark.parametrize(
    ("sender", "after"),
    [
        ("", ""),
        ("a@x.corp.internal", "a@example.com"),
        ('"J\\d"@CORP.internal', "john.doe@example.com"),
        ("a@eng.corp.internal", "a@eng.example.com"),
        ("a@[10.0.0.1]", "a@example.com"),
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("a@out.example", "a@out.example"),
        ('"a@corp.internal"@out.example', '"a@corp.internal"@out.example'),
    ],
)
def test_sender(sender: str, after: str) -> None:
    """The reverse path, the null sender among them."""
    envelope = Envelope("I", Peer("10.0.0.5"), "h", sender, OUT.recipients, direction=Direction.OUTBOUND)
    assert HIDING.outgoing(envelope, b"\r\n").envelope.sender == after


def test_way_back() -> None:
    """Recipients of incoming mail become those that the inside knows; its header is not touched."""
    raw = b"To: john.doe@example.com\r\nX-Mailer: b\r\nReceived: by x\r\n\r\n"
    there = tuple(
        Recipient(one)
        for one in (
            "John.Doe@example.com",
            '"john.doe"@Example.com.',
            "a@ENG.example.com",
            "b@example.com",
            "postmaster",
        )
    )
    envelope = Envelope("I", Peer("192.0.2.1"), "h", "s@corp.internal", there)
    done = HIDING.outgoing(envelope, raw)
    inside = ("jd@corp.internal", "jd@corp.internal", "a@eng.corp.internal", "b@example.com", "postmaster")
    assert tuple(one.address for one in done.envelope.recipients) == inside
    assert done.envelope.sender == "s@corp.internal"
    assert done.raw is raw
    assert not done.anonymous
    one_way = Hiding(Hide(public="example.com", map=HIDE.map, reversible=False))
    assert one_way.outgoing(envelope, raw).envelope is envelope


def test_guises() -> None:
    """A refusal that is remembered is found by the addresses as they came."""
    assert HIDING.guises("a@corp.internal", "john.doe@example.com") == (
        ("a@corp.internal", "john.doe@example.com"),
        ("a@corp.internal", "jd@corp.internal"),
        ("a@example.com", "john.doe@example.com"),
    )
    assert Hiding().guises("a@b", "c@d") == (("a@b", "c@d"),)


def test_directions() -> None:
    """Mail that stays inside keeps its names, unless asked for; without a public name nothing is done."""
    raw = b"From: a@corp.internal\r\n\r\n"
    staying = Envelope("I", Peer("10.0.0.5"), "h", "a@corp.internal", OUT.recipients, direction=Direction.INTERNAL)
    assert HIDING.outgoing(staying, raw).raw is raw
    both = Hiding(Hide(public="example.com", domains=("corp.internal",), internal=True))
    assert both.outgoing(staying, raw).raw == b"From: a@example.com\r\n\r\n"
    assert Hiding().outgoing(OUT, raw).raw is raw
    assert not Hiding().outgoing(OUT, raw).anonymous


def test_identifiers_kept() -> None:
    """message_ids = false leaves them."""
    raw = b"Message-ID: <a@corp.internal>\r\n"
    assert hidden(raw, Hiding(Hide(public="e.example", domains=("corp.internal",), message_ids=False))) == raw


@pytest.mark.parametrize(
    "raw",
    [b"A: b\r\n" * (MAX_HEADER // 6 + 1), b"To: " + b"a@corp.internal,\r\n " * (MAX_WORK // 19 + 1)],
)
def test_too_much(raw: bytes) -> None:
    """What cannot be read within the limits is refused: nothing may leak."""
    with pytest.raises(PermanentError) as refused:
        HIDING.outgoing(OUT, raw)
    assert (refused.value.reply.code, refused.value.reply.enhanced) == (550, "5.6.0")


@pytest.mark.parametrize(
    "unit",
    [b"@", b"(", b'"', b"a@", b"a.", b"[", b"\\", b"corp.", b"=?a?q?", b"@(", b"1:", b"\r\n ", b"%40", "ü.".encode()],
)
def test_linear(unit: bytes) -> None:
    """The largest field there may be, of one nasty piece over and over, takes well below a second."""
    for name in (b"To: ", b"Message-ID: ", b"List-Id: ", b"DKIM-Signature: ", b"Received: "):
        raw = name + unit * ((MAX_WORK - 100) // len(unit)) + b"corp.internal\r\n\r\n"
        assert seconds(partial(HIDING.outgoing, OUT, raw), enough=1.0) < 1.0


def test_a_large_body() -> None:
    """The body is not looked at, and copied once at most."""
    raw = b"From: a@corp.internal\r\n\r\n" + b"x" * 998 + b"\r\n" * 5_000_000
    assert seconds(lambda: HIDING.outgoing(OUT, raw), enough=0.5) < 0.5
    assert len(HIDING.outgoing(OUT, raw).raw) == len(raw) - 2
