"""What lenient programs take for parts and names; plain mails give nothing more."""

from __future__ import annotations

import base64

import pytest

from bartizan.message.hole import Hole
from bartizan.message.loosenames import LooseNames, loose_names, other_names, stand_ins
from bartizan.message.parse import from_bytes
from bartizan.message.readings import readings
from bartizan.message.shredder import SEGMENTS, Reading
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits

CONTENT = b"<html><body>" + b"This is what the part says. " * 5 + b"</body></html>"
BODY = base64.encodebytes(CONTENT).replace(b"\n", b"\r\n")
TOP = b"From: a@example.com\r\nMIME-Version: 1.0\r\n"


def read(raw: bytes) -> list[Reading]:
    """All readings of a mail."""
    found = readings(from_bytes(raw, None, Limits(), stored=True).message)
    return [reading for reading in found if isinstance(reading, Reading)]


def mixed(header: bytes, delimiter: bytes = b"--b", more: bytes = b"; boundary=b") -> bytes:
    """A multipart mail whose part has this header."""
    start = TOP + b"Content-Type: multipart/mixed" + more + b"\r\n\r\n"
    return start + delimiter + b"\r\n" + header + b"\r\n" + BODY + delimiter + b"--\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        TOP + b"\r\nHello\r\n",
        mixed(b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n"),
        mixed(b"Content-Type: text/plain\r\n").replace(b"\r\n\r\n--b", b"\r\n\r\nA multi-part message.\r\n--b", 1),
        TOP + b"\r\nSubject: what I wrote\r\nX: y\r\n\r\nand so on\r\n",
        mixed(b"Content-Type: text/rfc822-headers\r\n\r\nFrom: a\r\nContent-Type: x/y; name=a.exe\r\n").replace(
            BODY, b""
        ),
        b"DKIM-Signature: v=1; h=From:\r\n Content-Type:MIME-Version; bh=\r\n" + TOP + b"\r\nHello\r\n",
        mixed(b"Content-Type: text/plain\r\n") + b"____\r\nlist footer, which may be quite long as footers are\r\n",
    ],
)
def test_plain_mails(raw: bytes) -> None:
    """Nothing that could be read otherwise, or only prose between the parts."""
    assert read(raw) == []


