"""`bartizan report rejects`: what was refused, by reason and by source, and which known partners are refused now.

Reads event logs; changes nothing, and needs no running gateway.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bartizan.cli import console, options
from bartizan.model.errors import ConfigError, Problem
from bartizan.observe import rejects
from bartizan.observe.clean import clean
from bartizan.observe.rejects import Report, Source

MOST = 20
_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
_AGO = re.compile(r"(\d{1,6})([mhdw])", re.A)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    task = tasks.add_parser("rejects", help="what was refused, by reason, source and known partner")
    options.add_config(task)
    task.add_argument(
        "--since", type=_moment, default="24h", metavar="AGO|TIME", help="30m, 24h, 7d, 2w, or 2026-11-24T10:00 (24h)"
    )
    task.add_argument("--json", action="store_true", help="one object instead of tables")
    task.add_argument("--most", type=int, default=MOST, metavar="N", help=f"lines of each table ({MOST})")
    task.add_argument("files", nargs="*", type=Path, metavar="FILE", help="event logs (the configured one)")


def run(args: argparse.Namespace) -> int:
    """Report; 0 when no known partner is refused abnormally often, 1 when one is."""
    files = args.files or [_configured(args)]
    report = rejects.read(_lines(files), args.since)
    if args.json:
        console.line(json.dumps(_as_object(report, args.most)))
    else:
        _show(report, args.most)
    return 1 if report.abnormal() else 0


def _configured(args: argparse.Namespace) -> Path:
    events = options.settings_of(args, best_effort=True).log.events
    if events == "-":
        expected = "required: an event log, here or as log.events of a configuration"
        raise ConfigError((Problem("command line", "FILE", expected),))
    return Path(events)


def _lines(files: list[Path]) -> Iterator[bytes]:
    with ExitStack() as stack:
        for path in files:
            try:
                file = stack.enter_context(path.open("rb"))
            except OSError as error:
                expected = f"expected a readable event log: {error.strerror}"
                raise ConfigError((Problem(str(path), "", expected),)) from None
            yield from file


def _show(report: Report, most: int) -> None:
    console.line(f"Since {report.since}: {report.refused} refused, {report.accepted} messages accepted.")
    if report.reasons:
        ordered = report.reasons.most_common(most)
        rows = [(str(count), clean(reason), clean(reply)) for (reason, reply), count in ordered]
        console.table(("refused", "by", "reply"), rows, "Reasons")
        console.table(
            ("refused", "accepted", "network", "sender", "mostly by", "sample"),
            [_row(key, source) for key, source in report.worst(most)],
            "Sources",
        )
    abnormal = report.abnormal()
    for (network, domain), source in abnormal[:most]:
        sample = source.sample
        console.line(
            f"{network} for {clean(domain)} was accepted ({source.accepted_before} messages) and is refused since"
            f" {source.first}: {source.refused} times, {source.accepted} accepted. Usually one end is misconfigured."
        )
        console.line(f"  told: {clean(sample['reply'])} ({_mostly(source)})")
        console.line(
            f"  for example: {sample['time']} from {clean(sample['peer'])} ({clean(sample['helo'])}),"
            f" <{clean(sample['sender'])}> to <{clean(sample['recipient'])}> {clean(sample['detail'])}".rstrip()
        )
    if report.lines_left_out or report.sources_left_out:
        console.complain(
            f"left out: {report.lines_left_out} lines that are no events, {report.sources_left_out} events of sources"
            f" beyond {rejects.SOURCES}"
        )


def _row(key: tuple[str, str], source: Source) -> tuple[str, ...]:
    sample = source.sample
    example = f"<{sample['sender']}> to <{sample['recipient']}>" if sample["recipient"] else f"<{sample['sender']}>"
    return str(source.refused), str(source.accepted), key[0], clean(key[1]), _mostly(source), clean(example)


def _mostly(source: Source) -> str:
    return clean(source.checks.most_common(1)[0][0])


def _as_object(report: Report, most: int) -> dict[str, object]:
    def source(key: tuple[str, str], found: Source) -> dict[str, object]:
        return {
            "network": key[0],
            "sender_domain": key[1],
            "refused": found.refused,
            "accepted": found.accepted,
            "refused_before": found.refused_before,
            "accepted_before": found.accepted_before,
            "first": found.first,
            "checks": dict(found.checks),
            "sample": found.sample,
        }

    return {
        "since": report.since,
        "refused": report.refused,
        "accepted": report.accepted,
        "reasons": [
            {"by": by, "reply": reply, "refused": count} for (by, reply), count in report.reasons.most_common(most)
        ],
        "sources": [source(*one) for one in report.worst(most)],
        "abnormal": [source(*one) for one in report.abnormal()[:most]],
        "lines_left_out": report.lines_left_out,
        "sources_left_out": report.sources_left_out,
    }


def _moment(text: str) -> str:
    """The moment as events have it; ValueError for what is none."""
    ago = _AGO.fullmatch(text)
    if ago is not None:
        moment = datetime.fromtimestamp(time.time() - int(ago[1]) * _UNITS[ago[2]], UTC)
    else:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
