"""Files are found in texts by whatever encoding the script that decodes them knows; noise and prose are none."""

from __future__ import annotations

import base64
import codecs
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.message.carve import pieces
from bartizan.message.encoded import base32, base32_hex
from bartizan.message.escapes import unescaped, unreferenced
from bartizan.message.rewritten import read_again
from bartizan.message.uris import escaped_uris

NOTE = b"A note that is long enough to be found in any text, whatever it is encoded as: 1234567890."
FLAT = base64.b64encode(NOTE)
ALL = 0xFF
"""The traces of a text that has everything."""
HTML = b"<html><script>save('%b')</script></html>"


def found(text: bytes, type: str = "text") -> list[bytes]:
    """All that is found."""
    return [bytes(piece.data) for piece in pieces(text, type)]


def lines(data: bytes, size: int) -> list[bytes]:
    """Cut into lines."""
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize(
    "written",
    [
        base64.b32encode(NOTE),
        base64.b32encode(NOTE).lower(),
        base64.b32hexencode(NOTE),
        FLAT[::-1].lstrip(b"="),
        FLAT.swapcase(),
        b"xy" + FLAT,
        codecs.encode(FLAT.decode(), "rot13").encode(),
        codecs.encode(FLAT.decode(), "rot13").encode()[::-1].lstrip(b"="),
        NOTE.hex()[::-1].encode(),
    ],
)
def test_runs(written: bytes) -> None:
    """Alone, with words of prose in front and behind."""
    assert any(NOTE in data for data in found(b"It is: " + written + b"\r\n\r\nAnn\r\n"))
    assert NOTE in found(HTML % written, "html")


@pytest.mark.parametrize(
    "between",
    [b"|", b"</span><span>", b'","', b'";\r\na += "', b"\\n", b"\\\r\n", b"<br>\r\n", b"=\r\n", b">>f\r\necho "],
)
def test_pieces_of_base64(between: bytes) -> None:
    """With the same thing between any two of them."""
    assert NOTE in found(b'x "' + between.join(lines(FLAT, 40)) + b'"')


def test_sums_are_not_stitched() -> None:
    """A list of hexadecimal sums is no file."""
    text = b"".join(b'sum%d = "%b"\r\n' % (at, os.urandom(32).hex().encode()) for at in range(50))

    assert found(text) == []


@pytest.mark.parametrize(
    "written",
    [
        base64.a85encode(NOTE),
        base64.b85encode(NOTE),
        base64.a85encode(NOTE, adobe=True, wrapcol=30),
        b"\r\n".join(lines(base64.a85encode(NOTE), 72)),
    ],
)
def test_base_85(written: bytes) -> None:
    """In its frame or as a long word, in either alphabet."""
    assert NOTE in found(b"It is:\r\n" + written + b"\r\n\r\nAnn\r\n")


def test_turned() -> None:
    """Long words that are no addresses, in one piece that is not turned again."""
    word = b"Any-text-of-one-long-word-with-%d-in-it-will-do-as-an-example-here" % 7
    rotated = codecs.encode(word.decode(), "rot13").encode()
    [piece] = pieces(b"So: " + rotated + b" then", "text")

    assert word in bytes(piece.data)
    assert list(pieces(piece.data, piece.type)) == []
    assert any(word in data for data in found(HTML % word[::-1], "html"))
    assert found(b"https://example.com/" + rotated) == []


def test_turned_address() -> None:
    """An address that is turned tells that the whole text is."""
    text = b"See http://example.com/a then."

    assert any(text in data for data in found(codecs.encode(text.decode(), "rot13").encode()))
    assert any(text in data for data in found(text[::-1]))


@pytest.mark.parametrize("row", [b"%08x: %b  ....\r\n", b"%08x  %b  |....|\r\n", b"%04x\t%b\r\n"])
@pytest.mark.parametrize("group", [1, 2])
def test_dumps(row: bytes, group: int) -> None:
    """With offsets, and the same as text."""
    dump = b"".join(row % (at, NOTE[at : at + 16].hex(" ", group).encode()) for at in range(0, len(NOTE), 16))

    assert NOTE in found(b"It is:\r\n" + dump)


def test_units() -> None:
    """Of 16 bits, with their halves exchanged, or with a zero in each."""
    assert NOTE in found(b"".join(b"\\u%04x" % byte for byte in NOTE))
    assert NOTE in found(b"".join(b"%%u%02x%02x" % (NOTE[at + 1], NOTE[at]) for at in range(0, len(NOTE), 2)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"%41\\x42\\u0043\\u{44}\\105%u0046", b"ABCDEF"),
        (b"&#65;&#x42;&#67&#x44&plus;&nothing;", b"ABCD+&nothing;"),
        (b"a\\/b\\\r\nc\\n&#0;&#65536;&#99999999;", b"a/bc\n\0\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"),
        (b"100% of \\ & %zz \\q", b"100% of \\ & %zz \\q"),
    ],
)
def test_escapes(text: bytes, expected: bytes) -> None:
    """Each kind; what is none stays."""
    assert unescaped(text) == expected


def test_references() -> None:
    """Nothing but those."""
    assert unreferenced(b"&#65;%41\\x41") == b"A%41\\x41"


def test_read_again() -> None:
    """A text whose letters are escapes is another text; one with a few is the same."""
    assert list(read_again(b"%41" * 16, ALL, script=False)) == [(b"A" * 16, True)]
    assert list(read_again(b"=41=42=43=44=45=46", ALL, script=False)) == [(b"ABCDEF", True)]
    assert list(read_again(b"%41 100%25 =3D", ALL, script=False)) == []


@pytest.mark.parametrize(
    "uri",
    [
        b"data:text/x;base64," + FLAT.replace(b"A", b"%41"),
        b"DATA:text/x;base64," + FLAT.replace(b"A", b"&#65;"),
        b"data&colon;text/x;base64," + b"%0d%0a".join(lines(FLAT, 30)),
        b"data:text/x," + NOTE.replace(b" ", b"%20"),
        b"data&#58;text/x," + NOTE.replace(b" ", b"&#32;"),
    ],
)
@pytest.mark.parametrize("around", [b'<a href="%b">', b"<a href='%b'>", b"url(%b)", b"<a href=%b>"])
def test_addresses(uri: bytes, around: bytes) -> None:
    """Whatever ends them."""
    assert [piece.data for piece in escaped_uris(around % uri + b" and more")] == [NOTE]


def test_names_of_addresses() -> None:
    """They have them like those of plain base64."""
    [piece] = escaped_uris(b'<a download="a.exe" href="data:x/y;name=b.js,%00%01">')

    assert (piece.names, piece.data) == (("b.js", "a.exe"), b"\0\1")


@given(st.binary(max_size=200))
def test_base_32(data: bytes) -> None:
    """As the standard library has it."""
    assert base32(base64.b32encode(data)) == data
    assert base32_hex(base64.b32hexencode(data)) == data


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                FLAT,
                FLAT[:30],
                b"data:",
                b"<~",
                b"~>",
                b"%",
                b"&#",
                b"\\x",
                b"=4",
                b"\n0000",
                b'"',
                b" ",
                b"1",
                b"\n",
                b"=\n",
                b"uggc",
                b"A" * 70,
                b"\xff",
            ]
        ),
        max_size=40,
    ).map(b"".join),
    st.sampled_from(["text", "html", "js", "uu"]),
)
def test_anything(data: bytes, type: str) -> None:
    """No text is a problem, and what comes out lies in it."""
    for piece in pieces(data, type):
        assert 0 <= piece.at <= len(data)
        assert len(piece.data) <= 3 * len(data) + 2
