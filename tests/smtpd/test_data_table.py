"""Messages between 354 and the answer: stuffing, sizes, line ends, loops, and clients that go away; at every cut."""

from __future__ import annotations

from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of
from typing import Any

import pytest

from bartizan.smtpd.settings import BareLineEnds

TO_DATA = b"EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
TAKEN, BARE, BIG, LONG, LOOP = b"250 2.0.0 ", b"550 5.6.0 ", b"552 5.3.4 ", b"500 5.6.0 ", b"554 5.4.6 "
NORMALIZE = {"bare_line_ends": BareLineEnds.NORMALIZE}
SMALL = {"message_bytes": 20}
LINES = {"data_line_bytes": 5}
HOPS = {"received_lines": 2}

TABLE: dict[str, tuple[dict[str, Any], bytes, bytes, bytes | None]] = {
    # Dots
    "nothing": ({}, b".\r\n", TAKEN, b""),
    "empty-line": ({}, b"\r\n.\r\n", TAKEN, b"\r\n"),
    "two-empty-lines": ({}, b"\r\n\r\n.\r\n", TAKEN, b"\r\n\r\n"),
    "stuffed-dot": ({}, b"..\r\n.\r\n", TAKEN, b".\r\n"),
    "stuffed-dots": ({}, b"...\r\n....\r\n.\r\n", TAKEN, b"..\r\n...\r\n"),
    "unstuffed": ({}, b".x\r\n.\r\n", TAKEN, b"x\r\n"),
    "unstuffed-space": ({}, b". \r\n.\r\n", TAKEN, b" \r\n"),
    "unstuffed-empty": ({}, b"x\r\n.\r\n", TAKEN, b"x\r\n"),
    "dot-inside": ({}, b"x.\r\nx.x\r\n.\r\n", TAKEN, b"x.\r\nx.x\r\n"),
    "dot-at-the-end": ({}, b"x\r\n..\r\n.\r\n", TAKEN, b"x\r\n.\r\n"),
    "header-stuffed": ({}, b"..a: b\r\n\r\n.\r\n", TAKEN, b".a: b\r\n\r\n"),
    # Octets that are only flagged
    "nul": ({}, b"a\0b\r\n.\r\n", TAKEN, b"a\0b\r\n"),
    "nul-dot": ({}, b"\0.\r\n.\0\r\n.\r\n", TAKEN, b"\0.\r\n\0\r\n"),
    "eight-bit": ({}, b"\xff\xfe\x80\r\n.\r\n", TAKEN, b"\xff\xfe\x80\r\n"),
    "controls": ({}, bytes(c for c in range(1, 32) if c not in b"\r\n.") + b"\r\n.\r\n", TAKEN,
                 bytes(c for c in range(1, 32) if c not in b"\r\n.") + b"\r\n"),
    "other-line-ends": ({}, b"a\x0b.\x0c\x85.\x1e\r\n.\r\n", TAKEN, b"a\x0b.\x0c\x85.\x1e\r\n"),
    # Bare CR and LF: refused, or made CRLF and a space, and an end of nothing in any case
    "bare-lf": ({}, b"a\nb\r\n.\r\n", BARE, b""),
    "bare-cr": ({}, b"a\rb\r\n.\r\n", BARE, b""),
    "bare-lf-first": ({}, b"\n.\r\n\r\n.\r\n", BARE, b""),
    "bare-lf-dot-first": ({}, b".\n\r\n.\r\n", BARE, b""),
    "bare-cr-dot-first": ({}, b".\r\r\n.\r\n", BARE, b""),
    "bare-cr-last": ({}, b"a\r\r\n.\r\n", BARE, b""),
    "bare-and-big": ({**SMALL}, b"a\nb" * 10 + b"\r\n.\r\n", BIG, b""),
    "made-crlf-lf": (NORMALIZE, b"a\nb\r\n.\r\n", TAKEN, b"a\r\nb\r\n"),
    "made-space-cr": (NORMALIZE, b"a\rb\r\n.\r\n", TAKEN, b"a b\r\n"),
    "made-crlf-dot": (NORMALIZE, b"a\n.\nb\r\n.\r\n", TAKEN, b"a\r\n.\r\nb\r\n"),
    "made-crlf-dots": (NORMALIZE, b"a\n..\r\n.\r\n", TAKEN, None),
    # Sizes: octets of the message without stuffing and without the end
    "limit": (SMALL, b"x" * 18 + b"\r\n.\r\n", TAKEN, b"x" * 18 + b"\r\n"),
    "limit-and-one": (SMALL, b"x" * 19 + b"\r\n.\r\n", BIG, b""),
    "limit-of-dots": (SMALL, b"..\r\n" * 6 + b"\r\n.\r\n", TAKEN, b".\r\n" * 6 + b"\r\n"),
    "limit-of-dots-and-one": (SMALL, b"..\r\n" * 6 + b"x\r\n.\r\n", BIG, b""),
    "twice-the-limit": (SMALL, b"x" * 30 + b"\r\n.\r\n", BIG, b""),
    # Lines, where the configuration bounds them
    "line": (LINES, b"12345\r\n.\r\n", TAKEN, b"12345\r\n"),
    "line-and-one": (LINES, b"123456\r\n.\r\n", LONG, b""),
    "line-of-dots": (LINES, b"..2345\r\n.\r\n", TAKEN, b".2345\r\n"),
    "line-998": ({}, b"x" * 998 + b"\r\n.\r\n", TAKEN, b"x" * 998 + b"\r\n"),
    "line-huge": ({}, b"x" * 9000 + b"\r\n.\r\n", TAKEN, b"x" * 9000 + b"\r\n"),
    # Loops
    "hops": (HOPS, b"Received: a\r\nreceived:b\r\nX-Received: c\r\n\r\nReceived: d\r\n.\r\n", TAKEN, None),
    "hops-and-one": (HOPS, b"Received: a\r\n" * 3 + b"\r\n.\r\n", LOOP, b""),
    "hops-folded": (HOPS, b"Received:\r\n Received: a\r\n\tReceived: b\r\nRECEIVED: c\r\n\r\n.\r\n", TAKEN, None),
}  # fmt: skip
"""Settings, what is sent, the reply, the message as it was taken (None: not looked at)."""


