"""Damaged archives end in members and gaps: no exception, no crash, no hang, whatever bytes are changed.

Each example is opened in a child, since libarchive reads it. The examples are the same in every run.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Unpack = Callable[..., Any]
TEXT = b"The quick brown fox jumps over the lazy dog. " * 20


def _zip(method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b/c.exe", b"MZ" + bytes(200))
    return target.getvalue()


def _tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name in ("a.txt", "ä" * 120 + ".js"):
            info = tarfile.TarInfo(name)
            info.size = len(TEXT)
            archive.addfile(info, io.BytesIO(TEXT))
    return target.getvalue()


def _uu() -> bytes:
    return b"begin 644 a.txt\n" + b"".join(b"M" + b"A" * 60 + b"\n" for _ in range(10)) + b"`\nend\n"


SEEDS = {
    "zip": (_zip(zipfile.ZIP_DEFLATED), _zip(zipfile.ZIP_STORED)),
    "tar": (_tar(),),
    "gz": (gzip.compress(TEXT, mtime=0), gzip.compress(TEXT, mtime=0) * 2),
    "bz2": (bz2.compress(TEXT),),
    "xz": (lzma.compress(TEXT),),
    "lzma": (lzma.compress(TEXT, lzma.FORMAT_ALONE),),
    "ar": (b"!<arch>\n" + b"a.txt/          0           0     0     100644  4         `\ndata",),
    "cpio": (b"070707" + b"000000" * 8 + b"00000000000" + b"000006" + b"00000000004" + b"a.txt\0data",),
    "uu": (_uu(),),
}

FREQUENT = st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, 0x2F, 0x50])


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A small archive with some bytes changed, a piece removed, doubled or moved, or its end cut off."""
    type = draw(st.sampled_from(sorted(SEEDS)))
    packed = bytearray(draw(st.sampled_from(SEEDS[type])))
    for _ in range(draw(st.integers(0, 6))):
        packed[draw(st.integers(0, len(packed) - 1))] = draw(FREQUENT | st.integers(0, 255))
    if draw(st.booleans()):
        start = draw(st.integers(0, len(packed)))
        piece = packed[start : start + draw(st.integers(0, 64))]
        if draw(st.booleans()):
            del packed[start : start + len(piece)]
        at = draw(st.integers(0, len(packed)))
        packed[at:at] = piece
    return type, bytes(packed[: draw(st.integers(1, len(packed)) | st.just(len(packed)))])


@settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(example=damaged())
def test_damage(example: tuple[str, bytes], unpack_apart: Unpack) -> None:
    """The child ends by itself, having told something or told why not."""
    opened = unpack_apart(*example)
    assert opened.died == 0
    assert opened.members or opened.gaps or not example[1].strip(b"\0") or _is_frame(example)


def _is_frame(example: tuple[str, bytes]) -> bool:
    """An archive cut down to its bare frame is empty, not damaged."""
    type, packed = example
    return type == "ar" and packed == b"!<arch>\n"
