"""Files in calendars and address cards come out with their names."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.calendars import carried
from bartizan.message.carve import pieces

CONTENT = b"MZ and something that is long enough to be folded over lines, which calendars do at 75 octets"
FLAT = base64.b64encode(CONTENT)
LONG = b"\r\n ".join(FLAT[at : at + 40] for at in range(0, len(FLAT), 40))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (b"ATTACH;VALUE=BINARY;ENCODING=BASE64;X-FILENAME=a.exe:", ("a.exe",)),
        (b'ATTACH;FMTTYPE=application/x;FILENAME="a;b:c.exe";ENCODING=BASE64;VALUE=BINARY:', ("a;b:c.exe",)),
        (b"attach;x-apple-filename=a.exe;name=b.exe;encoding=base64:", ("a.exe", "b.exe")),
        (b"PHOTO;ENCODING=b;TYPE=JPEG:", ()),
        (b"item1.PHOTO;BASE64:", ()),
        (b"LOGO;ENCODING=BASE64;X-FILENAME=\xc3\xa4.js:", ("ä.js",)),
        (b"PHOTO:data:image/png;base64,", ()),
        (b"ATTACH;FILENAME=a.exe:data:application/x-msdownload;name=b.exe;base64,", ("a.exe", "b.exe")),
        (b"ATTACH;VALUE=BINARY;X-LABEL=a.exe:", ("a.exe",)),
        (b"ATTACH ; X-FILENAME = a.exe ; ENCODING = BASE64 :", ("a.exe",)),
        (b"ATTACH;ENCODING=BASE64;X-FILENAME=\"^'a^^b.exe^'\":", ("^'a^^b.exe^'", '"a^b.exe"')),
        (b"ATTACH;ENCODING=BASE64;X-FILENAME=a\\.exe:", ("a\\.exe", "a.exe")),
        (b"PHOTO:data:image/png;name=a.exe; base64 ,", ("a.exe",)),
        (b'X-ANYTHING;ENCODING="BASE64";X-FILENAME=\r\n a.e\r\n\txe:', ("a.exe",)),
    ],
)
@pytest.mark.parametrize("value", [FLAT, LONG, LONG.replace(b"\r\n ", b"\n"), LONG.replace(b"\r\n", b"\r")])
def test_properties(line: bytes, names: tuple[str, ...], value: bytes) -> None:
    """Whatever the property is called, whatever its parameters, however it is folded."""
    [file] = carried(b"BEGIN:VCALENDAR\r\nSUMMARY:x\r\n" + line + value + b"\r\n\r\nEND:VCALENDAR\r\n")

    assert (file.names, file.content) == (names, CONTENT)


@pytest.mark.parametrize(
    "line",
    [
        b"ATTACH:cid:part1.06090408@example.com",
        b"ATTACH:file://host/share/",
        b"X-A;FILENAME=a.exe:https://example.com/1",
        b"ATTACH:https://example.com/a.exe",
        b"DESCRIPTION:" + FLAT,
        b"ATTACH;FMTTYPE=x:CID:1@x",
        b"PHOTO;ENCODING=b:",
        b":",
    ],
)
def test_what_carries_nothing(line: bytes) -> None:
    """A reference, a text that is base64 by chance, an empty value."""
    assert list(carried(b"BEGIN:VCARD\n" + line + b"\nEND:VCARD")) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"ATTACH:CID:a.exe", "a.exe"),
        (b"attach:cid:a%2eexe@example.com", "a.exe"),
        (b"x.ATTACH;VALUE=URI:file:///C:/b/a.exe", "a.exe"),
        (b"ATTACH:\\\\host\\b\\a.exe", "host\\b\\a.exe"),
        (b"ATTACH;FILENAME=a.exe:https://example.com/1", "a.exe"),
    ],
)
def test_what_is_elsewhere(line: bytes, name: str) -> None:
    """A file in the mail, on a disk or with a name of its own is a name."""
    [file] = carried(b"BEGIN:VCALENDAR\n" + line + b"\nEND:VCALENDAR")
    assert (file.content, file.names[0].rpartition("/")[2]) == (b"", name)


def test_quoted_printable() -> None:
    """All texts are one file; a line goes on behind an equals sign."""
    card = b"BEGIN:VCARD\r\nN;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg\r\n"
    [file] = carried(card + b"NOTE;CHARSET=UTF-8;QUOTED-PRINTABLE:a=\r\nFN:b=\r\n=20c\r\nFN:x\r\nEND:VCARD\r\n")
    assert file.content == "Jörg\na".encode() + b"FN:b c"


def test_many_lines_that_go_on() -> None:
    """Each line is read once, however many go on in the next one."""
    for line in (b"A;QUOTED-PRINTABLE:=\n", b"A;B:\nAAAA\n"):
        assert len(list(carried(line * 100_000))) in (1, 100_000)


@given(
    st.lists(
        st.sampled_from(
            [
                b"ATTACH",
                b";",
                b":",
                b"=",
                b"\n",
                b"\r\n ",
                b'"',
                b"BASE64",
                b"QUOTED-PRINTABLE",
                b"A;Q:=\n",
                b"data:",
                b"cid:a.b",
                b"\xff",
            ]
        ),
        max_size=40,
    )
)
def test_anything(pieces: list[bytes]) -> None:
    """Whatever the text is, each file has content or a name."""
    assert all(file.names or file.content for file in carried(b"".join(pieces)))


def test_pieces_have_the_names() -> None:
    """The search for pieces gives them, of whatever type and length."""
    text = b"BEGIN:VCALENDAR\nATTACH;X-FILENAME=a.bat;ENCODING=BASE64;VALUE=BINARY:" + base64.b64encode(b"calc") + b"\n"
    [piece] = pieces(text, "ics")
    assert (piece.names, piece.data, piece.loose) == (("a.bat",), b"calc", False)
