"""Names of data: URIs."""

from __future__ import annotations

import base64
from collections import deque
from functools import partial

import pytest

from bartizan.message.carve import pieces
from bartizan.message.encoded import encoded
from bartizan.message.hole import Hole
from bartizan.message.uris import escaped_uris
from bartizan.model.finding import Reason
from pace import seconds

CONTENT = bytes(range(256))
FLAT = base64.b64encode(CONTENT)


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        (b"data:application/octet-stream;name=a%20b.exe;base64,", b"", ("a b.exe",)),
        (b"data:;filename='a.exe';base64, ", b"", ("a.exe",)),
        (b'<a download="a.exe" href="data:application/x;base64,', b'">', ("a.exe",)),
        (b"<a href='data:application/x;base64,", b"' download='a.exe'>", ("a.exe",)),
        (b"<a class=x download=&#97;.exe href=data:;base64,", b" title=x>", ("a.exe",)),
        (b'<a DOWNLOAD="a.exe" href="DATA:x;name=b.js;BASE64,', b'">', ("b.js", "a.exe")),
    ],
)
def test_names(before: bytes, after: bytes, names: tuple[str, ...]) -> None:
    """Parameters of the type, and the attribute of the link on either side; with a name, any content is a piece."""
    [piece] = pieces(b"<p>" + before + FLAT + after + b"</p>", "html")

    assert (piece.names, piece.data) == (names, CONTENT)


FAR = b"x" * 10_000


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<a download=a.exe title='" + FAR + b"' href='data:;base64,", b"'>"),
        (b"<a href='data:;base64,", b"' title='" + FAR + b"' download=a.exe>"),
        (b"<a href='data:;base64,", b"' title='>' download=a.exe>"),
        (b"<a download=a.exe title='<" + FAR + b"<>' href='data:;base64,", b"'>"),
        (b"<a href='data:x/y;" + FAR + b";name=a.exe;" + FAR + b";base64," + b" \n" * 5000, b"'>"),
        (b"<a href='da\nta:x/y;name=a.exe;base\t64,", b"'>"),
        (b"<script>a='<a download=a.exe title=" + FAR + b' href="data:;base64,', b"\">'</script>"),
        (b"<a download=a.exe ping='data:;base64," + FLAT + b"' href='data:;base64,", b"'>"),
    ],
)
def test_far_names(before: bytes, after: bytes) -> None:
    """Wherever in its tag a name stands, and whatever stands there besides."""
    found = list(pieces(b"<p>" + before + FLAT + after + b"</p>", "html"))
    assert CONTENT in [piece.data for piece in found if "a.exe" in piece.names]


def test_long_names() -> None:
    """The end of a name counts."""
    [piece] = pieces(b"<a download='" + FAR + b".exe' href='data:;base64," + FLAT + b"'>", "html")
    assert piece.names == (FAR.decode() + ".exe",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b""),
        (b'<a download="a.exe" href="', b'">'),
        (b'<a download="a.exe" href="x"><img src="data:image/x;base64,', b'">'),
        (b'<img src="data:image/x;base64,', b'"><a download="a.exe" href="x">'),
        (b'<a data-download="a.exe" href="data:;base64,', b'">'),
    ],
)
def test_no_names(before: bytes, after: bytes) -> None:
    """No URI, or an attribute of another link: then what is of no known type is no piece."""
    assert list(pieces(b"<p>" + before + FLAT + after, "html")) == []


TEXT = b"Some text that is long enough to be a piece, and that says nothing at all to anybody who reads it.\n" * 2


def test_the_same_content_under_a_name() -> None:
    """A name counts though the same content stands in front without one."""
    flat = base64.b64encode(TEXT)
    found = pieces(b"<p>" + flat + b"</p><a href='data:x/y;name=a.vbs;base64," + flat + b"'>", "html")
    assert [piece.names for piece in found] == [(), ("a.vbs",)]


@pytest.mark.parametrize(
    "front", [b"", b'it is "data:, ', b"(data:' ", b"<a href='data:;" + b"a=b;" * 500 + b"b=c,x'>", b"data:" * 50]
)
def test_escaped(front: bytes) -> None:
    """Escaped base64 is read whatever else begins like a URI in front of it, and however long its type is."""
    flat = base64.b64encode(TEXT).replace(b"U", b"%55")
    for more in (b"", b"a=b;" * 500):
        found = list(pieces(front + b"<a href='data:x/y;" + more + b"base64," + flat + b"'>", "html"))
        assert TEXT in [piece.data for piece in found]


@pytest.mark.parametrize("unit", [b'"data:,%41', b"data:,%41", b"data:&", b"'data:\"data:%", b"(data:%41"])
def test_linear(unit: bytes) -> None:
    """Four times the size takes about four times as long, wherever URIs end."""
    small, large = (seconds(partial(_escaped, unit * (size // len(unit)))) for size in (50_000, 200_000))
    assert large < 10 * max(small, 0.02)


def _escaped(text: bytes) -> None:
    deque(escaped_uris(text), 0)


@pytest.mark.parametrize(
    "unit",
    [
        b"data:;base64,",
        b"<a href='data:;base64,%s'>",
        b"data:;base64,%s>",
        b"data:;base64,%s download=%s ",
        b"<a download=x b='data:;base64,%s",
        b"%s, \n\n",
        b"data:%s;base64,%s' download='",
    ],
)
def test_names_linear(unit: bytes) -> None:
    """Nor does it matter how many URIs there are, and in how many tags."""
    unit = unit.replace(b"%s", FLAT[:96])
    small, large = (seconds(partial(_encoded, unit * (size // len(unit)))) for size in (50_000, 200_000))
    assert large < 10 * max(small, 0.02)


def _encoded(text: bytes) -> None:
    deque(encoded(text), 0)


def test_uris_in_others_are_told() -> None:
    """Beyond the limit a URI ends where the next begins: that is a hole if there is content in it."""
    long = b"(data:,x " * 6 + b'"data:application/zip,%50%4B\x03data:, and so on"' + b"x" * 60_000 + b")"
    assert [piece for piece in escaped_uris(long) if isinstance(piece, Hole)] == [
        Hole(Reason.LIMIT_TOTAL_BYTES, "too many data: URIs inside others")
    ]
    assert not [piece for piece in escaped_uris(b'"data:application/zip,%50%4B data:,"') if isinstance(piece, Hole)]
