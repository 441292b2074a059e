"""The one pass: structure, contents and spans, the same for every split."""

from __future__ import annotations

import base64
import hashlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan._core.lines import encode_data
from bartizan._core.stream import MessageStream, parse

MIXED = (
    b"Received: from a\r\n by b\r\nFrom: a@example.com\r\nSubject: two parts\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="xx"\r\n\r\n'
    b"--xx\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n.dot\r\n\r\n"
    b"--xx\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(b"PK\3\4" + bytes(200)).replace(b"\n", b"\r\n")
    + b"--xx\r\nContent-Type: message/rfc822\r\n\r\n"
    b"Subject: inner\r\nContent-Type: multipart/alternative; boundary=yy\r\n\r\n"
    b"--yy\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<b>a=3D=\r\nb</b>\r\n"
    b"--yy\r\n\r\nplain\r\n--yy--\r\n"
    b"--xx--\r\n"
)


def facts(found: MessageStream | object) -> list[tuple[object, ...]]:
    """Everything observable of a part table."""
    return [
        (p.path, p.declared, p.encoding, p.leaf, p.header_start, p.body_start, p.body_end, p.size, p.sha256, p.content)
        for p in found.parts  # type: ignore[attr-defined]
    ]


def test_structure_of_a_mixed_message() -> None:
    """Paths are IMAP's, leaves are decoded, spans are exact."""
    found = parse(MIXED, keep=True, stored=False)
    by_path = {p.path: p for p in found.parts if p.leaf}

    assert list(by_path) == ["1", "2", "3.1", "3.2"]
    one = by_path["1"]
    assert MIXED[one.body_start : one.body_end] == b"Hello\r\n.dot\r\n"
    assert by_path["2"].content == b"PK\3\4" + bytes(200)
    assert by_path["3.1"].content == b"<b>a=b</b>"
    assert by_path["3.1"].sha256 == hashlib.sha256(b"<b>a=b</b>").hexdigest()
    assert MIXED[by_path["3.2"].body_start : by_path["3.2"].body_end] == b"plain"
    assert found.anomalies == ()
    assert found.received_lines == 1
    name = [MIXED[a:b] for a, b, _, _ in found.fields]
    assert name == [b"Received", b"From", b"Subject", b"MIME-Version", b"Content-Type"]


@given(st.lists(st.integers(1, len(MIXED) + 40), max_size=6))
def test_split_of_a_real_message_does_not_matter(cuts: list[int]) -> None:
    """Streaming in any pieces gives exactly what reading at once gives."""
    wire = encode_data(MIXED) + b".\r\n"
    edges = sorted({0, len(wire), *(c for c in cuts if c < len(wire))})
    stream = MessageStream(max_bytes=1 << 20, keep=True)
    for a, b in pairwise(edges):
        stream.feed(wire[a:b])

    assert stream.ended
    assert bytes(stream.raw) == MIXED
    assert facts(parse(MIXED, keep=True, stored=False)) == facts(stream)


def test_byte_by_byte() -> None:
    """The slowest sender gets the same answer."""
    wire = encode_data(MIXED) + b".\r\n"
    stream = MessageStream(max_bytes=1 << 20, keep=True)
    for i in range(len(wire)):
        stream.feed(wire[i : i + 1])

    assert facts(parse(MIXED, keep=True, stored=False)) == facts(stream)


TOKENS = st.sampled_from(
    [
        b"\r\n", b"\n", b"\r", b" ", b"--xx", b"--xx--", b"--yy", b"--", b"Content-Type:", b" multipart/mixed",
        b"; boundary=xx", b"; boundary=yy", b"\r\nContent-Transfer-Encoding: base64\r\n", b" message/rfc822",
        b" text/html", b"QUJD", b"=41=", b":", b"(", b'"', b"\\", b"\0",
        b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
        b"\xe4", b"\r\n\r\n", b"x" * 70, b"\r\nContent-Disposition: attachment; filename=", b"begin 644 a\n", b"A",
        b"From x", b"multipart/digest",
    ]
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(TOKENS, max_size=60).map(b"".join), st.integers(1, 50), st.booleans())
def test_any_bytes_any_split(data: bytes, step: int, normalize: bool) -> None:
    """Never raises, and neither chunking nor keeping contents changes the answer."""
    wire = data + b"\r\n.\r\n"
    whole = MessageStream(max_bytes=1 << 20, keep=True, normalize_bare=normalize)
    taken = whole.feed(wire)
    split = MessageStream(max_bytes=1 << 20, keep=True, normalize_bare=normalize)
    for at in range(0, len(wire), step):
        if split.feed(wire[at : at + step]) >= 0:
            break

    assert taken > 0
    assert facts(whole) == facts(split)
    assert whole.anomalies == split.anomalies
    assert whole.limits == split.limits
    raw = bytes(whole.raw)
    for part in whole.parts:
        assert 0 <= part.header_start <= part.header_end <= part.body_start <= part.body_end <= len(raw)
        if part.leaf:
            content = raw[part.body_start : part.body_end] if part.content is None else part.content
            assert hashlib.sha256(content).hexdigest() == part.sha256
            assert len(content) == part.size
    assert facts(parse(raw, keep=True, stored=False)) == facts(whole)


