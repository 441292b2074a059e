"""python -m evasion: every sample and twin through one scanner, one after the other; prints and writes docs/evasion.md.

Exit code 1 when a row fails.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bartizan.app import Examine, examiner
from bartizan.model.finding import Kind
from bartizan.policy.rules import Policy
from evasion import decide, wall
from evasion.bombs import BOMBS
from evasion.measure import Meter
from evasion.report import Burst, Line, report
from evasion.suite import CASES, HONEST, Case
from evasion.unseen import UNSEEN

PAGE = Path("docs/evasion.md")


async def _case(case: Case, line: Line, examine: Examine, policy: Policy, meter: Meter) -> None:
    sample = case.sample
    meter.begin()
    examination = await examine(sample.raw, "sample")
    line.cost(sample.id, meter.end())
    line.samples += 1
    line.seen[decide.observed(sample, examination, policy)] += 1
    if sample.id in UNSEEN:
        line.unseen += 1
        if not decide.delivered(examination, policy):
            line.failed.append(f"{sample.id}: seen now")
    elif not decide.passes(sample, examination, policy):
        line.failed.append(f"{sample.id}: {decide.observed(sample, examination, policy)}")
    if decide.delivered(await examine(case.twin, "twin"), policy):
        line.twins += 1
    else:
        line.failed.append(f"{sample.id}: its twin is not delivered")


async def _bomb(title: str, mail: bytes, examine: Examine, policy: Policy, meter: Meter) -> Burst:
    meter.begin()
    examination = await examine(mail, "bomb")
    cost = meter.end()
    gaps = sorted({finding.name for finding in examination.findings if finding.kind is Kind.GAP})
    return Burst(title, len(mail), ", ".join(gaps), cost, not decide.delivered(examination, policy))


async def _mails(folder: Path) -> tuple[dict[str, Line], list[Burst], list[str]]:
    """What became of the samples, by row, and of bombs, and the names of honest mails that were not delivered."""
    settings = decide.settings(folder)
    settings = replace(settings, server=replace(settings.server, scanners=1))
    policy = decide.policy(settings)
    lines: defaultdict[str, Line] = defaultdict(Line)
    async with examiner(settings) as examine:
        meter = Meter()
        try:
            await examine(HONEST[0][1], "first")
            for case in CASES:
                await _case(case, lines[case.sample.row], examine, policy, meter)
            bursts = [await _bomb(title, make(), examine, policy, meter) for title, make in BOMBS.items()]
        finally:
            meter.close()
        rejected = [name for name, mail in HONEST if not decide.delivered(await examine(mail, "mail"), policy)]
    return lines, bursts, rejected


def main() -> int:
    """Run everything; the exit code."""
    with TemporaryDirectory() as folder:
        lines, bursts, rejected = asyncio.run(_mails(Path(folder)))
    outcomes = wall.run()
    page = report(lines, bursts, outcomes, len(HONEST) - len(rejected), rejected)
    PAGE.write_text(page, encoding="utf-8")
    print(page)
    wrong = [problem for line in lines.values() for problem in line.failed]
    wrong += [f"{burst.title}: {burst.cost}, {burst.gaps or 'examined'}" for burst in bursts if burst.failed]
    wrong += [f"{row}: {test}" for row, outcome in outcomes.items() for test in outcome.failed]
    wrong += [f"{name}: an honest mail is not delivered" for name in rejected]
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
