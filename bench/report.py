"""docs/benchmarks.md from results: python -m bench.report RESULT.json... [--wall WALL.json] > docs/benchmarks.md

In: files that `bench.run --json FILE` and `bench.wall all --json FILE` wrote. Out: the page, the same for the same
files. It says nothing that is not in them: circumstances first, then a section for each file with the command that
repeats it. Where a file holds several runs, medians stand before the least and the most.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.memory import Peak
from bench.options import ROLES
from bench.processes import ENDED
from bench.result import Measured, Result, Run, from_json
from bench.stages import elsewhere
from bench.stamp import Stamp
from bench.wall import from_json as wall_from_json

INTRODUCTION = """\
# Benchmarks

Made by `python -m bench.report` from results of `python -m bench.run --json`: change neither text nor figures here.

Each section is one command; to repeat it, run it with `--json FILE` on a quiet machine. It sends the same mails twice,
straight to a sink and then through Bartizan to a sink of the same kind, so that the first is the ceiling of generator
and sink on that machine. Generator, sink and gateway share its cores, unless the gateway ran elsewhere. Machines
differ: compare shares.

Every mail is unique in every part; the mixes are those of `bench/mix.py`. In a closed loop each connection sends its
next mail when the last one is answered; in an open loop mails are due by a Poisson schedule, and latency counts from
when a mail was due. CPU is microseconds of processor time for each answered mail, the zygote's with its children.
Memory is the peak of the proportional set sizes, so that shared pages count once. Medians of several runs stand before
the least and the most.
"""
_KINDS = {
    "real": "Real mails",
    "attachments": "Real mails, every fifth with an attached file",
    "large": "Mails of 10 MB",
    "newconn": "Real mails, a connection for each",
}
_MIB = 2**20
_CPU = ("generator", "sink", *ROLES, ENDED)

Figure = Callable[[Measured], float | None]


def page(results: Sequence[Result]) -> str:
    """The page. The machine is named once where there is but one, else in each section."""
    machines = {_machine(result.stamp) for result in results}
    if len(machines) == 1:
        return "\n".join([INTRODUCTION, *machines, "", *map(_section, results)])
    return "\n".join([INTRODUCTION, *(f"{_section(result)}\n{_machine(result.stamp)}\n" for result in results)])


def _machine(stamp: Stamp) -> str:
    """Everything of a stamp but commit and date."""
    libraries = ", ".join(f"{name} {version}" for name, version in stamp.libraries.items())
    return (
        f"**Machine:** {stamp.cpu}, {stamp.cores} cores, {stamp.memory:,} MiB; {stamp.system}, kernel {stamp.kernel}; "
        f"Python {stamp.python}; {libraries}."
    )


def _section(result: Result) -> str:
    """One result."""
    options, runs = result.options, result.runs
    loop = "closed loop" if float(options["rate"]) == 0 else f"open loop, {float(options['rate']):g} messages a second"
    signatures = ", ".join(Path(path).name for path in options["signatures"].split())
    lines = [
        f"## {_KINDS[options['mix']]}, {loop}",
        "",
        f"    {result.command}",
        "",
        f"Commit {result.stamp.commit}, {result.stamp.date}; {options['messages']} mails from {result.mails}, "
        f"{options['connections']} connections, {options['phrases']} phrases, signatures: "
        f"{signatures or 'the shipped ones'}; next hop {result.sink}; caches: {result.caches}"
        f"{'; gateway on another machine' if options['target'] != 'None' else ''}.",
        "",
        *_figures(runs),
        *_stages(runs[0]),
        *_verified(runs),
    ]
    return "\n".join(lines)


def _figures(runs: Sequence[Run]) -> list[str]:
    """The main table: one row for each figure, straight and through Bartizan side by side."""
    rows: list[tuple[str, Figure, str]] = [
        ("messages/s", lambda one: one.rate, ",.0f"),
        ("MB/s", lambda one: one.mb_per_second, ",.1f"),
        ("bytes a mail", lambda one: one.average_bytes, ",.0f"),
        ("latency p50, ms", lambda one: one.latency.p50_ms, ",.1f"),
        ("latency p95, ms", lambda one: one.latency.p95_ms, ",.1f"),
        ("latency p99, ms", lambda one: one.latency.p99_ms, ",.1f"),
        ("share of 4xx", lambda one: one.deferred_share, ".2%"),
    ]
    rows += [
        (f"CPU {role}, us", _cpu(role), ",.0f") for role in _CPU if any(role in run.gateway.cpu_us for run in runs)
    ]
    rows += [(f"memory {role}, MiB", _memory(role), ",.0f") for role in (*ROLES, "together")]
    lines = ["| | straight to the sink | through Bartizan |", "|---|---|---|"]
    for name, figure, form in rows:
        cells = [_cell((figure(one) for one in column), form) for column in _columns(runs)]
        if any(cells):
            lines.append(f"| {name} | {cells[0]} | {cells[1]} |")
    shares = _cell((run.share for run in runs), ".3f")
    if shares:
        lines.append(f"| share of the ceiling | 1 | **{shares}** |")
    unread = sorted({role for run in runs if run.gateway.memory for role in run.gateway.memory.unreadable})
    if unread:
        lines += ["", f"Memory of these could not be read and is missing: {', '.join(unread)}."]
    return [*lines, ""]


def _columns(runs: Sequence[Run]) -> tuple[list[Measured], list[Measured]]:
    return [run.straight for run in runs], [run.gateway for run in runs]


def _cpu(role: str) -> Figure:
    return lambda one: one.cpu_us.get(role)


def _memory(role: str) -> Figure:
    def size(peak: Peak) -> int | None:
        return peak.total if role == "together" else peak.roles.get(role)

    return lambda one: None if one.memory is None or (found := size(one.memory)) is None else found / _MIB


def _cell(values: Iterable[float | None], form: str) -> str:
    """Median, and the least and the most where they differ; "" without values."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    texts = [f"{value:{form}}" for value in (median(known), min(known), max(known))]
    return texts[0] if texts[1] == texts[2] else f"{texts[0]} ({texts[1]} - {texts[2]})"


