"""Streams of a PDF come out: embedded files as members, everything else as one."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib

import pytest

from unpack.conftest import Unpack


def make_zip() -> bytes:
    """An archive to embed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "hello")
    return out.getvalue()


ZIP = make_zip()
TEXT = b"BT (a page that says something) Tj ET " * 5


def pdf(dictionary: bytes, content: bytes, more: bytes = b"") -> bytes:
    """One stream, and other objects."""
    return (
        b"%PDF-1.4\n1 0 obj<<" + dictionary + b">>stream\r\n" + content + b"\r\nendstream endobj\n" + more + b"%%EOF\n"
    )


@pytest.mark.parametrize(
    ("filters", "content"),
    [
        (b"/Filter/FlateDecode", zlib.compress(ZIP)),
        (b"/Filter /Fl", zlib.compress(ZIP)),
        (b"/Filter/#46lateDecode", zlib.compress(ZIP)),
        (b"/Filter[/ASCIIHexDecode/FlateDecode]", zlib.compress(ZIP).hex().encode() + b">"),
        (b"/Filter[/ASCII85Decode /FlateDecode]", base64.a85encode(zlib.compress(ZIP)) + b"~>"),
        (b"/Filter/FlateDecode", zlib.compress(ZIP)[2:]),
        (b"/Length 999999", ZIP),
    ],
)
def test_embedded_file(unpack: Unpack, filters: bytes, content: bytes) -> None:
    """In any filter, however its name is written."""
    opened = unpack("pdf", pdf(b"/Type/EmbeddedFile" + filters, content))
    assert ((), ZIP) in opened.members
    assert opened.gaps == []


def test_pages_are_one_member(unpack: Unpack) -> None:
    """Content of pages is of no use piece by piece."""
    packed = pdf(b"/Filter/FlateDecode", zlib.compress(TEXT), pdf(b"/Filter/FlateDecode", zlib.compress(TEXT)))
    assert unpack("pdf", packed).members == [((), TEXT + b"\n" + TEXT + b"\n")]


def test_damage_keeps_what_was_read(unpack: Unpack) -> None:
    """Readers show what they can; nothing of it is a gap."""
    opened = unpack("pdf", pdf(b"/Filter/FlateDecode", zlib.compress(TEXT)[:-12]))
    assert opened.gaps == []
    assert opened.members[0][1].startswith(b"BT (a page")


def test_pictures_are_left_alone(unpack: Unpack) -> None:
    """They cannot be saved as files."""
    assert unpack("pdf", pdf(b"/Subtype/Image/Filter/FlateDecode", zlib.compress(bytes(1000)))).members == []


@pytest.mark.parametrize(
    "name", [b"/F(invoice.vbs)", b"/UF (invoice.vbs)", b"/UF<FEFF0069006E0076006F006900630065002E007600620073>"]
)
def test_names_of_embedded_files(unpack: Unpack, name: bytes) -> None:
    """They stand in another object than the bytes."""
    packed = pdf(b"", b"x", b"2 0 obj<</Type/Filespec" + name + b"/EF<</F 1 0 R>>>>endobj\n")
    assert ("invoice.vbs",) in unpack("pdf", packed).names


def test_links_are_no_names(unpack: Unpack) -> None:
    """A file that is only pointed at is not embedded."""
    assert unpack("pdf", pdf(b"", b"x", b"2 0 obj<</S/GoToR/F(other.com)>>endobj\n")).members == []
