"""Oddities of transfer encodings: junk, padding, escapes, and encodings that MIME does not know (rows E)."""

from __future__ import annotations

import base64
import binascii
import gzip
from random import Random

from differential.parts import CRLF, Part, encode, uuencode

JUNK = b"#:.%-_ \t\v\r*!,~"
UU_NAMES = (b"uuencode", b"x-uuencode", b"uue", b"x-uue", b"x-uu", b"X-UUENCODE")


def _lines(text: bytes, width: int = 76) -> bytes:
    return b"".join(text[at : at + width] + CRLF for at in range(0, len(text), width))


def padded_middle(part: Part, chance: Random) -> None:
    """E01, E02: base64 of pieces, each with its own padding."""
    size = chance.choice((1, 2, 4, 7, 40, 58))
    pieces = [base64.b64encode(part.payload[at : at + size]) for at in range(0, len(part.payload), size)]
    part.body = _lines(b"".join(pieces)) if chance.random() < 0.5 else b"".join(piece + CRLF for piece in pieces)


def wrong_padding(part: Part, chance: Random) -> None:
    """E03: a sign of padding at the wrong place, once or in all lines, or in place of an A."""
    if chance.random() < 0.3:
        part.body = part.body.replace(b"A", b"=")
        return
    lines = part.body.splitlines()
    at = chance.choice((0, 1, 2, 3, 5))
    for number in range(len(lines)) if chance.random() < 0.3 else (chance.randrange(len(lines)),):
        lines[number] = lines[number][:at] + chance.choice((b"=", b"==", b"===")) + lines[number][at:]
    part.body = b"".join(line + CRLF for line in lines)


def short_padding(part: Part, chance: Random) -> None:
    """E04: less padding than there should be."""
    part.body = part.body.rstrip(b"=\r\n") + chance.choice((b"", b"=", b"===")) + CRLF


def line_padding(part: Part, chance: Random) -> None:
    """E05: padding at line ends, at their beginning, or on lines of their own."""
    before, after = chance.choice(((b"=", b""), (b"", b"="), (b"", b"=="), (b"====\r\n", b""), (b"", b"\r\n=")))
    lines = part.body.splitlines()
    part.body = b"".join(before + line + after + CRLF for line in lines)


