"""The load test: python -m bench.run. In one run the generator straight into smtp-sink (the ceiling), then through
Bartizan.

Real mails from ../shared/corpus where it is (made-up ones where not), both signature sets, phrases sampled from the
mails' own words, every Nth mail made bad. Prints rates, Bartizan's share of the ceiling, and CPU microseconds a
message for each kind of process. With --verify every mail must be exactly once at the next hop or in quarantine, no
bad one at the next hop; keeping each mail in a file slows smtp-sink down, in both measurements alike.
Limits: loopback only, bounded by --messages and --seconds; all processes it starts are stopped.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench import generator, mix, phrases, verify
from bench.gateway import Gateway
from bench.sink import ROOT, Sink

CORPUS = ROOT.parent / "shared" / "corpus"


@dataclass(slots=True)
class Measured:
    """One measurement: messages a second, replies by class, seconds, CPU microseconds a message by kind of process."""

    rate: float
    classes: dict[str, int]
    seconds: float
    unsent: int
    cpu_us: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """All of one run; `share` is the gateway's rate divided by the ceiling's."""

    ceiling: Measured
    gateway: Measured
    share: float
    account: verify.Account | None = None


def own_cpu() -> float:
    """CPU seconds this process has used."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measured(outcome: generator.Outcome, cpu_seconds: dict[str, float]) -> Measured:
    """An outcome with its CPU times divided by the number of answered mails."""
    answered = max(1, sum(1 for code in outcome.codes if code))
    cpu = {role: round(seconds / answered * 1e6, 1) for role, seconds in cpu_seconds.items()}
    return Measured(round(outcome.rate, 1), outcome.classes, round(outcome.seconds, 3), outcome.unsent, cpu)


def ceiling(mails: Sequence[mix.Mail], options: argparse.Namespace, keep: Path | None) -> Measured:
    """The generator straight into smtp-sink."""
    with Sink(keep) as sink:
        before = own_cpu()
        outcome = generator.send(mails, sink.port, connections=options.connections, deadline=options.seconds)
        return measured(outcome, {"generator": own_cpu() - before})


def through_gateway(
    mails: Sequence[mix.Mail], options: argparse.Namespace, folder: Path, phrase_file: Path, keep: Path | None
) -> tuple[Measured, verify.Account | None]:
    """The same mails through `bartizan serve` to smtp-sink; with `keep`, where each of them went."""
    with (
        Sink(keep) as sink,
        Gateway(
            folder / "gateway",
            sink.port,
            signatures=options.signatures,
            phrases=[phrase_file],
            workers=options.workers,
            scanners=options.scanners,
            cache=ROOT / "build" / "bench-cache",
        ) as gateway,
    ):
        if options.warm:
            generator.send(mix.make(mix.made_up(1), options.warm, options.seed + 1), gateway.port, deadline=60.0)
        before, before_cpu = own_cpu(), gateway.cpu()
        outcome = generator.send(mails, gateway.port, connections=options.connections, deadline=options.seconds)
        used = {role: seconds - before_cpu.get(role, 0.0) for role, seconds in gateway.cpu().items()}
        result = measured(outcome, {"generator": own_cpu() - before, **used})
        if keep is None:
            return result, None
        if outcome.unsent:
            return result, verify.Account(problems=[f"{outcome.unsent} mails had no answer in time"])
        sent = {mail.token for mail in mails}
        at_sink = verify.tokens_at_sink(sink.mails())
        rows = gateway.quarantine()
        kept = verify.tokens_in_quarantine(rows)
        for found in (at_sink, kept):
            for token in set(found) - sent:
                if options.warm:
                    del found[token]
        account = verify.account(mails, outcome.codes, at_sink, kept)
        account.reasons = verify.reasons(rows, account.good_in_quarantine)
        return result, account


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.run", description=__doc__.partition("\n")[0] if __doc__ else ""
    )
    parser.add_argument("--messages", type=int, default=3000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--bad-every", type=int, default=50, metavar="N", help="make every Nth mail bad; 0: none")
    parser.add_argument("--phrases", type=int, default=10_000, metavar="COUNT")
    parser.add_argument("--mails", type=Path, default=CORPUS / "spamassassin-public", metavar="FOLDER")
    parser.add_argument(
        "--signatures", type=Path, action="append", metavar="PATH", help="default: both sets of the corpus"
    )
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--scanners", type=int, default=0)
    parser.add_argument("--warm", type=int, default=200, metavar="COUNT", help="mails sent before measuring")
    parser.add_argument("--seconds", type=float, default=300.0, help="end each measurement after this time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verify", action="store_true")
    parser.add_argument(
        "--at-least", type=float, default=0.0, metavar="SHARE", help="fail below this share of the ceiling"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    if options.signatures is None:
        options.signatures = [
            p for p in (CORPUS / "yara" / "signature-base", CORPUS / "yara" / "reversinglabs") if p.is_dir()
        ]
    return options


def measure(options: argparse.Namespace, folder: Path) -> Report:
    """Everything, in one run; `folder` is for files of this run."""
    real = mix.load(options.mails, options.seed)
    listed = phrases.sample(phrases.vocabulary(real), options.phrases, options.seed) if options.phrases else []
    phrase_file = folder / "phrases.txt"
    phrase_file.write_text("".join(f"{phrase}\n" for phrase in listed), encoding="utf-8")
    mails = mix.make(real, options.messages, options.seed, options.bad_every, listed)
    top = ceiling(mails, options, folder / "straight" if options.verify else None)
    through, account = through_gateway(
        mails, options, folder, phrase_file, folder / "arrived" if options.verify else None
    )
    return Report(top, through, round(through.rate / top.rate, 4) if top.rate else 0.0, account)


def told(report: Report) -> str:
    """The report for people."""
    lines = []
    for name, one in (("straight to smtp-sink", report.ceiling), ("through bartizan", report.gateway)):
        cpu = "  ".join(f"{role} {us:.0f} us" for role, us in one.cpu_us.items())
        late = f"  {one.unsent} unsent" if one.unsent else ""
        lines.append(f"{name:22} {one.rate:9.0f} messages/s  {one.classes}{late}  CPU a message: {cpu}")
    lines.append(f"{'share':22} {report.share:9.3f}")
    if report.account:
        a = report.account
        lines.append(
            f"{'verified':22} {a.at_next_hop} at the next hop, {a.in_quarantine} in quarantine, {a.bad} were bad"
        )
        lines.append(f"{'':22} {len(a.good_in_quarantine)} good ones in quarantine, {len(a.problems)} problems")
        lines += [f"  {token}: {reason}" for token, reason in list(a.reasons.items())[:20]]
        lines += [f"  {problem}" for problem in a.problems[:20]]
    return "\n".join(lines)


def main(argv: Sequence[str]) -> int:
    """Run; 0 when nothing is wrong, 1 when a mail went astray or the share is too small."""
    options = arguments(argv)
    with tempfile.TemporaryDirectory(prefix="bartizan-bench-") as folder:
        report = measure(options, Path(folder))
    print(json.dumps(asdict(report)) if options.json else told(report))
    return int(bool(report.account and report.account.problems) or report.share < options.at_least)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
