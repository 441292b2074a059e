"""Text that a peer chose, made safe to print: no control characters, no direction marks, not over-long.

What is taken out becomes U+FFFD, so that it can be seen that something was there; letters of any language stay.
"""

from __future__ import annotations

import unicodedata

LONGEST = 320
"""Characters that are kept; the longest address of RFC 5321 fits."""
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARK = "\N{REPLACEMENT CHARACTER}"


def clean(text: str, longest: int = LONGEST) -> str:
    """`text` without control, format, surrogate and unassigned characters, cut to `longest` characters."""
    if len(text) > longest:
        text = text[:longest] + "\N{HORIZONTAL ELLIPSIS}"
    if text.isascii() and text.isprintable():
        return text
    return "".join(_MARK if unicodedata.category(char) in _HARMFUL else char for char in text)