def junk_characters(part: Part, chance: Random) -> None:
    """E06: junk between the characters."""
    sign = bytes((chance.choice(JUNK),))
    every = chance.choice((1, 1, 2, 4, 10))
    text = part.body.replace(CRLF, b"")
    pieces = [text[at : at + every] for at in range(0, len(text), every)]
    part.body = _lines(sign.join(pieces), 76 // (every + 1) * (every + 1))


def junk_prefix(part: Part, chance: Random) -> None:
    """E07: a few characters of the alphabet in front, and an empty line."""
    part.body = (
        b"AAAAAA"[: chance.choice((1, 2, 3, 4, 5))] + chance.choice((CRLF, b"\r\n\r\n", b"\n\n", b"==\r\n")) + part.body
    )


def junk_lines(part: Part, chance: Random) -> None:
    """E08: lines that are no base64, or are junk from a sign on."""
    text = part.body.replace(CRLF, b"")
    tail = chance.choice((b"#abce01234567fghj", b" x", b"# =", b"\0abcd", b"-----", b"(abcd)"))
    part.body = b"".join(text[at : at + 40] + tail + CRLF for at in range(0, len(text), 40))


def widths(part: Part, chance: Random) -> None:
    """E09: lines of odd lengths."""
    part.body = _lines(part.body.replace(CRLF, b""), chance.choice((1, 3, 5, 6, 77, 78, 500, 5000)))


def second_file(part: Part, chance: Random) -> None:
    """E10: another file in front of the true one, ended by padding, or behind it."""
    other = base64.b64encode(b"nothing to see" + b"." * chance.choice((0, 1, 2))).rstrip(b"=")
    other += chance.choice((b"=", b"==", b"====", b""))
    gap = chance.choice((b"", CRLF, b"\r\n\r\n"))
    pieces = [other, part.body.rstrip(CRLF) + chance.choice((b"", b"====", b"="))]
    chance.shuffle(pieces)
    part.body = gap.join(pieces) + CRLF


def wrapped(part: Part, chance: Random) -> None:
    """E11: the lines of uuencode --base64 around base64."""
    part.body = b"begin-base64 744 f" + CRLF + part.body + chance.choice((b"====\r\n", b""))


def url_safe(part: Part, chance: Random) -> None:
    """E12: the other alphabet."""
    part.body = part.body.translate(bytes.maketrans(b"+/", b"-_"))


def soft_breaks(part: Part, chance: Random) -> None:
    """E13: soft line breaks everywhere, with blanks and other signs in them."""
    escaped = [b"=%02X" % byte for byte in part.payload]
    end = chance.choice((b"=\r\n", b"= \r\n", b"=\t\r\n", b"=\n", b"=\r", b"=\v\r\n", b"=\r\n\r\n"))
    every = chance.choice((1, 2, 20))
    part.body = b"".join(b"".join(escaped[at : at + every]) + end for at in range(0, len(escaped), every)) + CRLF


def hexadecimal(part: Part, chance: Random) -> None:
    """E14: everything escaped, in small letters or mixed."""
    escaped = b"".join(chance.choice((b"=%02x", b"=%02X")) % byte for byte in part.payload)
    part.body = b"".join(escaped[at : at + 75] + b"=\r\n" for at in range(0, len(escaped), 75)) + CRLF


def bad_escapes(part: Part, chance: Random) -> None:
    """E15: escapes that are none, somewhere in the text."""
    at = chance.randrange(len(part.body))
    bad = chance.choice((b"=X", b"==41", b"=0=41", b"=XX=41", b"= =41", b"=4", b"=", b"=\0", b"=G1"))
    part.body = part.body[:at] + bad + part.body[at:]


def bare_ends(part: Part, chance: Random) -> None:
    """E16: other line ends, one overlong line."""
    end = chance.choice((b"\r", b"\n", b"\r\r\n", b"\n\r", b" \r\n", b""))
    part.body = part.body.replace(b"=\r\n", b"").replace(CRLF, end) if end == b"" else part.body.replace(CRLF, end)
    part.body += CRLF


def uu_encoding(part: Part, chance: Random) -> None:
    """E17: uuencode as a transfer encoding, with or without its first or last line."""
    part.put(b"Content-Transfer-Encoding", chance.choice(UU_NAMES))
    lines = uuencode(part.payload, part.name or b"file.bin", backtick=chance.random() < 0.5).splitlines(keepends=True)
    first, last = chance.choice(((0, None), (0, None), (1, None), (0, -1), (1, -2)))
    part.body = b"".join(lines[first:last])


def uu_inside(part: Part, chance: Random) -> None:
    """E18: uuencoded files among text."""
    part.put(b"Content-Transfer-Encoding", b"7bit")
    part.put(
        b"Content-Type",
        chance.choice((b"text/plain", b"text/html", b"application/octet-stream", b"text/plain; charset=x")),
    )
    lead = chance.choice(
        (b"", b"some text\r\n", b"some text\r\n\r\n", b"begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n", b"> ")
    )
    text = uuencode(part.payload, part.name or b"file.bin")
    odd = chance.choice(
        (
            (b"begin 644", b"begin 644"),
            (b"begin 644", b"begin 0644"),
            (b"begin 644", b"begin  644"),
            (b"\nend", b"\nEND"),
            (b"begin 644", b"begin 1"),
            (b"begin 644 ", b"begin 644\t"),
            (b"begin", b"Begin"),
            (CRLF, b" \r\n"),
        )
    )
    part.body = lead + text.replace(*odd) + b"more text\r\n"


def y_encoding(part: Part, chance: Random) -> None:
    """E19: yEnc."""
    part.put(b"Content-Transfer-Encoding", chance.choice((b"x-yencode", b"8bit", b"7bit", b"yenc")))
    if chance.random() < 0.5:
        part.put(b"Content-Type", b"text/plain")
    coded = b"".join(
        b"=%c" % ((c + 64) & 255) if c in (0, 9, 10, 13, 61) else bytes((c,))
        for c in ((b + 42) & 255 for b in part.payload)
    )
    name = part.name or b"file.bin"
    part.body = b"=ybegin line=9999 size=%d name=%b\r\n%b\r\n=yend size=%d\r\n" % (
        len(part.payload),
        name,
        coded,
        len(part.payload),
    )


def binhex(part: Part, chance: Random) -> None:
    """E20: BinHex 4 as a type or as a transfer encoding."""
    name = (part.name or b"file.bin")[:63]
    head = bytes((len(name),)) + name + b"\0TEXTttxt\0\0" + len(part.payload).to_bytes(4, "big") + bytes(4)
    stream = b"".join(
        piece + binascii.crc_hqx(piece + b"\0\0", 0).to_bytes(2, "big") for piece in (head, part.payload, b"")
    )
    alphabet = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
    normal = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    text = (
        b":"
        + base64.b64encode(stream.replace(b"\x90", b"\x90\0")).rstrip(b"=").translate(bytes.maketrans(normal, alphabet))
        + b":"
    )
    if chance.random() < 0.5:
        part.put(
            b"Content-Type", chance.choice((b"application/mac-binhex40", b"application/mac-binhex", b"text/plain"))
        )
    part.put(
        b"Content-Transfer-Encoding", chance.choice((b"7bit", b"binhex40", b"binhex", b"x-binhex40", b"mac-binhex40"))
    )
    part.body = b"(This file must be converted with BinHex 4.0)\r\n\r\n" + _lines(text, 64)


def gzipped(part: Part, chance: Random) -> None:
    """E22: gzip64."""
    part.put(b"Content-Transfer-Encoding", chance.choice((b"x-gzip64", b"gzip64", b"X-Gzip64")))
    part.body = encode(gzip.compress(part.payload, mtime=0), b"base64")


def on_multipart(part: Part, chance: Random) -> None:
    """E23: a transfer encoding of what may have none."""
    part.wrap = chance.choice((b"base64", b"quoted-printable"))
    values = [part.wrap]
    if chance.random() < 0.3:
        values.insert(chance.randrange(2), b"7bit")
    part.put(b"Content-Transfer-Encoding", *values)


def undeclared(part: Part, chance: Random) -> None:
    """E24: another encoding than declared, or none declared."""
    other = chance.choice(((), (b"7bit",), (b"8bit",), (b"binary",), (b"quoted-printable",), (b"base64",)))
    part.put(b"Content-Transfer-Encoding", *other)
    if chance.random() < 0.3 and not other:
        part.body = encode(part.payload, b"")


def twice(part: Part, chance: Random) -> None:
    """E25: encoded twice."""
    part.body = encode(part.body, part.encoding)
