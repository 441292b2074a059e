"""Files that calendars and address cards carry or name (RFC 5545, RFC 6350, vCard 2.1 and 3).

In: the text as UTF-8. Out: each file with the names that its property gives. ATTACH and PHOTO are the usual ones; any
property that says that it is base64 counts, any whose value is a data: URI, and texts in quoted-printable. What an
ATTACH refers to is a name without content if it is called something: a part of the mail, a file of the reader's, or
one with a name beside its address.
Limits: linear; NAMES names of a property; the caller's budget for the number. Not here: fetching what is elsewhere,
texts in other charsets (recoded), base64 in properties that do not say so (carve).
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from bartizan._core.transfer import decode_all

NAMES = 20
_FOLDED = re.compile(rb"\n[ \t]")
_PROPERTY = re.compile(
    rb"^([A-Za-z0-9][A-Za-z0-9._-]{0,80}+)[ \t]*+((?:;(?:\"[^\"\n]*+\"|[^\":\n])*+)?):([^\n]*+)",
    re.MULTILINE,
)
_BASE64 = re.compile(
    rb";[ \t]*+(?:(?:ENCODING[ \t]*+=)?+[ \t]*+\"?(?:B|BASE64)|VALUE[ \t]*+=[ \t]*+\"?BINARY)\"?[ \t]*+(?:;|$)",
    re.IGNORECASE,
)
_QUOTED = re.compile(rb";[ \t]*+(?:ENCODING[ \t]*+=)?+[ \t]*+\"?(?:Q|QUOTED-PRINTABLE)\"?[ \t]*+(?:;|$)", re.IGNORECASE)
_DATA = re.compile(rb"data:([^,]{0,500}?);\s*+base64\s*+,", re.IGNORECASE)
_NAME = re.compile(
    rb";[ \t]*+[A-Z0-9-]{0,40}?(?:NAME|LABEL|TITLE)[ \t]*+\*?=[ \t]*+(?:\"([^\"]++)\"|([^;]++))", re.IGNORECASE
)
_MORE_BASE64 = re.compile(rb"(?:\n++[A-Za-z0-9+/_=-]++[ \t]*+(?=\n|\Z))++")
_MORE_QUOTED = re.compile(rb"(?:(?<==)\n[^\n]*+)++")
_ADDRESS = re.compile(rb"(?:cid:|(?:file:)?+[/\\]*+(?:[A-Za-z][:|])?+)[/\\]*+([^:?#\r\n]*+)", re.IGNORECASE)
"""What is in the mail or on the reader's disk; other schemes have a colon too."""
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_ESCAPES = ((b"^n", b"\n"), (b"^'", b'"'), (b"^^", b"^"))
"""Of RFC 6868."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A file, and the place of its property in the text without its folds; no content: it is elsewhere."""

    at: int
    names: tuple[str, ...]
    content: bytes


def carried(data: bytes | memoryview) -> Iterator[Carried]:
    """The files in a calendar or address card; its texts in quoted-printable are one."""
    text = _FOLDED.sub(b"", bytes(data).replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    quoted: list[bytes] = []
    end = 0
    for found in _PROPERTY.finditer(text):
        if found.start() < end:
            continue  # a line of the value before
        parameters, value = found[2], found[3]
        names = _names(parameters)
        content = b""
        uri = _DATA.match(value.lstrip()[:600])
        if uri is not None:
            names += _names(b";" + uri[1])
            end, value = _continued(_MORE_BASE64, text, found)
            content = _decoded(value.lstrip()[uri.end() :])
        elif _BASE64.search(parameters):
            end, value = _continued(_MORE_BASE64, text, found)
            content = _decoded(value)
        elif _QUOTED.search(parameters):
            end, value = _continued(_MORE_QUOTED, text, found)
            quoted.append(a2b_qp(value))
            continue
        elif found[1].upper().endswith(b"ATTACH"):
            names = names or _called(value)
        else:
            continue
        if content or names:
            yield Carried(found.start(), names, content)
    if any(quoted):
        yield Carried(0, (), b"\n".join(quoted))


def _continued(pattern: re.Pattern[bytes], text: bytes, found: re.Match[bytes]) -> tuple[int, bytes]:
    """Where a value with its further lines ends, and all of it."""
    more = pattern.match(text, found.end())
    return (more.end(), found[3] + more[0]) if more is not None else (0, found[3])


def _decoded(value: bytes) -> bytes:
    """What base64 in either alphabet stands for."""
    return decode_all("base64", value.translate(_URL_SAFE))[0]


def _names(parameters: bytes) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for found in _NAME.finditer(parameters):
        raw = (found[1] or found[2]).strip()
        for reading in (raw, _unescaped(raw)):
            if reading:
                names[reading.decode("utf-8", "replace")] = None
        if len(names) >= NAMES:
            break
    return tuple(names)


def _unescaped(raw: bytes) -> bytes:
    for escape, character in _ESCAPES if b"^" in raw else ():
        raw = raw.replace(escape, character)
    return raw.replace(b"\\", b"") if b"\\" in raw else raw


def _called(value: bytes) -> tuple[str, ...]:
    """The name of a file that an address leads to, if that is in the mail or on the reader's disk."""
    address = _ADDRESS.fullmatch(value.strip())
    name = address[1].partition(b"@")[0] if address is not None else b""
    name = unquote(name.decode("utf-8", "replace"))
    _, dot, extension = name.rpartition(".")
    return (name,) if dot and not extension.isdigit() else ()
