"""File names as lenient programs read them from header lines, however the parameters are written.

In: the bytes of a header. Out: every name, the ones with faults in them too: a fold inside quotes taken as nothing or
as a blank, comments taken as comments or as text, a quote in the middle, a value that goes on behind its end.
Limits: PARAMETERS parameters, repeated ones and all readings counted, NAMES names; with more of them the answer is not
complete, which the caller reports. Linear in the size of the header but for sorting.
Not here: the strict reading (names, of what the compiled core found).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bartizan.message.names import NAMES, part_names

PARAMETERS = 400
BEHIND = 300
"""Bytes behind a value that may belong to it."""

_FOLD = re.compile(rb"\n[ \t]+")
_FOLDED = re.compile(rb'=\s*"[^"\n]*+\n')
_FOLDED_NAME = re.compile(rb'name\*?\s*=\s*"[^"\n]*+\n', re.IGNORECASE)
_COMMENT = re.compile(rb"\([^()]*+\)")
_NAME = re.compile(
    rb"((?:file)?name(?:[ \t]*+\*[ \t]*+\d*+[ \t]*+\*?+)?)[ \t]*+=[ \t]*+"
    rb'("(?:[^"\\\n]|\\.)*+"(?=[ \t]*+[;\n]|$)|"?[^\n;]*+)',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LooseNames:
    """The names, each once; `complete`: there are no more."""

    found: tuple[str, ...] = ()
    complete: bool = True


def folded_names(header: bytes) -> LooseNames:
    """The names of a header in which one is folded inside its quotes: without the fold, and with it as a blank."""
    # Most headers have no value that is folded inside its quotes: the quick look spares them the slow one.
    if _FOLDED.search(header) is None or _FOLDED_NAME.search(header) is None:
        return LooseNames()
    return loose_names(header)


def loose_names(header: bytes) -> LooseNames:
    """Every file name that the lines of a header can be read to give, the ones with faults in them too."""
    text = b"\n" + header.replace(b"\r\n", b"\n")
    parameters: dict[tuple[bytes, bytes], None] = {}
    left = PARAMETERS
    for unfolded in dict.fromkeys((_FOLD.sub(b" ", text), _FOLD.sub(b"", text))):
        lines = _lines_with_names(unfolded)
        for variant in dict.fromkeys((lines, _COMMENT.sub(b"", lines))):
            for parameter in _parameters(variant):
                parameters[parameter] = None
                left -= 1
                if left < 0:
                    return LooseNames(part_names((), tuple(parameters)), complete=False)
    names = part_names((), tuple(parameters))
    return LooseNames(names, complete=len(names) < NAMES)


def _lines_with_names(text: bytes) -> bytes:
    """The lines in which a name can be."""
    lower = text.lower()
    lines: list[bytes] = []
    end = 0
    while (at := lower.find(b"name", end)) >= 0:
        start = text.rfind(b"\n", end, at) + 1 or end
        end = text.find(b"\n", at)
        end = len(text) if end < 0 else end
        lines.append(text[start:end])
    return b"\n".join(lines)


def _parameters(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parameters in lines, with all that their values can be read as."""
    for found in _NAME.finditer(text):
        key = b"".join(found[1].lower().split())
        value = found[2]
        if len(value) > 1 and value.startswith(b'"') and value.endswith(b'"') and value.count(b'"') == 2:
            yield key, value[1:-1].replace(b"\\", b"")
            continue
        for reading in dict.fromkeys((value, value + text[found.end() : found.end() + BEHIND].split(b"\n", 1)[0])):
            yield key, reading.replace(b'"', b"").replace(b"\\", b"").strip(b" \t'")
