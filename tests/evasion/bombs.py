"""Mails that are made to cost time and memory.

Nothing is hidden in them: what is asked is that an examination ends within MOST_SECONDS and MOST_MEMORY (report.py),
and that what was left out is told. Each is made when it is asked for, since some are large.
"""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise

from evasion.mails import MIME, attached
from evasion.masses import levels

DISTANCE = 20
"""Bytes that the quine prints or repeats at a time."""


def ratio() -> bytes:
    """A gigabyte of zeros."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()


def overlapping() -> bytes:
    """A zip whose entries share one stream of 10 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(10_000_000))
    whole = packed.getvalue()
    at = whole.index(b"PK\1\2")
    entries = b"".join(whole[at : at + 46] + b"a" for _ in range(60_000))
    return whole[:at] + entries + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 60_000, 60_000, len(entries), at, 0)


def nested(wide: int = 10, deep: int = 6) -> bytes:
    """Zips of ten zips each, and so on, 4 MB at the bottom."""
    content, name = bytes(4_000_000), "a.dat"
    for _ in range(deep):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(wide):
                archive.writestr(f"{number}{name}", content)
        content, name = packed.getvalue(), ".zip"
    return content


def _bits(text: str) -> bytes:
    """Bits in the order in which deflate has them."""
    return bytes(int(text[at : at + 8][::-1], 2) for at in range(0, len(text), 8))


def quine() -> bytes:
    """A gzip file that unpacks to itself.

    Its deflate stream has two words of five bytes: one prints the 20 bytes behind it, one repeats the last 20. With
    them it prints header and trailer, and itself; the checksum in both trailers solves 32 linear equations.
    """
    prints = b"\0" + struct.pack("<HH", DISTANCE, DISTANCE ^ 0xFFFF)
    # A block of fixed codes: twice ten bytes from 20 before (codes 264 and 8, 3 more bits), and its end.
    repeats = _bits("010" + 2 * ("0001000" + "01000" + "110") + "0000000")
    front, middle = prints, repeats + (prints + repeats) * 3 + prints

    def made(letter: int, crc: int) -> bytes:
        header = b"\x1f\x8b\x08\x08" + bytes(4) + b"\0\xff" + bytes((letter,)) + b"qua\0"
        trailer = b"\0\0\0\xff\xff" + b"\x03\0" + struct.pack("<II", crc, 120)
        return (header + front) * 2 + middle + (repeats + trailer) * 2

    for letter in range(97, 123):
        zero = zlib.crc32(made(letter, 0))
        rows = [(zlib.crc32(made(letter, 1 << bit)) ^ zero ^ 1 << bit, 1 << bit) for bit in range(32)]
        left, found = zero, 0
        for bit in range(32):
            pivot = next((row for row in rows if row[0] >> bit & 1), None)
            if pivot is None:
                continue
            rows = [(a ^ pivot[0], b ^ pivot[1]) if a >> bit & 1 else (a, b) for a, b in rows if (a, b) != pivot]
            if left >> bit & 1:
                left, found = left ^ pivot[0], found ^ pivot[1]
        if not left:
            return made(letter, found)
    raise AssertionError("no name has a checksum")


def many_entries() -> bytes:
    """A zip of 100,000 files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}.txt"), b"x")
    return packed.getvalue()


def sparse() -> bytes:
    """A tar with a file that is a hole of a terabyte."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        listing = b"1\n1099511627775\n1\n".ljust(512, b"\0") + b"x"
        info = tarfile.TarInfo("GNUSparseFile.0/a")
        info.size = len(listing)
        sparse = {"major": "1", "minor": "0", "name": "a", "realsize": str(1 << 40)}
        info.pax_headers = {f"GNU.sparse.{name}": value for name, value in sparse.items()}
        archive.addfile(info, io.BytesIO(listing))
    return packed.getvalue()


def dictionary() -> bytes:
    """A stream that asks for a dictionary of 4 GB."""
    packed = bytearray(lzma.compress(bytes(100_000), lzma.FORMAT_ALONE))
    packed[1:5] = b"\xff\xff\xff\xff"
    return bytes(packed)