def test_a_large_body_is_hashed_as_it_arrives() -> None:
    """Part by part the digest is that of the content, for bodies of many pieces and small ones beside them."""
    big = b"".join(b"%07d\r\n" % n for n in range(50_000))
    head = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    raw = head + b"".join(b"--b\r\n\r\n" + content for content in (big, b"small\r\n", big * 2)) + b"--b--\r\n"
    wire = encode_data(raw) + b".\r\n"
    for step in (1000, 100_000, len(wire)):
        stream = MessageStream(max_bytes=1 << 24)
        for at in range(0, len(wire), step):
            stream.feed(wire[at : at + step])

        expected = [hashlib.sha256(content).hexdigest() for content in (big[:-2], b"small", (big * 2)[:-2])]
        assert expected == [part.sha256 for part in stream.parts if part.leaf]


def test_lines_longer_than_a_piece() -> None:
    """A line of many megabytes is read in pieces, at the same places for every split."""
    body = b"x" * 200_000 + b"\r\n" + b"y" * 65_536 + b"\r\n"
    wire = b"Content-Type: text/plain\r\n\r\n" + body + b".\r\n"
    results = []
    for step in (7919, 65_536, len(wire)):
        stream = MessageStream(max_bytes=1 << 20)
        for at in range(0, len(wire), step):
            stream.feed(wire[at : at + step])
        results.append(facts(stream))
        assert bytes(stream.raw).endswith(body)
        assert "long_line" in stream.anomalies

    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize(
    ("source", "anomaly"),
    [
        (b"Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n", "missing_boundary"),
        (
            b"Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n",
            "duplicate_boundary",
        ),
        (b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n", "missing_end"),
        (b"Content-Type: multipart/mixed; boundary=a\r\n\r\nhi\r\n--a\r\n\r\nx\r\n--a--\r\n", "preamble"),
        (b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--\r\nbye\r\n", "epilogue"),
        (b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--ab\r\n--a--\r\n", "near_boundary"),
        (b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n\r\nQUJD\r\n", "duplicate_encoding"),
        (b"Content-Transfer-Encoding: x-what\r\n\r\nQUJD\r\n", "unknown_encoding"),
        (b"Content-Transfer-Encoding : base64\r\n\r\nQUJD\r\n", "header_name"),
        (b"Content-Transfer-Encoding;: base64\r\n\r\nQUJD\r\n", "header_name"),
        (b"Subject: a\r\n Content-Transfer-Encoding: base64\r\n\r\nQUJD\r\n", "header_fold"),
        (b"Subject: a\r\n b\r\n\tCONTENT-TYPE:\r\n multipart/mixed\r\n\r\nx\r\n", "header_fold"),
        (b"Subject: a\r\n content-disposition : Attachment; x=y\r\n\r\nx\r\n", "header_fold"),
        (b"Subject: a\r\n content-type;: ; name=a.exe\r\n\r\nx\r\n", "header_fold"),
        (b"Content-Transfer-Encoding: (a) base64\r\n\r\nQUJD\r\n", "comment"),
        (b"Subject: a\r\njunk\r\n\r\nx\r\n", "header_junk"),
        (b"no header here\r\n\r\nx\r\n", "no_header"),
        (b"Content-Type: text/plain; boundary=a\r\n\r\nx\r\n", "stray_boundary"),
        (b"Content-Transfer-Encoding: base64\r\n\r\nQUJD#REVG\r\n", "base64_junk"),
        (b"Subject: \xe4\r\n\r\nx\r\n", "header_8bit"),
        (b"Subject: a\0\r\n\r\nx\r\n", "header_control"),
        (b"Subject: a\r\n\r\nx\ry\r\n", "bare_cr"),
        (b"Subject: a\r\n\r\nx\ny\r\n", "bare_lf"),
    ],
)
def test_everything_that_is_not_plain_raises_a_flag(source: bytes, anomaly: str) -> None:
    """Each oddity is named; the plain twin of the message raises nothing."""
    assert anomaly in parse(source, stored=False).anomalies


@pytest.mark.parametrize(
    ("line", "near"),
    [
        (b"---b", True),
        (b"-----b--", True),
        (b">--b", True),
        (b"\xa0--b", True),
        (b"\x0b--b  ", True),
        (b">---", False),
        (b"a-b", False),
        (b"x b", False),
        (b"---c", False),
        (b"- --b", False),
    ],
)
def test_what_is_nearly_a_delimiter(line: bytes, near: bool) -> None:
    """One hyphen too many, or another character in front; the part goes on all the same."""
    for boundary in (b"b", b"--=b"):
        there = line.replace(b"b", boundary) if near else line
        source = b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n\r\nx\r\n%b\r\n--%b--\r\n"
        found = parse(source % (boundary, boundary, there, boundary))
        assert ("near_boundary" in found.anomalies) is near
        assert [p.size for p in found.parts if p.leaf] == [len(there) + 3]


@pytest.mark.parametrize(
    "fold",
    [
        b"content-type:mime-version:from",
        b"Content-Type: MIME-Version :\r\n Content-Transfer-Encoding:\r\n\tContent-Disposition; bh=QU/64;\r\n b=/uu64",
        b"content-transfer-encoding:content-type; z=|a:b",
        b"content-transfer-encoding:",
        b"content-type",
        b"content-id: <1@example.com>",
        b"content-types: of all kinds",
        b"x content-type: text/plain",
    ],
)
def test_lists_of_names_are_no_fields(fold: bytes) -> None:
    """Signatures list the fields that they cover, each of them perhaps at the beginning of a line."""
    assert parse(b"DKIM-Signature: v=1; h=to:\r\n " + fold + b"\r\n\r\nx\r\n").anomalies == ()


def test_a_line_that_begins_with_the_boundary_is_a_delimiter() -> None:
    """RFC 2046 5.1.1 compares the beginning of the line; an exact delimiter of another level wins."""
    outer = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    found = parse(outer + b"--b and more\r\n\r\none\r\n--b--junk\r\n")
    assert [(p.path, p.size) for p in found.parts if p.leaf] == [("1", 3)]

    inner = b"--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\ntwo\r\n--bb--\r\n--b--\r\n"
    found = parse(outer + inner)
    assert [p.path for p in found.parts if p.leaf] == ["1.1"]


def test_stored_mail_may_have_lf_and_a_from_line() -> None:
    """LF line ends and mbox's From_ line are how files look, and no anomaly."""
    found = parse(b"From a@example.com Tue Nov 24 2026\n" + MIXED.replace(b"\r\n", b"\n"), keep=True)

    assert found.anomalies == ()
    assert [p.path for p in found.parts if p.leaf] == ["1", "2", "3.1", "3.2"]


def test_depth_and_parts_are_limits() -> None:
    """Beyond a limit the rest is one opaque leaf, and the limit is reported."""
    deep = b"".join(b"Content-Type: message/rfc822\r\n\r\n" for _ in range(50)) + b"Subject: x\r\n\r\nend\r\n"
    found = parse(deep, max_depth=20)
    assert found.limits == [("limit:depth", "1")]
    assert [p.path for p in found.parts if p.leaf] == ["1.1"]

    wide = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5000 + b"--b--\r\n"
    found = parse(wide, max_parts=1000)
    assert ("limit:parts", "message") in found.limits
    assert len(found.parts) == 1001
    last = found.parts[-1]
    assert last.body_end == len(wide)


def test_header_limits() -> None:
    """Over-long and over-many fields are reported, and the message is still read."""
    found = parse(b"X: " + b"y" * 70_000 + b"\r\nSubject: s\r\n\r\nbody\r\n")
    assert ("limit:header", "message") in found.limits
    assert len(found.fields) == 2

    found = parse(b"A: b\r\n" * 3000 + b"\r\nbody\r\n")
    assert ("limit:header", "message") in found.limits
    assert len(found.fields) == 2000


def test_counted_octets_have_no_end() -> None:
    """BDAT (RFC 3030): a terminator inside is content, a dot stays, and the last line is ended."""
    stream = MessageStream(max_bytes=1000)
    for chunk in (b"Subject: x\r\n\r", b"\n.\r\n.", b"\r\n..RSET\r", b""):
        stream.feed_counted(chunk)
    assert not stream.ended
    assert stream.raw is None
    stream.finish()
    assert stream.raw == b"Subject: x\r\n\r\n.\r\n.\r\n..RSET\r\r\n"
    assert (stream.bare, stream.anomalies) == (True, ("bare_cr",))


def test_counted_octets_beyond_the_limit() -> None:
    """What is too big is counted, not kept."""
    stream = MessageStream(max_bytes=1000)
    for _ in range(100):
        stream.feed_counted(bytes(100))
    stream.finish()
    assert (stream.too_big, stream.received, stream.raw) == (True, 10_000, b"")
