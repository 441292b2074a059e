"""A piece of an odd mail is a page where its header or its bytes say so, not where bytes look like a tag by chance."""

from __future__ import annotations

import random

import pytest

from bartizan.message.loosetexts import loose_texts

PICTURE = random.Random(1).randbytes(20_000) + b"<a" + random.Random(2).randbytes(20_000)
PAGE = b"\x01\x02 <p>buy</p>"


@pytest.mark.parametrize(
    "kind", ["image/png", "IMAGE/jpeg", "application/octet-stream", "application/vnd.ms-excel", "audio/x"]
)
def test_chance(kind: str) -> None:
    """Bytes of no known type that are not said to be text."""
    assert list(loose_texts(b"Content-Type: " + kind.encode() + b"\r\n", PICTURE, "")) == []


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"Content-Type: text/plain\r\n",
        b"Content-Type: text/html\r\n",
        b"Content-Type: image/png\r\nContent-Type: text/plain\r\n",
        b"Content-Type: x\r\n",
        b"Subject: the image\r\n",
        b'Content-Type: application/octet-stream; name="a.htm"\r\n',
        b'Content-Type: image/png\r\nContent-Disposition: attachment; filename="a.XHT"\r\n',
        b"X-A: application/msword\r\n",
    ],
)
def test_pages(header: bytes) -> None:
    """All others, with junk in them too; of a known type it is one whatever is said."""
    assert list(loose_texts(header, PAGE, "")) == [(PAGE, "html")]
    assert list(loose_texts(b"Content-Type: image/png\r\n", b"so <p>buy</p>", "text")) == [(b"so <p>buy</p>", "html")]
