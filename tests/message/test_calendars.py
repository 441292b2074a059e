"""Files in calendars and address cards come out with their names."""

from __future__ import annotations

import base64

import pytest

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
        (b'X-ANYTHING;ENCODING="BASE64";X-FILENAME=\r\n a.e\r\n\txe:', ("a.exe",)),
    ],
)
@pytest.mark.parametrize("value", [FLAT, LONG])
def test_properties(line: bytes, names: tuple[str, ...], value: bytes) -> None:
    """Whatever the property is called, whatever its parameters, however it is folded."""
    [file] = carried(b"BEGIN:VCALENDAR\r\nSUMMARY:x\r\n" + line + value + b"\r\n\r\nEND:VCALENDAR\r\n")

    assert (file.names, file.content) == (names, CONTENT)


@pytest.mark.parametrize(
    "line",
    [
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


def test_pieces_have_the_names() -> None:
    """The search for pieces gives them, of whatever type and length."""
    text = b"BEGIN:VCALENDAR\nATTACH;X-FILENAME=a.bat;ENCODING=BASE64;VALUE=BINARY:" + base64.b64encode(b"calc") + b"\n"
    [piece] = pieces(text, "ics")
    assert (piece.names, piece.data, piece.loose) == (("a.bat",), b"calc", False)
