"""Things inside a node's bytes that nothing announces: encoded files within texts, archives behind other content.

In: the bytes of a node and its found type. Out: pieces, to be looked at as nodes of their own. From texts: what base64
decodes to wherever it stands (data: URIs, scripts that build files, calendars, mails whose header is lost), and
hexadecimal. From everything: archives that begin further in, as readers of archives look for them from the end or by
their mark; programs show the content in front.

Decoded noise is no piece: of what is decoded only text and types of DECODED count, whose marks are long enough that
noise does not have them. An archive found by its local header or mark alone may be a chance or in pieces (as in a
compound file), an encoded file may be quoted in part (as in a bounce): such a piece is `loose`, so that damage in it
says nothing.
Limits: the caller's budget for the number of pieces. Linear, and no more memory than a few times the node.
Not here: what the pieces are (walk), opening them (unpack). Known gaps: what only running a script would decode.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bartizan._core.constants import joined, next_escapes, next_numbers
from bartizan._core.runs import base64_runs
from bartizan._core.sniff import sniff
from bartizan._core.textkind import looks_like_text, text_kind
from bartizan._core.transfer import decode_all
from bartizan.message import pgp
from bartizan.message.archives import archive_within
from bartizan.message.calendars import carried
from bartizan.message.rewritten import from_utf16, rewritten
from bartizan.message.uris import AFTER, BEFORE, uri_names

LEAST = 80
"""Characters of the shortest run: the test file has 92."""
CONSTANTS = 40
"""Numbers or escapes of the shortest list."""
PEEK = 4096
SNIFFED = 65536
"""Bytes of a text that were looked at when it was called one."""
WINDOW = 512
"""Bytes that are looked at behind the beginning of another encoding."""
ZLIB = frozenset((b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"))
"""How streams of zlib begin (RFC 1950): scripts inflate them. What only begins so is no container."""

KINDS = (
    "text html svg hta wsf xml ics vcf rtf js vbs ps1 bat py php sh reg url inf pem uu mail binhex yenc",
    "zip jar apk docx xlsx pptx odt ods odp epub msix 7z rar ole olex msi msg pdf rtf cab xz bz2 tar iso lnk tnef chm "
    "one png jpg gif elf zst lz4 html hta svg xml mail js vbs ps1 bat uu wim vhdx rpm xar p7m swf mso",
    "chm wim vhdx",
)
TEXTS, DECODED, SEALED = (frozenset(kinds.split()) for kinds in KINDS)
"""Found types in whose bytes encoded files can stand; those that noise does not have; those of them not opened here."""
CARDS = frozenset(("ics", "vcf"))
SCRIPTED = frozenset(("html", "hta", "svg", "wsf", "xml", "js", "vbs"))
"""Texts with scripts in them, which build files out of constants."""
OPEN_ENDED = frozenset(
    (
        "pdf",
        "rtf",
        "rar",
        "7z",
        "cab",
        "lha",
        "ole",
        "olex",
        "msi",
        "msg",
        "p7m",
        "lnk",
        "one",
        "applefile",
        "macbin",
        "mso",
    )
)
"""Containers whose readers do not mind what follows."""
ENCODINGS = frozenset(("uu", "binhex", "yenc"))
"""Texts that are opened for the files in them, and may hold others like any text."""
COMPOUND = frozenset(("ole", "olex", "msi", "msg"))
"""Types that cut what they hold into sectors, in any order."""

# Armour, fields, an empty line, and a packet: its first bit is set (RFC 9580 section 6.2 and 4.2).
_ARMOUR = re.compile(
    rb"^-----BEGIN PGP (?!SIGNED )([A-Z0-9, /]{1,40}+)-----[ \t]*+\r?\n(?:[!-9;-~]++:[^\n]*+\n)*+\s*\n"
    rb"[g-z0-9+/][A-Za-z0-9+/]{3,75}+=*+\r?$",
    re.MULTILINE,
)
_BEGIN = re.compile(rb"\n(?:begin(?:-base64)?[ \t]|=ybegin |\(this file must be converted with binhex )", re.IGNORECASE)
_EMPTY = re.compile(rb"\n\r?\n")
_HEX = re.compile(rb"[0-9A-Fa-f\s]++")
_WHITE = b" \t\r\n"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes found inside others from offset `at` on, and their type.

    `archive`: they are the node's own bytes, not decoded. `loose`: damage in it says nothing. `names`: what it is
    called there.
    """

    at: int
    data: bytes | memoryview
    type: str
    archive: bool = False
    loose: bool = False
    names: tuple[str, ...] = ()