def in_data(loop: VirtualLoop, **words: Any) -> Rig:
    """A session behind 354."""
    rig = Rig(loop, Pipeline(settings_of(**words)))
    assert rig.send(TO_DATA).endswith(b"354 End data with <CR><LF>.<CR><LF>\r\n")
    return rig


@pytest.mark.parametrize("name", TABLE)
def test_data(loop: VirtualLoop, name: str) -> None:
    """The reply, and the exact message, wherever the packets are cut; then the session goes on, but behind a bare line
    end."""
    words, sent, reply, raw = TABLE[name]
    sent += b"NOOP\r\n"
    for cut in range(1, len(sent), max(1, len(sent) // 64)):
        rig = in_data(loop, **words)
        answer = rig.send(sent[:cut]) + rig.send(sent[cut:])
        assert answer.startswith(reply), answer
        assert answer.endswith(b"\r\n250 2.0.0 Done\r\n") == (reply != BARE)
        assert answer.count(b"\r\n") == (1 if reply == BARE else 2)
        taken = [one for _, one in rig.pipeline.accepted]
        assert len(taken) == (reply == TAKEN)
        assert raw is None or b"".join(taken) == raw
        assert rig.office.admission.octets == 0
        assert rig.pipeline.problems == []


@pytest.mark.parametrize("sent", [b"", b"x", b"x\r\n", b"x\r\n.", b"x\r\n.\r", b"x\r\n.\n", b"\r\n.\r\r\n"])
@pytest.mark.parametrize("how", ["fin", "reset"])
def test_half_a_message_is_none(loop: VirtualLoop, sent: bytes, how: str) -> None:
    """A client that goes away before the end has sent nothing: nothing is submitted, answered or held."""
    rig = in_data(loop)
    answer = rig.send(sent) if sent else b""
    if how == "fin":
        rig.end()
    else:
        rig.lose()
    assert answer + rig.read() == b""
    assert rig.transport.closed
    assert rig.pipeline.accepted == []
    assert (rig.office.admission.sessions, rig.office.admission.octets) == (0, 0)


def test_declared_and_real_size(loop: VirtualLoop) -> None:
    """SIZE= is a promise that nobody has to keep: what counts is what comes (RFC 1870 section 6.1)."""
    for declared, octets, reply in ((b"1", 20, TAKEN), (b"20", 21, BIG), (b"0", 20, TAKEN)):
        rig = Rig(loop, Pipeline(settings_of(**SMALL)))
        rig.send(TO_DATA.replace(b"b.example>", b"b.example> SIZE=" + declared))
        assert rig.send(b"x" * (octets - 2) + b"\r\n.\r\n").startswith(reply)


def test_a_message_does_not_change_the_next(loop: VirtualLoop) -> None:
    """Refused for its form, taken, refused by policy: each message is judged alone, in one session."""
    rig = Rig(loop, Pipeline(settings_of(**SMALL, **LINES, errors=100)))
    rig.send(b"EHLO c\r\n")
    again = TO_DATA.partition(b"\r\n")[2]
    for sent, reply in ((b"ok", TAKEN), (b"123456", LONG), (b"x\r\n" * 9, BIG), (b"ok", TAKEN)):
        rig.send(again)
        assert rig.send(sent + b"\r\n.\r\n").startswith(reply)
    assert [raw for _, raw in rig.pipeline.accepted] == [b"ok\r\n"] * 2
