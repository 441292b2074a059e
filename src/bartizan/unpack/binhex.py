"""BinHex 4.0 files in text (RFC 1741): how old Macintosh mailers attach things; several in one text.

Behind a line that says so, and a colon, six bits a character up to another colon; in them runs are shortened (0x90 and
a count), and in these are a header with the name, the data fork and the resource fork, each with a checksum. The data
fork is a member under the name; the resource fork, which no other system has, is one without. What cannot be decoded,
ends early or has a wrong checksum is a gap; what there is of it is given.

Limits: `member_bytes` of each fork, RUNS runs. Not here: the text around the files, which is scanned as it is.
"""

from __future__ import annotations

import binascii
import re

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.give import give, shown
from bartizan.unpack.sink import Sink

ALPHABET = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
RUNS = 4_000_000
BEGIN = re.compile(
    rb"^\(This file must be converted with BinHex [^\r\n]*+\s++:|^:(?=[" + re.escape(ALPHABET) + rb"]{63}\r?$)",
    re.MULTILINE | re.IGNORECASE,
)
LONGEST_NAME = 63
FRAME = LONGEST_NAME + 30
"""Bytes around the forks at most."""
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64 = bytes.maketrans(ALPHABET, _BASE64)
_WHITE = b" \t\r\n\f\v"
_STRANGE = re.compile(rb"[^\s" + re.escape(ALPHABET) + rb"]")


def open_binhex(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the forks of every BinHex file of a text to the sink; none at all is a gap."""
    text = bytes(data)
    found = BEGIN.search(text)
    if found is None:
        sink.gap(Reason.UNREADABLE, "no BinHex file")
    while found is not None:
        strange = _STRANGE.search(text, found.end())
        end = strange.start() if strange else len(text)
        if not text.startswith(b":", end):
            sink.gap(Reason.UNREADABLE, "a line that is not BinHex" if strange else "no end of a BinHex file")
        if not _open_one(_bits(text[found.end() : end]), sink, limits):
            return
        found = BEGIN.search(text, end + 1 if text.startswith(b":", end) else end)


def prepare() -> None:
    """Load the codec of names."""
    shown(b"\x8e", "mac-roman")


def _bits(digits: bytes) -> bytes:
    """What the characters stand for, runs still short."""
    digits = digits.translate(_TO_BASE64, _WHITE)
    return binascii.a2b_base64(digits[: len(digits) - (len(digits) % 4 == 1)] + b"=" * (-len(digits) % 4))


def _open_one(short: bytes, sink: Sink, limits: Limits) -> bool:
    """One file. False: the sink said stop."""
    file = memoryview(_run_out(short, FRAME + 2 * limits.member_bytes, sink))
    name = bytes(file[1 : 1 + file[0]]) if file else b""
    forks = 1 + len(name) + 19
    if len(file) < forks + 2:
        sink.gap(Reason.UNREADABLE, "no header of a BinHex file")
        return not file or give(sink, (), file, limits)
    at = _verified(file, 0, forks, "header", sink)
    sizes = int.from_bytes(file[forks - 8 : forks - 4]), int.from_bytes(file[forks - 4 : forks])
    known = (shown(name, "mac-roman"),) if name else ()
    for size, names, what in ((sizes[0], known, "data fork"), (sizes[1], (), "resource fork")):
        fork = file[at : at + size]
        if (size or names) and not give(sink, names, fork, limits):
            return False
        if size <= limits.member_bytes or len(fork) < size:
            at = _verified(file, at, size, what, sink)
        else:
            at += size + 2
    return True


def _verified(file: memoryview, at: int, size: int, what: str, sink: Sink) -> int:
    """Where what follows begins; something is wrong with `size` bytes and their checksum: a gap."""
    end = at + size
    if end + 2 > len(file):
        sink.gap(Reason.UNREADABLE, f"{what} is cut short")
    elif binascii.crc_hqx(file[at:end], 0) != int.from_bytes(file[end : end + 2]):
        sink.gap(Reason.UNREADABLE, f"{what} has a wrong checksum")
    return end + 2


def _run_out(short: bytes, most: int, sink: Sink) -> bytearray:
    """Runs at their length: 0x90 and a count repeat the byte before, 0x90 and zero are itself."""
    out = bytearray()
    at = runs = 0
    while len(out) < most:
        mark = short.find(b"\x90", at)
        out += short[at:] if mark < 0 else short[at:mark]
        if mark < 0:
            break
        runs += 1
        if runs > RUNS:
            sink.gap(Reason.LIMIT_TIME, f"more than {RUNS} runs")
            break
        count = short[mark + 1] if mark + 1 < len(short) else 1
        out += out[-1:] * (count - 1) if count else b"\x90"
        at = mark + 2
    return out
