r"""What stands in the groups of an RTF comes out: objects however their digits are strewn, files, text, fields."""

from __future__ import annotations

import struct
from functools import partial

import pytest

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from pace import seconds
from unpack.compound_file import compound
from unpack.conftest import Unpack
from unpack.opening import Opened
from unpack.test_ole import FILE, packaged

FONTS = b"{\\fonttbl{\\f0\\fnil\\fcharset204 A;}{\\f1\\fcharset128 B;}}"
OLE = compound({"Contents": b"a stream of an object"})


def object1(content: bytes, program: bytes = b"Package\0", kind: int = 2) -> bytes:
    """An object with the header of OLE 1."""
    head = struct.pack("<III", 0x501, kind, len(program)) + program
    return head + bytes(8) + struct.pack("<I", len(content)) + content + b"trailing presentation"


def rtf(*groups: bytes) -> bytes:
    """A document."""
    return b"{\\rtf1\\ansi " + b"".join(groups) + b"}"


def data(digits: bytes) -> bytes:
    """A group with the digits of an object."""
    return b"{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata " + digits + b"}{\\result{\\pict 00}}}"


PACKAGE = object1(packaged("invoice.vbs", FILE))
DIGITS = PACKAGE.hex().encode()
NAMES = ("invoice.vbs", "C:\\invoice.vbs", "C:\\Temp\\invoice.vbs")


def lines(opened: Opened) -> list[bytes]:
    """The lines of fields.txt."""
    return opened.contents.get("fields.txt", b"").splitlines()


def strewn(junk: bytes, every: int = 7) -> bytes:
    """The digits with something between them."""
    return junk.join(DIGITS[at : at + every] for at in range(0, len(DIGITS), every))


@pytest.mark.parametrize(
    "digits",
    [
        DIGITS,
        DIGITS.upper(),
        strewn(b"\r\n"),
        strewn(b" \t\0"),
        strewn(b"\\par "),
        strewn(b"\\unknown-12 "),
        strewn(b"{\\*\\other}"),
        strewn(b"{\\*\\other 0a1}"),
        strewn(b"{}"),
        strewn(b"{0}"),
        strewn(b"{\\x abc}"),
        strewn(b"\\'0c", 8),
        strewn(b"\\*"),
        strewn(b"\\*\\other "),
        strewn(b"zz;"),
        strewn(b"{{{{{{}}}}}}"),
        b"{" + DIGITS[:40] + b"}" + DIGITS[40:],
        DIGITS[:40] + b"{" + DIGITS[40:80] + b"{" + DIGITS[80:] + b"}}",
        b"{\\*\\datafield " + DIGITS[:40] + b"}" + DIGITS[40:],
        b"0" + DIGITS,
        b"abc" + DIGITS,
        DIGITS[:41] + b"7\\'00" + DIGITS[42:] if len(DIGITS) % 2 else DIGITS[:40] + b"7\\'00" + DIGITS[40:],
        b"\\bin%d " % len(PACKAGE) + PACKAGE,
        DIGITS[:40] + b"\\bin%020d " % (len(PACKAGE) - 20) + PACKAGE[20:],
        DIGITS[:40] + b"\\bin-5 \\bin0 \\bin2 " + PACKAGE[20:22] + DIGITS[44:],
        DIGITS[:40] + b"{\\bin2 " + PACKAGE[20:22] + b"}" + DIGITS[44:],
        b"\\bin4294967296 " + DIGITS,
        DIGITS[:40] + b"\\bin-4294967294 " + PACKAGE[20:22] + DIGITS[44:],
        DIGITS[:40] + b"\\bin1" + b"0" * 40 + b" " + DIGITS[40:],
    ],
)
def test_objects_among_anything(unpack: Unpack, digits: bytes) -> None:
    """A package is a member under its names, whatever stands among its digits."""
    opened = unpack("rtf", rtf(data(digits)))
    assert (NAMES, FILE) in opened.members
    assert opened.gaps == []


@pytest.mark.parametrize("end", [b"}}", b"}", b"", b"\\", b"{", b"\\bin99999999999 "])
def test_document_that_ends_early(unpack: Unpack, end: bytes) -> None:
    """What there is of an object comes out."""
    opened = unpack("rtf", b"{\\rt{\\object{\\*\\objdata " + DIGITS + end)
    assert (NAMES, FILE) in opened.members
    cut = unpack("rtf", b"{\\rtf1{\\object{\\objdata " + DIGITS[:-120])
    assert cut.members[0][0][0] == "invoice.vbs"


