"""Plain text as people read it who do not see what a program reads: joined lines, overwriting, turned direction.

In: a text as UTF-8. Out: the text in other readings, none for most texts.
- lines whose last space is to be deleted (format=flowed with DelSp, RFC 3676 section 4.2);
- characters that a backspace takes back;
- what stands between an override of the writing direction and its end, turned round;
- words with a hyphen where a line ends, with signs between them, with digits for letters (bartizan._core.disguise).
Not here: marks of quoting (bartizan._core.text), letters that stand apart (letters), what markup hides (detect.pages),
charsets (labels).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan._core.disguise import disguise_kinds, lettered, unparted

RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT OVERRIDE}".encode()

PARTED, DIGITS, BROKEN = 1, 2, 4
"""Kinds of disguises."""

_FLOWED = re.compile(rb" \r?\n(?:>[> ]*)?")
_BROKEN = re.compile(
    rb"(?<=[A-Za-z\x80-\xff])(?:-|\xc2\xad|\xe2\x80\x90)[ \t]*+\r?\n(?:[>|][>| \t]*+|[ \t]++)?+(?=[A-Za-z\x80-\xff])"
)
_HYPHENS = ("\N{SOFT HYPHEN}".encode(), "\N{HYPHEN}".encode())
_TURN = re.compile("\u202e([^\u202c-\u202e\r\n]*)\u202c?")


def readings(text: bytes, *, flowed: bool = False) -> Iterator[bytes]:
    """What else the text can be read as; `flowed`: the last space of a line is no text."""
    if flowed:
        yield _FLOWED.sub(b"", text)
    if b"\b" in text:
        yield _taken_back(text.decode("utf-8", "replace")).encode("utf-8")
    if RIGHT_TO_LEFT in text:
        yield turned(text)
    kinds = disguise_kinds(text)
    if kinds & BROKEN or any(sign in text for sign in _HYPHENS):
        whole = _BROKEN.sub(b"", text)
        if whole != text:
            yield whole
            text, kinds = whole, disguise_kinds(whole)
    yield from respelled(text, kinds)


def respelled(text: bytes, kinds: int) -> Iterator[bytes]:
    """The text without signs between words, and without digits in them; `kinds` of disguises in it."""
    if kinds & PARTED:
        text = unparted(text)
        yield text
        kinds = disguise_kinds(text)
    if kinds & DIGITS:
        first, second = lettered(text), lettered(text, l=True)
        yield first
        if second != first:
            yield second


def turned(text: bytes) -> bytes:
    """The text with everything that an override turns round turned back."""
    return _TURN.sub(lambda found: found[1][::-1], text.decode("utf-8", "replace")).encode("utf-8")


def _taken_back(text: str) -> str:
    """The text as it is after each backspace has taken back the character in front of it."""
    kept: list[str] = []
    for piece in text.split("\b"):
        if kept and kept[-1]:
            kept[-1] = kept[-1][:-1]
        else:
            while kept and not kept[-1]:
                kept.pop()
            if kept:
                kept[-1] = kept[-1][:-1]
        kept.append(piece)
    return "".join(kept)
