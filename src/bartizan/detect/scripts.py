"""What the scripts of a page may write into it.

In: the scripts of a page as UTF-8. Out: their strings as a page, each on a line, joined where the script joins them and
without escapes; and the scripts as they are, likewise, since quotes in comments can be taken for the ends of strings.
Linear; never raises. Known gaps: texts that are computed.
Not here: files that are built out of strings (bartizan.message.carve), links in scripts (linktexts).
"""

from __future__ import annotations

import re

from bartizan._core.constants import joined
from bartizan.message.escapes import unescaped

_STRING = re.compile(rb"\"((?:[^\"\\\n]|\\.)*+)\"?|'((?:[^'\\\n]|\\.)*+)'?|`((?:[^`\\]|\\.)*+)`?", re.DOTALL)
_JOINS = frozenset((b"+", b"&"))


def written(scripts: list[bytes]) -> tuple[bytes, bytes]:
    """(the page of the strings in some scripts, the text of the scripts)."""
    source = b"\n".join(scripts)
    whole = joined(source)
    pieces: list[bytes] = []
    at = 0
    for found in _STRING.finditer(source):
        if source[at : found.start()].strip() not in _JOINS:
            pieces.append(b"\n")
        pieces.append(found[1] or found[2] or found[3] or b"")
        at = found.end()
    return unescaped(b"".join(pieces)).strip(), unescaped(source if whole is None else whole)
