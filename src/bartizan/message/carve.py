"""Things inside a node's bytes that nothing announces: encoded files within texts, archives behind other content.

In: the bytes of a node and its found type. Out: pieces, to be looked at as nodes of their own. From texts: what is
encoded in them wherever it stands (encoded, spelled, stitched, turned, uris), also when the text was quoted, wrapped or
escaped once more (rewritten). From everything: archives that begin further in, as readers of archives look for them
from the end or by their mark; programs show the content in front.

Decoded noise is no piece (piece). An archive found by its local header or mark alone may be a chance or in pieces (as
in a compound file), an encoded file may be quoted in part (as in a bounce): such a piece is `loose`, so that damage in
it says nothing. What is encoded several times is found level by level, as the walk comes to the pieces.
Limits: the caller's budget for the number of pieces. Linear, and no more memory than a few times the node.
Not here: what the pieces are (walk), opening them (unpack). Known gaps: what only running a script would decode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan._core.runs import longest_run
from bartizan._core.sniff import sniff
from bartizan._core.textkind import begin_line, uu_begins
from bartizan._core.traces import ESCAPED, traces
from bartizan.message import pgp
from bartizan.message.archives import archive_within
from bartizan.message.calendars import carried
from bartizan.message.encoded import encoded
from bartizan.message.hole import Hole
from bartizan.message.piece import LEAST, Piece
from bartizan.message.rewritten import read_again, rewritten
from bartizan.message.spelled import spelled
from bartizan.message.stitched import stitched
from bartizan.message.turned import turned
from bartizan.message.uris import escaped_uris

SNIFFED = 65536
"""Bytes of a text that were looked at when it was called one."""
WINDOW = 512
"""Bytes behind the beginning of another encoding that tell it."""
_TEXTS = "text html svg hta wsf xml ics vcf rtf js vbs ps1 bat py php sh reg url inf pem uu mail binhex yenc"
TEXTS = frozenset(_TEXTS.split())
"""Found types in whose bytes encoded files can stand."""
CARDS = frozenset(("ics", "vcf"))
SCRIPTED = frozenset(("html", "hta", "svg", "wsf", "xml", "js", "vbs"))
"""Texts with scripts in them, which build files out of constants."""
SCRIPTS = frozenset(("js", "vbs", "hta", "wsf", "ps1", "bat", "py", "php", "sh"))
_SCRIPT = re.compile(rb"<[Ss][Cc][Rr][Ii]")
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
_BEGIN = re.compile(rb"\n(?:=ybegin |\(this file must be converted with binhex )", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]*+>")
_MARKS = {ord("="): "yenc", ord("("): "binhex"}
"""Encodings that the first character of their first line tells from uuencode."""


def pieces(data: bytes | memoryview, type: str) -> Iterator[Piece | Hole]:
    """What is inside a node of found type `type`, which is no container; holes for what was not looked for."""
    if type in CARDS:
        for file in carried(data):
            yield Piece(file.at, file.content, sniff(file.content), names=file.names)
    if type in TEXTS:
        seen: set[object] = set()
        for piece in _in_text(data, type):
            key = piece if isinstance(piece, Hole) else (hash(piece.data), piece.type, piece.names)
            if key not in seen:
                seen.add(key)
                yield piece
    yield from behind(data, type)


def _in_text(data: bytes | memoryview, type: str) -> Iterator[Piece | Hole]:
    """What is in a text; the same may come several times. Only what its traces point to is looked for."""
    text = bytes(data)
    script = type in SCRIPTED
    signs = traces(text)
    run = longest_run(text)
    if run >= LEAST:
        yield from encoded(text)
    yield from _announced(text, type)
    for other in rewritten(text, signs, run, script=script):
        yield from encoded(other)
    for other, new in read_again(text, signs, script=script) if type not in ENCODINGS else ():
        yield from encoded(other)
        if new:
            kind = sniff(other) if type == "text" else "text"
            yield Piece(0, other, kind if kind in TEXTS else "text", loose=True)
    if run:
        yield from stitched(text)
    yield from spelled(text, signs)
    if signs & ESCAPED:
        yield from escaped_uris(text)
    yield from turned(text, signs, script=_runs(text, type))


def _runs(text: bytes, type: str) -> bool:
    """Is there a script in it?"""
    return type in SCRIPTS or (type in SCRIPTED and _SCRIPT.search(text) is not None)


def behind(data: bytes | memoryview, type: str) -> Iterator[Piece]:
    """The archive that begins further in."""
    found = archive_within(data)
    if found is not None:
        whole = memoryview(data)[found.at :]
        yield Piece(found.at, whole, found.type, archive=True, loose=found.loose or type in COMPOUND)


def _announced(data: bytes | memoryview, type: str) -> Iterator[Piece]:
    """Blocks of other encodings and encrypted ones that begin in the middle of a text."""
    text = bytes(data)
    if pgp.ARMOUR in text:
        shown = _TAG.sub(b"\n", text) if type in SCRIPTED else text
        armour = _armour(shown)
        if armour >= 0:
            yield Piece(armour, shown[armour:], "pgp")
    if type in ENCODINGS:
        return
    # What a text is called was found by looking so far into it.
    other = _BEGIN.search(text, SNIFFED - WINDOW if type == "text" else 0)
    found = [(other.start() + 1, _MARKS[text[other.start() + 1]])] if other else []
    uu = _uuencoded(text)
    found += [(uu, "uu")] if uu >= 0 else []
    for at, kind in sorted(found)[:1]:
        # At the very beginning it is the node itself.
        yield Piece(at, text[at:], kind, archive=at == 0, loose=True)


def _uuencoded(text: bytes) -> int:
    """Where a uuencoded file begins, whatever stands behind its lines; -1: nowhere."""
    at = begin_line(text, 0)
    while at >= 0 and not uu_begins(text, at, loose=True):
        at = begin_line(text, at + 1)
    return at


def _armour(text: bytes) -> int:
    """Where the first PGP message in armour begins, by its label or by what is in it; -1 for keys and signatures."""
    for found in _ARMOUR.finditer(text):
        if found[1].startswith(b"MESSAGE"):
            return found.start()
        block = next(pgp.blocks(text, found.start()), None)
        if block is not None and pgp.is_message(memoryview(block.content)):
            return found.start()
    return -1
