"""Look for misses until the time is over: python -m zipdiff SECONDS [--seed N].

One line a cause (program, kind, oddities), with a zip of each in build/zipdiff; the counts at the end. The exit code
says whether there was a miss. The next run goes on from --seed and the number of zips that is printed.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from zipdiff import peers
from zipdiff.compare import missed, seen
from zipdiff.grammar import drawn

FOUND = Path("build/zipdiff")


def main() -> int:
    """Run, and say what was found."""
    options = argparse.ArgumentParser(prog="zipdiff", description="Hold our reading of zips against other programs'.")
    options.add_argument("seconds", type=float)
    options.add_argument("--seed", type=int, default=0, help="the first zip")
    given = options.parse_args()
    FOUND.mkdir(parents=True, exist_ok=True)
    causes: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    held = extracted = 0
    seed, end = given.seed, time.monotonic() + given.seconds
    while time.monotonic() < end:
        zip = drawn(seed)
        mine = seen(zip.data)
        held += bool(mine.gaps)
        for peer, theirs in peers.everyone(zip.data).items() if not mine.gaps else ():
            extracted += len(theirs)
            for kind, name in missed(mine, theirs, zip.data):
                cause = (peer, kind, zip.oddities)
                if not causes[cause]:
                    (FOUND / f"{seed}.zip").write_bytes(zip.data)
                    print(f"{seed}: {peer}: {kind} {name!r}: {', '.join(zip.oddities)}", flush=True)
                causes[cause] += 1
        seed += 1
    print(f"{seed - given.seed} zips, seeds {given.seed} to {seed - 1}; {held} are gaps; {extracted} files compared")
    return 1 if causes else 0


if __name__ == "__main__":
    raise SystemExit(main())
