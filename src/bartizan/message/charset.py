"""Declared charset to text, for header values: one closed list of codecs, and an answer for every input.

In: bytes and a charset label as the mail wrote it. Out: text without lone surrogates. An unknown label, or none,
reads as UTF-8 where the bytes are valid UTF-8 and as windows-1252 where they are not (what mail clients do). UTF-7 as
IMAP has it in mailbox names (RFC 3501 section 5.1.3) is read too, and EBCDIC in all its tables, some of them in letters
and digits only.

Limits: labels are looked up in a closed table, since asking Python for an unknown codec searches the disk, remembers
every name for ever, and reaches codecs that are no charsets (idna and punycode are slow on long input,
unicode_escape executes escapes).
Not here: the charsets of bodies, which the compiled core reads while it streams.
"""

from __future__ import annotations

import codecs
from encodings import aliases

from bartizan.message.charsetnames import EBCDIC_KANA, IMAP_UTF7, NAMES

_NO_CHARSET = frozenset(
    {
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "idna",
        "mbcs",
        "oem",
        "punycode",
        "quopri_codec",
        "raw_unicode_escape",
        "rot_13",
        "undefined",
        "unicode_escape",
        "uu_codec",
        "zlib_codec",
    }
)

_UNLISTED = (
    "cp720 cp737 cp856 cp874 cp875 cp1006 cp1125 koi8_t koi8_u mac_arabic mac_croatian mac_farsi mac_romanian palmos "
    "utf_8_sig"
)
"""Charsets for which Python has a codec and no other name."""

# Where the Latin letters of the Japanese EBCDIC are in that of the United States.
_KANA = bytes.maketrans(
    bytes((*range(0x62, 0x6A), *range(0x71, 0x79), 0x8B, 0x9B, 0xAB, *range(0xB3, 0xBA))),
    "abcdefghijklmnopqrstuvwxyz".encode("cp037"),
)

# Clients read these labels as their supersets (WHATWG Encoding section 4.2): no byte may vanish for us alone.
_SUPERSETS = {"ascii": "", "latin_1": "cp1252", "shift_jis": "cp932", "gb2312": "gbk", "euc_kr": "cp949"}


def compact(label: str) -> str:
    """A charset label in the form the table is keyed by: lower case, ASCII letters and digits only."""
    return "".join(c for c in label.lower() if c.isascii() and c.isalnum())


def _table() -> dict[str, str]:
    """Compact label to Python codec name; "" for US-ASCII, which real mail says over anything at all."""
    table: dict[str, str] = {}
    unlisted = {codec: codec for codec in _UNLISTED.split()}
    for alias, codec in (aliases.aliases | unlisted).items():
        if codec not in _NO_CHARSET:
            for label in (alias, codec):
                table[compact(label)] = _SUPERSETS.get(codec, codec)
    for label, codec in NAMES.items():
        table[label] = _SUPERSETS.get(codec, codec)
    return table


CODECS = _table()
"""Compact label to codec name. Read only."""


def known(label: str) -> bool:
    """Is `label` a charset that this module can read?"""
    return compact(label) in CODECS


def codec_of(label: str) -> str:
    """The codec that `label` means; "" for US-ASCII, and for a label that is none."""
    return CODECS.get(compact(label), "")


def decode(data: bytes, label: str = "") -> str:
    """`data` as text. Undecodable bytes become U+FFFD; never raises."""
    codec = CODECS.get(compact(label), "")
    if not codec:
        return guess(data)
    if codec == "cp1252":
        return _windows(data)
    if codec == "utf_16":
        codec, data = _utf16(data)
    elif codec == "utf_32" and data[:1] == b"\0":
        codec = "utf_32_be"
    elif codec == IMAP_UTF7:
        codec, data = "utf_7", plain_utf7(data)
    elif codec == EBCDIC_KANA:
        codec, data = "cp037", data.translate(_KANA)
    try:
        text = data.decode(codec, "replace")
    except (UnicodeError, ValueError, LookupError, OSError):
        return guess(data)
    return text.encode("utf-8", "replace").decode("utf-8")


def guess(data: bytes) -> str:
    """`data` as UTF-8 where it is valid, else as windows-1252 with its five holes filled from ISO 8859-1."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _windows(data)


def _windows(data: bytes) -> str:
    """`data` as windows-1252; its five undefined bytes as ISO 8859-1 has them."""
    return data.decode("cp1252", "bartizan-holes")


def _as_latin_1(problem: UnicodeError) -> tuple[str, int]:
    """What stands for bytes that windows-1252 does not define."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    return problem.object[problem.start : problem.end].decode("latin-1"), problem.end


codecs.register_error("bartizan-holes", _as_latin_1)


def plain_utf7(data: bytes) -> bytes:
    """UTF-7 of IMAP as UTF-7: its & is a +, its + is itself, and its base64 has a comma for the slash."""
    pieces = data.replace(b"+", b"+-").split(b"&")
    for at, piece in enumerate(pieces[1:], 1):
        run, end, rest = piece.partition(b"-")
        pieces[at] = b"&" + rest if end and not run else b"+" + run.replace(b",", b"/") + end + rest
    return b"".join(pieces)


def load() -> None:
    """Import every codec now: a locked-down process cannot read them from disk later."""
    for codec in set(CODECS.values()) - {"", IMAP_UTF7, EBCDIC_KANA}:
        codecs.lookup(codec)


def _utf16(data: bytes) -> tuple[str, bytes]:
    """The byte order of `data`: from its mark, else from where its zero bytes are (big endian when undecided)."""
    if data[:2] == codecs.BOM_UTF16_LE:
        return "utf_16_le", data[2:]
    if data[:2] == codecs.BOM_UTF16_BE:
        return "utf_16_be", data[2:]
    return ("utf_16_le" if data[1::2].count(0) > data[::2].count(0) else "utf_16_be"), data
