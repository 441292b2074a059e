"""Look for misses until the time is over: python -m differential SECONDS [--seed N] [--peers NAME,...].

One line a cause (peer, kind, oddities of the smallest recipe), with the mail in build/differential; the counts at the
end. The exit code says whether there was a miss that explained.toml does not list. The next run goes on from --seed and
the number of mails that is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from differential import compare, minimise, ours
from differential.grammar import draw, render
from differential.peers import Peer, Peers

FOUND = Path("build/differential")
KEPT = 3
"""Mails of one cause that are written."""


def main() -> int:
    """Run, and say what was found."""
    options = argparse.ArgumentParser(
        prog="differential", description="Hold our reading of mail against other parsers'."
    )
    options.add_argument("seconds", type=float)
    options.add_argument("--seed", type=int, default=0, help="the first mail")
    options.add_argument("--peers", default="", help="only parsers whose names contain one of these, by commas")
    given = options.parse_args()
    end = time.monotonic() + given.seconds
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    FOUND.mkdir(parents=True, exist_ok=True)
    with Peers() as peers:
        wanted = [peer for peer in peers.all if any(word in peer.name for word in given.peers.split(","))]
        run = _Run(wanted)
        seed = given.seed
        # Ended early, it says what it found all the same.
        with contextlib.suppress(KeyboardInterrupt):
            while time.monotonic() < end:
                run.mail(seed)
                seed += 1
    print(f"{seed - given.seed} mails, seeds {given.seed} to {seed - 1}; {run.held} held, {run.alike} alike")
    for (peer, kind, rows), count in run.causes.most_common():
        print(f"{count:6}  {peer}: {kind}, {' '.join(rows) or 'nothing odd'}")
    print(f"errors and time-outs of parsers: {dict(run.errors)}; explained: {dict(run.explained)}")
    return 1 if run.causes else 0


class _Run:
    """What was found so far."""

    def __init__(self, peers: list[Peer]) -> None:
        self.held = self.alike = 0
        self.causes: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
        self.explained: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self._peers = peers
        self._listed = compare.explanations()

    def mail(self, seed: int) -> None:
        """Compare one mail."""
        recipe = draw(seed)
        raw = render(recipe)
        mine = ours.view(raw)
        if mine.held:
            self.held += 1
            return
        found = False
        for peer in self._peers:
            theirs = peer.view(raw)
            self.errors[peer.name] += bool(theirs.error)
            for miss in compare.misses(mine, peer.name, theirs):
                found = True
                self._miss(seed, miss, peer)
        self.alike += not found

    def _miss(self, seed: int, miss: compare.Miss, peer: Peer) -> None:
        small = minimise.recipe(draw(seed), peer, miss.kind)
        explanation = next((one for one in self._listed if one.covers(miss, small.rows)), None)
        if explanation is not None:
            self.explained[explanation.reason] += 1
            return
        cause = (miss.peer, miss.kind, small.rows)
        self.causes[cause] += 1
        if self.causes[cause] <= KEPT:
            name = re.sub(r"\W+", "-", " ".join((miss.kind, *small.rows, miss.peer, str(seed))))
            (FOUND / f"{name}.eml").write_bytes(minimise.lines(render(small), peer, miss.kind))
            odd = " ".join(sorted(ours.view(render(small)).anomalies))
            print(
                f"{seed}: {miss.peer}: {miss.kind} {' '.join(small.rows)}: {', '.join(sorted(miss.what))} ({odd})",
                flush=True,
            )


if __name__ == "__main__":
    sys.exit(main())
