"""`bartizan rules build|stats|verify`: compile signatures, tell what they cost, hold their choice against all of them.

`verify` looks at files, and at the parts of those that are mails, once with the rules that would run and once with all
that are for such content, and tells each difference. Not here: which rules run (detect/routing.py).
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bartizan import bundle
from bartizan.bundle import Bundle
from bartizan.cli import console, files, options
from bartizan.config.schema import Settings
from bartizan.detect.rarity import commonplace
from bartizan.detect.signatures import Ran, SignatureDetector, rules_in
from bartizan.message.parse import from_bytes
from bartizan.model.message import Node
from bartizan.observe.clean import clean

ROUNDS = 50


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    for name, purpose in (
        ("build", "compile phrases and signatures, if that was not done yet"),
        ("stats", "how many rules there are, which always run, what a call costs"),
        ("verify", "look at files with the rules that would run and with all, and tell differences"),
    ):
        task = tasks.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
        options.add_config(task)
        options.add_rules(task)
        if name == "verify":
            task.add_argument("files", nargs="+", metavar="FILE|DIR|-", help="any content; of mails their parts too")


def run(args: argparse.Namespace) -> int:
    """Do the task; 1 when verify found a difference or could not read a file, 2 when something does not compile."""
    settings = options.settings_of(args)
    built = bundle.build(settings)
    for problem in built.skipped:
        console.complain(f"left out: {problem}")
    if args.task == "build":
        console.line(f"{built.signatures} rules and {built.phrases} phrases: {built.directory}")
        return 0
    detector = SignatureDetector.load(Path(built.directory, bundle.SIGNATURES))
    return _stats(built, detector) if args.task == "stats" else _verify(settings, detector, args.files)


def _stats(built: Bundle, detector: SignatureDetector) -> int:
    """The sets, and microseconds of a call on a text with what mails have."""
    rows = [(ran.value, str(len(detector.names(ran))), f"{_cost(detector, ran):.0f}") for ran in Ran]
    console.table(("rules", "number", "us a call"), rows, f"{built.signatures} rules, {detector.literals} literals")
    console.table(("always run",), [(name,) for name in sorted(detector.names(Ran.ALWAYS))])
    return 0


def _cost(detector: SignatureDetector, ran: Ran) -> float:
    data = commonplace()
    node = _node("1", data)
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        detector.run(ran, node, data)
        best = min(best, time.perf_counter() - start)
    return best * 1e6


def _verify(settings: Settings, detector: SignatureDetector, names: list[str]) -> int:
    bad = 0
    counts: Counter[str] = Counter()

    def complain(file: str, problem: str) -> None:
        nonlocal bad
        bad += 1
        console.complain(f"{clean(file, 4000)}: {problem}")

    for name in files.walk(names, lambda file, error: complain(file, error.strerror or "cannot be listed")):
        try:
            raw = files.read(name, settings.limits.message_bytes + 1)
        except OSError as error:
            complain(name, error.strerror or "cannot be read")
            continue
        if len(raw) > settings.limits.message_bytes:
            complain(name, "more than the largest message may have")
            continue
        for path, data in _contents(raw, settings):
            node = _node(path, data)
            ran = detector.route(data)
            counts[ran] += 1
            if ran is not Ran.ALWAYS:
                continue
            missed = rules_in(detector.run(Ran.PLAIN, node, data)) ^ rules_in(detector.run(ran, node, data))
            if missed:
                complain(name, f"{path}: {', '.join(sorted(missed))}")
    console.line(
        f"{counts.total()} contents: {counts[Ran.ALWAYS]} with the rules that always run, and nothing was missed"
        if not bad
        else f"{counts.total()} contents, {bad} problems"
    )
    return 1 if bad else 0


def _contents(raw: bytes, settings: Settings) -> Iterator[tuple[str, bytes | memoryview]]:
    """A file, and its parts if it is read as a mail."""
    yield "message", raw
    yield from from_bytes(raw, None, settings.limits, stored=True, keep=True).contents.items()


def _node(path: str, data: bytes | memoryview) -> Node:
    return Node(path, (), "", "", len(data), hashlib.sha256(data).hexdigest())
