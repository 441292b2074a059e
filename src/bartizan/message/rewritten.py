"""Texts as they were before somebody quoted, wrapped or escaped them, so that what is encoded in them is whole.

In: the bytes of a text. Out: the same text, each way that makes a difference.
Linear; a text in which nothing points to it costs a look or two.
Not here: finding and decoding what is encoded (carve), the escapes (escapes), base64 with something between its
lines (stitched).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from quopri import decodestring

from bartizan._core.constants import joined
from bartizan._core.spelled import needless_escapes
from bartizan._core.traces import CONTINUED, ESCAPED, OCTETS, QUOTED
from bartizan.message.escapes import unescaped

WORD = 40
"""Letters of base64 in one piece that make strings and continued lines worth joining."""
LINE = 60
"""Letters of base64 in a line that somebody quoted."""
LEAST = 60
"""Bytes of the shortest text in UTF-16 that is told without a mark."""
PEEK = 400
NULS = 0.9
"""Share of high bytes that are zero in a text of UTF-16, which scripts are."""
NEEDLESS = 16
"""Letters and digits written as escapes, from which on a text is read without: nobody needs such escapes."""

_QUOTED = re.compile(rb"^(?:[>|][ \t]?)++[A-Za-z0-9+/]{60,76}=*+[ \t]*+\r?$", re.MULTILINE)
_MARKS = re.compile(rb"^(?:[>|][ \t]?)++", re.MULTILINE)
_CONTINUED = re.compile(rb"(?<=[A-Za-z0-9+/=])[\\^`][ \t]*+\r?\n[ \t]*+")
_OCTETS = re.compile(rb"=[0-9A-Fa-f]{2}(?:=[0-9A-Fa-f]{2}){5}")
_OCTET = re.compile(rb"=(?:3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa])")
_LOST = re.compile(rb"=(?==[0-9A-Fa-f]{2})")
"""A soft break whose line end is lost."""
_SOFT = re.compile(rb"=(?<=[A-Za-z0-9+/]{20}=)[ \t]*+\r?\n[A-Za-z0-9+/]{20}")


def rewritten(text: bytes, signs: int, run: int, *, script: bool = False) -> Iterator[bytes]:
    """Without marks of quoting; without signs that continue a line; with its strings joined.

    `signs` are the text's traces, `run` is its longest run of base64.
    """
    if signs & QUOTED and run >= LINE and _QUOTED.search(text):
        yield _MARKS.sub(b"", text)
    if not script and run < WORD:
        return
    if signs & CONTINUED and _CONTINUED.search(text):
        yield _CONTINUED.sub(b"", text)
    whole = joined(text)
    if whole is not None:
        yield whole


def read_again(text: bytes, signs: int, *, script: bool) -> Iterator[tuple[bytes, bool]]:
    """Without escapes; without quoted-printable. And whether so much was encoded that it is another text."""
    letters, words = needless_escapes(text) if signs & ESCAPED else (0, 0)
    if letters >= NEEDLESS or words:
        yield unescaped(text), letters >= NEEDLESS
    if not signs & OCTETS:
        return
    octets = _OCTETS.search(text) is not None or (not script and len(_OCTET.findall(text)) >= NEEDLESS)
    if octets or _SOFT.search(text) is not None:
        yield decodestring(_LOST.sub(b"", text)), octets


def from_utf16(content: bytes) -> bytes:
    """A text in UTF-16 without a mark, as UTF-8; b"" for anything else. PowerShell takes commands so."""
    if len(content) < LEAST:
        return b""
    for codec, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        sample = content[high:PEEK:2]
        if sample.count(0) >= NULS * len(sample) and not content[1 - high : PEEK : 2].count(0):
            return content.decode(codec, "replace").encode("utf-8", "replace")
    return b""