def _stages(run: Run) -> list[str]:
    """Where the time of the first run goes, if it was asked for."""
    if not run.stages:
        return []
    return [
        "| stage | messages | p50, ms | p95, ms | p99, ms | share of the latency |",
        "|---|---|---|---|---|---|",
        *(
            f"| {'within scan: ' * stage.inner}{stage.name} | {stage.count:,} "
            f"| {stage.p50_ms:.3f} | {stage.p95_ms:.3f} | {stage.p99_ms:.3f} | {stage.share:.1%} |"
            for stage in run.stages
        ),
        f"| elsewhere | | | | | {elsewhere(run.stages):.1%} |",
        "",
    ]


def _verified(runs: Sequence[Run]) -> list[str]:
    """What became of the mails, if it was asked for."""
    accounts = [run.account for run in runs if run.account is not None]
    if not accounts:
        return []
    sink, kept, bad, good, problems = (
        sum(one.at_next_hop for one in accounts),
        sum(one.in_quarantine for one in accounts),
        sum(one.bad for one in accounts),
        sum(len(one.good_in_quarantine) for one in accounts),
        sum(len(one.problems) for one in accounts),
    )
    return [
        f"Verified: {sink:,} mails at the next hop, {kept:,} in quarantine; {bad:,} were bad, {good:,} others were "
        f"quarantined too; {problems:,} were lost, doubled or let through.",
        "",
    ]


def _wall(result: dict[str, Any]) -> str:
    """What bench.wall measured."""
    rows = []
    for one in result["figures"]:
        values, wanted = one["values"], one["wanted"]
        if wanted == float("inf"):
            verdict = ""
        else:
            verdict = f"at most {wanted:g}: {'met' if median(values) <= wanted else 'missed'}"
        spread = f"{min(values):,.3f} - {max(values):,.3f}"
        rows.append(f"| {one['name']} | {median(values):,.3f} {one['unit']} | {spread} | {verdict} |")
    return "\n".join(
        [
            "## The wall",
            "",
            f"    {result['command']}",
            "",
            f"Commit {result['commit']}, {result['date']}. Each is measured in pairs that alternate in one run; the "
            "misbehaving clients, the generator and the next hop share the cores with the gateway.",
            "",
            "| | median | least - most | wanted |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main(argv: Sequence[str]) -> int:
    """Write the page to standard output; 2 when a file is no result."""
    parser = argparse.ArgumentParser(prog="python -m bench.report", description="Write docs/benchmarks.md.")
    parser.add_argument("results", nargs="+", type=Path, metavar="RESULT.json")
    parser.add_argument("--wall", type=Path, metavar="WALL.json")
    given = parser.parse_args(argv)
    results: list[Result] = []
    walls: list[dict[str, Any]] = []
    for name in (*given.results, *([given.wall] if given.wall else [])):
        try:
            if name == given.wall:
                walls.append(wall_from_json(name.read_bytes()))
            else:
                results.append(from_json(name.read_bytes()))
        except (OSError, ValueError) as problem:
            print(f"{name}: {problem}", file=sys.stderr)
            return 2
    print("\n".join([page(results), *map(_wall, walls)]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
