"""Makes inputs of a given size, each by one technique that makes some reader work again and again over the same bytes.

In: a size in bytes, of which a case may miss a little. Out: bytes, and what reads them. A case is named after what it
repeats. None of them is a mail that anybody would send.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

HEADER = b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nX-Cr: a\rb\r\n\r\n"


def repeated(unit: bytes, size: int) -> bytes:
    """`unit` over and over."""
    return (unit * (size // len(unit) + 1))[:size]


def numbered(unit: bytes, size: int) -> bytes:
    """`unit` over and over, each with a number of its own for %07d."""
    return b"".join(unit % at for at in range(size // len(unit) + 1))[:size]


def listed_zip() -> bytes:
    """A zip with one member and a directory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("listed.txt"), b"listed")
    return out.getvalue()


def local(method: int, name: bytes = b"h", extra: int = 0, packed: int = 0) -> bytes:
    """The local header of a zip's entry; `extra` bytes of its extra field follow whatever they are."""
    return b"PK\3\4" + struct.pack("<5H3I2H", 20, 0, method, 0, 0, 0, packed, 0, len(name), extra) + name


def behind(front: bytes) -> bytes:
    """`front`, and a whole zip whose directory knows nothing of it."""
    packed = listed_zip()
    at, end = packed.index(b"PK\1\2"), packed.index(b"PK\5\6")
    entry = packed[at : at + 42] + struct.pack("<I", len(front)) + packed[at + 46 : end]
    return (
        front + packed[:at] + entry + packed[end : end + 16] + struct.pack("<I", len(front) + at) + packed[end + 20 :]
    )


def nested(size: int) -> bytes:
    """Entries whose content goes on through all later ones: each header is a stored block in the streams before it,
    and blocks of nothing follow."""
    silence = b"\0\0\0\xff\xff" * 2000
    head = local(8)
    frame = b"\0" + struct.pack("<HH", len(head), len(head) ^ 0xFFFF)
    return behind(repeated(frame + head + silence, size))


def pdf(*streams: tuple[bytes, bytes]) -> bytes:
    """A document of streams with their dictionaries."""
    objects = [b"1 0 obj<<%b>>stream\n%b\nendstream endobj\n" % stream for stream in streams]
    return b"%PDF-1.4\n" + b"".join(objects)


