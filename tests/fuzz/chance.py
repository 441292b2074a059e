"""What a target decides by chance, and always the same for the same bytes."""

from __future__ import annotations

import random
import zlib
from itertools import pairwise


def chance_of(data: bytes) -> random.Random:
    """A source of chance that the bytes alone decide."""
    return random.Random(zlib.crc32(data))


def pieces(data: bytes, chance: random.Random) -> list[bytes]:
    """`data` in pieces: single bytes, pieces of one size, or a few random cuts."""
    kind = chance.randrange(3)
    if kind == 2:
        edges = sorted({0, len(data), *(chance.randrange(len(data) + 1) for _ in range(5))})
    else:
        edges = [*range(0, len(data), 1 if kind == 0 else chance.randrange(2, 100)), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]
