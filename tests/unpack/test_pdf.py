"""Streams of a PDF come out: embedded files as members, everything else as one."""

from __future__ import annotations

import base64
import io
import random
import zipfile
import zlib

import pytest

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from pace import seconds
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


@pytest.mark.parametrize("rest", [b" \r\n", b"\t\n", b" %a stream\n", b" and so on\r"])
def test_rest_of_the_line(unpack: Unpack, rest: bytes) -> None:
    """Readers look for a stream behind the end of its keyword's line."""
    packed = b"%PDF-1.4\n1 0 obj<</Filter/Fl>>stream" + rest + zlib.compress(ZIP) + b"\nendstream endobj\n"
    assert ((), ZIP) in unpack("pdf", packed).members


@pytest.mark.parametrize("size", [100, 40_000])
@pytest.mark.parametrize("damage", ["checksum", "header"])
def test_wrong_checksums(unpack: Unpack, size: int, damage: str) -> None:
    """Readers show what can be inflated, whatever is said about it."""
    text = random.Random(1).randbytes(size).hex().encode()
    packed = bytearray(zlib.compress(text))
    packed[-4 if damage == "checksum" else 1] ^= 0x55
    assert any(text in content for _, content in unpack("pdf", pdf(b"/Filter/Fl", bytes(packed))).members)


def rows(content: bytes, size: int = 10) -> bytes:
    """Compressed behind a predictor."""
    return zlib.compress(b"".join(b"\0" + content[at : at + size] for at in range(0, len(content), size)))


@pytest.mark.parametrize(
    ("entries", "content"),
    [
        (b"/Filter[5 0 R]", zlib.compress(ZIP)),
        (b"/F 5 0 R", zlib.compress(ZIP)),
        (b"/Filter/Fl/DecodeParms<</Predictor 12/Columns 6 0 R>>", rows(ZIP)),
        (b"/Filter/Fl/DP<</Predictor 8 0 R/Columns 10>>", rows(ZIP)),
        (b"/Filter/Fl/DecodeParms<</Predictor%\n12/Columns +10>>", rows(ZIP)),
        (b"/Filter[/Fl/Fl]/DecodeParms[<</Predictor 12/Columns 10>>null]", rows(zlib.compress(ZIP))),
        (b"/Filter[/Fl/Fl]/DecodeParms[null<</Predictor 12/Columns 10>>]", zlib.compress(rows(ZIP))),
        (b"/DecodeParms 7 0 R/Filter[/Fl 5 0 R]", zlib.compress(rows(ZIP))),
    ],
)
def test_filters_as_they_are_listed(unpack: Unpack, entries: bytes, content: bytes) -> None:
    """Names and parameters may be other objects, and each filter has parameters of its own."""
    others = (
        b"5 0 obj/AHx endobj\n5 0 obj/FlateDecode endobj\n6 0 obj 10 endobj\n8 0 obj 12 endobj\n"
        b"7 0 obj[null<</Predictor 12/Columns 6 0 R>>]endobj\n"
    )
    assert ((), ZIP) in unpack("pdf", pdf(entries, content, others)).members


@pytest.mark.parametrize("place", range(8))
def test_every_revision(unpack: Unpack, place: int) -> None:
    """The cross-reference table may mean any of them: a filter, a script."""
    filters = [b"5 0 obj/ASCIIHexDecode endobj\n"] * 8
    filters[place] = b"5 0 obj[/FlateDecode]endobj\n"
    scripts = [b"6 0 obj(app.beep\\(\\))endobj\n"] * 8
    scripts[place] = b"6 0 obj(app.alert\\(\\))endobj\n"
    opened = unpack(
        "pdf",
        pdf(b"/Filter 5 0 R", zlib.compress(ZIP), b"".join((*filters, *scripts)) + b"2 0 obj<</JS 6 0 R>>endobj\n"),
    )
    assert ((), ZIP) in opened.members
    assert [content for _, content in opened.members if b"app.alert" in content] == [b"app.alert()"]
    assert opened.gaps == []


