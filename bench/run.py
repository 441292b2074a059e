"""The load test: python -m bench.run. The generator straight to a sink (the ceiling), then through Bartizan to one.

Real mails from ../shared/corpus where it is (made-up ones where not), both signature sets, phrases sampled from the
mails' own words, every Nth mail made bad. Closed loop, or open with --rate. Prints rates, latencies, Bartizan's share
of the ceiling, CPU microseconds a message for each role of process, peak memory, share of 4xx. With --verify every mail
must be exactly once at the next hop or in quarantine, no bad one at the next hop.
With --target the gateway runs elsewhere: then its next hop is the sink here, and only what this side sees is measured.
Limits: private addresses only, bounded by --messages and --seconds; all processes it starts are stopped.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import generator, mix, phrases, processes, sinks, stages, tell, verify
from bench.gateway import Gateway
from bench.memory import Watch
from bench.options import Options, arguments, listed
from bench.outcome import Outcome
from bench.perf import Recording
from bench.plot import drawing
from bench.result import CACHES, FORMAT, Measured, Result, Run, measured, summary, to_json
from bench.schedule import poisson
from bench.sink import ROOT
from bench.sinks import NextHop
from bench.stamp import stamp
from bench.target import Target

_WARM_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent, made before anything is measured."""

    mails: list[mix.Mail]
    warm: list[mix.Mail]
    phrase_file: Path


def prepare(options: Options, folder: Path) -> Load:
    """Everything that can be made beforehand."""
    real = mix.load(options.mails, options.seed, average=options.average)
    listed_phrases = phrases.sample(phrases.vocabulary(real), options.phrases, options.seed) if options.phrases else []
    phrase_file = folder / "phrases.txt"
    phrase_file.write_text("".join(f"{phrase}\n" for phrase in listed_phrases), encoding="utf-8")
    mails = mix.make(real, options.messages, options.seed, options.bad_every, listed_phrases, options.mix)
    return Load(mails, mix.make(mix.made_up(1), options.warm, options.seed + 1), phrase_file)


def send(load: Load, options: Options, where: Target) -> Outcome:
    """One run of the generator."""
    return generator.send(
        load.mails,
        where.port,
        host=where.host,
        connections=options.connections,
        deadline=options.seconds,
        schedule=poisson(options.rate, options.messages, options.seed) if options.rate else None,
        fresh=options.mix is mix.Kind.NEWCONN,
    )


def sink(options: Options, keep: Path | None) -> NextHop:
    """The next hop, not yet started."""
    return sinks.make(
        options.sink, keep if options.verify else None, options.sink_listen.host, options.sink_listen.port
    )


def alone(load: Load, options: Options, where: Target, next_hop: NextHop) -> Measured:
    """A run of which only the generator and the sink can be seen."""
    before = Seen.now(next_hop)
    outcome = send(load, options, where)
    return measured(outcome, before.used(next_hop, outcome), at_sink=before.taken(next_hop))


def straight(load: Load, options: Options, keep: Path) -> Measured:
    """The generator straight to the sink."""
    with sink(options, keep) as next_hop:
        return alone(load, options, Target(next_hop.host, next_hop.port), next_hop)


def through_target(load: Load, options: Options, target: Target) -> Measured:
    """The same mails through a gateway that runs already."""
    with sink(options, None) as next_hop:
        if options.warm:
            generator.send(load.warm, target.port, host=target.host, deadline=_WARM_SECONDS)
        return alone(load, options, target, next_hop)


@dataclass(slots=True)
class Through:
    """What is known of a run through a gateway that was started here."""

    measured: Measured
    stages: list[stages.Stage]
    hottest: list[str]
    account: verify.Account | None


