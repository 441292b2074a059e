"""What leaves for the next hop: canonical lines, stuffed dots, one terminator, and commands that are one line each."""

from __future__ import annotations

import re
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan._core.lines import encode_data
from bartizan.delivery.commands import BadAddress, mail_command, recipient_command
from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.transaction import slices
from bartizan.model.envelope import Recipient
from bartizan.model.offer import Offer
from delivery.fake_nexthop import FakeHop
from delivery.test_nexthop import A, envelope, send, with_hop

PIECES = [b"\r\n", b"\r", b"\n", b".", b"..", b"a", b"\0", b"\xff", b"\r\n.\r\n", b"\n.\n", b"\r.\r"]
NASTY = st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)
GOOD = [
    "a@b.example",
    "postmaster",
    '"a b"@x',
    '"a\\"b"@x',
    "a@[192.0.2.1]",
    "a@[IPv6:2001:db8::1]",
    "a+b=c@x",
    "ü@ü.example",
]
UNBALANCED = ['"a', 'a"b"@x', '"a"b@x', '"a\\"@x', "a@[b", "a@b]", "[a]@b", "a@b@[c]d", "a@[b\\]"]
BAD = [*UNBALANCED, "a b@x", "a\u2028b@x", "\ud800@x", "x" * 513]


def canonical(raw: bytes) -> bytes:
    """`raw` with CRLF line ends, bare CR as a space, a line end at its end: the plain-Python twin."""
    text = re.sub(rb"\r(?!\n)", b" ", raw).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return text if not text or text.endswith(b"\r\n") else text + b"\r\n"


def unstuffed(data: bytes) -> bytes:
    """What a receiver makes of the bytes after 354 (RFC 5321 section 4.5.2)."""
    assert data.endswith(b".\r\n")
    return re.sub(rb"(?m)(\A|(?<=\r\n))\.", b"", data[:-3])


@settings(deadline=None, max_examples=60)
@given(st.lists(NASTY, min_size=1, max_size=6))
def test_emission_is_canonical(raws: list[bytes]) -> None:
    """No bare CR or LF ever leaves, the first CRLF.CRLF is the end, and un-stuffing gives the canonical message."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        for raw in raws:
            assert (await send(hop, raw=raw, head=b"X: y\r\n")).delivered
        assert len(raws) == len(fake.messages)
        for raw, taken in zip(raws, fake.messages, strict=True):
            assert b"\r\n.\r\n" not in taken.data[:-1]
            assert not re.search(rb"\r(?!\n)|(?<!\r)\n", taken.data)
            assert b"X: y\r\n" + canonical(raw) == unstuffed(taken.data)

    with_hop({}, story)


@settings(deadline=None)
@given(NASTY, st.integers(1, 9))
def test_slices_change_nothing(raw: bytes, size: int) -> None:
    """Encoding slice by slice gives the same bytes as encoding the whole."""
    pieces = list(slices(memoryview(raw), size))
    assert raw == b"".join(pieces)
    assert encode_data(raw) == b"".join(encode_data(piece) for piece in pieces)


@settings(deadline=None)
@given(st.text(max_size=30), st.booleans())
def test_a_command_is_one_line(address: str, utf8: bool) -> None:
    """Whatever an address is, its command is one line with one pair of brackets, or it is not written."""
    offer = Offer(smtputf8=utf8)
    there = envelope(A, sender=address, parameters=("SMTPUTF8",))
    try:
        lines = [mail_command(there, offer, None), recipient_command(Recipient(address), there, offer)]
    except BadAddress:
        return
    for line in lines:
        assert line.endswith(b"\r\n")
        text = line[:-2].decode("utf-8" if utf8 else "ascii")
        assert (text.count("<"), text.count(">")) == (1, 1)
        assert not any(category(c) in ("Cc", "Zl", "Zp") for c in text)


@pytest.mark.parametrize("address", GOOD)
def test_good_addresses(address: str) -> None:
    """Quoted local parts, domain literals and internationalized addresses are written as they are."""
    offer = Offer(smtputf8=True)
    there = envelope(A, parameters=("SMTPUTF8",))
    assert f"RCPT TO:<{address}>\r\n".encode() == recipient_command(Recipient(address), there, offer)


@pytest.mark.parametrize("address", BAD)
def test_bad_addresses(address: str) -> None:
    """Anything unbalanced, loose or too long is not written."""
    offer = Offer(smtputf8=True)
    there = envelope(A, parameters=("SMTPUTF8",))
    with pytest.raises(BadAddress):
        recipient_command(Recipient(address), there, offer)
