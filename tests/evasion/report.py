"""docs/evasion.md: one line for each row, and what gets through."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from bartizan.model.limits import MIB
from evasion.bombs import EXAMINED
from evasion.measure import Cost
from evasion.rows import MAILS, ROWS, WALL
from evasion.suite import CASES
from evasion.unseen import UNSEEN
from evasion.wall import SHOWN_BY, Outcome

MOST_SECONDS = 2.0
MOST_MEMORY = 256 * MIB
HEAD = """# Evasions

What `make evasion` measured: each row is a technique of hiding something from a gateway. Its samples are mails that
`tests/evasion/` makes, each with something to be found: the marker of a signature, a blocked name, a listed phrase. A
sample passes when that is found or the mail is held for the stated reason, under the shipped rules, within
{seconds:g} s of processor time and {memory} MiB. Its twin is the same mail with a harmless load or, where the shape
itself may be a reason to hold a mail, the nearest legal mail; it must be delivered, examined completely.

*Processor time* is the slowest sample's: first pass, scanner, and the children that open containers. *Memory* is the
height of the scanner and of such a child together. *open*: some of the samples get through; they are listed below.
"""


@dataclass(slots=True)
class Line:
    """What was seen of one row's samples."""

    seen: Counter[str] = field(default_factory=Counter)
    samples: int = 0
    unseen: int = 0
    failed: list[str] = field(default_factory=list)
    twins: int = 0
    seconds: float = 0.0
    memory: int = 0

    def cost(self, id: str, cost: Cost) -> None:
        """What one sample cost."""
        self.seconds = max(self.seconds, cost.seconds)
        self.memory = max(self.memory, cost.memory)
        if cost.seconds > MOST_SECONDS or cost.memory > MOST_MEMORY:
            self.failed.append(f"{id}: {cost.seconds:.2f} s, {cost.memory / MIB:.0f} MiB")

    @property
    def result(self) -> str:
        """One word."""
        if self.failed:
            return "**fails**"
        return f"open ({self.unseen})" if self.unseen else "passes"


@dataclass(frozen=True, slots=True)
class Burst:
    """What became of a bomb: its size as a mail, the gaps that were told, what it cost, and whether that is fine."""

    title: str
    size: int
    gaps: str
    cost: Cost
    held: bool

    @property
    def failed(self) -> bool:
        """It took too long, or too much, or something was left out and not told."""
        fits = self.cost.seconds <= MOST_SECONDS and self.cost.memory <= MOST_MEMORY
        return not fits or self.held is (self.title in EXAMINED)


def report(
    lines: dict[str, Line], bursts: list[Burst], outcomes: dict[str, Outcome], honest: int, rejected: list[str]
) -> str:
    """The whole page; `honest` mails passed, those `rejected` did not."""
    text = HEAD.format(seconds=MOST_SECONDS, memory=MOST_MEMORY // MIB)
    text += "\n| row | technique | must | samples | observed | s | MiB | twins delivered | result |\n"
    text += "|---|---|---|---|---|---|---|---|---|\n"
    for row in MAILS:
        line, told = lines[row], ROWS[row]
        seen = ", ".join(f"{what} {count}" for what, count in line.seen.most_common())
        cells = (row, told.title, told.must, line.samples, seen, f"{line.seconds:.2f}", f"{line.memory / MIB:.0f}")
        text += f"| {' | '.join(map(str, cells))} | {line.twins} of {line.samples} | {line.result} |\n"
    held = f" Not delivered: {', '.join(rejected)}." if rejected else ""
    text += (
        f"\n{len(CASES)} samples; {honest} of {honest + len(rejected)} mails that are only odd were delivered.{held}\n"
    )
    text += _bombs(bursts)
    text += "\n## While mail is received\n\nThese rows are dialogues and tests of the server.\n\n"
    text += "| row | technique | must | shown by | s | result |\n|---|---|---|---|---|---|\n"
    for row, told in WALL.items():
        outcome = outcomes[row]
        files = sorted({test.partition("::")[0].removeprefix("tests/") for test in SHOWN_BY[row]})
        shown = f"{outcome.passed} tests of {', '.join(files)}"
        result = "passes" if outcome.fine else "**fails**"
        cells = (row, told.title, told.must, shown, f"{outcome.seconds:.2f}", result)
        text += f"| {' | '.join(cells)} |\n"
    return text + _through()


def _bombs(bursts: list[Burst]) -> str:
    text = "\n## Bombs\n\n"
    text += "These mails hide nothing; they are made to cost time and memory. An examination must end within the same"
    text += " limits,\nand tell what it left out.\n\n"
    text += "| bomb | mail | outcome | s | MiB | result |\n|---|---|---|---|---|---|\n"
    for burst in bursts:
        size = f"{burst.size / 1000:,.0f} kB"
        outcome = f"held: {burst.gaps}" if burst.held else "examined"
        result = "**fails**" if burst.failed else "passes"
        seconds, memory = f"{burst.cost.seconds:.2f}", f"{burst.cost.memory / MIB:.0f}"
        text += f"| {' | '.join((burst.title, size, outcome, seconds, memory, result))} |\n"
    return text


def _through() -> str:
    text = "\n## What gets through\n\nThese samples are accepted though something is in them.\n\n"
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for id, reason in UNSEEN.items():
        by_reason[reason].append(id)
    for reason, names in sorted(by_reason.items(), key=lambda pair: min(pair[1])):
        text += f"- {reason}: {', '.join(f'`{id}`' for id in sorted(names))}\n"
    return text
