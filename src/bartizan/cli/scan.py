"""`bartizan scan`: look into mails in files and say what policy makes of each.

Several are examined at the same time, the answers come in the order of the files. The same files give the same output
but for `took_ms`. A file above the largest message is not examined and says so (Gap).
Not here: the first pass and the scanners (app.examiner), what a file's line ends mean (message.parse).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from bartizan.app import examiner
from bartizan.cli import console, files, options, words
from bartizan.cli.examine import Examine, complain_of_missing_walls, examine_file
from bartizan.config.schema import Settings
from bartizan.model.errors import TemporaryError
from bartizan.model.message import Examination
from bartizan.model.verdict import Action, Verdict, worst
from bartizan.observe.clean import clean
from bartizan.observe.codec import to_json
from bartizan.policy import engine
from bartizan.policy.load import build
from bartizan.policy.rules import Policy


@dataclass(frozen=True, slots=True)
class Scanned:
    """One file: what was decided and why, or the `error` that kept it from being read. `took_ms` milliseconds."""

    file: str
    verdict: Verdict
    examination: Examination
    took_ms: float
    error: str = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    options.add_config(parser)
    options.add_rules(parser)
    options.add_envelope(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each message")
    parser.add_argument("files", nargs="+", metavar="FILE|DIR|-", help="mails; a folder means all files in it")


def run(args: argparse.Namespace) -> int:
    """Scan; 0 when all were accepted, 1 when one was not, 2 when something could not be read or examined."""
    settings = options.settings_of(args, best_effort=True)
    complain_of_missing_walls(settings)
    return asyncio.run(scan(settings, args, examiner(settings)))


async def scan(settings: Settings, args: argparse.Namespace, scanners: AbstractAsyncContextManager[Examine]) -> int:
    """Scan what `args` names with what `scanners` give; the exit code."""
    complaints: list[str] = []

    def complain(file: str, problem: str) -> None:
        complaints.append(file)
        console.complain(f"{clean(file, 4000)}: {problem}")

    names = list(files.walk(args.files, lambda file, error: complain(file, error.strerror or "cannot be listed")))
    policy = build(settings.rules, settings.policy.default)
    actions: list[Action] = []
    rows: list[tuple[str, ...]] = []
    async with scanners as examine:
        with console.progress("Scanning", len(names)) as step:
            async for scanned in _in_order(names, settings, policy, examine, args):
                step()
                if scanned.error:
                    complain(scanned.file, scanned.error)
                    continue
                actions.append(scanned.verdict.action)
                if args.json:
                    _print_json(scanned)
                else:
                    rows.append(_row(scanned))
    if not args.json:
        if rows:
            console.table(("verdict", "why", "rule", "file"), rows)
        console.line(words.tally(actions))
    if complaints:
        return 2
    return 0 if all(action is Action.ACCEPT for action in actions) else 1


async def _in_order(
    names: Sequence[str], settings: Settings, policy: Policy, examine: Examine, args: argparse.Namespace
) -> AsyncIterator[Scanned]:
    """Each file's answer, in order; as many are under way as there are scanners, so that none has to wait for one."""
    running: deque[asyncio.Task[Scanned]] = deque()
    waiting = deque(enumerate(names))
    try:
        while waiting or running:
            while waiting and len(running) < settings.server.scanners:
                number, name = waiting.popleft()
                running.append(asyncio.create_task(_one(number, name, settings, policy, examine, args)))
            yield await running.popleft()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _one(
    number: int, name: str, settings: Settings, policy: Policy, examine: Examine, args: argparse.Namespace
) -> Scanned:
    began = time.monotonic()
    envelope = options.envelope_of(args, f"scan{number}", settings)
    error = ""
    examination = Examination(())
    try:
        examination = await examine_file(examine, name, envelope.id, settings.limits)
    except OSError as problem:
        error = problem.strerror or "cannot be read"
    except TemporaryError as problem:
        error = f"not examined: {problem}"
    verdict = worst(engine.decide(policy, envelope, examination, envelope.received_at))
    if verdict is None:
        raise RuntimeError("an envelope has at least one recipient")
    return Scanned(name, verdict, examination, (time.monotonic() - began) * 1000, error)


def _print_json(scanned: Scanned) -> None:
    answer = words.as_json(scanned.file, scanned.verdict, scanned.examination, scanned.took_ms)
    sys.stdout.buffer.write(to_json(answer) + b"\n")
    sys.stdout.buffer.flush()


def _row(scanned: Scanned) -> tuple[str, ...]:
    action = scanned.verdict.action
    reasons = "" if action is Action.ACCEPT else words.why(scanned.examination.findings)
    return action.value, reasons, scanned.verdict.rule, clean(scanned.file, 4000)
