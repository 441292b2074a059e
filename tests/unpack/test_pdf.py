"""Streams of a PDF come out: embedded files as members, everything else as one."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib

import pytest

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
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
    assert unpack("pdf", packed).members[0] == ((), TEXT + b"\n" + TEXT + b"\n")


def test_damage_keeps_what_was_read(unpack: Unpack) -> None:
    """Readers show what they can; nothing of it is a gap."""
    opened = unpack("pdf", pdf(b"/Filter/FlateDecode", zlib.compress(TEXT)[:-12]))
    assert opened.gaps == []
    assert opened.members[0][1].startswith(b"BT (a page")


def test_pictures_are_left_alone(unpack: Unpack) -> None:
    """They cannot be saved as files."""
    assert unpack("pdf", pdf(b"/Subtype/Image/Filter/FlateDecode", zlib.compress(bytes(1000)))).members == []


@pytest.mark.parametrize("picture", [b"/Subtype/Image", b"/Length1 5"])
def test_a_file_that_is_called_a_picture(unpack: Unpack, picture: bytes) -> None:
    """Programs that save attached files do not look at what else they are called."""
    opened = unpack("pdf", pdf(b"/Type/EmbeddedFile/Filter/Fl" + picture, zlib.compress(ZIP)))
    assert opened.members == [((), ZIP)]


@pytest.mark.parametrize("between", [b"/X(" + b"x" * 9000 + b")", b"/X(1 0 obj)", b"/X(stream\n)"])
def test_far_from_its_filter(unpack: Unpack, between: bytes) -> None:
    """Whatever stands between a filter's name and the stream."""
    assert ((), ZIP) in unpack("pdf", pdf(b"/Filter/Fl" + between, zlib.compress(ZIP))).members


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


@pytest.mark.parametrize("shift", range(4))
def test_escapes_far_back(unpack: Unpack, shift: int) -> None:
    """Wherever an escape stands in a long dictionary."""
    long = b"/Filter/#46#6c/X(" + b"x" * shift + b"#41" * 30_000 + b")/Filter/#41Hx"
    assert ((), ZIP) in unpack("pdf", pdf(long, zlib.compress(ZIP.hex().encode()))).members


def test_stream_within_a_stream(unpack: Unpack) -> None:
    """Bytes in front that look like the beginning of another stream hide nothing."""
    inner = b"x<<>>stream\n1 0 obj<</Filter/FlateDecode>>stream\n" + zlib.compress(ZIP)
    assert ((), ZIP) in unpack("pdf", pdf(b"", inner)).members
    inner = b"1 0 obj<</Filter/FlateDecode/X(stream\n)>>stream\n" + zlib.compress(ZIP)
    assert ((), ZIP) in unpack("pdf", b"%PDF-1.4\n" + inner + b"\nendstream\n").members


def test_many_filters(unpack: Unpack) -> None:
    """Eight are undone; of a stream with more, nothing is read and that is said, once."""
    content = zlib.compress(ZIP)
    for _ in range(7):
        content = content.hex().encode()
    filters = b"/Filter[" + b"/AHx" * 7 + b"/Fl]"
    assert ((), ZIP) in unpack("pdf", pdf(filters, content)).members
    deep = b"/Filter[" + b"/AHx" * 8 + b"/Fl]"
    assert unpack("pdf", pdf(deep, content, pdf(deep, content))).gaps == [
        (Reason.LIMIT_DEPTH, "a stream of more than 8 filters")
    ]


def test_bytes_of_all_filters_together(unpack: Unpack) -> None:
    """Each layer of each stream counts."""
    bomb = zlib.compress(zlib.compress(bytes(300_000)))
    packed = pdf(b"/Filter[/Fl/Fl]", bomb, pdf(b"/Filter[/Fl/Fl]", bomb))
    assert unpack("pdf", packed, Limits(member_bytes=700_000)).reasons == set()
    assert unpack("pdf", packed, Limits(member_bytes=500_000)).reasons == {Reason.LIMIT_MEMBER_BYTES}


def test_work_on_streams_in_streams(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand keywords in front of the same bytes are a thousand times the work."""
    monkeypatch.setattr("bartizan.unpack.pdf.WORK_LEAST", 1)
    packed = pdf(b"/Filter/Fl", b"<</Filter/Fl>>stream\n" * 1000)
    assert unpack("pdf", packed).reasons == {Reason.LIMIT_TIME}


def test_many_names(unpack: Unpack) -> None:
    """More names than are given is a gap; all that are given are names of files."""
    objects = b"".join(b"2 0 obj<</F(%d.vbs)/EF<</F 1 0 R>>>>endobj\n" % number for number in range(1100))
    opened = unpack("pdf", pdf(b"", b"x", objects))
    assert opened.reasons == {Reason.LIMIT_MEMBERS}
    assert len(opened.names) == 1001
    assert unpack("pdf", pdf(b"", b"x", objects[: len(objects) // 2])).gaps == []


def test_many_streams(unpack: Unpack) -> None:
    """More streams than are read is a gap."""
    assert unpack("pdf", pdf(b"", b"x") * 20_001).reasons == {Reason.LIMIT_MEMBERS}


@pytest.mark.parametrize(
    "trailer",
    [
        b"trailer<</Encrypt 5 0 R/Root 1 0 R>>",
        b"trailer <</Encrypt<</Filter/Standard>> >>",
        b"<</#45ncryp#74\r\n12 0 R>>",
    ],
)
def test_encrypted(unpack: Unpack, trailer: bytes) -> None:
    """It was not looked into, however the trailer says so."""
    assert [gap[0] for gap in unpack("pdf", pdf(b"", b"x" * 100, trailer)).gaps] == [Reason.ENCRYPTED]


@pytest.mark.parametrize("trailer", [b"<</Encrypt null>>", b"<</EncryptMetadata true>>", b"(/Encrypt)"])
def test_not_encrypted(unpack: Unpack, trailer: bytes) -> None:
    """The word alone is nothing."""
    assert unpack("pdf", pdf(b"", b"x" * 100, trailer)).gaps == []
