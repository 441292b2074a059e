"""Charsets that a text may be in besides the one it says: what its bytes tell, and what is usual.

In: the bytes of a text and its label. Out: the text in other charsets, as UTF-8, each once; none for a text of plain
ASCII, for UTF-8 that is called so, or for one whose bytes fit its label.
- a byte order mark, or NUL bytes: UTF-16 and, where four of them are as far apart as in it, UTF-32, either way round;
- escapes of ISO 2022 and of terminals, of HZ and of UTF-7; the UTF-7 of IMAP where the label says so;
- as the label says, where the core does not know it; EBCDIC where nobody does;
- valid UTF-8 under another label; overlong forms and surrogates as the characters they stand for;
- bytes that are no UTF-8, have no telling label, and more of them in a row than in a word of Western Europe: the
  charsets of GUESSES;
- the charset that a page names in its head.
Limits: a page names its charset in its first HEAD bytes.
Not here: the labelled reading, which the compiled core makes while it streams.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

from bartizan._core.text import view
from bartizan.message import charset
from bartizan.message.charsetnames import IMAP_UTF7

GUESSES = ("cp1251", "koi8_r", "gb18030", "big5", "cp932", "euc_jp", "cp949")
HEAD = 1024

_UTF8 = frozenset(("", "utf_8", "utf_8_sig"))
_WESTERN = frozenset(("cp1252", "iso8859_15"))
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf_32_le"),
    (codecs.BOM_UTF32_BE, "utf_32_be"),
    (codecs.BOM_UTF16_LE, "utf_16_le"),
    (codecs.BOM_UTF16_BE, "utf_16_be"),
)
_FOUR_WIDE = re.compile(rb"\0(?:...\0){3}", re.DOTALL)
"""Four characters of UTF-32: none is above 10FFFF."""
_NAMED = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_SHIFTED = re.compile(rb"\+([A-Za-z0-9+/]{3,})")
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*+[ -/]*+[@-~]|[ -/]*+[0-~])|[\x0e\x0f]")
_PROBE = bytes(range(32, 256)) + b"\xc3\xa9 +AGk- ~{VP~} \x1b$B4A\x1b(B"
"""Bytes that no two charsets read alike."""
_HIGH = bytes(128) + b"\xff" * 128
_FOREIGN = b"\xff" * 4
_NOT_LEADS = bytes(set(range(256)) - set(b"\xc0\xc1\xe0\xf0\xf8\xfc\xed"))
"""Bytes that begin no overlong sequence and no surrogate."""

# A sequence of bytes that is longer than its character needs (RFC 3629 forbids it), and two surrogates.
_OVERLONG = re.compile(
    rb"(?:[\xc0\xc1]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]T|\xf8[\x80-\x87]TT|\xfc[\x80-\x83]TTT|"
    rb"\xed[\xa0-\xaf]T\xed[\xb0-\xbf])T".replace(b"T", rb"[\x80-\xbf]")
)


def labelled(data: bytes, label: str) -> bytes:
    """The text as its label says, as UTF-8; that of IMAP's UTF-7 is one that nobody knows."""
    codec = charset.codec_of(label)
    if codec in _UTF8 or codec == IMAP_UTF7 or (codec in _WESTERN and data.isascii()):
        return data
    return charset.decode(data, label).encode("utf-8")


def others(data: bytes, label: str, *, html: bool = False, plain: bytes | None = None) -> Iterator[bytes]:
    """What else the text may say, as UTF-8, each once: made one at a time, since each may be longer than the text.

    `plain` is what it was read as, if that is not how the core reads it."""
    seen: set[int] = set()
    for text in _readings(data, label, html=html):
        if not seen and plain is None:
            plain = data if charset.codec_of(label) in _UTF8 or not _core_knows(label) else labelled(data, label)
        if not seen:
            seen.add(hash(plain))
        other = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
        if hash(other) not in seen:
            seen.add(hash(other))
            yield other


def _readings(data: bytes, label: str, *, html: bool) -> Iterator[bytes | str]:
    codec = charset.codec_of(label)
    yield from _escaped(data, codec)
    if b"\0" in data:
        for _, wide in _MARKS if _FOUR_WIDE.search(data) else _MARKS[2:]:
            yield data.decode(wide, "replace")
    if codec not in _UTF8 and codec not in _WESTERN and not _core_knows(label):
        yield charset.decode(data, label)
    if not data.isascii():
        if label and not charset.known(label):
            yield data.decode("cp037", "replace")
        yield from _eight_bit(data, codec)
        named = _NAMED.search(data, 0, HEAD) if html else None
        if named is not None:
            yield charset.decode(data, named[1].decode("ascii"))


@lru_cache(maxsize=128)
def _core_knows(label: str) -> bool:
    """Does the compiled core read a text with this label otherwise than as UTF-8? It knows fewer spellings."""
    return view(_PROBE, label, False) != view(_PROBE, "", False)


def _escaped(data: bytes, codec: str) -> Iterator[str]:
    """What stands in ASCII for other characters."""
    if b"\x1b" in data:
        for name in ("iso2022_jp_ext", "iso2022_jp_2", "iso2022_kr"):
            yield data.decode(name, "replace")
        yield charset.guess(_ESCAPES.sub(b"", data))
    if b"~" in data and (b"~{" in data or b"~\n" in data or b"~\r\n" in data):
        yield data.replace(b"~\r\n", b"~\n").decode("hz", "replace")
    if b"+" in data and any(map(_is_shifted, _SHIFTED.findall(data))):
        yield charset.decode(data, "utf-7")
    if codec == IMAP_UTF7:
        yield charset.decode(data, "utf-7-imap")


def _is_shifted(run: bytes) -> bool:
    """Can this be the base64 of UTF-7: whole units of 16 bits, and what is left over is zero?"""
    left = len(run) * 6 % 16
    return left < 6 and _last(run) & (1 << left) - 1 == 0


def _last(run: bytes) -> int:
    return b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".index(run[-1:])


def _eight_bit(data: bytes, codec: str) -> Iterator[bytes | str]:
    """Bytes beyond ASCII: UTF-8 if they are that, else what they may be."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            yield data[len(mark) :].decode(name, "replace")
            return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if codec not in _UTF8:
            yield data
        return
    lead = data.translate(None, _NOT_LEADS)
    if lead and _OVERLONG.search(data):
        yield _OVERLONG.sub(_shortened, data).decode("utf-8", "replace")
    if codec in _UTF8 | _WESTERN and _FOREIGN in data.translate(_HIGH):
        for name in GUESSES:
            yield data.decode(name, "replace")


def _shortened(found: re.Match[bytes]) -> bytes:
    """The shortest form of an overlong one; the character of two surrogates."""
    sequence = found[0]
    if sequence[0] == 0xED:
        return sequence.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16").encode()
    point = sequence[0] & (1 << 7 - len(sequence)) - 1
    for byte in sequence[1:]:
        point = point << 6 | byte & 63
    return sequence if point > 0x10FFFF or 0xD800 <= point < 0xE000 else chr(point).encode()
