"""Group Z, other archives and compressed streams."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import libarchive

from end_to_end.evasions.sample import EICAR, SCRIPT, ZIP, Expect, Sample, attached, eicar, name, zipped

HARMLESS = b"Nothing here.\n"


def tar(*members: tuple[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar; of the test file when no members are given."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for label, data in members or (("note.txt", EICAR),):
            info = tarfile.TarInfo(label)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def written(format: str, *, filter: str | None = None, label: str = "note.txt", data: bytes = EICAR) -> bytes:
    """An archive of one member that libarchive writes."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "made")
        with libarchive.file_writer(str(path), format, filter) as archive:
            archive.add_file_from_memory(label, len(data), data)
        return path.read_bytes()


def stored_rar(label: bytes = b"note.txt", data: bytes = EICAR) -> bytes:
    """A RAR 4 archive with one stored member."""

    def block(kind: int, flags: int, body: bytes) -> bytes:
        rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest

    size = struct.pack("<II", len(data), len(data))
    head = size + struct.pack("<BIIBBHI", 2, zlib.crc32(data), 0x5C210000, 29, 0x30, len(label), 0x20) + label
    return b"Rar!\x1a\7\0" + block(0x73, 0, bytes(6)) + block(0x74, 0x8000, head) + data + block(0x7B, 0x4000, b"")


