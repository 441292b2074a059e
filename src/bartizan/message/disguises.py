"""Plain text as people read it who do not see what a program reads: joined lines, overwriting, turned direction.

In: a text as UTF-8. Out: the text in other readings, none for most texts.
- lines whose last space is to be deleted (format=flowed with DelSp, RFC 3676 section 4.2);
- characters that a backspace takes back;
- what stands between an override of the writing direction and its end, turned round.
Not here: marks of quoting (bartizan._core.text), letters that stand apart (letters), what markup hides (detect.pages),
charsets (labels).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT OVERRIDE}".encode()

_FLOWED = re.compile(rb" \r?\n(?:>[> ]*)?")
_TURN = re.compile("\u202e([^\u202c-\u202e\r\n]*)\u202c?")


def readings(text: bytes, *, flowed: bool = False) -> Iterator[bytes]:
    """What else the text can be read as; `flowed`: the last space of a line is no text."""
    if flowed:
        yield _FLOWED.sub(b"", text)
    if b"\b" in text:
        yield _taken_back(text.decode("utf-8", "replace")).encode("utf-8")
    if RIGHT_TO_LEFT in text:
        yield turned(text)


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
