"""Disk images: the bytes as the sectors of one, and over some sectors of images that programs made."""

from __future__ import annotations

import lzma
from pathlib import Path

from bartizan.unpack.iso import open_image
from bartizan.unpack.zisofs import MAGIC, unpacked
from fuzz.archives import LIMITS, Sink
from fuzz.chance import chance_of
from fuzz.pdf import Kept
from unpack.image_file import SECTOR, crafted, record

IMAGES = {
    path.name: lzma.decompress(path.read_bytes())
    for path in sorted((Path(__file__).parents[1] / "unpack" / "images").iterdir())
}
TOLD = {
    name: [at for at in range(16 * SECTOR, len(image), SECTOR) if image[at : at + SECTOR].strip(b"\0")]
    for name, image in IMAGES.items()
}
"""The sectors that are not empty."""


def TestOneInput(data: bytes) -> None:
    """Members and gaps to a sink that stops early; a file comes out whole, whatever stands beside it."""
    chance = chance_of(data)
    name = chance.choice(sorted(IMAGES))
    changed = bytearray(IMAGES[name])
    for _ in range(chance.randrange(1, 4)):
        start = chance.choice(TOLD[name]) + chance.choice((0, 0, 16, 156, 440, chance.randrange(SECTOR)))
        piece = data[chance.randrange(len(data) + 1) :][: chance.choice((1, 4, 64, SECTOR))]
        changed[start : start + len(piece)] = piece
    for image in (bytes(changed), bytes(16 * SECTOR) + data, crafted([], data)):
        for members, size in ((20, 1 << 20), (chance.randrange(3), chance.randrange(5000))):
            sink = Sink(members, size)
            open_image("iso", memoryview(image), sink, LIMITS)
    short = data[: LIMITS.member_bytes]
    kept = Kept(20, 1 << 20)
    open_image("iso", memoryview(crafted([record(b"A.TXT;1", 19, len(short))], short)), kept, LIMITS)
    assert kept.content == short
    assert not kept.told
    plain, _ = unpacked(MAGIC + data, 1000)
    assert len(plain) <= max(1000 + (1 << 17), len(data) + 8)
