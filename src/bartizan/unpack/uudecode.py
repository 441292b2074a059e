"""Uuencoded files inside text (POSIX uuencode): "begin MODE NAME", lines, "end"; several in one text.

Both alphabets are read (the historical one, and begin-base64 with its ====), and "begin" in capitals, with a short
mode, without a name, and without a mode behind two blanks. Lines that other decoders repair are repaired the same way:
missing trailing blanks, too many characters. A line that cannot be read, or a text that stops before "end" or a line of
length zero, is a gap; what was decoded until there is given all the same.

Not here: the text around the files, which is scanned as the text it is.
"""

from __future__ import annotations

import binascii
import re

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.sink import Sink

BEGIN = re.compile(
    rb"^begin(-base64)?(?:[ \t]++[0-7][^\s]{0,9}+(?=[ \t\r\n])|\x20(?=\x20))([^\r\n]*+)\r?$",
    re.IGNORECASE | re.MULTILINE,
)
BATCH = 64 * 1024

_NOTHING_BEGINS = b"` \r\n"
_NOTHING = re.compile(rb"(?:([` ]?)\r*+\n)++")
_ZERO = (b"`", b" ")
"""A line of length zero, in either alphabet."""


def open_uu(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give every uuencoded file of a text to the sink; none at all is a gap."""
    text = bytes(data)
    found = BEGIN.search(text)
    if found is None:
        sink.gap(Reason.UNREADABLE, "no begin line")
    while found is not None:
        end = _open_one(text, found, sink, limits)
        if end is None:
            return
        found = BEGIN.search(text, end)


def _open_one(text: bytes, begin: re.Match[bytes], sink: Sink, limits: Limits) -> int | None:
    """One file; where the text goes on behind it, or None when the sink said stop."""
    raw = begin.group(2).strip(b" \t")
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        name = raw.decode("latin-1")
    if not sink.member((name,) if name else ()):
        return None
    base64 = begin.group(1) is not None
    at = begin.end() + 1
    size = 0
    batch = bytearray()
    problem = "no end line"
    while at < len(text):
        if text[at] in _NOTHING_BEGINS and (nothing := _NOTHING.match(text, at)):
            # Lines without content by the million, at once: what the last of them is decides.
            at = nothing.end()
            problem = "" if nothing[1] and not base64 else "no end line"
            continue
        stop = text.find(b"\n", at)
        stop = len(text) if stop < 0 else stop
        line = text[at:stop].rstrip(b"\r")
        if _is_end(line, base64):
            problem, at = "", stop + 1
            break
        if not line.strip(b"=") and not base64:
            at = stop + 1
            continue  # padding of another encoding, which decoders pass over
        decoded = _base64(line) if base64 else _uu(line)
        if decoded is None:
            problem = problem and "a line that is not uuencoded"
            break
        at = stop + 1
        problem = "" if line in _ZERO and not base64 else "no end line"
        if size <= limits.member_bytes:
            size += len(decoded)
            batch += decoded[: len(decoded) - max(0, size - limits.member_bytes)]
        if len(batch) >= BATCH:
            if not sink.data(bytes(batch)):
                return None
            batch.clear()
    if batch and not sink.data(bytes(batch)):
        return None
    if size > limits.member_bytes:
        sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {limits.member_bytes} bytes")
    if problem:
        sink.gap(Reason.UNREADABLE, problem)
    return at


def _is_end(line: bytes, base64: bool) -> bool:
    return line.strip() == (b"====" if base64 else b"end")


def _base64(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_base64(line)
    except binascii.Error:
        return None


def _uu(line: bytes) -> bytes | None:
    """One line: its first character says how many bytes, of which missing blanks at the end are zeros; what stands
    behind the last one's character is nothing."""
    line = line.rstrip()
    if not line:
        return b""
    if not 32 <= line[0] <= 96:
        return None
    count = (line[0] - 32) & 63
    needed = 1 + (count * 4 + 2) // 3
    try:
        return binascii.a2b_uu(line[:needed].ljust(needed))
    except binascii.Error:
        return None
