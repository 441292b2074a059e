"""Texts as they were before somebody quoted, wrapped or recoded them, so that what is encoded in them is whole.

In: the bytes of a text. Out: the same text, each way that makes a difference. Scripts are joined elsewhere (carve).
Linear; a text in which nothing points to it costs a look.
Not here: finding and decoding what is encoded (carve).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan._core.constants import joined
from bartizan._core.runs import base64_runs

WORD = 40
"""Letters of base64 in one piece that make strings and continued lines worth joining."""
LEAST = 60
"""Bytes of the shortest text in UTF-16 that is told without a mark."""
PEEK = 400
NULS = 0.9
"""Share of high bytes that are zero in a text of UTF-16, which scripts are."""

_QUOTED = re.compile(rb"^(?:[>|][ \t]?)++[A-Za-z0-9+/]{60,76}=*+[ \t]*+\r?$", re.MULTILINE)
_MARKS = re.compile(rb"^(?:[>|][ \t]?)++", re.MULTILINE)
_CONTINUED = re.compile(rb"(?<=[A-Za-z0-9+/=])[\\^`][ \t]*+\r?\n[ \t]*+")


def rewritten(text: bytes) -> Iterator[bytes]:
    """Without marks of quoting; without signs that continue a line; with its strings joined."""
    if (b"\n>" in text or b"\n|" in text) and _QUOTED.search(text):
        yield _MARKS.sub(b"", text)
    if not base64_runs(text, WORD):
        return
    if _CONTINUED.search(text):
        yield _CONTINUED.sub(b"", text)
    whole = joined(text)
    if whole is not None:
        yield whole


def from_utf16(content: bytes) -> bytes:
    """A text in UTF-16 without a mark, as UTF-8; b"" for anything else. PowerShell takes commands so."""
    if len(content) < LEAST:
        return b""
    for codec, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        sample = content[high:PEEK:2]
        if sample.count(0) >= NULS * len(sample) and not content[1 - high : PEEK : 2].count(0):
            return content.decode(codec, "replace").encode("utf-8", "replace")
    return b""
