"""The command line of the load test."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import perf, sinks
from bench.mix import AVERAGE, Kind
from bench.processes import ADMIN, SCANNER, SMTPD, SUPERVISOR, ZYGOTE
from bench.sink import ROOT
from bench.target import Target, ours, target

CORPUS = ROOT.parent / "shared" / "corpus"
ROLES = (SUPERVISOR, SMTPD, SCANNER, ZYGOTE, ADMIN)
_OUTPUT = ("--json", "--plot")


@dataclass(frozen=True, slots=True)
class _Usual:
    """Numbers that fit a mix."""

    messages: int
    connections: int


_USUAL = {
    Kind.REAL: _Usual(3000, 64),
    Kind.ATTACHMENTS: _Usual(1000, 64),
    Kind.LARGE: _Usual(60, 8),
    Kind.NEWCONN: _Usual(3000, 64),
}


@dataclass(frozen=True, slots=True)
class Options:
    """One invocation. `rate` 0 is a closed loop; `target` None starts a gateway."""

    mix: Kind
    messages: int
    connections: int
    rate: float
    seconds: float
    seed: int
    mails: Path
    average: int
    bad_every: int
    phrases: int
    signatures: tuple[Path, ...]
    workers: int
    scanners: int
    warm: int
    sink: str
    sink_listen: Target
    target: Target | None
    verify: bool
    at_least: float
    repeat: int
    profile: bool
    perf: str
    json: str
    plot: Path | None
    command: str
    """How to do the same again."""


def _parser() -> argparse.ArgumentParser:
    usual = ", ".join(f"{kind} {one.messages}" for kind, one in _USUAL.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench.run",
        description="Mail straight to a sink (the ceiling), then through Bartizan to the same sink.",
    )
    add = parser.add_argument
    add("--mix", type=Kind, choices=list(Kind), default=Kind.REAL)
    add("--messages", type=int, metavar="N", help=f"default: {usual}")
    add("--connections", type=int, metavar="N", help="default: 64, with large mails 8")
    add("--rate", type=float, default=0.0, metavar="N", help="open loop: N mails a second, Poisson; 0: closed loop")
    add("--seconds", type=float, default=300.0, help="end each measurement after this time")
    add("--seed", type=int, default=1)
    add("--mails", type=Path, default=CORPUS / "spamassassin-public", metavar="FOLDER")
    add("--average", type=int, default=AVERAGE, metavar="BYTES", help="of the real mails; 0: all of them as they are")
    add("--bad-every", type=int, default=50, metavar="N", help="make every Nth mail bad; 0: none")
    add("--phrases", type=int, default=10_000, metavar="COUNT")
    add("--signatures", type=Path, action="append", metavar="PATH", help="default: both sets of the corpus")
    add("--workers", type=int, default=0)
    add("--scanners", type=int, default=0)
    add("--warm", type=int, default=200, metavar="COUNT", help="mails sent before measuring")
    add("--sink", choices=(sinks.SMTP_SINK, sinks.OWN), help="default: smtp-sink where it is installed")
    add("--sink-listen", type=target, metavar="HOST:PORT", help="where the sink listens for a gateway elsewhere")
    add("--target", type=target, metavar="HOST:PORT", help="a gateway that runs already, whose next hop is the sink")
    add("--i-own-the-target", action="store_true", help="the target, or the sink, has a public address")
    add("--verify", action="store_true", help="each mail must be exactly once at the sink or in quarantine")
    add("--at-least", type=float, default=0.0, metavar="SHARE", help="fail below this share of the ceiling")
    add("--repeat", type=int, default=1, metavar="N", help="measure N times, print medians")
    add("--profile", action="store_true", help="where the time of a message goes, by stage")
    if perf.available():
        add("--perf", choices=ROLES, default="", help="where the processors' time goes in these processes")
    else:
        parser.set_defaults(perf="")
    add("--json", nargs="?", const="-", default="", metavar="FILE", help="write the result there, - is standard output")
    add("--plot", type=Path, metavar="FILE.svg", help="draw the latencies, and the rate over time")
    return parser


def arguments(argv: Sequence[str]) -> Options:
    """What was asked for. Ends the program when it cannot be done."""
    parser = _parser()
    given = parser.parse_args(argv)
    usual = _USUAL[given.mix]
    for name, value in (("messages", usual.messages), ("connections", usual.connections)):
        if getattr(given, name) is None:
            setattr(given, name, value)
    if min(given.messages, given.connections, given.repeat) < 1:
        parser.error("--messages, --connections and --repeat need at least 1")
    if given.rate < 0 or (given.rate and given.at_least):
        parser.error("--rate must be above 0, and has no share of a ceiling")
    if given.target:
        _check_target(parser, given)
    elif given.sink_listen:
        parser.error("--sink-listen is for --target: a gateway that is started here finds its sink on loopback")
    signatures = given.signatures or [
        path for path in (CORPUS / "yara" / "signature-base", CORPUS / "yara" / "reversinglabs") if path.is_dir()
    ]
    fields = {name: value for name, value in vars(given).items() if name != "i_own_the_target"}
    fields |= {
        "signatures": tuple(signatures),
        "sink": given.sink or sinks.installed(),
        "sink_listen": given.sink_listen or Target("127.0.0.1", 0),
        "command": _command(argv),
    }
    return Options(**fields)


def _check_target(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    """A gateway elsewhere: what can be asked of it, and whether mail may be sent there at all."""
    if given.sink_listen is None:
        parser.error("--target needs --sink-listen: where its next hop is")
    if given.verify or given.profile or given.perf:
        parser.error("--verify, --profile and --perf need a gateway that is started here")
    for where in (given.target, given.sink_listen):
        try:
            allowed = given.i_own_the_target or ours(where)
        except OSError as problem:
            parser.error(f"{where}: {problem.strerror}")
        if not allowed:
            parser.error(f"{where} is a public address: say --i-own-the-target if it is yours")


def _command(argv: Sequence[str]) -> str:
    """The command without the options that say where results go."""
    words = list(argv)
    kept: list[str] = []
    while words:
        word = words.pop(0)
        if word.partition("=")[0] not in _OUTPUT:
            kept.append(word)
        elif "=" not in word and words and (words[0] == "-" or not words[0].startswith("-")):
            words.pop(0)
    return shlex.join(["python", "-m", "bench.run", *kept])


def listed(options: Options) -> dict[str, str]:
    """The options as text, paths relative to the project."""

    def text(value: object) -> str:
        if isinstance(value, Path):
            return os.path.relpath(value, ROOT)
        return " ".join(map(text, value)) if isinstance(value, tuple) else str(value)

    return {name: text(getattr(options, name)) for name in Options.__slots__ if name not in ("json", "plot", "command")}