def through_gateway(load: Load, options: Options, folder: Path) -> Through:
    """The same mails through `bartizan serve`, and where each of them went."""
    gateway = Gateway(
        folder / "gateway",
        0,
        signatures=options.signatures,
        phrases=[load.phrase_file],
        workers=options.workers,
        scanners=options.scanners,
        cache=ROOT / "build" / "bench-cache",
    )
    with sink(options, folder / "arrived") as next_hop:
        gateway.relay_port = next_hop.port
        with gateway:
            if options.warm:
                generator.send(load.warm, gateway.port, deadline=_WARM_SECONDS)
            assert gateway.process is not None
            watch, hottest = Watch(gateway.process.pid), []
            offset = gateway.events.stat().st_size if gateway.events.exists() else 0
            family, before = gateway.processes(), Seen.now(next_hop)
            wanted = [one.pid for one in family.values() if one.role == options.perf]
            recording = Recording(wanted, folder / "perf.data") if wanted else None
            with watch, recording or contextlib.nullcontext():
                outcome = send(load, options, Target("127.0.0.1", gateway.port))
                used = before.used(next_hop, outcome) | processes.spent(family, gateway.processes())
            if recording is not None:
                hottest = recording.hottest()
            result = measured(outcome, used, watch.peak, before.taken(next_hop))
            found = stages.read(gateway.events, offset, sum(outcome.latencies())) if options.profile else []
            account = accounted(load, outcome, gateway, next_hop) if options.verify else None
            return Through(result, found, hottest, account)


@dataclass(frozen=True, slots=True)
class Seen:
    """The sink at one moment: CPU seconds, and mails taken."""

    cpu: float
    mails: int | None

    @staticmethod
    def now(next_hop: NextHop) -> Seen:
        """What it has used and taken so far."""
        return Seen(processes.of_process(next_hop.pid), next_hop.taken())

    def used(self, next_hop: NextHop, outcome: Outcome) -> dict[str, float]:
        """CPU seconds of generator and sink since then."""
        return {"generator": outcome.cpu, "sink": processes.of_process(next_hop.pid) - self.cpu}

    def taken(self, next_hop: NextHop) -> int | None:
        """Mails that the sink took since then, if it counts."""
        now = next_hop.taken()
        return None if now is None or self.mails is None else now - self.mails


def accounted(load: Load, outcome: Outcome, gateway: Gateway, next_hop: NextHop) -> verify.Account:
    """Where each mail went; those that warmed the gateway up are left out."""
    if outcome.unsent:
        return verify.Account(problems=[f"{outcome.unsent} mails had no answer in time"])
    warmed = {mail.token for mail in load.warm}
    rows = gateway.quarantine()
    at_sink, kept = (
        Counter({token: times for token, times in found.items() if token not in warmed})
        for found in (next_hop.tokens(), verify.tokens_in_quarantine(rows))
    )
    account = verify.account(load.mails, outcome.codes, at_sink, kept)
    account.reasons = verify.reasons(rows, account.good_in_quarantine)
    return account


def measure(load: Load, options: Options, folder: Path) -> Run:
    """The ceiling and the gateway once; `folder` is for files of this run."""
    top = straight(load, options, folder / "straight")
    if options.target is not None:
        through = Through(through_target(load, options, options.target), [], [], None)
    else:
        through = through_gateway(load, options, folder)
    share = round(through.measured.rate / top.rate, 4) if top.rate and not options.rate else None
    return Run(top, through.measured, share, through.stages, through.hottest, through.account)


def main(argv: Sequence[str]) -> int:
    """Run; 0 when nothing is wrong, 1 when a mail went astray, nobody answered, or the share is too small."""
    options = arguments(argv)
    with tempfile.TemporaryDirectory(prefix="bartizan-bench-") as folder:
        load = prepare(options, Path(folder))
        runs = []
        for number in range(options.repeat):
            room = Path(folder, f"run{number}")
            room.mkdir()
            runs.append(measure(load, options, room))
    source = "the corpus" if options.mails.is_dir() else "made up"
    result = Result(
        FORMAT, options.command, stamp(), listed(options), options.sink, source, CACHES, runs, summary(runs)
    )
    if options.json != "-":
        print(tell.told(result))
    if options.json == "-":
        print(to_json(result).decode(), end="")
    elif options.json:
        Path(options.json).write_bytes(to_json(result))
    if options.plot:
        options.plot.write_text(drawing(runs), encoding="utf-8")
    wrong = any(not run.gateway.messages or (run.account and run.account.problems) for run in runs)
    return int(wrong or (options.at_least > 0 and result.summary["share"].median < options.at_least))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
