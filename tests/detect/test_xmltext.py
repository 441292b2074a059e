"""What may be XML is told by how it begins, in every charset that it is read in, and at once."""

from __future__ import annotations

import pytest

from bartizan.detect.xmltext import begins

PART = "<a:b/>"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", ["", " ", "\r\n\t \n", " " * 10_000])
def test_begins(codec: str, before: str) -> None:
    """Behind a mark and white space."""
    assert begins((before + PART).encode(codec))
    assert begins(memoryview((before + PART).encode(codec)))
    assert not begins((before + "a " + PART).encode(codec))


def test_big_mark() -> None:
    """The other mark of UTF-16."""
    assert begins(b"\xfe\xff" + PART.encode("utf-16-be"))


@pytest.mark.parametrize("data", [b"", b" ", bytes(1000), b"\0\0\0<", b"\xff\xfe"])
def test_nothing(data: bytes) -> None:
    """Zeros are no white space."""
    assert not begins(data)
