"""Makes a mail with a miss smaller while the miss stays: first its recipe, then its lines.

In: a recipe or bytes, the peer, the kind of the miss. Out: the smallest found.
Limits: TRIES examinations for the lines.
"""

from __future__ import annotations

from differential import ours
from differential.compare import again
from differential.grammar import Recipe, render, smaller
from differential.peers import Peer

TRIES = 400


def recipe(whole: Recipe, peer: Peer, kind: str) -> Recipe:
    """A recipe from which no oddity and no part can be taken."""
    best = whole
    while True:
        less = next(
            (one for one in smaller(best) if render(one) != render(best) and again(render(one), peer, kind)), None
        )
        if less is None:
            return best
        best = less


def lines(whole: bytes, peer: Peer, kind: str) -> bytes:
    """The mail with as few lines as are needed; what is odd about it to us stays the same, and so the cause does."""
    anomalies = ours.view(whole).anomalies
    pieces = whole.splitlines(keepends=True) if b"\r" not in whole.replace(b"\r\n", b"") else _crlf(whole)
    tries = TRIES
    size = max(len(pieces) // 2, 1)
    while size and tries > 0:
        at = 0
        while at < len(pieces) and tries > 0:
            less = pieces[:at] + pieces[at + size :]
            tries -= 1
            if again(b"".join(less), peer, kind, anomalies):
                pieces = less
            else:
                at += size
        size //= 2
    return b"".join(pieces)


def _crlf(whole: bytes) -> list[bytes]:
    """Lines that end in CRLF, whatever other line ends are in them."""
    return [line + b"\r\n" for line in whole.split(b"\r\n")[:-1]] + [whole.rsplit(b"\r\n", 1)[-1]]