@pytest.mark.parametrize(
    "raw",
    [
        mixed(b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n"),
        mixed(b"Content-Transfer-Encoding: xbase64\r\n"),
        mixed(b"Content-Transfer-Encoding: ba\0se64\r\n"),
        mixed(b"X-Note: a\rContent-Transfer-Encoding: base64\r\n"),
        mixed(b"Content-Transfer-Encoding: base64\r\n", more=b""),
        mixed(b"Content-Transfer-Encoding: base64\r\n", more=b"; boundary*0=b"),
        mixed(b"Content-Transfer-Encoding: base64\r\n", more=b"; boundary=c"),
        mixed(b"Content-Transfer-Encoding: base64\r\n", delimiter=b"--", more=b'; boundary=""'),
        TOP + b"\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + BODY + b"--b--\r\n",
        TOP + b"\r\nIn several parts.\r\n\r\n--b\r\nX-A: b\r\nContent-Type: text/html\r\n\r\n" + BODY + b"--b--\r\n",
        TOP + b"Content-Type: text/html;\r\n\r\n charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + BODY,
        TOP + b"Content-Type: text/html\r\nContent-Transfer-Encoding;: base64\r\n\r\n" + BODY,
        b"\r\n" + TOP + b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" + BODY,
        mixed(b"Content-Transfer-Encoding: base64\r\n").replace(BODY, BODY[:6] + b"=" + BODY[6:40] + b"==" + BODY[40:]),
    ],
)
def test_content_is_found(raw: bytes) -> None:
    """Header fields and delimiters that not everybody reads."""
    assert (CONTENT, "html") in {(reading.data, reading.type) for reading in read(raw)}


@pytest.mark.parametrize(
    "header",
    [
        b'Content-Disposition: attachment; filename="invoice.vbs"',
        b"Content-Disposition: attachment; filename=invoice.vbs",
        b'Content-Disposition: attachment; filename="invoice".vbs',
        b'Content-Disposition: attachment; filename="invoice.v\r\n bs"',
        b"Content-Disposition: filename=invoice.vbs",
        b"Content-Disposition: attachment; filename=invoice.v(x)bs",
        b"Content-Disposition: attachment; filename *=utf-8''invoice.v%62s",
        b"Content-Type: x/y; name*0=invoice; name*1=.vbs",
        b"Content-Disposition: attachment; filena()me=invoice.vbs",
        b"Content-Disposition: attachment; (file(a)name=x)filename=invoice.vbs",
        b'Content-Disposition: attachment; filename=""invoice.vbs',
        b"Content-Disposition: attachment; filename\xa0=invoice.vbs",
        b'Content-Disposition: attachment; filename="invoice.vbs" x',
        b"Content-Disposition: attachment; filename=invoice.vbs(",
        b"Content-Disposition: attachment; filename*a=invoice.; filename*b=vbs",
        b"Content-Disposition: attachment; filename*-1=invoice.vbs",
        b"Content-Disposition: attachment; filename*=invoice.v; filename*1=bs",
        b"Content-Disposition: attachment; filename=invoice.vbs, a.png",
        b"Content-Disposition: attachment; filename=(invoice.vbs)",
        b"Content-Disposition: attachment; filename={invoice.vbs}",
        b"Content-Disposition: attachment; filename='invoice.vbs'.png",
        b'Content-Disposition: attachment; filename="invoice.vbs;.png"',
        b'Content-Disposition: attachment; filename="invoice.vbs (.png)"',
        b'Content-Disposition: attachment; "filename" = "invoice.vbs"',
        b"Content-Disposition: attachment; filename)=invoice.vbs",
        b'Content-Disposition: attachment; filename="=?utf-8?Q?invoice.vbs? ="',
        b'Content-Disposition: attachment; filename="=?utf-8?Q?invoice.vbs=?="',
    ],
)
def test_loose_names(header: bytes) -> None:
    """However the parameter is written."""
    assert "invoice.vbs" in [name.strip() for name in loose_names(header).found]


def test_loose_names_of_other_fields() -> None:
    """Where there is no parameter with one."""
    assert loose_names(b"Content-Location: http://example.org/invoice.vbs").found == ("invoice.vbs",)
    assert loose_names(b"Content-Location: a.vbs\nContent-Type: x/y; name=b.pdf").found == ("b.pdf",)


def test_quoted_names_are_taken_whole() -> None:
    """A separator inside quotes is none where the name is a sentence with a host in it."""
    assert loose_names(b'Content-Disposition: attachment; filename="a.com; b.pdf"').found == ("a.com; b.pdf",)


def test_ordinary_names_are_read_once() -> None:
    """Only a header that can be read in more than one way has other names; a fold inside quotes can."""
    for name in (b'"a b.pdf"', b'"a (1).pdf"', b'"J Smith, a.b.pdf"', b"a-b_1.2.pdf"):
        assert other_names(b"Content-Type: x/y;\r\n name=" + name + b"\r\nX-A: b\r\n") == LooseNames()
    assert other_names(b'Content-Type: x/y; name="a\r\n b.pdf"').found == ("a b.pdf", "ab.pdf")


@pytest.mark.parametrize(
    "header",
    [
        b'Content-Disposition: attachment; x="a; filename=invoice.vbs"',
        b'Content-Description: x; filename="invoice.vbs"',
        b'Content-Disposition: attachment\r\nX-A: b; filename="invoice.vbs"\r\n',
        b"X-A: b\r\nContent-Type: x/y; name\xa0=invoice.vbs\r\nX-B: c\r\n",
        b"Content-Location: https://example.com/a/invoice.vbs?b=c#d\r\n",
        b"Content-Location: invoice.vbs\r\n",
        b"Content-Description: invoice.vbs\r\n",
        b"Content-Description: =?utf-8?Q?invoice=2Evbs?=\r\n",
        b'Content-Name: "invoice.vbs"\r\n',
        b"X-Sun-Data-Name: invoice.vbs\r\n",
    ],
)
def test_names_at_odd_places(header: bytes) -> None:
    """A parameter within another one or in another field, and fields that stand in for a name."""
    assert "invoice.vbs" in (*other_names(header).found, *stand_ins(header))


@pytest.mark.parametrize(
    "header",
    [
        b"List-Unsubscribe: <https://example.org/u?username=a@example.com>\r\nContent-Type: text/plain\r\n",
        b"Content-Location: http://example.com\r\nContent-Type: text/html\r\n",
        b"Content-Location: http://example.com/\r\n",
        b"Content-Description: Delivery error report for example.com\r\n",
        b"X-Name: a\r\nSubject: the name of example.com\r\n",
    ],
)
def test_what_is_no_name(header: bytes) -> None:
    """Hosts, sentences, and the parameters of links."""
    assert (other_names(header), stand_ins(header)) == (LooseNames(), ())


def test_many_delimiters_are_bounded() -> None:
    """A hundred thousand of them are read, in one pass."""
    raw = TOP + b"Content-Type: multipart/mixed\r\n\r\n" + 100_000 * b"--\r\n" + b"--x\r\n\r\n" + BODY
    assert (CONTENT, "html") in {(reading.data, reading.type) for reading in read(raw)}


def test_header_far_down() -> None:
    """Empty lines in front of a header are no end of it, however many."""
    header = b"\r\n" * 20_000 + b'Content-Type: x/y; name="page.htm"\r\nX-Odd: a\rb\r\n'
    assert ("page.htm",) in {reading.names for reading in read(mixed(header, more=b""))}


def test_part_behind_many_delimiters() -> None:
    """Lines that could be delimiters, and what the last of them begins."""
    assert (CONTENT, "html") in {
        (reading.data, reading.type) for reading in read(b"X-Odd: a\rb\r\n\r\n" + b"-- \r\n" * 15_000 + b"\r\n" + BODY)
    }


@pytest.mark.parametrize("count", [1, 30])
def test_indented_delimiter(count: int) -> None:
    """One that is also a delimiter, among others that are none."""
    others = b"".join(b" --other%d\r\nContent-Type: a/b\r\n\r\n" % number for number in range(count))
    raw = mixed(b"Content-Type: text/plain\r\n\r\n" + others + b" --b\r\nContent-Type: text/html\r\n")
    assert (CONTENT, "html") in {(reading.data, reading.type) for reading in read(raw)}


def test_holes_are_told_once() -> None:
    """Names that are too many are a hole of the mail, not of each part."""
    names = b"".join(b"; name=%d.txt" % number for number in range(100))
    raw = b"X-Odd: a\rb\r\n" + mixed((b"Content-Type: x/y" + names + b"\r\n\r\nx\r\n--b\r\n") * 3)
    holes = [one for one in readings(from_bytes(raw, None, Limits(), stored=True).message) if isinstance(one, Hole)]
    assert [hole.reason for hole in holes] == [Reason.LIMIT_HEADER]


@pytest.mark.parametrize(
    "header",
    [
        b"X-Note: yes\r\n Content-Transfer-Encoding: base64\r\n",
        b"X-Note:\r\n\tcontent-transfer-encoding;:\r\n base64\r\n",
        b"X-Note: yes\r\n Content-Transfer-Encoding: base64\r\n more\r\n",
    ],
)
def test_a_field_in_a_fold(header: bytes) -> None:
    """It is a fold to nearly everybody: read as a field, which makes nothing ambiguous."""
    for raw in (mixed(header), TOP + header + b"\r\n" + BODY):
        found = {reading.doubtful for reading in read(raw) if (reading.data, reading.type) == (CONTENT, "html")}
        assert found == {True}


def test_what_begins_like_a_delimiter() -> None:
    """It may be a fold of the header, or a line of the body; what is on both sides of it is read together."""
    short = b"<p>hello</p>"
    flat = base64.b64encode(short)
    cut = flat[:6] + b"=" + flat[6:]
    for raw in (
        mixed(b"Content-Transfer-Encoding: base64\r\n --b\r\n").replace(BODY, cut + b"\r\n"),
        mixed(b"Content-Transfer-Encoding: base64\r\n").replace(BODY, cut[:4] + b"\r\n--bb\r\n" + cut[4:] + b"\r\n"),
    ):
        assert {reading.doubtful for reading in read(raw) if reading.data == short} == {True}


def test_many_delimiters() -> None:
    """Behind so many that it is told, files are found where nothing announces them, and are nobody's reading."""
    part = b"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" + BODY
    for count, doubtful, told in ((SEGMENTS - 10, False, []), (SEGMENTS, True, [Reason.LIMIT_PARTS])):
        raw = TOP + b"Content-Type: multipart/mixed\r\n\r\n" + b"--b\r\n\r\nX\r\n" * count + part
        found = list(readings(from_bytes(raw, None, Limits(), stored=True).message))
        assert [hole.reason for hole in found if isinstance(hole, Hole)] == told
        page = next(reading for reading in found if isinstance(reading, Reading) and reading.data == CONTENT)
        assert page.doubtful is doubtful