def pieces(data: bytes | memoryview, type: str) -> Iterator[Piece]:
    """What is inside a node of found type `type`, which is no container."""
    if type in CARDS:
        for file in carried(data):
            yield Piece(file.at, file.content, sniff(file.content), names=file.names)
    if type in TEXTS:
        seen = set()
        for piece in encoded(data):
            seen.add(hash(piece.data))
            yield piece
        yield from _announced(data, type)
        if type in SCRIPTED:
            yield from scripted(bytes(data))
        else:
            for text in rewritten(bytes(data)):
                yield from (piece for piece in encoded(text) if hash(piece.data) not in seen)
    yield from behind(data, type)


def behind(data: bytes | memoryview, type: str) -> Iterator[Piece]:
    """The archive that begins further in."""
    found = archive_within(data)
    if found is not None:
        whole = memoryview(data)[found.at :]
        yield Piece(found.at, whole, found.type, archive=True, loose=found.loose or type in COMPOUND)


def _announced(data: bytes | memoryview, type: str) -> Iterator[Piece]:
    """Blocks of other encodings and encrypted ones that begin in the middle of a text."""
    text = bytes(data)
    armour = _armour(text) if pgp.ARMOUR in text else -1
    if armour >= 0:
        yield Piece(armour, text[armour:], "pgp")
    # What a text is called was found by looking so far into it.
    told = SNIFFED - WINDOW if type == "text" else len(text) if type in ENCODINGS else 0
    for begin in _BEGIN.finditer(text, told):
        kind = text_kind(text[begin.start() + 1 : begin.start() + WINDOW])
        if kind in ENCODINGS:
            yield Piece(begin.start() + 1, text[begin.start() + 1 :], kind, loose=True)
            return


def _armour(text: bytes) -> int:
    """Where the first PGP message in armour begins, by its label or by what is in it; -1 for keys and signatures."""
    for found in _ARMOUR.finditer(text):
        if found[1].startswith(b"MESSAGE"):
            return found.start()
        block = next(pgp.blocks(text, found.start()), None)
        if block is not None and pgp.is_message(memoryview(block.content)):
            return found.start()
    return -1


def encoded(data: bytes | memoryview) -> Iterator[Piece]:
    """The files that stand in a text as base64 or hexadecimal."""
    at = 0
    while spans := base64_runs(data, LEAST, at):
        for start, end in spans:
            run = bytes(data[start:end])
            names = uri_names(bytes(data[max(0, start - BEFORE) : start]), bytes(data[end : end + AFTER]))
            digits = _hexadecimal(run)
            if digits:
                yield from _piece(start, unhexlify(digits[: len(digits) // 2 * 2]))
            if len(digits) < len(run.translate(None, _WHITE)):
                some = False
                for piece in _piece(start, base64(run), names):
                    some = True
                    yield piece
                if not some:
                    yield from _piece(start, base64(run[::-1]))
                    empty = _EMPTY.search(run)
                    if empty is not None:  # what stands in front of it may be a word of prose
                        yield from _piece(start + empty.end(), base64(run[empty.end() :]))
        at = spans[-1][1]


def _hexadecimal(run: bytes) -> bytes:
    """The digits that a run begins with, if they are lines of them; words of text may follow."""
    found = _HEX.match(run)
    if found is None or found.end() < LEAST:
        return b""
    lines = found[0] if found.end() == len(run) else found[0].rpartition(b"\n")[0]
    return lines.translate(None, _WHITE)


def scripted(text: bytes) -> Iterator[Piece]:
    """The files that a script has as constants: base64 in several strings, escapes, lists of numbers."""
    whole = joined(text)
    if whole is not None:
        yield from encoded(whole)
        del whole
    for find in (next_escapes, next_numbers):
        yield from _constants(text, find)


def _constants(text: bytes, find: Callable[[bytes, int, int], tuple[int, int, bytes] | None]) -> Iterator[Piece]:
    at = 0
    while (found := find(text, at, CONSTANTS)) is not None:
        start, at, decoded = found
        yield from _piece(start, decoded)


def base64(run: bytes) -> bytes:
    """What a run decodes to, in either alphabet."""
    decoded, _ = decode_all("base64", run.translate(_URL_SAFE))
    return decoded


def _piece(at: int, decoded: bytes, names: tuple[str, ...] = ()) -> Iterator[Piece]:
    kind = decoded_type(decoded)
    if not kind and (text := from_utf16(decoded)):
        decoded, kind = text, decoded_type(text)
    if kind or names:
        yield Piece(at, decoded, kind or sniff(decoded), loose=kind not in SEALED, names=names)


def decoded_type(decoded: bytes, least: int = LEAST) -> str:
    """The type of what was decoded from at least `least` characters; "" for noise."""
    kind = sniff(decoded)
    if kind in DECODED:
        return kind
    if kind == "gz" and decoded[2] == 8 and decoded[3] < 32:
        return kind
    if kind == "exe" and decoded[int.from_bytes(decoded[60:64], "little") :].startswith(b"PE\0\0"):
        return kind
    if decoded[:2] in ZLIB:
        return "zlib"
    return "text" if looks_like_text(decoded[:PEEK]) and len(decoded) >= least * 3 // 4 else ""
