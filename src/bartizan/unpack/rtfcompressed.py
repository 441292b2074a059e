"""Compressed RTF (MS-OXRTFCP), as TNEF files and .msg files hold the formatted body of a message.

In: the value of PidTagRtfCompressed. Out: RTF, as much of it as could be read. A ring of 4096 bytes that begins with
what most RTF begins with; a control byte says of each of the eight tokens behind it whether it is a literal byte or a
reference into the ring. Content never raises; damage ends the text and is told.

Limits: WORK bytes of output, for the loop is Python's. Not here: what the RTF says; the checksum, which nothing needs.
"""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.model.limits import MIB

WORK = 16 * MIB
HEADER = 16
RING = 4096
_PRELOADED = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}"
    rb"{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    rb"{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


@dataclass(frozen=True, slots=True)
class Rtf:
    """What was read. `damage` is a line for people where the text is not whole, else "". `limited`: WORK bytes came out
    of it."""

    text: bytes
    damage: str = ""
    limited: bool = False


def decompress(packed: bytes) -> Rtf:
    """The RTF in `packed`: header of packed size, size, kind and checksum, then the tokens."""
    size = int.from_bytes(packed[4:8], "little")
    kind = packed[8:12]
    if kind == b"MELA":
        text = packed[HEADER : HEADER + size]
        return Rtf(text, "" if len(text) == size else "cut short")
    if kind != b"LZFu":
        return Rtf(packed, "compressed in an unknown way")
    return _tokens(packed)


def _tokens(packed: bytes) -> Rtf:
    out = bytearray(_PRELOADED)
    at = HEADER
    end = len(packed)
    most = WORK + len(_PRELOADED)
    while at < end and len(out) <= most:
        control = packed[at]
        at += 1
        if not control:
            out += packed[at : at + 8]
            at += 8
            continue
        for _ in range(8):
            if not control & 1:
                out += packed[at : at + 1]
                at += 1
            else:
                reference = int.from_bytes(packed[at : at + 2])
                at += 2
                if at > end:
                    return _read(out, "cut short")
                # Where the ring's next byte goes is a reference to itself: the end.
                back = (len(out) - (reference >> 4)) % RING
                if not back:
                    return _read(out)
                _repeat(out, back, (reference & 15) + 2)
            control >>= 1
    return _read(out[:most], limited=True) if at < end else _read(out, "cut short")


def _repeat(out: bytearray, back: int, count: int) -> None:
    """Write `count` bytes of the ring again from `back` bytes behind its end on, including what is written by it."""
    if back > len(out):
        # A place of the ring that nothing was written to yet.
        blank = min(back - len(out), count)
        out += bytes(blank)
        count -= blank
    piece = out[len(out) - back : len(out) - back + count]
    out += piece
    while len(piece) < count:
        count -= len(piece)
        piece = out[len(out) - back : len(out) - back + count]
        out += piece


def _read(out: bytearray, damage: str = "", *, limited: bool = False) -> Rtf:
    return Rtf(bytes(out[len(_PRELOADED) :]), damage, limited)
