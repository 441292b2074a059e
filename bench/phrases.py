"""Phrase lists for load tests: seeded samples of three words from the vocabulary of the mails themselves.

The words occur in the mails, so that the automaton is busy; the three together practically never do.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

_WORD = re.compile(rb"(?<![A-Za-z0-9+/=])[a-z]{4,12}(?![A-Za-z0-9+/=])")
_WORDS = 3


def vocabulary(mails: Iterable[bytes]) -> list[str]:
    """The distinct lower-case words of 4 to 12 letters in the bodies of `mails`, sorted."""
    words: set[bytes] = set()
    for mail in mails:
        words.update(_WORD.findall(mail.partition(b"\r\n\r\n")[2]))
    return sorted(word.decode("ascii") for word in words)


def sample(words: list[str], count: int, seed: int) -> list[str]:
    """`count` different phrases of three different words each, the same for the same arguments."""
    if len(words) < 100:
        raise ValueError("a vocabulary of at least 100 words is needed")
    chance = random.Random(seed)
    phrases: dict[str, None] = {}
    while len(phrases) < count:
        phrases[" ".join(chance.sample(words, _WORDS))] = None
    return list(phrases)
