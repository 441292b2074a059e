"""Files behind empty lines, as they stand in the mail."""

from __future__ import annotations

import pytest

from bartizan.message.barefiles import MOST, bare_files
from bartizan.message.hole import Hole
from bartizan.message.piece import Piece
from bartizan.model.finding import Reason
from pace import seconds

FILE = b"PK\3\4\x14\0\0\0\x08\0\r\n\r\n\x1f\x8b and so on\r\n--b--\r\n"


@pytest.mark.parametrize("ends", [b"\r\r", b"\r\n\r", b"\n\r", b"\r \r\n", b"\r\r\n\r\n"])
def test_file(ends: bytes) -> None:
    """All of it, NUL and line ends too."""
    raw = b"X-Odd: a\rb\r\nContent-Type: x/y" + ends + FILE
    assert list(bare_files(raw)) == [Piece(len(raw) - len(FILE), FILE, "zip")]


@pytest.mark.parametrize("ends", [b"\r\n\r\n", b"\n\n", b"\r\n \r\n"])
def test_file_in_a_part(ends: bytes) -> None:
    """Up to the next delimiter, where everybody sees the line."""
    raw = b"Content-Transfer-Encoding: base64; x=y" + ends + FILE
    assert list(bare_files(raw)) == [Piece(raw.index(b"PK"), FILE.removesuffix(b"\r\n--b--\r\n"), "zip")]


@pytest.mark.parametrize("text", [b"\r\n" + FILE, b"\n" + FILE, b"\r" + FILE, b"\r\rPKs are keys\r\r%PDQ\r\r"])
def test_no_file(text: bytes) -> None:
    """Behind no empty line, and what only begins like one."""
    assert list(bare_files(b"X-Odd: a\rb" + text)) == []


def test_limit() -> None:
    """So many places are looked at, and no more."""
    assert list(bare_files(b"\r\rPK" * MOST)) == []
    [hole] = bare_files(b"\r\rPK" * (MOST + 1))
    assert isinstance(hole, Hole)
    assert hole.reason is Reason.LIMIT_PARTS


def test_many_files_in_a_long_mail() -> None:
    """Each costs what it has, not what is behind it."""
    raw = b"A: b\r\n" + b"\r\n\r\n%PDF-1.4\r\n--b\r\n" * 900 + b"x" * 20_000_000
    assert len(list(bare_files(raw))) == 900
    assert seconds(lambda: list(bare_files(raw)), enough=0.5) < 1


def test_files_without_delimiters() -> None:
    """Each goes on to the end of the mail: of so many no more than a few times the mail is given, and that is told."""
    raw = b"A: b\r\n" + b"\r\n\r\n%PDF-1.4 " * 900 + b"x" * 5_000_000
    found = list(bare_files(raw))
    assert isinstance(found[-1], Hole)
    assert found[-1].reason is Reason.LIMIT_TOTAL_BYTES
    assert len(found) == 5
    assert seconds(lambda: list(bare_files(raw)), enough=0.5) < 1
