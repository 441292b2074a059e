"""What stands inside other bytes is found: encoded files in texts, archives behind other content; noise is not."""

from __future__ import annotations

import base64
import io
import os
import zipfile
import zlib

import pytest

from bartizan.message.archives import archive_within
from bartizan.message.carve import Piece, pieces


def make_zip() -> bytes:
    """One member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("note.txt", "A note that is long enough to be found in any text. " * 3)
    return out.getvalue()


ZIP = make_zip()
FLAT = base64.b64encode(ZIP)
ARMOUR = b"-----BEGIN PGP MESSAGE-----\r\nVersion: 1\r\n\r\nhQEMA+abcd\r\n"


def found(data: bytes, type: str) -> list[tuple[int, str]]:
    """Place and type of all pieces."""
    return [(piece.at, piece.type) for piece in pieces(data, type)]


@pytest.mark.parametrize("type", ["text", "html", "svg", "ics", "vcf", "js"])
def test_base64_in_texts(type: str) -> None:
    """In whatever kind of text, with the bytes that it stands for."""
    [piece] = pieces(b"x: " + FLAT + b" y", type)
    assert (piece.at, piece.data, piece.type, piece.archive) == (3, ZIP, "zip", False)


def test_url_safe_alphabet() -> None:
    """Both alphabets are read."""
    [piece] = pieces(base64.urlsafe_b64encode(ZIP), "text")
    assert piece.data == ZIP


def test_hexadecimal() -> None:
    """An object in RTF, for one."""
    [piece] = pieces(b"{\\rtf1{\\*\\objdata " + ZIP.hex().encode() + b"}}", "rtf")
    assert piece.data == ZIP


def test_noise_is_no_piece() -> None:
    """What decodes to nothing that is known is left alone, however it begins."""
    for mark in (b"", b"MZ", b"\x1f\x8b", b"\x1f\x9d", b"\xc7\x71"):
        assert found(base64.b64encode(mark + b"\xf1" + os.urandom(200)), "text") == []


def test_not_in_pictures() -> None:
    """Only texts are searched for encoded files."""
    assert found(FLAT, "jpg") == []


def test_armour_behind_a_greeting() -> None:
    """It begins a line, and a packet follows; prose about it does not count."""
    assert found(b"Hello\r\n\r\n" + ARMOUR, "text") == [(9, "pgp")]
    assert found(b"Hello\r\n\r\n" + ARMOUR.replace(b"hQEMA+abcd", b"blah, blah"), "text") == []
    assert found(b"Hello\r\n\r\n> " + ARMOUR, "text") == []


def test_armour_by_what_is_in_it() -> None:
    """A signature is none, a message under its label is; lines of a page end where tags are; base64 needs no armour."""
    signature = b"\x88\x1d\4\0\1\x08" + bytes(65)
    message = b"\xa3\2" + zlib.compress(b"\xcb\x50b\0\0\0\0\0" + os.urandom(72))
    for content, is_message in ((signature, False), (message, True)):
        lines = base64.encodebytes(content)
        label = b"-----BEGIN PGP SIGNATURE-----\n\n"
        page = b"<p>Hello<br>" + (label + lines).replace(b"\n", b"<br>") + b"</p>"
        for text, type in ((b"Hello\n" + label + lines, "text"), (page, "html"), (b"Hello: " + lines, "text")):
            assert ("pgp" in [kind for _, kind in found(text, type)]) is is_message


@pytest.mark.parametrize("begin", [b"begin 644 ", b"Begin 644 ", b"BEGIN\t644 ", b"begin 1 "])
def test_uuencoded_file_in_a_page(begin: bytes) -> None:
    """Decoders take the word in capitals too, and a mode of any length."""
    assert found(b"<p>Hello</p>\n" + begin + b"a.exe\n#0V%T\n`\nend\n", "html") == [(13, "uu")]
    assert found(b"<p>Hello</p>\n" + begin + b"with this\n", "html") == []
    quoted = b"<p>\n" + 50 * (begin + b"with this\n") + 3 * b"and so on\n"
    assert found(quoted + begin + b"a.exe\n#0V%T\n`\nend\n", "html") == [(len(quoted), "uu")]


@pytest.mark.parametrize("tail", [b" x", b"==", b"(abcd)", b"#abce01234567fghj"])
def test_uuencoded_lines_with_something_behind(tail: bytes) -> None:
    """Decoders take as many characters as the first one of a line says; capitals that are too few are none."""
    lines = b"begin\t644 a.exe\n" + b"#0V%T" + tail + b"\n`\nend\n"
    assert found(b"Hello\n" + lines, "text") == [(6, "uu")]
    [piece] = pieces(lines, "text")
    assert (piece.data, piece.archive, piece.loose) == (lines, True, True)
    assert found(b"Begin 2024 with this:\nTHE BOOK OF CAPITALS\n- 12 of them\n", "text") == []


def test_archive_behind_a_picture() -> None:
    """By its end record, whole; by a local header or mark alone, from there and loosely."""
    picture = b"\xff\xd8\xff\xe0" + bytes(300)
    assert list(pieces(picture + ZIP, "jpg")) == [Piece(0, memoryview(picture + ZIP), "zip", archive=True)]
    cut = ZIP[: ZIP.index(b"PK\1\2")]
    assert list(pieces(picture + cut, "jpg")) == [Piece(304, memoryview(cut), "zip", archive=True, loose=True)]
    assert [piece.type for piece in pieces(picture + b"Rar!\x1a\7\0" + bytes(20), "jpg")] == ["rar"]


def test_chance_is_no_archive() -> None:
    """Four bytes that could be a header, with values that cannot, are passed over until one is found."""
    assert archive_within(b"x" + b"PK\3\4" + b"\xff" * 40) is None
    within = archive_within(b"x" + (b"PK\3\4" + b"\xff" * 40) * 200 + ZIP[:60])
    assert within is not None
    assert within.at == 1 + 200 * 44
    assert archive_within(b"text about Rar! and PK") is None


@pytest.mark.parametrize(
    "constant",
    [
        b"'" + FLAT[:50] + b"' +\r\n \"" + FLAT[50:] + b'"',
        b"".join(b"%%%02x" % byte for byte in ZIP),
        b"".join(b"\\x%02X" % byte for byte in ZIP),
        b", ".join(b"%d" % byte for byte in ZIP),
        b",".join(b"0x%02x" % byte for byte in ZIP) + b",",
    ],
)
def test_constants_of_scripts(constant: bytes) -> None:
    """A page that builds a file out of what it says."""
    assert ZIP in [piece.data for piece in pieces(b"<html><script>var x = [" + constant + b"]</script></html>", "html")]


def test_numbers_that_are_no_bytes() -> None:
    """A table of figures is no file."""
    assert found(b"<script>" + b"1000, 2, " * 100 + b"</script>", "html") == []


def test_no_limit_of_runs() -> None:
    """A file behind more texts in base64 than are told at a time."""
    runs = b". ".join([base64.b64encode(b"A note that is long enough to be found as a text of its own.")] * 1500)
    assert (len(runs) + 2, "zip") in found(runs + b". " + FLAT, "text")


def test_long_hexadecimal() -> None:
    """However long it is."""
    packed = ZIP[: ZIP.index(b"PK\1\2")] + bytes(1 << 20)
    [piece] = pieces(packed.hex().encode(), "text")
    assert piece.data == packed


def test_archive_behind_many_headers() -> None:
    """However many headers in front of it cannot be any."""
    assert archive_within(b"x" + (b"PK\3\4" + b"\xff" * 40) * 20_000 + ZIP[:60]) is not None