@pytest.mark.parametrize("header", [object1(OLE, b"Word.Document.8\0"), object1(OLE)[:28] + b"\5\0\0\0" + OLE, OLE])
def test_embedded_document(unpack: Unpack, header: bytes) -> None:
    """A compound file is whole, whatever length the header has for it; with or without that header."""
    opened = unpack("rtf", rtf(data(header.hex().encode())))
    assert any(content.startswith(OLE) for _, content in opened.members)


def test_half_a_byte_in_front(unpack: Unpack) -> None:
    """A document is found from its own mark on."""
    opened = unpack("rtf", rtf(data(b"0105000001000000" + b"f" + OLE.hex().encode())))
    assert any(content.startswith(OLE) for _, content in opened.members)


def test_object_that_is_linked(unpack: Unpack) -> None:
    """What it is linked to, and its class, are told as text."""
    linked = object1(b"", kind=1)
    at = linked.index(b"Package\0") + 8
    link = b"\\\\elsewhere\\share\\a.doc\0"
    linked = linked[:at] + struct.pack("<I", len(link)) + link + bytes(4)
    opened = unpack("rtf", rtf(data(linked.hex().encode())))
    assert {b"class: Package", b"link: \\\\elsewhere\\share\\a.doc", b"objclass: Package"} <= set(lines(opened))


def test_objects_within_objects(unpack: Unpack) -> None:
    """Each has its own digits."""
    inner = data(DIGITS)
    other = object1(packaged("outer.js", FILE)).hex().encode()
    opened = unpack("rtf", rtf(data(other[:50] + inner + other[50:])))
    assert {names[0] for names, content in opened.members if content == FILE} >= {"invoice.vbs", "outer.js"}


@pytest.mark.parametrize("group", [b"{\\*\\datastore %b}", b"{\\*\\other\n %b}", b"{\\pict\\wmetafile8 %b}"])
def test_files_in_other_groups(unpack: Unpack, group: bytes) -> None:
    """A file is one wherever its digits stand, and as it is."""
    assert unpack("rtf", rtf(group % OLE.hex().encode())).members[0] == ((), OLE)
    assert unpack("rtf", rtf(group % (b"\\bin%d " % len(OLE) + OLE))).members[0] == ((), OLE)


def test_pictures_are_left_alone(unpack: Unpack) -> None:
    """They are what documents are made of."""
    picture = b"\x89PNG\r\n\x1a\n" + bytes(100)
    assert unpack("rtf", rtf(b"{\\pict\\pngblip " + picture.hex().encode() + b"}")).members == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"click {\\b here}\\par now", "click here\nnow"),
        (b"cl\\-ick\r\n her{\\*\\bkmkstart x}e\\~now\\line\\tab\\{x\\}", "click here now\n\t{x}"),
        (b"na\\'efve \\u8364?5 \\uc2\\u26085 ab\\'e9", "na\u00efve \u20ac5 \u65e5\u00e9"),
        (b"\\u-10179 ?\\u-8703 ?", "\U0001f601"),
        (b"\\u-10179 ?alone", "\ufffdalone"),
        (b"\\ldblquote x\\rdblquote\\emdash", "\u201cx\u201d\u2014"),
        (FONTS + b"\\f0 \\'ef\\'f0{\\f1 \\'93\\'fa}\\'e8", "\u043f\u0440\u65e5\u0438"),
        (b"\\ansicpg1251 \\'ef", "\u043f"),
        (b"\\mac \\'8e", "\u00e9"),
        (b"\\ansicpg99999 \\'e9", "\u00e9"),
        (b"{\\header top}{\\footnote foot}{\\field{\\*\\fldinst PAGE}{\\fldrslt 1}}", "topfoot1"),
    ],
)  # fmt: skip
def test_text(unpack: Unpack, body: bytes, text: str) -> None:
    """As readers show it."""
    assert unpack("rtf", rtf(body)).contents["text.txt"].decode() == text


