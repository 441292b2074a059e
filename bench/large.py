"""Mails of 10 MB: a line of text and an attached file of random octets in base64.

Blocks of base64 are made once and shared by all mails; each mail puts them in an order of its own, behind a line that
is its own, so that many large mails need the memory of one.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence

from bench import wire

SIZE = 10_000_000
_LINES = 1000
_LINE = 57
_WIRE_LINE = 78


def blocks(seed: int, size: int = SIZE) -> list[bytes]:
    """About `size` bytes of base64 lines, in blocks of 1,000 lines."""
    chance = random.Random(seed)
    many = max(1, size // (_LINES * _WIRE_LINE))
    return [base64.encodebytes(chance.randbytes(_LINES * _LINE)).replace(b"\n", b"\r\n") for _ in range(many)]


def mail(token: bytes, head: bytes, shared: Sequence[bytes], chance: random.Random) -> tuple[bytes, tuple[bytes, ...]]:
    """What DATA sends of one mail: the first piece, which is its own, and the rest. `head` are further fields."""
    boundary = b"=_" + token
    own = base64.b64encode(token.ljust(_LINE, b" "))
    first = wire.with_part(
        head + b"Subject: large\r\n\r\n" + b"The file is attached.\r\n" + token + b"\r\n",
        b'Content-Type: application/octet-stream; name="data.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + own,
        boundary,
    ).removesuffix(b"--" + boundary + b"--\r\n")
    order = list(shared)
    chance.shuffle(order)
    return first, (*order, b"--" + boundary + b"--\r\n.\r\n")
