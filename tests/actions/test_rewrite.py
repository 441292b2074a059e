"""The header lines in front."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.fakes import A, envelope
from bartizan.actions.rewrite import received, tag_field
from bartizan.model.envelope import Envelope, Peer

HERE = envelope(A)


def test_received() -> None:
    """The field names the peer, us, the protocol, the transaction and the time, and nothing else."""
    assert received(HERE, "gate.example", 86400.0 * 365) == (
        b"Received: from a.example ([192.0.2.1])\r\n"
        b" by gate.example with ESMTP id ID1;\r\n"
        b" Fri, 01 Jan 1971 00:00:00 +0000\r\n"
    )


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"tls": "TLSv1.3 X"}, b" with ESMTPS id"),
        ({"authenticated": "u"}, b" with ESMTPA id"),
        ({"tls": "TLSv1.3 X", "authenticated": "u"}, b" with ESMTPSA id"),
        ({"parameters": ("smtputf8",)}, b" with UTF8SMTP id"),
        ({"parameters": ("SMTPUTF8",), "tls": "x"}, b" with UTF8SMTPS id"),
        ({"peer": Peer("2001:db8::1")}, b"from a.example ([IPv6:2001:db8::1])"),
        ({"peer": Peer("fe80::1%eth0")}, b"from a.example ([IPv6:fe80::1])"),
        ({"peer": Peer("x\r\ny")}, b"from a.example\r\n by"),
        ({"helo": ""}, b"from [192.0.2.1] ([192.0.2.1])"),
        ({"helo": "", "peer": Peer("")}, b"from unknown\r\n"),
        ({"helo": "[192.0.2.9]"}, b"from [192.0.2.9] ("),
        ({"helo": "a b\r\nX: (é\0"}, b"from a?b??X:???? ("),
        ({"id": "I\r\nD"}, b"id ID;"),
        ({"id": ""}, b"id none;"),
    ],
)
def test_variants(changes: dict[str, object], part: bytes) -> None:
    """Protocol words as RFC 3848 and 6531 have them; what a peer says is cleaned."""
    assert part in received(replace(HERE, **changes), "gate.example", 0.0)  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.text(max_size=600), st.text(max_size=50), st.text(max_size=50))
def test_always_one_clean_field(helo: str, address: str, id: str) -> None:
    """Whatever a peer says, it is one field of three short ASCII lines."""
    odd = Envelope(id, Peer(address), helo, "", (A,))
    lines = received(odd, "gate.example", 0.0).split(b"\r\n")
    assert [line[:1] for line in lines] == [b"R", b" ", b" ", b""]
    assert all(len(line) < 600 and re.fullmatch(rb"[ -~]*", line) for line in lines)


def test_tag_field() -> None:
    """The tag's field is one ASCII line; a name that no field can have is an error."""
    assert tag_field(("X-Spam", "yes\r\nBcc: é")) == b"X-Spam: yes??Bcc: ?\r\n"
    assert len(tag_field(("X", "y" * 5000))) < 998
    for name in ("", "X Y", "X:", "X\r\n", "é"):
        with pytest.raises(ValueError, match="name"):
            tag_field((name, "x"))
