"""Names and strings as PDF writes them (ISO 32000-2 section 7.2, 7.3.4, 7.3.5, 7.9.2.2).

In: bytes of a document, or of its object streams. Out: what they mean. Never raises; what is damaged is read as far as
it goes. Limits: LONGEST bytes of a string. Linear.
Not here: objects (pdfobjects.py), strings that pages show (bartizan._core.pagetext).
"""

from __future__ import annotations

import io
import re
from binascii import unhexlify
from urllib.parse import unquote_to_bytes

from bartizan.model.limits import KIB

PIECE = 64 * KIB
LONGEST = 256 * KIB
GAP = rb"(?:[\0\t\n\f\r ]|%[^\r\n]*+[\r\n])*+"
"""What may stand between two tokens."""
STREAM = rb"(?<!end)stream(?:\r\n|\n|\r|[\0\t\f %][^\r\n]{0,1000}+(?:\r\n|\n|\r)|[\0\t\f ])"
"""The keyword in front of a stream, and the rest of its line: readers pass over whatever stands there."""

_PARENTHESIS = re.compile(rb"[()\\]")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|[\r\n])|(.)|$)|\r\n?", re.DOTALL)
_SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_NO_DIGITS = bytes(c for c in range(256) if c not in b"0123456789ABCDEFabcdef")


def plain(text: bytes) -> bytes:
    """A text with the names in it as they are meant: #46 is F."""
    if b"#" not in text:
        return text
    out = io.BytesIO()
    at = 0
    while at < len(text):
        # In pieces, of which none ends within an escape: each escape costs many times its size for a moment.
        stop = at + PIECE
        escape = text.rfind(b"#", stop - 2, stop)
        stop = stop if escape < 0 else escape
        out.write(unquote_to_bytes(text[at:stop].replace(b"%", b"%25").replace(b"#", b"%")))
        at = stop
    return out.getvalue()


def literal_end(text: bytes, at: int, most: int = LONGEST) -> int:
    """Where the string ends whose first byte, behind the parenthesis, is at `at`; -1 if it does not, or is too long."""
    depth = 1
    stop = min(len(text), at + most)
    while (found := _PARENTHESIS.search(text, at, stop)) is not None:
        at = found.end()
        match text[at - 1]:
            case 0x28:
                depth += 1
            case 0x29:
                depth -= 1
                if depth == 0:
                    return at - 1
            case _:
                at += 1
    return -1


def unescaped(text: bytes) -> bytes:
    """What a literal string means that is written like this."""
    return _ESCAPE.sub(_escape, text) if b"\\" in text or b"\r" in text else text


def _escape(found: re.Match[bytes]) -> bytes:
    octal, _, sign = found.groups()
    if octal is not None:
        return bytes((int(octal, 8) & 255,))
    if sign is not None:
        return _SHORT.get(sign, sign)
    return b"\n" if found[0][0] == 0x0D else b""


def hexadecimal(text: bytes, most: int) -> bytes:
    """Digits up to `>`, whatever stands between them; `most` bytes and one more."""
    end = text.find(b">")
    digits = (text if end < 0 else text[:end]).translate(None, _NO_DIGITS)[: 2 * most + 2]
    return unhexlify(digits + b"0" * (len(digits) % 2))


def string_at(text: bytes, at: int, most: int = LONGEST) -> bytes | None:
    """The string that begins at `at`, in either way to write one."""
    if text[at : at + 1] == b"(":
        end = literal_end(text, at + 1, most)
        return unescaped(text[at + 1 : at + 1 + most if end < 0 else end])
    if text[at : at + 1] == b"<" and text[at + 1 : at + 2] != b"<":
        return hexadecimal(text[at + 1 : at + 1 + 2 * most], most)
    return None


def shown(raw: bytes) -> str:
    """A text string as text (section 7.9.2.2): in UTF-16 or UTF-8 if a mark says so, else byte by byte."""
    for mark, codec in ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8")):
        if raw.startswith(mark):
            return raw[len(mark) :].decode(codec, "replace")
    return raw.decode("latin-1")
