"""Base64 in pieces with the same thing between any two of them, as scripts have it that put it together.

In: the text. Out: pieces. Between may stand whatever is short: the ends of strings and an operator, `>>file` and
`echo`, the mark of a quoted line, an element of a page, a sign that is taken out again.
Limits: pieces of CHUNK letters, BETWEEN bytes between them; linear.
Not here: strings joined by + or & in pieces of any length (rewritten).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan._core.runs import base64_runs
from bartizan.message.encoded import run_pieces
from bartizan.message.piece import LEAST, Piece

CHUNK = 24
BETWEEN = 48
_WHITE = b" \t\r\n"
_SIGNS = bytes(range(0x21, 0x30)) + b":;<=>?@[\\]^_`{|}~"
_REST = re.compile(rb"[A-Za-z0-9+/_-]++=*+")


def stitched(text: bytes) -> Iterator[Piece]:
    """The files whose base64 is in pieces."""
    at = 0
    chain: list[tuple[int, int]] = []
    between = b""
    while spans := base64_runs(text, CHUNK, at):
        for span in spans:
            if chain:
                gap = text[chain[-1][1] : span[0]] if span[0] - chain[-1][1] <= BETWEEN else b""
                mark = gap.translate(None, _WHITE)
                if mark and (len(chain) == 1 or mark == between):
                    between = mark
                    chain.append(span)
                    continue
                yield from _whole(text, chain, between)
                # The last of a chain may be the first of the next.
                chain = [chain[-1], span] if mark and len(chain) > 1 else [span]
                between = mark
                continue
            chain = [span]
        at = spans[-1][1]
    yield from _whole(text, chain, between)


def _whole(text: bytes, chain: list[tuple[int, int]], between: bytes) -> Iterator[Piece]:
    if len(chain) < 2 or sum(end - start for start, end in chain) < LEAST // 2:
        return
    run = b"".join(text[start:end] for start, end in chain)
    gap = text[chain[0][1] : chain[1][0]]
    end = chain[-1][1]
    if text.startswith(gap, end) and (rest := _REST.match(text, end + len(gap))) is not None:
        run += rest[0]  # the last piece is as short as it happens to be
    elif len(chain) == 2 and between.translate(None, _SIGNS):
        return  # two sums of a list
    if len(run) >= LEAST:
        yield from run_pieces(chain[0][0], run)
