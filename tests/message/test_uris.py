"""Names of data: URIs."""

from __future__ import annotations

import base64

import pytest

from bartizan.message.carve import pieces

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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b""),
        (b'<a download="a.exe" href="', b'">'),
        (b'<a download="a.exe" href="x"><img src="data:image/x;base64,', b'">'),
        (b'<img src="data:image/x;base64,', b'"><a download="a.exe" href="x">'),
    ],
)
def test_no_names(before: bytes, after: bytes) -> None:
    """No URI, or an attribute of another link: then what is of no known type is no piece."""
    assert list(pieces(b"<p>" + before + FLAT + after, "html")) == []
