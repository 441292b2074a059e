"""Files that calendars and address cards carry: properties whose value is base64 (RFC 5545, RFC 6350, vCard 2.1 and 3).

In: the text. Out: each value with the names that its parameters give. ATTACH and PHOTO are the usual ones; any property
that says that it is base64 counts, and any whose value is a data: URI.
Limits: linear; the caller's budget for the number. Not here: files that are only referred to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bartizan._core.transfer import decode_all

NAMES = 20
_FOLDED = re.compile(rb"\r?\n[ \t]")
_PROPERTY = re.compile(
    rb"^[A-Za-z][A-Za-z0-9.-]{0,80}+((?:;(?:\"[^\"\r\n]*+\"|[^\":\r\n])*+)?):([^\r\n]*+)", re.MULTILINE
)
_BASE64 = re.compile(rb";(?:ENCODING=)?\"?(?:B|BASE64)\"?[ \t]*+(?:;|$)", re.IGNORECASE)
_DATA = re.compile(rb"data:([^,]{0,500}?);base64,", re.IGNORECASE)
_NAME = re.compile(rb";[ \t]*+[A-Z-]{0,40}?NAME\*?=(?:\"([^\"]++)\"|([^;]++))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Carried:
    """A file, and the place of its property in the text without its folds."""

    at: int
    names: tuple[str, ...]
    content: bytes


def carried(data: bytes | memoryview) -> Iterator[Carried]:
    """The files in a calendar or address card."""
    text = _FOLDED.sub(b"", bytes(data))
    for found in _PROPERTY.finditer(text):
        parameters, value = found[1], found[2]
        uri = _DATA.match(value.lstrip()[:600])
        if uri is None and _BASE64.search(parameters) is None:
            continue
        if uri is not None:
            parameters += b";" + uri[1]
            value = value.lstrip()[uri.end() :]
        content, _ = decode_all("base64", value)
        if content:
            yield Carried(found.start(), _names(parameters), content)


def _names(parameters: bytes) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for found in _NAME.finditer(parameters):
        raw = (found[1] or found[2]).strip()
        if raw:
            names[raw.decode("utf-8", "replace")] = None
        if len(names) >= NAMES:
            break
    return tuple(names)
