"""A piece: bytes that were found inside others, and whether what was decoded makes sense.

In: decoded bytes. Out: their type, or that they are noise. Decoded noise is no piece: only text and types of DECODED
count, whose marks are long enough that noise does not have them.
Limits: the types are told by their first bytes (sniff). Not here: how bytes are found and decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bartizan._core.sniff import sniff
from bartizan._core.textkind import looks_like_text
from bartizan._core.transfer import decode_all
from bartizan.message import pgp
from bartizan.message.rewritten import from_utf16

LEAST = 80
"""Characters of base64 of the shortest file: the test file has 92."""
PEEK = 4096
PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\r\n"
OTHERS = 50
"""One in so many bytes of a text that was guessed may be something else."""
_MARKS = b"PK7zRa%PMZ{\\MSBZGIITRBxavhACFWCWZW" + bytes.fromhex(
    "d0cf 1f8b fd37 28b5 0422 7f45 ffd8 8950 4c00 789f 3080 3082 e452 edab 4163"
)
BEGINNINGS = frozenset(_MARKS[at : at + 2] for at in range(0, len(_MARKS), 2))
"""The first two bytes of files that are looked for in encodings that nothing announces."""
ZLIB = frozenset((b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"))
"""How streams of zlib begin (RFC 1950): scripts inflate them. What only begins so is no container."""

_KINDS = (
    "zip jar apk docx xlsx pptx odt ods odp epub msix 7z rar ole olex msi msg pdf rtf cab xz bz2 tar iso lnk tnef chm "
    "one png jpg gif elf zst lz4 html hta svg xml mail js vbs ps1 bat uu wim vhdx rpm xar p7m swf mso",
    "chm wim vhdx",
)
DECODED, SEALED = (frozenset(kinds.split()) for kinds in _KINDS)
"""Found types that noise does not have; those of them not opened here."""


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


def base64(run: bytes) -> bytes:
    """What a run decodes to, in either alphabet."""
    decoded, _ = decode_all("base64", run.translate(_URL_SAFE))
    return decoded


def decoded_piece(at: int, decoded: bytes, names: tuple[str, ...] = ()) -> Iterator[Piece]:
    """What was decoded, if it makes sense or has a name."""
    kind = decoded_type(decoded)
    if not kind and (text := from_utf16(decoded)):
        decoded, kind = text, decoded_type(text)
    if kind or names:
        yield Piece(at, decoded, kind or sniff(decoded), loose=kind not in SEALED, names=names)


def promising(head: bytes) -> bool:
    """Could this begin something that was encoded? No noise does, but for one in a thousand."""
    return head[:2] in BEGINNINGS or len(head.translate(None, PRINTABLE)) * OTHERS <= len(head)


def makes_sense(decoded: bytes) -> bool:
    """Is this more than noise, though nothing says that it was encoded so? Its first bytes are enough."""
    kind = decoded_type(decoded)
    head = decoded[:PEEK]
    return kind not in ("", "zlib") and (kind != "text" or len(head.translate(None, PRINTABLE)) * OTHERS <= len(head))


def decoded_type(decoded: bytes, least: int = LEAST) -> str:
    """The type of what was decoded from at least `least` characters of base64; "" for noise."""
    kind = sniff(decoded)
    if kind in DECODED:
        return kind
    if kind == "gz" and decoded[2] == 8 and decoded[3] < 32:
        return kind
    if kind == "exe" and decoded[int.from_bytes(decoded[60:64], "little") :].startswith(b"PE\0\0"):
        return kind
    if decoded[:2] in ZLIB:
        return "zlib"
    if kind == "pgp" and pgp.is_message(memoryview(decoded)):
        return kind
    return "text" if looks_like_text(decoded[:PEEK]) and len(decoded) >= least * 3 // 4 else ""
