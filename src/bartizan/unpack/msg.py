"""Outlook messages (.msg, MS-OXMSG): the names of attachments, and bodies as text.

In: the streams of a compound file. Out: for each attachment all names that programs may show or save it by; for a body
its text. Messages in messages are storages like any other, so that their attachments come out as well.

Limits: LONGEST bytes of a name, of which both ends are given; NAMES names of an attachment.
Known gaps: 8-bit bodies in code pages are given as the bytes they are.
Not here: streams (compound.py), compressed RTF (rtfcompressed.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bartizan.unpack.compound import Stream
from bartizan.unpack.give import ends

LONGEST = 64 * 1024
NAMES = 14
DATA = re.compile(r"__substg1\.0_3701[0-9a-f]{4}")
"""The content of an attachment (PidTagAttachDataBinary)."""
RTF = "__substg1.0_10090102"

_NAME = re.compile(r"__substg1\.0_(3707|3704|3703|3001|370b|370d|3708)001([ef])")
"""Long and short name, extension, display name, and paths (MS-OXPROPS); 8-bit or UTF-16."""
_ATTACHMENT = re.compile(r"__attach_version1\.0_#[0-9a-f]{8}", re.IGNORECASE)
"""The storage of an attachment (MS-OXMSG 2.2.2)."""
_TEXT = re.compile(r"__substg1\.0_(?:1000|0037|007d)001f")
"""Body, subject and header of a mail, in UTF-16."""
_HTML = re.compile(r"__substg1\.0_1013(?:001([ef])|0102)")
"""Body as HTML, in 8 bits or UTF-16 (PidTagHtml, PidTagBodyHtml)."""


@dataclass(slots=True)
class Attachments:
    """The names of all attachments by the path of their storage; `excess`: one has more than are read; `elsewhere`: the
    names of those without content, which is where one of the names says."""

    names: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    excess: bool = False
    elsewhere: list[tuple[str, ...]] = field(default_factory=list)


def attachments(streams: Sequence[Stream], read: Callable[[Stream, int], tuple[bytes, bool]]) -> Attachments:
    """The names in `streams`, which `read` reads."""
    found = Attachments()
    for stream in streams:
        name = _named(_NAME, stream)
        if name is None:
            continue
        raw = read(stream, LONGEST)[0]
        text = ends(_text(raw, wide=name[2] == "f"))
        known = found.names.get(stream.path[:-1], ())
        if not text or text in known:
            continue
        found.excess = found.excess or len(known) >= NAMES
        found.names[stream.path[:-1]] = (*known, text)[:NAMES]
    if found.names:
        found.elsewhere = list(_without_content(found.names, streams))
    return found


def _without_content(
    names: Mapping[tuple[str, ...], tuple[str, ...]], streams: Iterable[Stream]
) -> Iterator[tuple[str, ...]]:
    """The names of attachments that are references."""
    # Of a message in a message the content is a storage.
    pieces = ((stream.path[:at], piece) for stream in streams for at, piece in enumerate(stream.path))
    filled = {path for path, piece in pieces if "_3701" in piece and DATA.fullmatch(piece.casefold())}
    for path, called in names.items():
        if path not in filled and path and _ATTACHMENT.fullmatch(path[-1]):
            yield called


def is_data(stream: Stream) -> bool:
    """Is it the content of an attachment?"""
    return _named(DATA, stream) is not None


def text(stream: Stream, content: bytes) -> bytes | None:
    """A body or another text in UTF-16, as UTF-8; None for a stream that is none."""
    return _narrow(content) if _named(_TEXT, stream) is not None else None


def html(stream: Stream, content: bytes) -> bytes | None:
    """A body that is HTML, though it may not begin like it; None for a stream that is none."""
    found = _named(_HTML, stream)
    if found is None:
        return None
    return _narrow(content) if found[1] == "f" else content


def _narrow(content: bytes) -> bytes:
    return content.decode("utf-16-le", "replace").encode("utf-8", "replace")


def _named(pattern: re.Pattern[str], stream: Stream) -> re.Match[str] | None:
    return next(filter(None, map(pattern.fullmatch, stream.names)), None)


def _text(raw: bytes, *, wide: bool) -> str:
    """A name up to its NUL."""
    if wide:
        return raw.decode("utf-16-le", "replace").partition("\0")[0]
    raw = raw.partition(b"\0")[0]
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