def lha(label: bytes = b"note.txt", data: bytes = EICAR) -> bytes:
    """A level 0 LHA archive with one stored member."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    head = b"-lh0-" + struct.pack("<IIIBB", len(data), len(data), 0x5C210000, 0x20, 0)
    head += bytes([len(label)]) + label + struct.pack("<H", crc)
    return bytes([len(head), sum(head) & 255]) + head + data + b"\0"


def iso(label: str = "note.txt") -> bytes:
    """An ISO image."""
    return written("iso9660", label=label)


def archives() -> dict[str, tuple[bytes, str, Expect]]:
    """Each holds the test file; with the name of the attachment."""
    found, held = Expect.FOUND, Expect.HELD
    packed = gzip.compress(EICAR, mtime=0)
    half = len(EICAR) // 2
    split = gzip.compress(EICAR[:half], mtime=0) + gzip.compress(EICAR[half:], mtime=0)
    return {
        "tar": (tar(), "a.tar", found),
        "tar-gnu": (tar(format=tarfile.GNU_FORMAT), "a.tar", found),
        "tar-ustar": (tar(format=tarfile.USTAR_FORMAT), "a.tar", found),
        "tar-long-name": (tar(("d/" * 120 + "note.txt", EICAR)), "a.tar", found),
        "tar-no-end": (tar()[:1024], "a.tar", found),
        "tar-cut": (tar()[:540], "a.tar", held),
        "tar-and-zip": (tar(("a.txt", HARMLESS)) + ZIP, "a.tar", held),
        "tar-twice": (tar(("a.txt", HARMLESS)) + tar(), "a.tar", found),
        "tar-checksum-wrong": (tar().replace(b"0000644", b"0000645", 1), "a.tar", found),
        "tar-gz": (gzip.compress(tar(), mtime=0), "a.tar.gz", found),
        "tar-bz2": (bz2.compress(tar()), "a.tar.bz2", found),
        "tar-xz": (lzma.compress(tar()), "a.tar.xz", found),
        "tar-lzma": (lzma.compress(tar(), lzma.FORMAT_ALONE), "a.tar.lzma", found),
        "tar-zst": (written("ustar", filter="zstd"), "a.tar.zst", found),
        "tar-lz4": (written("ustar", filter="lz4"), "a.tar.lz4", found),
        "tar-lzip": (written("ustar", filter="lzip"), "a.tar.lz", found),
        "tar-Z": (written("ustar", filter="compress"), "a.tar.Z", found),
        "tar-uu": (written("ustar", filter="uuencode"), "a.tar.uu", found),
        "tar-b64": (written("ustar", filter="b64encode"), "a.tar.b64", found),
        "tar-gz-named-png": (gzip.compress(tar(), mtime=0), "a.png", found),
        "gz": (packed, "a.gz", found),
        "gz-two-members": (split, "a.gz", found),
        "gz-second-member": (gzip.compress(HARMLESS, mtime=0) + packed, "a.gz", found),
        "gz-zip-behind": (gzip.compress(HARMLESS, mtime=0) + ZIP, "a.gz", held),
        "gz-cut": (packed[:-8], "a.gz", found),
        "gz-crc-wrong": (packed[:-8] + b"\0\0\0\0" + packed[-4:], "a.gz", held),
        "gz-20-times": (_many(gzip.compress, 20), "a.gz", held),
        "gz-5-times": (_many(gzip.compress, 5), "a.gz", found),
        "gz-bomb": (gzip.compress(bytes(30_000_000)), "a.gz", held),
        "bz2-two-streams": (bz2.compress(HARMLESS) + bz2.compress(EICAR), "a.bz2", found),
        "xz-two-streams": (lzma.compress(HARMLESS) + bytes(8) + lzma.compress(EICAR), "a.xz", found),
        "7z": (written("7zip"), "a.7z", found),
        "cpio-newc": (written("cpio_newc"), "a.cpio", found),
        "cpio-odc": (written("cpio"), "a.cpio", found),
        "ar-bsd": (written("ar_bsd"), "a.a", found),
        "ar-svr4": (written("ar_svr4"), "a.a", found),
        "iso": (iso(), "a.dat", found),
        "xar": (written("xar"), "a.xar", found),
        "mtree-shar": (written("shar"), "a.txt", found),
        "warc": (written("warc"), "a.warc", found),
        "rar-stored": (stored_rar(), "a.rar", found),
        "rar-behind-stub": (b"\1junk" * 200 + stored_rar(), "a.dat", found),
        "rar-behind-jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(400) + b"\xff\xd9" + stored_rar(), "a.jpg", found),
        "rar-cut": (stored_rar()[:60], "a.rar", held),
        "lha-stored": (lha(), "a.lzh", found),
        "7z-behind-jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(400) + b"\xff\xd9" + written("7zip"), "a.jpg", found),
        "cab-empty-shell": (b"MSCF\0\0\0\0" + bytes(60), "a.cab", held),
        "ace": (b"\0\0\x31\0\0\0\x90**ACE**" + bytes(60), "a.ace", held),
        "arj": (b"\x60\xea\x2c\0\x22\x0b" + bytes(60), "a.arj", held),
        "vhd": (b"conectix" + bytes(504), "a.dat", held),
        "zpaq": (b"7kSt\xa0\x31\x83\xd3" + bytes(60), "a.zpaq", held),
        "one": (bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + EICAR, "a.one", found),
    }


def _many(pack: object, times: int) -> bytes:
    data = EICAR
    for _ in range(times):
        data = gzip.compress(data, mtime=0)
    return data


def samples() -> Iterator[Sample]:
    """All of the group."""
    for how, (data, label, expect) in archives().items():
        yield eicar(f"Z-{how}", attached(data, label.encode()), expect)
    yield name("Z-name-tar", attached(tar(("folder/invoice.vbs", SCRIPT)), b"a.tar"))
    yield name("Z-name-tar-link", attached(tar(("./x/../invoice.vbs", SCRIPT)), b"a.tar"))
    yield name("Z-name-7z", attached(written("7zip", label="invoice.vbs", data=SCRIPT), b"a.7z"))
    yield name("Z-name-rar", attached(stored_rar(b"invoice.vbs", SCRIPT), b"a.rar"))
    yield name("Z-name-lha", attached(lha(b"invoice.vbs", SCRIPT), b"a.lzh"))
    yield name("Z-name-gz", attached(gzip.compress(SCRIPT, mtime=0), b"invoice.vbs.gz"))
    out = io.BytesIO()
    with gzip.GzipFile("invoice.vbs", "wb", fileobj=out, mtime=0) as stream:
        stream.write(SCRIPT)
    yield name("Z-name-gz-header", attached(out.getvalue(), b"a.gz"))
    yield name(
        "Z-name-zip-in-tar-gz",
        attached(gzip.compress(tar(("a.zip", zipped(("invoice.vbs", SCRIPT)))), mtime=0), b"a.tgz"),
    )
    yield name("Z-name-iso", attached(iso("invoice.vbs"), b"a.dat"))
