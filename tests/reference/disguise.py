"""The plain twin of bartizan._core.disguise."""

from __future__ import annotations

import re

_WORD = re.compile(rb"[^\x00-\x20<>()\[\]{}\"'`,;|]+")
_ASKS = re.compile(rb"[A-Za-z][._013457@$][A-Za-z\x80-\xff013457@$]")
_PIECE = rb"[013457$]*[A-Za-z\x80-\xff][A-Za-z\x80-\xff013457$]*"
_PARTED = re.compile(rb"(?!www\.)" + _PIECE + rb"([._])" + _PIECE + rb"(?:\1" + _PIECE + rb")+", re.IGNORECASE)
_DIGITS = re.compile(rb"(?=.{1,64}\Z)[013457@$]*(?:[A-Za-z\x80-\xff][013457@$]*){2,}")


def _undone(data: bytes, parted: bool, one: bytes) -> bytes:
    kept = bytearray(data)
    for word in _WORD.finditer(data):
        start = word.start()
        if (parted and not _ASKS.search(word[0])) or data[max(0, start - 2) : start] in (b"='", b'="'):
            continue
        start += len(word[0]) - len(word[0].lstrip(b".!?:*_"))
        bare = word[0].strip(b".!?:*_")
        if parted:
            if _PARTED.fullmatch(bare) and max(map(len, re.split(rb"[._]", bare))) > 1:
                kept[start : start + len(bare)] = bare.replace(b".", b" ").replace(b"_", b" ")
        elif _DIGITS.fullmatch(bare):
            kept[start : start + len(bare)] = bare.translate(bytes.maketrans(b"013457@$", b"o" + one + b"eastas"))
    return bytes(kept)


def unparted(data: bytes) -> bytes:
    """The text with blanks for the signs that part words."""
    return _undone(data, True, b"")


def lettered(data: bytes, l: bool = False) -> bytes:  # noqa: E741
    """The text with letters for the digits in words; 1 is an i, or with `l` an l."""
    return _undone(data, False, b"l" if l else b"i")