ZIPS: dict[str, Callable[[int], bytes]] = {
    "stored headers without size": lambda size: behind(local(0) * (size // 31)),
    "deflated headers, damaged": lambda size: behind((local(8) + b"\xff") * (size // 32)),
    "deflated headers in silence": nested,
    "headers with long names": lambda size: behind((local(9, b"n" * 31)[:-31] + b"\xff\xff") * (size // 32)),
}
UU: dict[str, Callable[[int], bytes]] = {
    "begin and blanks": lambda size: b"begin 644 " + b" " * size,
    "begin, blanks and a letter": lambda size: (
        b"begin 644 x\nA\n" + repeated(b"begin 644" + b" " * 2000 + b"x\r\r\n", size)
    ),
    "empty lines": lambda size: b"begin 644 x\n" + b"\n" * size,
    "lines of length zero": lambda size: b"begin 644 x\n" + repeated(b"`\n", size),
    "lines of one byte": lambda size: b"begin 644 x\n" + repeated(b"!!\n", size),
    "many begins": lambda size: repeated(b"begin 644 x\n", size),
    "a name of blanks": lambda size: b"begin 644 " + repeated(b"a" + b" " * 50, size) + b"\r\r\n",
}
PDFS: dict[str, Callable[[int], bytes]] = {
    "streams without end": lambda size: b"%PDF-1.4\n" + repeated(b"<</Filter/Fl>>stream\n", size),
    "a name of escapes": lambda size: (
        b"%PDF-1.4\n" + repeated(b"obj<</#46#6c>>stream\nendstream\n" + b"#46" * 1000, size)
    ),
    "a dictionary of escapes": lambda size: pdf((repeated(b"#46", size), b"x")),
    "names of no file": lambda size: b"%PDF-1.4\n" + repeated(b"/EF<</F(" + b"\\" * 480, size),
    "a filter over and over": lambda size: pdf((b"/Filter[" + b"/AHx" * 900 + b"]", repeated(b"30", size))),
    "a filter between blanks": lambda size: (
        b"%PDF-1.4\n" + repeated(b"/Subtype" + b" " * 3000 + b"stream\nendstream", size)
    ),
    "bombs": lambda size: pdf(*[(b"/Filter/Fl", zlib.compress(bytes(10 << 20), 9))] * (size // 10_300)),
    "bombs in bombs": lambda size: pdf(
        *[(b"/Filter[/Fl/Fl]", zlib.compress(zlib.compress(bytes(10 << 20), 9), 9))] * (size // 150)
    ),
}
SCRIPTS: dict[str, Callable[[int], bytes]] = {
    "many begin lines": lambda size: repeated(b"begin 644 a\r\n", size),
    "numbers": lambda size: b"<script>var a=[" + repeated(b"1,", size),
    "numbers and blanks": lambda size: b"<script>var a=[" + repeated(b"1       ,       ", size),
    "numbers in short lists": lambda size: b"<script>var a=[" + repeated(b"1," * 39 + b";", size),
    "digits": lambda size: b"<script>var a=" + repeated(b"1", size),
    "escapes": lambda size: b"<script>unescape('" + repeated(b"%41", size),
    "joined strings": lambda size: b"<script>var a=" + repeated(b"'QUJD'+", size),
    "quotes and blanks": lambda size: b"<script>var a=" + repeated(b"'       ", size),
    "begin lines": lambda size: b"<script>var a\nbegin 644 " + b" " * size,
    "armour": lambda size: repeated(b"-----BEGIN PGP MESSAGE-----\na: b\n\n\n", size),
    "armour and empty lines": lambda size: repeated(b"-----BEGIN PGP MESSAGE-----\n" + b"\n" * 1000, size),
    "armour and fields": lambda size: b"-----BEGIN PGP MESSAGE-----\n" + repeated(b"a:\n", size),
    "short runs of base64": lambda size: repeated(b"QUJD" * 20 + b"= ", size),
    "short runs of noise": lambda size: repeated(b"AQMF" * 20 + b"= ", size),
    "one run of base64": lambda size: repeated(b"QUJD", size),
    "one run of digits": lambda size: repeated(b"41", size),
}
NAMES: dict[str, Callable[[int], bytes]] = {
    "a star and blanks": lambda size: b"name*" + b" " * size,
    "stars and blanks": lambda size: repeated(b"name* * ", size),
    "blanks": lambda size: b"name" + b" " * size + b"x",
    "names of a letter": lambda size: repeated(b"name=a;", size),
    "names without end": lambda size: repeated(b'name="a', size),
    "quoted pairs": lambda size: b'name="' + repeated(b"\\a", size),
    "quotes": lambda size: repeated(b'name="";', size),
    "names in numbered pieces": lambda size: b"".join(b";name*%d*=%%41" % number for number in range(size // 14)),
    "brackets": lambda size: b"name=" + repeated(b"(", size),
    "folds": lambda size: b'name="a' + repeated(b"\n ", size),
    "lines without names": lambda size: b"name=" + repeated(b"nam\n", size),
    "words in names": lambda size: b"name=" + repeated(b"=?utf-8?q?a?=", size),
}
NOISE: dict[str, Callable[[int], bytes]] = {
    "local headers": lambda size: b"MZ" + repeated(local(8, b""), size),
    "local headers out of bounds": lambda size: b"MZ" + repeated(local(8, b"n", extra=65535), size),
    "marks of local headers": lambda size: b"MZ" + repeated(b"PK\3\4", size),
    "marks of ends": lambda size: b"MZ" + repeated(b"PK\5\6", size),
    "marks of directories": lambda size: b"MZ" + repeated(b"PK\1\2", size) + b"PK\5\6" + bytes(18),
}
MAILS: dict[str, Callable[[int], bytes]] = {
    "delimiters": lambda size: HEADER + repeated(b"--b\r\n", size),
    "delimiters and blanks": lambda size: HEADER + repeated(b"  \r\n --b\r\n", size),
    "a NUL a line": lambda size: HEADER + repeated(b"--b\0\r\n\0", size),
    "empty lines": lambda size: HEADER + b"\r\n" * (size // 2),
    "blanks": lambda size: HEADER + b" " * size,
    "lines of blanks": lambda size: HEADER + repeated(b" \r\n", size),
    "headers": lambda size: HEADER + repeated(b"--b\r\nContent-Type: x/y; name=a\r\n\r\n", size),
    "other headers": lambda size: HEADER + numbered(b"--b\r\nContent-Type: x/y; name=%07d\r\n\r\n", size),
    "other parts": lambda size: HEADER + numbered(b"--b\r\nX-A: %07d\r\n\r\n", size),
    "fields": lambda size: HEADER + repeated(b"a:\r\n", size),
    "fields behind empty lines": lambda size: HEADER + repeated(b"\r\n\r\ncontent-type: a/b; name=x\r\n", size),
    "names": lambda size: HEADER + b"--b\r\n" + repeated(b"content-type: a; name=a", size),
    "quoted names": lambda size: HEADER + b"--b\r\ncontent-type: a" + repeated(b';name="', size),
    "names in comments": lambda size: HEADER + b"--b\r\ncontent-type: a" + repeated(b"(name=", size),
    "folded names": lambda size: (
        HEADER + repeated(b'--b\r\nContent-Type: x/y; name="a\r\n b"; ' + b"name=c;" * 900 + b"\r\n\r\n", size)
    ),
    "pluses": lambda size: HEADER + b"--b\r\n\r\n" + repeated(b"A-_!", size),
    "base64 with junk": lambda size: HEADER + b"--b\r\n\r\n" + repeated(b"QUJD!\r\n", size),
    "quoted-printable": lambda size: HEADER + b"--b\r\n\r\n" + repeated(b"=41", size),
    "indented delimiters": lambda size: HEADER.replace(b"\rb", b"") + repeated(b"\r\n --q\r\nContent-", size),
    "begin lines": lambda size: HEADER + b"--b\r\n\r\nbegin" + b" " * size,
}
TEXTS: dict[str, Callable[[int], bytes]] = {
    "begin and blanks": UU["begin and blanks"],
    "comments": lambda size: repeated(b"<!--", size),
    "comments of a script": lambda size: repeated(b"/* ", size),
    "doctype": lambda size: b"<!doctype" + repeated(b"[]  ", size),
    "sections": lambda size: repeated(b"[a", size),
    "yenc": lambda size: repeated(b"=ybegin line=1", size),
    "binhex": lambda size: b"(This file must be converted with BinHex" + b"\n" * size,
}