def test_more_revisions_than_are_read(unpack: Unpack) -> None:
    """What is left out is told."""
    more = b"".join(b"5 0 obj(%d)endobj\n" % number for number in range(250))
    assert unpack("pdf", pdf(b"", b"x", more)).reasons == {Reason.LIMIT_MEMBERS}


@pytest.mark.parametrize(
    "packed",
    [
        b"5 0 obj 6 0 R endobj 6 0 obj 5 0 R endobj 7 0 obj<</Filter 5 0 R>>stream\nx\nendstream endobj\n",
        b"5 0 obj[5 0 R 5 0 R]endobj<</DecodeParms[5 0 R 5 0 R]/Filter[5 0 R/Fl]>>stream\nx\nendstream endobj\n",
        b"5 0 obj<</Kids[5 0 R]/EF 5 0 R/F 5 0 R/Contents[5 0 R]/Font 5 0 R>>endobj\n",
    ],
)
def test_revisions_take_linear_time(unpack: Unpack, packed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often they refer to each other."""
    monkeypatch.setattr("bartizan.unpack.pdfobjects.WORK", 50_000)
    small, large = (seconds(lambda count=count: unpack("pdf", b"%PDF-1.7\n" + packed * count)) for count in (150, 600))
    assert large < 10 * max(small, 0.1)


def test_longest_of_two_lengths(unpack: Unpack) -> None:
    """A mark of an end within the bytes is none for who goes by the other length."""
    first = zlib.compressobj(0)
    packed = first.compress(b"\nendstream" + ZIP) + first.flush()
    short = packed.index(b"\nendstream")
    entries = b"/Filter/Fl/Length %d/Length %d" % (short, len(packed))
    assert any(ZIP in content for _, content in unpack("pdf", pdf(entries, packed)).members)


@pytest.mark.parametrize("looks", [b" ", b"<html><body>", b"#!/bin/sh\n", b"<?xml version='1.0'?>"])
@pytest.mark.parametrize("entries", [b"", b"/Type/EmbeddedFile", b"/Subtype/Image/Length1 1"])
def test_objects_that_look_like_a_file(unpack: Unpack, looks: bytes, entries: bytes) -> None:
    """What is in an object stream is read, whatever it is called or begins like."""
    inside = b"5 0 \n" + looks + bytes(range(128, 256)) * 40
    objects = inside + b"<</Type/Filespec/F(invoice.vbs)/EF<</F 8 0 R>>>>"
    entries += b"/Type/ObjStm/N 1/First %d/Filter/Fl" % len(inside)
    assert ("invoice.vbs",) in unpack("pdf", pdf(entries, zlib.compress(objects))).names


def test_objects_that_another_dictionary_seems_to_tell_of(unpack: Unpack) -> None:
    """A string that looks like the beginning of an object hides nothing that is said in front of it."""
    objects = b"5 0 <</Type/Filespec/F(invoice.vbs)/EF<</F 8 0 R>>>>"
    entries = b"/Type/ObjStm/N 1/First 4/DecodeParms<</Predictor 12/Columns 10>>/X(9 0 obj)/Filter/Fl"
    assert ("invoice.vbs",) in unpack("pdf", pdf(entries, rows(objects))).names


def test_script_in_an_object_that_begins_further_on(unpack: Unpack) -> None:
    """Where objects begin is what the dictionary says."""
    entries = b"/Type/ObjStm/N 1/First 30/Filter/Fl"
    objects = (b"7 0 (no script)").ljust(30) + b"(app.alert\\(1\\))"
    opened = unpack("pdf", pdf(entries, zlib.compress(objects), b"2 0 obj<</S/JavaScript/JS 7 0 R>>endobj\n"))
    assert (("script.txt",), b"app.alert(1)") in opened.members


@pytest.mark.parametrize(
    "reference",
    [b"", b"2 0 obj<</EF<</F 1 0 R>>>>endobj\n", b"2 0 obj<</EF 3 0 R>>endobj\n3 0 obj<</F 1 0 R>>endobj\n"],
)
def test_embedded_file_of_no_known_type(unpack: Unpack, reference: bytes) -> None:
    """It is a member all the same, by its own dictionary or the one that refers to it."""
    content = bytes(7) + b"**ACE**" + bytes(100)
    entries = b"/Filter/Fl" if reference else b"/Type/EmbeddedFile/Filter/Fl"
    assert ((), content) in unpack("pdf", pdf(entries, zlib.compress(content), reference)).members


@pytest.mark.parametrize(
    "entries",
    [
        b"/F(invoice.vbs)/Desc(" + b"x" * 2000 + b")",
        b"/UF 9 0 R",
        b"/Unix(invoice.vbs)",
        b"/X[<<>>]/Desc(/EF)/F(invoice.vbs)" + b" " * 2000,
    ],
)
def test_names_far_from_the_file(unpack: Unpack, entries: bytes) -> None:
    """Wherever in the dictionary, or in an object of its own."""
    others = b"2 0 obj<<" + entries + b"/EF<</F 1 0 R>>>>endobj\n9 0 obj(invoice.vbs)endobj\n"
    assert ("invoice.vbs",) in unpack("pdf", pdf(b"", b"x", others)).names


def test_long_name_keeps_its_end(unpack: Unpack) -> None:
    """The extension is what counts."""
    others = b"2 0 obj<</F(" + b"x" * 5000 + b".vbs)/EF<</F 1 0 R>>>>endobj\n"
    assert any(name.endswith(".vbs") for names in unpack("pdf", pdf(b"", b"x", others)).names for name in names)


def test_plain_streams_in_each_other(unpack: Unpack) -> None:
    """So many bytes that not all can be kept is a gap."""
    packed = pdf(b"", b"<<>>stream\n" * 20 + b"x" * 1000)
    assert unpack("pdf", packed, Limits(member_bytes=10_000)).reasons == {Reason.LIMIT_MEMBER_BYTES}
    assert unpack("pdf", packed).gaps == []


def test_pages_are_one_member(unpack: Unpack) -> None:
    """Content of pages is of no use piece by piece."""
    packed = pdf(b"/Filter/FlateDecode", zlib.compress(TEXT), pdf(b"/Filter/FlateDecode", zlib.compress(TEXT)))
    assert unpack("pdf", packed).members[0] == ((), TEXT + b"\n" + TEXT)


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


@pytest.mark.parametrize("filters", [b"/Filter/Fl", b"/Filter[/AHx/Fl]"])
def test_room_in_the_sink(unpack: Unpack, filters: bytes) -> None:
    """No more of a stream is made than will be taken, and what is left out is told."""
    content = zlib.compress(b"x" * 300_000)
    packed = pdf(filters, content.hex().encode() + b">" if b"AHx" in filters else content)
    assert unpack("pdf", packed, max_bytes=300_001).reasons == set()
    opened = unpack("pdf", packed, max_bytes=200_000)
    assert opened.gaps == [(Reason.LIMIT_TOTAL_BYTES, "a stream of more than 200000 bytes")]
    assert opened.members == [((), b"x" * 200_001)]


def test_room_for_rows(unpack: Unpack) -> None:
    """A predictor makes fewer bytes of more."""
    packed = pdf(b"/Filter/Fl/DecodeParms<</Predictor 12/Columns 1>>", zlib.compress(b"\0x" * 1000))
    opened = unpack("pdf", packed, max_bytes=1200)
    assert opened.members == [((), b"x" * 1000)]
    assert opened.gaps == []


def test_work_on_streams_in_streams(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand keywords in front of the same bytes are a thousand times the work."""
    monkeypatch.setattr("bartizan.unpack.pdf.WORK_LEAST", 1)
    packed = pdf(b"/Filter/Fl", b"<</Filter/Fl>>stream\n" * 1000)
    assert unpack("pdf", packed).reasons == {Reason.LIMIT_TIME}


def test_many_names(unpack: Unpack) -> None:
    """More names than are given is a gap; all that are given are names of files."""
    objects = b"".join(
        b"%d 0 obj<</F(%d.vbs)/EF<</F 1 0 R>>>>endobj\n" % (number + 2, number) for number in range(1100)
    )
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
