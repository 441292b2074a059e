"""`bartizan explain`: one mail, what was found in it, and every rule that was looked at for each recipient."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AbstractAsyncContextManager

from bartizan.app import examiner
from bartizan.cli import console, options, words
from bartizan.cli.examine import Examine, complain_of_missing_walls, examine_file
from bartizan.config.schema import Settings
from bartizan.model.errors import TemporaryError
from bartizan.model.message import Examination
from bartizan.model.verdict import Action
from bartizan.observe.clean import clean
from bartizan.policy.explain import explain
from bartizan.policy.load import build


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    options.add_config(parser)
    options.add_rules(parser)
    options.add_envelope(parser)
    parser.add_argument("file", metavar="FILE|-", help="the mail")


def run(args: argparse.Namespace) -> int:
    """Explain; 0 when every recipient's copy is accepted, 1 when one is not, 2 when the mail cannot be examined."""
    settings = options.settings_of(args, best_effort=True)
    complain_of_missing_walls(settings)
    try:
        return asyncio.run(explain_file(settings, args, examiner(settings)))
    except TemporaryError as problem:
        console.complain(f"{clean(args.file)}: not examined: {problem}")
        return 2


async def explain_file(
    settings: Settings, args: argparse.Namespace, scanners: AbstractAsyncContextManager[Examine]
) -> int:
    """Examine the file with what `scanners` give and print why policy decides what it decides; the exit code."""
    envelope = options.envelope_of(args, "explain", settings)
    async with scanners as examine:
        examination = await examine_file(examine, args.file, envelope.id, settings.limits)
    policy = build(settings.rules, settings.policy.default)
    verdicts = explain(policy, envelope, examination, envelope.received_at)
    _print_findings(examination)
    for verdict in verdicts:
        console.line(f"\n<{clean(verdict.recipient)}>: {verdict.action}, content score {verdict.score:g}")
        for trace in verdict.trace:
            console.line(f"  {clean(trace, 1000)}")
    return 0 if all(verdict.action is Action.ACCEPT for verdict in verdicts) else 1


def _print_findings(examination: Examination) -> None:
    found = words.in_order(examination.findings)
    if found:
        rows = [
            (one.kind.value, clean(one.name), clean(one.part, 4000), f"{one.score:g}", clean(one.detail))
            for one in found
        ]
        console.table(("kind", "name", "where", "score", "detail"), rows)
    else:
        console.line("Nothing was found.")
    if examination.anomalies:
        console.line(f"Anomalies: {', '.join(sorted(examination.anomalies))}")
    coverage = "complete" if examination.complete else "partial"
    console.line(f"Looked at {len(examination.nodes)} parts; coverage {coverage}.")
