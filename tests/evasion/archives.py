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

from bartizan.model.finding import Reason
from evasion.mails import attached, zipped
from evasion.sample import SCRIPT, Load, Sample, held, ids, marker, name

HARMLESS = b"Nothing here.\n"


def tar(*members: tuple[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for label, data in members:
            info = tarfile.TarInfo(label)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def written(format: str, data: bytes, *, filter: str | None = None, label: str = "note.txt") -> bytes:
    """An archive of one member that libarchive writes."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "made")
        with libarchive.file_writer(str(path), format, filter) as archive:
            archive.add_file_from_memory(label, len(data), data)
        return path.read_bytes()


def stored_rar(data: bytes, label: bytes = b"note.txt") -> bytes:
    """A RAR 4 archive with one stored member."""

    def block(kind: int, flags: int, body: bytes) -> bytes:
        rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest

    size = struct.pack("<II", len(data), len(data))
    head = size + struct.pack("<BIIBBHI", 2, zlib.crc32(data), 0x5C210000, 29, 0x30, len(label), 0x20) + label
    return b"Rar!\x1a\7\0" + block(0x73, 0, bytes(6)) + block(0x74, 0x8000, head) + data + block(0x7B, 0x4000, b"")


def lha(data: bytes, label: bytes = b"note.txt") -> bytes:
    """A level 0 LHA archive with one stored member."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    head = b"-lh0-" + struct.pack("<IIIBB", len(data), len(data), 0x5C210000, 0x20, 0)
    head += bytes([len(label)]) + label + struct.pack("<H", crc)
    return bytes([len(head), sum(head) & 255]) + head + data + b"\0"


HELD: dict[str, tuple[Reason, ...]] = {
    **dict.fromkeys(
        ids(
            "Z27-tar-cut Z18-tar-and-zip Z18-gz-zip-behind Z17-gz-crc-wrong Z27-rar-cut Z19-cab-empty-shell Z19-ace "
            "Z19-arj Z24-vhd Z19-zpaq"
        ),
        (Reason.UNREADABLE,),
    ),
    "Z15-gz-20-times": (Reason.LIMIT_DEPTH,),
    "Z15-gz-bomb": (Reason.LIMIT_RATIO,),
}
"""What cannot be read, and why it is held."""
ODD = ids("Z18-tar-twice Z17-gz-cut Z23-iso Z18-rar-behind-stub Z19-one Z23-name-iso")
"""What is held whatever is in it."""


def archives(load: Load) -> dict[str, tuple[bytes, str]]:
    """Each holds the marker; with the name of the attachment."""
    payload, plain = load.marker, load.zip
    note = ("note.txt", payload)
    packed = gzip.compress(payload, mtime=0)
    half = len(payload) // 2
    split = gzip.compress(payload[:half], mtime=0) + gzip.compress(payload[half:], mtime=0)
    return {
        "Z19-tar": (tar(note), "a.tar"),
        "Z19-tar-gnu": (tar(note, format=tarfile.GNU_FORMAT), "a.tar"),
        "Z19-tar-ustar": (tar(note, format=tarfile.USTAR_FORMAT), "a.tar"),
        "Z19-tar-long-name": (tar(("d/" * 120 + "note.txt", payload)), "a.tar"),
        "Z27-tar-no-end": (tar(note)[:1024], "a.tar"),
        "Z27-tar-cut": (tar(note)[:540], "a.tar"),
        "Z18-tar-and-zip": (tar(("a.txt", HARMLESS)) + plain, "a.tar"),
        "Z18-tar-twice": (tar(("a.txt", HARMLESS)) + tar(note), "a.tar"),
        "Z27-tar-checksum-wrong": (tar(note).replace(b"0000644", b"0000645", 1), "a.tar"),
        "Z17-tar-gz": (gzip.compress(tar(note), mtime=0), "a.tar.gz"),
        "Z17-tar-bz2": (bz2.compress(tar(note)), "a.tar.bz2"),
        "Z17-tar-xz": (lzma.compress(tar(note)), "a.tar.xz"),
        "Z17-tar-lzma": (lzma.compress(tar(note), lzma.FORMAT_ALONE), "a.tar.lzma"),
        "Z17-tar-zst": (written("ustar", payload, filter="zstd"), "a.tar.zst"),
        "Z17-tar-lz4": (written("ustar", payload, filter="lz4"), "a.tar.lz4"),
        "Z17-tar-lzip": (written("ustar", payload, filter="lzip"), "a.tar.lz"),
        "Z17-tar-Z": (written("ustar", payload, filter="compress"), "a.tar.Z"),
        "Z17-tar-uu": (written("ustar", payload, filter="uuencode"), "a.tar.uu"),
        "Z17-tar-b64": (written("ustar", payload, filter="b64encode"), "a.tar.b64"),
        "Z18-tar-gz-named-png": (gzip.compress(tar(note), mtime=0), "a.png"),
        "Z17-gz": (packed, "a.gz"),
        "Z17-gz-two-members": (split, "a.gz"),
        "Z17-gz-second-member": (gzip.compress(HARMLESS, mtime=0) + packed, "a.gz"),
        "Z18-gz-zip-behind": (gzip.compress(HARMLESS, mtime=0) + plain, "a.gz"),
        "Z17-gz-cut": (packed[:-8], "a.gz"),
        "Z17-gz-crc-wrong": (packed[:-8] + b"\0\0\0\0" + packed[-4:], "a.gz"),
        "Z15-gz-20-times": (_many(payload, 20), "a.gz"),
        "Z15-gz-5-times": (_many(payload, 5), "a.gz"),
        "Z15-gz-bomb": (gzip.compress(bytes(30_000_000)), "a.gz"),
        "Z17-bz2-two-streams": (bz2.compress(HARMLESS) + bz2.compress(payload), "a.bz2"),
        "Z17-xz-two-streams": (lzma.compress(HARMLESS) + bytes(8) + lzma.compress(payload), "a.xz"),
        "Z19-7z": (written("7zip", payload), "a.7z"),
        "Z19-cpio-newc": (written("cpio_newc", payload), "a.cpio"),
        "Z19-cpio-odc": (written("cpio", payload), "a.cpio"),
        "Z19-ar-bsd": (written("ar_bsd", payload), "a.a"),
        "Z19-ar-svr4": (written("ar_svr4", payload), "a.a"),
        "Z23-iso": (written("iso9660", payload), "a.dat"),
        "Z19-xar": (written("xar", payload), "a.xar"),
        "Z19-mtree-shar": (written("shar", payload), "a.txt"),
        "Z19-warc": (written("warc", payload), "a.warc"),
        "Z19-rar-stored": (stored_rar(payload), "a.rar"),
        "Z18-rar-behind-stub": (b"\1junk" * 200 + stored_rar(payload), "a.dat"),
        "Z18-rar-behind-jpg": (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(400) + b"\xff\xd9" + stored_rar(payload), "a.jpg"),
        "Z27-rar-cut": (stored_rar(payload)[:60], "a.rar"),
        "Z19-lha-stored": (lha(payload), "a.lzh"),
        "Z18-7z-behind-jpg": (
            b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(400) + b"\xff\xd9" + written("7zip", payload),
            "a.jpg",
        ),
        "Z19-cab-empty-shell": (b"MSCF\0\0\0\0" + bytes(60), "a.cab"),
        "Z19-ace": (b"\0\0\x31\0\0\0\x90**ACE**" + bytes(60), "a.ace"),
        "Z19-arj": (b"\x60\xea\x2c\0\x22\x0b" + bytes(60), "a.arj"),
        "Z24-vhd": (b"conectix" + bytes(504), "a.dat"),
        "Z19-zpaq": (b"7kSt\xa0\x31\x83\xd3" + bytes(60), "a.zpaq"),
        "Z19-one": (bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + payload, "a.one"),
    }


def _many(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = gzip.compress(data, mtime=0)
    return data


def cases(load: Load) -> Iterator[Sample]:
    """All of the rows."""
    for how, (data, label) in archives(load).items():
        mail = attached(data, label.encode())
        yield held(how, mail, *HELD[how]) if how in HELD else marker(how, mail, legal=how not in ODD)
    label = load.name.decode()
    out = io.BytesIO()
    with gzip.GzipFile(label, "wb", fileobj=out, mtime=0) as stream:
        stream.write(SCRIPT)
    for how, (data, file) in {
        "Z19-name-tar": (tar((f"folder/{label}", SCRIPT)), "a.tar"),
        "Z22-name-tar-path": (tar((f"./x/../{label}", SCRIPT)), "a.tar"),
        "Z19-name-7z": (written("7zip", SCRIPT, label=label), "a.7z"),
        "Z19-name-rar": (stored_rar(SCRIPT, load.name), "a.rar"),
        "Z19-name-lha": (lha(SCRIPT, load.name), "a.lzh"),
        "Z17-name-gz": (gzip.compress(SCRIPT, mtime=0), f"{label}.gz"),
        "Z17-name-gz-header": (out.getvalue(), "a.gz"),
        "Z17-name-zip-in-tar-gz": (gzip.compress(tar(("a.zip", zipped((label, SCRIPT)))), mtime=0), "a.tgz"),
        "Z23-name-iso": (written("iso9660", SCRIPT, label=label), "a.dat"),
    }.items():
        yield name(how, attached(data, file.encode()), legal=how not in ODD)
