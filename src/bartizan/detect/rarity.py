"""How many mails have some bytes by chance: a guess, by what most mails have in them.

In: literals in lower case. Out: a share of all mails, 0 to 1. A literal that stands in commonplace.txt is taken to be
in every mail; others are guessed from how often their bytes are there. A wrong guess costs time, never a finding.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files

MAIL = 5000
"""Bytes of a mail, on average."""
LONGEST = 12
"""Bytes of a literal that make it rarer; beyond that they depend on each other too much."""


def share_of(literals: frozenset[bytes]) -> float:
    """How many mails have one of these."""
    return min(1.0, sum(map(_share, literals)))


@cache
def commonplace() -> bytes:
    """What most mails have in them, in lower case."""
    return (files("bartizan.detect") / "commonplace.txt").read_bytes().lower()


@cache
def _of_bytes() -> tuple[float, ...]:
    """How often each byte is met in mails."""
    text = commonplace()
    return tuple((text.count(octet) + 0.5) / (len(text) + 128) for octet in (bytes((value,)) for value in range(256)))


@cache
def _share(literal: bytes) -> float:
    """How many mails have this literal, by a guess."""
    if literal in commonplace():
        return 1.0
    shares = _of_bytes()
    return min(1.0, MAIL * math.prod(shares[octet] for octet in literal[:LONGEST]))
