"""Compressed RTF: references into a ring, and where they end."""

from __future__ import annotations

import pytest

from bartizan.unpack import rtfcompressed
from bartizan.unpack.rtfcompressed import decompress


def packed(tokens: bytes, kind: bytes = b"LZFu") -> bytes:
    """A value with its header; the sizes are lies."""
    return bytes(8) + kind + bytes(4) + tokens


def end(written: int) -> bytes:
    """The reference that ends the text after `written` bytes."""
    return ((207 + written) % 4096 << 4).to_bytes(2)


def test_examples_of_the_specification() -> None:
    """MS-OXRTFCP 4.1.1 and 4.1.2: one in which what is repeated is still being written."""
    simple = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    crossing = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"

    assert decompress(bytes.fromhex(simple)).text == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompress(bytes.fromhex(crossing)).text == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_uncompressed() -> None:
    """The kind that says so is as long as it says."""
    assert decompress(bytes(4) + b"\5\0\0\0MELA" + bytes(4) + b"hello, world").text == b"hello"
    assert decompress(bytes(4) + b"\5\0\0\0MELA" + bytes(4) + b"hell").damage == "cut short"


@pytest.mark.parametrize("tokens", [b"", b"\0abcdefgh", b"\1", b"\1\0", b"\2a\0"])
def test_cut_short(tokens: bytes) -> None:
    """Without the reference that ends it, what there is is given."""
    rtf = decompress(packed(tokens))

    assert rtf.damage == "cut short"
    assert rtf.text == tokens[1:9] * (tokens[:1] == b"\0") + b"a" * (tokens[:1] == b"\2")


def test_unknown_kind() -> None:
    """A value that is neither is given as it is."""
    assert decompress(b"whatever").text == b"whatever"
    assert decompress(b"whatever").damage


def test_a_place_never_written_to() -> None:
    """The ring is zeros beyond what it begins with."""
    rtf = decompress(packed(b"\3" + (4000 << 4).to_bytes(2) + end(2)))

    assert (rtf.text, rtf.damage) == (b"\0\0", "")


def test_work_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more comes out than WORK bytes, however long the value is."""
    monkeypatch.setattr(rtfcompressed, "WORK", 100)
    rtf = decompress(packed(b"\xff" + b"\x00\x0f" * 8 + b"\0abcdefgh" * 20))

    assert (len(rtf.text), rtf.limited, rtf.damage) == (100, True, "")
