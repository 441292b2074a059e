"""yEnc files in text, as news readers send them: "=ybegin" with name and size, bytes moved by 42, "=yend".

A file may be one part of several (yEnc draft 1.3): parts of one text that make a whole are a member together, any other
part is one of its own, and a gap. A size or checksum that is wrong, an end that is missing is a gap; what was decoded
is given all the same.

Limits: `member_bytes` of each file, ESCAPES escapes, PARTS files. Not here: the text around them, scanned as it is.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.give import give, shown
from bartizan.unpack.sink import Sink

ESCAPES = 2_000_000
PARTS = 1000
BEGIN = re.compile(rb"^=ybegin ((?=[^\r\n]*\bline=\d)[^\r\n]*+)\r?\n", re.MULTILINE)
_PART = re.compile(rb"=ypart ([^\r\n]*+)\r?\n")
_END = re.compile(rb"^=y(?:end([^\r\n]*+)|begin )", re.MULTILINE)
_NUMBER = re.compile(rb"\b(size|part|begin|end)=(\d{1,18})(?!\d)")
_CHECKSUM = re.compile(rb"\bp?crc32=0*([0-9A-Fa-f]{1,8})\b")
_PCHECKSUM = re.compile(rb"\bpcrc32=0*([0-9A-Fa-f]{1,8})\b")
_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_MOVED = bytes((byte - 42) % 256 for byte in range(256))
_ESCAPED = tuple(bytes([(byte - 106) % 256]) for byte in range(256))


@dataclass(frozen=True, slots=True)
class _File:
    """One file, or the part of one that begins at byte `begin` (the first is 1) of `size`."""

    name: str
    size: int
    begin: int
    content: bytes
    is_part: bool


def open_yenc(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give every yEnc file of a text to the sink; none at all is a gap."""
    text = bytes(data)
    found = BEGIN.search(text)
    if found is None:
        sink.gap(Reason.UNREADABLE, "no =ybegin line")
    parts: list[_File] = []
    escapes = ESCAPES
    number = 0
    while found is not None:
        number += 1
        if number > PARTS:
            sink.gap(Reason.LIMIT_MEMBERS, f"more than {PARTS} yEnc files")
            break
        end = _END.search(text, found.end())
        stop = end.start() if end else len(text)
        escapes -= text.count(b"=", found.end(), stop)
        if escapes < 0:
            sink.gap(Reason.LIMIT_TIME, f"more than {ESCAPES} escapes")
            return
        file, problem = _decoded(text, found, stop, end[1] if end else None)
        if not give(sink, (file.name,) if file.name else (), file.content, limits):
            return
        if problem:
            sink.gap(Reason.UNREADABLE, problem)
        if file.is_part:
            parts.append(file)
        found = BEGIN.search(text, stop)
    _join(parts, sink, limits)


def _decoded(text: bytes, begin: re.Match[bytes], stop: int, end: bytes | None) -> tuple[_File, str]:
    """One file, and what is wrong with it."""
    line, name_mark, name = begin[1].partition(b"name=")
    numbers = _numbers(line)
    at = begin.end()
    part = _PART.match(text, at)
    if part:
        at = part.end()
        numbers = _numbers(part[1]) | {b"size": numbers.get(b"size", 0)}
    content = text[at:stop].translate(None, b"\r\n")
    content = b"".join(
        _ESCAPED[piece[0]] if number % 2 else piece.translate(_MOVED)
        for number, piece in enumerate(_ESCAPE.split(content))
        if piece
    )
    size, first = numbers.get(b"size", 0), numbers.get(b"begin", 1)
    last = numbers.get(b"end", size)
    is_part = (first, last) != (1, size)
    file = _File(shown(name.strip(b' \t"')) if name_mark else "", size, first, content, is_part)
    if end is None:
        return file, "no =yend line"
    if len(content) != last - first + 1:
        return file, f"{len(content)} bytes, not {last - first + 1}"
    told = (_PCHECKSUM if part else _CHECKSUM).search(end)
    return file, "wrong checksum" if told and int(told[1], 16) != zlib.crc32(content) else ""


def _numbers(line: bytes) -> dict[bytes, int]:
    return {key: int(value) for key, value in _NUMBER.findall(line)}


def _join(parts: list[_File], sink: Sink, limits: Limits) -> None:
    """Give the files that the parts make; a gap for those that they do not."""
    for name in dict.fromkeys(part.name for part in parts):
        own = sorted((part for part in parts if part.name == name), key=lambda part: part.begin)
        next = 1
        pieces: list[bytes] = []
        for part in own:
            if part.begin == next:
                pieces.append(part.content)
                next += len(part.content)
        if next != own[0].size + 1:
            sink.gap(Reason.PARTIAL, "part of a yEnc file")
        elif not give(sink, (name,) if name else (), b"".join(pieces)[: limits.member_bytes + 1], limits):
            return
