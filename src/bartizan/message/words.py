"""Encoded words in header values (RFC 2047, with the language tag of RFC 2231 section 5), read as mail clients read
them.

In: the raw value of a header field or parameter. Out: text. Adjacent words lose the white space between them;
neighbours of one charset are joined as bytes first, so that a character split between two words survives. Words
longer than 75 characters, with spaces inside, within quoted strings or next to other text are read as well: clients
do.

Limits: linear in the length of the value; the caller bounds that (Limits.header_bytes). Content never raises.
What only some clients make of them are readings of their own (other_words, other_charsets).
Not here: unfolding beyond dropping CR and LF, comments, choosing between readings.
"""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from bartizan.message import charset, labels

_LABEL_BYTES = 100
"""Longest charset label, language included, that still is one."""

_ALPHABET = (string.ascii_letters + string.digits + "+/").encode()
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET) - {ord("=")})
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_NESTED = 3
_NEIGHBOURS = re.compile(rb"\?=\s+=\?")
_UNFINISHED = re.compile(rb"=\?[^?\s]{1,100}\?[BbQq]\?[^?]*(?:\?(?:\s++=)?+)?$")
_LONE = re.compile(rb"(\?[Qq]\?[^?]*)=\?=")
"""A word in Q that ends in a sign of equality, which begins nothing."""
_HEX = frozenset(string.hexdigits.encode())


@dataclass(slots=True)
class _Word:
    """One encoded word: its charset label, encoding letter in lower case, encoded text, and its span in the value."""

    label: str
    letter: str
    text: bytes
    start: int
    end: int


def decode_words(value: bytes) -> str:
    """`value` as text, encoded words decoded; line ends are dropped, other bytes read as UTF-8 or windows-1252."""
    value = value.replace(b"\r", b"").replace(b"\n", b"")
    if b"=?" not in value:
        return charset.guess(value)
    pieces: list[str] = []
    run: list[_Word] = []
    position = 0
    while True:
        word = _next_word(value, run[-1].end if run else position)
        between = value[run[-1].end if run else position : word.start if word else len(value)]
        if run and word and not between.strip(b" \t"):
            run.append(word)
            continue
        if run:
            pieces.append(_decode_run(run))
            position = run[-1].end
        pieces.append(charset.guess(between))
        if word is None:
            return "".join(pieces)
        run = [word]
        position = word.start


def other_words(value: bytes) -> tuple[str, ...]:
    """What else some clients make of a value with encoded words, each once: white space kept between them, words
    without a charset, a last one without its end or with half of it, words in words."""
    if b"=?" not in value:
        return ()
    plain = decode_words(value)
    found: dict[str, None] = {}
    if _NEIGHBOURS.search(value):
        found[decode_words(_NEIGHBOURS.sub(b"?= \0 =?", value))] = None
    if b"=??" in value:
        found[decode_words(value.replace(b"=??", b"=?utf-8?"))] = None
    if _UNFINISHED.search(value):
        found[decode_words(finished(value))] = None
    if _LONE.search(value):
        found[decode_words(_LONE.sub(rb"\1?=", value))] = None
    nested = plain
    for _ in range(_NESTED):
        if "=?" not in nested:
            break
        nested = decode_words(nested.encode("utf-8", "replace"))
        found[nested] = None
    found.pop(plain, None)
    return tuple(found)


def finished(value: bytes) -> bytes:
    """A value whose last word lacks its end, or half of it, with that."""
    return value.rstrip(b" \t\r\n=").removesuffix(b"?") + b"?="


def other_charsets(value: bytes) -> tuple[bytes, ...]:
    """What the encoded words of a value say in other charsets than they name, as UTF-8, each once."""
    found: dict[bytes, None] = {}
    for run in _runs(value.replace(b"\r", b"").replace(b"\n", b"")) if b"=?" in value else ():
        for content, label in _joined(run):
            plain = charset.decode(content, label).encode("utf-8", "replace")
            found.update(dict.fromkeys(labels.others(content, label, plain=plain)))
    return tuple(found)


def _runs(value: bytes) -> Iterator[list[_Word]]:
    """The words of a value, those together between which is only white space."""
    run: list[_Word] = []
    while (word := _next_word(value, run[-1].end if run else 0)) is not None:
        if run and value[run[-1].end : word.start].strip(b" \t"):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def percent_decode(value: bytes) -> bytes:
    """`value` with each %XX replaced by its byte (RFC 2231 section 4); a % that no two digits follow stays."""
    return _unescape(value, ord("%"))


def _next_word(value: bytes, start: int) -> _Word | None:
    """The first encoded word at or after `start`."""
    while (begin := value.find(b"=?", start)) >= 0:
        mark = value.find(b"?", begin + 2, begin + 3 + _LABEL_BYTES)
        if mark > begin + 2 and value[mark + 1 : mark + 3] in (b"b?", b"B?", b"q?", b"Q?"):
            end = value.find(b"?=", mark + 3)
            if end < 0:
                return None
            label = value[begin + 2 : mark].decode("ascii", "replace").partition("*")[0]
            return _Word(label, chr(value[mark + 1]).lower(), value[mark + 3 : end], begin, end + 2)
        start = begin + 2
    return None


def _decode_run(run: list[_Word]) -> str:
    """Words that only white space separates, as text."""
    return "".join(charset.decode(content, label) for content, label in _joined(run))


def _joined(run: list[_Word]) -> Iterator[tuple[bytes, str]]:
    """The decoded bytes of words, those of neighbours of one charset together, with that charset."""
    pending = b""
    label = ""
    for content, of_label in _contents(run):
        if of_label != label and pending:
            yield pending, label
            pending = b""
        label = of_label
        pending += content
    yield pending, label


def _contents(run: list[_Word]) -> list[tuple[bytes, str]]:
    """The decoded bytes of each word with its charset; base64 cut inside a quantum is put together again first."""
    contents: list[tuple[bytes, str]] = []
    cut = bytearray()
    for word, following in zip(run, [*run[1:], None], strict=True):
        label = charset.compact(word.label)
        if word.letter == "q":
            contents.append((_unescape(word.text.replace(b"_", b" "), ord("=")), label))
            continue
        cut += word.text.translate(_URL_SAFE).translate(None, _NOT_BASE64)
        goes_on = following is not None and following.letter == "b" and charset.compact(following.label) == label
        if not (goes_on and len(cut) % 4 and not cut.endswith(b"=")):
            contents.append((_base64(bytes(cut)), label))
            cut.clear()
    return contents


def _base64(text: bytes) -> bytes:
    """Base64 of only its alphabet and padding; padding inside starts afresh, an incomplete last byte is dropped."""
    decoded: list[bytes] = []
    for run in text.split(b"="):
        whole = run[: len(run) - (len(run) % 4 == 1)]
        decoded.append(binascii.a2b_base64(whole + b"=" * (-len(whole) % 4)))
    return b"".join(decoded)


def _unescape(value: bytes, mark: int) -> bytes:
    """`value` with each `mark` and two hexadecimal digits replaced by their byte."""
    first, *rest = value.split(bytes((mark,)))
    if not rest:
        return value
    pieces = [first]
    for piece in rest:
        if len(piece) >= 2 and piece[0] in _HEX and piece[1] in _HEX:
            pieces += (bytes((int(piece[:2], 16),)), piece[2:])
        else:
            pieces += (bytes((mark,)), piece)
    return b"".join(pieces)