def test_hidden_text(unpack: Unpack) -> None:
    """With it and without it."""
    opened = unpack("rtf", rtf(b"claim {\\v not} your\\v  no\\v0  prize \\b bold"))
    assert opened.contents["text.txt"] == b"claim not your no prize bold"
    assert opened.contents["shown.txt"] == b"claim  your prize bold"


def test_wrapped_html(unpack: Unpack) -> None:
    """The HTML of a message in Outlook's RTF."""
    body = b"\\fromhtml1{\\*\\htmltag64 <p><b>}\\htmlrtf {\\b\\htmlrtf0 click{\\*\\htmltag72 </b>}"
    body += b"\\htmlrtf junk}\\htmlrtf0 \\'e9"
    opened = unpack("rtf", rtf(body))
    assert opened.contents["body.html"].decode() == "<p><b>click</b>\u00e9"
    assert opened.contents["text.txt"].decode() == "clickjunk\u00e9"


def test_wrapped_html_behind_open_groups(unpack: Unpack) -> None:
    """Some let go of what leaves out RTF at the end of its group, some when it is taken back: both are read."""
    opened = unpack("rtf", rtf(b"\\fromhtml1{\\*\\htmltag64 <p>}{\\htmlrtf junk}click{ \\htmlrtf0}here"))
    assert [content for names, content in opened.members if names == ("body.html",)] == [b"<p>here", b"<p>click here"]


def test_wrapped_html_of_the_same_readings(unpack: Unpack) -> None:
    """It is given once."""
    opened = unpack("rtf", rtf(b"\\fromhtml1{\\*\\htmltag64 <p>}\\htmlrtf {\\b junk}\\htmlrtf0 click"))
    assert [content for names, content in opened.members if names == ("body.html",)] == [b"<p>click"]


def test_fields(unpack: Unpack) -> None:
    """What is not shown is told with where it stands."""
    document = rtf(
        b"{\\field{\\*\\fldinst {\\b DDE}AUTO c:\\\\\\\\cmd.exe \\u34?x}}{\\*\\template http://e.example/a.dot}",
        b"{\\info{\\title News}}",
    )
    assert lines(unpack("rtf", document)) == [
        b'fldinst: DDEAUTO c:\\\\cmd.exe "x',
        b"template: http://e.example/a.dot",
        b"info: News",
    ]


def test_limits(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reaching one is a gap, and what comes before it is given."""
    monkeypatch.setattr("bartizan.unpack.rtf.DEPTH", 10)
    opened = unpack("rtf", rtf(b"before", b"{" * 20, b"}" * 20, b" after", data(DIGITS)))
    assert (opened.contents["text.txt"], opened.reasons) == (b"before after", {Reason.LIMIT_DEPTH})
    assert (NAMES, FILE) in opened.members
    monkeypatch.setattr("bartizan.unpack.rtf.OBJECTS", 3)
    opened = unpack("rtf", rtf(data(DIGITS) * 5))
    assert (len(opened.members), opened.reasons) == (4, {Reason.LIMIT_MEMBERS})
    opened = unpack("rtf", rtf(b"x" * 100, data(object1(FILE).hex().encode()) * 2, b"{\\*\\y " + b"z" * 100 + b"}"),
                    Limits(member_bytes=50))  # fmt: skip
    assert [len(content) for _, content in opened.members[:3]] == [len(FILE), 50 - len(FILE), 50]
    assert len(opened.contents["fields.txt"]) <= 50
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}
    assert len(unpack("rtf", rtf(data(DIGITS) * 2, b"text"), max_members=1).members) == 2
    monkeypatch.setattr("bartizan.unpack.rtf.TOKENS", 10)
    assert unpack("rtf", rtf(b"\\b x" * 10)).reasons == {Reason.LIMIT_TIME}


@pytest.mark.parametrize(
    "piece",
    [
        *(b"{", b"{}", b"}", b"\\'", b"\\u1 ", b"\\bin1 ", b"\\*"),
        *(b"{\\*\\objdata 0", b"{\\*\\x ", b"{\\*\\objdata{\\*\\a 0}\\'00"),
    ],
)
def test_time_is_linear(unpack: Unpack, piece: bytes) -> None:
    """A document of one piece again and again."""
    small, large = (seconds(partial(unpack, "rtf", rtf(piece * count))) for count in (20_000, 80_000))
    assert large < 10 * max(small, 0.02)