def window() -> bytes:
    """A frame of Zstandard that asks for a window of 2 GB."""
    block = struct.pack("<I", 100_000 << 3 | 1 << 1 | 1)[:3] + b"x"
    return b"\x28\xb5\x2f\xfd\x00" + bytes(((31 - 10) << 3,)) + block


def laughs() -> bytes:
    """A document whose text, and list of contents, are entities of entities."""
    names = [f"e{number}" for number in range(30)]
    entities = "".join(f'<!ENTITY {b} "{10 * f"&{a};"}">' for a, b in pairwise(names))
    text = f'<!DOCTYPE m [<!ENTITY e0 "lol">{entities}]><m>&{names[-1]};</m>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", text)
        archive.writestr("content.xml", text)
    return packed.getvalue()


def filters() -> bytes:
    """A PDF with a stream that is packed eight times."""
    content = bytes(200_000_000)
    for _ in range(8):
        content = zlib.compress(content, 9)
    head = b"%%PDF-1.4\n1 0 obj<</Filter[%b]/Length %d>>stream\n" % (b"/FlateDecode" * 8, len(content))
    return head + content + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def folders() -> bytes:
    """A disk image whose 2,000 folders lie in each other's blocks."""
    sector, count = 2048, 2000

    def record(name: bytes, block: int, size: int) -> bytes:
        body = struct.pack("<BI4xI4x7xBBB4xB", 0, block, size, 2, 0, 0, len(name)) + name + bytes(1 - len(name) % 2)
        return bytes((len(body) + 1,)) + body

    rest = record(b"\0", 0, sector).ljust(sector, b"\0") * count
    root, first = b"", 18 + (2 + count * 40 // sector) + 2
    for number in range(-2, count):
        one = record(b"%04d" % number if number >= 0 else b"\0", first + max(number, 0), (count - number) * sector)
        root += bytes(-len(root) % sector) if len(root) % sector + len(one) > sector else b""
        root += one
    root = root.ljust((first - 18) * sector, b"\0")
    descriptor = b"\1CD001\1".ljust(156, b"\0") + record(b"\0", 18, len(root))
    return bytes(16 * sector) + descriptor.ljust(sector, b"\0") + b"\xffCD001\1".ljust(sector, b"\0") + root + rest


def _parts() -> bytes:
    part = b"--b1\r\nContent-Type: text/plain\r\n\r\nHello.\r\n"
    return MIME + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n" + 100_000 * part + b"--b1--\r\n"


def _header() -> bytes:
    return MIME + b"".join(b"X-Field-%d: %b\r\n" % (number, b"x" * 900) for number in range(10_000)) + b"\r\nx\r\n"


BOMBS: dict[str, Callable[[], bytes]] = {
    "a gigabyte of zeros in 1 MB of gzip": lambda: attached(ratio(), b"a.gz"),
    "a zip whose 60,000 entries share one stream": lambda: attached(overlapping(), b"a.zip"),
    "zips in zips, ten in each, six deep": lambda: attached(nested(), b"a.zip"),
    "a gzip file that unpacks to itself": lambda: attached(quine(), b"a.gz"),
    "50 levels of gzip": lambda: attached(_gzipped(50), b"a.gz"),
    "a tar with a hole of a terabyte": lambda: attached(sparse(), b"a.tar"),
    "a zip of 100,000 files": lambda: attached(many_entries(), b"a.zip"),
    "a dictionary of 4 GB (LZMA)": lambda: attached(dictionary(), b"a.lzma"),
    "a window of 2 GB (Zstandard)": lambda: attached(window(), b"a.zst"),
    "entities of entities in a document": lambda: attached(laughs(), b"a.odt"),
    "a stream packed eight times in a PDF": lambda: attached(filters(), b"a.pdf"),
    "2,000 folders of a disk image that share their blocks": lambda: attached(folders(), b"a.iso"),
    "100,000 parts": _parts,
    "10,000 levels of parts": lambda: levels(b"\r\nx\r\n", 10_000),
    "10,000 fields, 9 MB of header": _header,
}
"""What each is, and the mail."""
EXAMINED = frozenset(("a gzip file that unpacks to itself", "a dictionary of 4 GB (LZMA)"))
"""Those of which nothing need be left out."""


def _gzipped(times: int) -> bytes:
    content = b"x"
    for _ in range(times):
        content = gzip.compress(content, mtime=0)
    return content
