"""Long words of a text in base-85, or turned: their letters moved along the alphabet, or in the order from the end.

In: the bytes of a text and whether it may have scripts in it. Out: pieces. Of words that are turned nothing tells that
they are: those that are no addresses are given as they would be read, all in one. A text with an address
in it that is turned, or a script with such a word of its language, is given as a whole.
Limits: words of LONG visible characters; linear.
Not here: base64 that is turned (encoded). Known gaps: turned text of short words, other distances than 13 and 47.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan._core import ascii85
from bartizan._core.runs import next_word
from bartizan._core.traces import FRAMED, TURNED
from bartizan.message.encoded import ROT13
from bartizan.message.piece import PEEK, Piece, decoded_piece, makes_sense

LONG = 60
LEAST_LETTERS = 30
SIGNS, SIGNS_IN = 8, 300
"""Different signs in the first characters of base-85: addresses and styles have fewer."""
BLOCK = 80
"""Letters of base64, from which on they are read as that and no more."""
MARKS = 8
"""Characters that may stand at both ends of it."""

_VISIBLE = bytes(range(0x21, 0x7F))
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = b"0123456789"
_PLAIN = _LETTERS + _DIGITS
_BASE64 = _PLAIN + b"+/=_-"
_SUM = b"0123456789abcdefABCDEF\"',;"
_ROT47 = bytes.maketrans(_VISIBLE, _VISIBLE[47:] + _VISIBLE[:47])
_ASCII85 = bytes(range(0x21, 0x76))
_RFC1924 = _DIGITS + _LETTERS + b"!#$%&()*+-;<=>?@^_`{|}~"
_Z85 = _DIGITS + _LETTERS[26:] + _LETTERS[:26] + b".-:+=^!/*?&<>()[]{}@%$#"
_ALPHABETS = (
    (_ASCII85 + b"z", bytes.maketrans(b"", b"")),
    (_RFC1924, bytes.maketrans(_RFC1924, _ASCII85)),
    (_Z85, bytes.maketrans(_Z85, _ASCII85)),
)
_BLOCK = re.compile(rb"(?:[A-Za-z0-9+/_-]{60,}+\r?\n){2,}+[A-Za-z0-9+/_-]*+=*+")
_FRAME = re.compile(rb"<~([!-uz\s]{20,}+)~>")
_STRING = re.compile(rb"[\"'`]([!-~]+)[\"'`]")
_GOES_ON = re.compile(rb"[ \t]*+\r?\n[ \t]*+([!-~]++)[ \t]*+(?=[\r\n]|\Z)")
_TURNED = (b"fpevcg", b"Bowrpg", b"tpirc", b"tcejbO", b"9EEA", b"D4C:AE")
"""script and object, as rot13, from the end, and as rot47."""


def turned(text: bytes, signs: int, *, script: bool) -> Iterator[Piece]:
    """What the long words of a text, whose traces are `signs`, may be, and the whole of a script with turned words."""
    words: dict[bytes, None] = {}
    first = 0
    at = 0
    while (span := next_word(text, at, LONG)) is not None:
        start, end = span
        at = end
        lines = _BLOCK.match(text, start)
        if lines is not None:
            at = lines.end()
            continue
        word = bytearray(text[start:end])
        while (more := _GOES_ON.match(text, end)) is not None:
            word += more[1]
            end = more.end()
            if len(more[1]) < LONG:
                break
        at = end
        block = bytes(word)
        if len(set(block[:SIGNS_IN].translate(None, _PLAIN))) >= SIGNS:
            yield from _base_85(start, block)
        if b":" in block:
            continue
        letters = len(block) - len(block.translate(None, _LETTERS))
        in_base64 = len(block) >= BLOCK and len(block.translate(None, _BASE64)) <= MARKS
        if letters >= LEAST_LETTERS and not in_base64 and block.translate(None, _SUM):
            words[block] = None
            first = first or start
    if signs & FRAMED:
        for frame in _FRAME.finditer(text):
            yield from decoded_piece(frame.start(), ascii85.decode(frame[1], len(text)))
    if words:
        yield from _turned(first, b"\n".join(words))
    elif signs & TURNED or (script and any(word in text for word in _TURNED)):
        yield from _turned(0, text)


def _turned(at: int, text: bytes) -> Iterator[Piece]:
    # Of a type that holds nothing, so that they are not turned again.
    yield Piece(at, b"\n".join((text.translate(ROT13), text.translate(_ROT47), text[::-1])), "turned", loose=True)


def _base_85(at: int, block: bytes) -> Iterator[Piece]:
    """What a word is in one of the alphabets of base-85, if that makes sense; it may be a string of a script."""
    string = _STRING.search(block)
    for word in (block,) if string is None else (block, string[1]):
        for alphabet, table in _ALPHABETS:
            if word[:PEEK].translate(None, alphabet):
                continue
            if makes_sense(ascii85.decode(word[:PEEK].translate(table), PEEK)):
                yield from decoded_piece(at, ascii85.decode(word.translate(table), len(word)))
                return
