"""What the wall costs and withstands: python -m bench.wall checks|newconn|idle|abuse.

    checks   all checks on, the DNS cached, against none: processor time a message, in pairs that alternate
    newconn  a message on a connection of its own against one on a kept connection: processor time
    idle     many sessions that say nothing: memory (PSS) over that of the idle processes
    abuse    clients that send a byte a second, and some that only make errors: the rate of well-behaved ones

Each starts its own gateways, next hop and name server on loopback, and says whether the figure of the issue is met. A
run in which a mail was not accepted is a failure, whatever it cost.
Limits: loopback only; everything it starts is stopped. The processors are shared with the generator, so compare the
ratios, which come from the same minutes, not figures of different runs.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import generator, mix, processes, sinks
from bench.gateway import Gateway
from bench.memory import Watch
from bench.nameserver import NameServer
from bench.sinks import NextHop
from bench.stamp import stamp

OFF = (
    "checks = { denied_peer = 'off', denied_name = 'off', denied_helo = 'off', denied_sender = 'off',"
    " denied_recipient = 'off', early_talker = 'off', reverse_dns = 'off', forward_dns = 'off', helo_form = 'off',"
    " helo_dns = 'off', helo_ours = 'off', sender_domain = 'off', null_mx = 'off', sender_mx = 'off',"
    " sender_pattern = 'off', nul = 'off',"
    " header_missing = 'off', header_doubled = 'off', header_eight_bit = 'off', header_syntax = 'off',"
    " header_length = 'off' }"
)
ON = (
    "sender_patterns = ['^[0-9]{20,}@', '@.*[.]invalid$']\n"
    "field_lengths = { Content-Type = 2000, Content-Disposition = 2000 }\n"
    "deny = { peers = ['198.51.100.0/24'], names = ['.dynamic.example'], helo = ['.evil.example'],"
    " senders = ['.evil.example'], recipients = ['nobody@evil.example'] }\n"
    "checks = { reverse_dns = 'tag 0', forward_dns = 'tag 0', helo_form = 'tag 0', helo_dns = 'tag 0',"
    " helo_ours = 'tag 0', sender_domain = 'reject', null_mx = 'reject', sender_mx = 'tag 0', header_missing = 'tag 0',"
    " header_doubled = 'tag 0', header_eight_bit = 'tag 0', header_syntax = 'tag 0', nul = 'tag 0' }"
)
FREE = "[caps]\nsessions = 40000\nsessions_per_peer = 40000\n[rates]\nerrors = 0\n[stress]\nsessions = 1.0\n"
_ROLES = (processes.SMTPD, processes.SCANNER, processes.ZYGOTE, processes.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Figure:
    """One result: what was measured each time, what it should be, and whether it is."""

    name: str
    unit: str
    values: list[float]
    wanted: float

    @property
    def median(self) -> float:
        """The one to quote."""
        return statistics.median(self.values)

    @property
    def met(self) -> bool:
        """Is it at most what was wanted?"""
        return self.median <= self.wanted

    def line(self) -> str:
        """For people."""
        least, most = min(self.values), max(self.values)
        told = f"{self.name:34}{self.median:9.3f} {self.unit} ({least:.3f} - {most:.3f})"
        if self.wanted == float("inf"):
            return told
        return f"{told}, at most {self.wanted}: {'met' if self.met else 'MISSED'}"


@contextlib.contextmanager
def gateway(folder: Path, next_hop: NextHop, **options: object) -> Iterator[Gateway]:
    """A gateway without big rule sets: what is compared does not depend on them."""
    with Gateway(folder, next_hop.port, **options) as running:  # type: ignore[arg-type]
        yield running


def mails(count: int, seed: int) -> list[mix.Mail]:
    """Small mails, each of its own."""
    return mix.make(mix.made_up(seed), count, seed)


def used(running: Gateway) -> float:
    """Seconds of processor time of all processes of a gateway."""
    assert running.process is not None
    return sum(one.own + one.children for one in processes.tree(running.process.pid).values() if one.role in _ROLES)


def cost(running: Gateway, load: Sequence[mix.Mail], connections: int, fresh: bool = False) -> float:
    """Microseconds of processor time a message; AssertionError when one was not accepted."""
    before = used(running)
    outcome = generator.send(load, running.port, connections=connections, fresh=fresh)
    if sorted(set(outcome.codes)) != [250] or len(outcome.codes) != len(load):
        raise AssertionError(f"not all accepted: {sorted(set(outcome.codes))}, {outcome.unsent} unsent")
    return (used(running) - before) / len(load) * 1e6


def checks(options: argparse.Namespace, folder: Path) -> list[Figure]:
    """All checks on against none."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(NameServer())
        server.add(mix.DOMAIN.decode(), "MX", f"10 mx.{mix.DOMAIN.decode()}.")
        server.add("1.0.0.127.in-addr.arpa", "PTR", "client.example.")
        server.add("client.example", "A", "127.0.0.1")
        next_hop = stack.enter_context(sinks.make(sinks.installed(), None, "127.0.0.1", 0))
        dns = f"[dns]\nservers = ['{server.address}']\n"
        bare = stack.enter_context(gateway(folder / "bare", next_hop, trusted=(), listener=OFF, more=FREE + dns))
        full = stack.enter_context(gateway(folder / "full", next_hop, trusted=(), listener=ON, more=FREE + dns))
        for warm in (bare, full):
            cost(warm, mails(500, 1), 16)
        asked = len(server.asked)
        load = mails(options.messages, 2)
        pairs = [(cost(full, load, 64), cost(bare, load, 64)) for _ in range(options.repeat)]
        if len(server.asked) - asked > 50:
            raise AssertionError("the DNS was asked while it should have been cached")
    return [
        Figure("all checks / none", "x", [on / off for on, off in pairs], 1.25),
        Figure("  a message with all checks", "us", [on for on, _ in pairs], float("inf")),
        Figure("  a message with none", "us", [off for _, off in pairs], float("inf")),
    ]


def newconn(options: argparse.Namespace, folder: Path) -> list[Figure]:
    """A connection for each message against kept ones."""
    with (
        sinks.make(sinks.installed(), None, "127.0.0.1", 0) as next_hop,
        gateway(
            folder / "gateway", next_hop, trusted=(), more=FREE + "[dns]\nservers = ['127.0.0.1:1']\n", listener=OFF
        ) as one,
    ):
        cost(one, mails(500, 1), 16)
        load = mails(options.messages, 2)
        pairs = [(cost(one, load, 64, fresh=True), cost(one, load, 64)) for _ in range(options.repeat)]
    return [
        Figure("new connection - kept one", "us", [new - kept for new, kept in pairs], 150.0),
        Figure("  a message on a new one", "us", [new for new, _ in pairs], float("inf")),
        Figure("  a message on a kept one", "us", [kept for _, kept in pairs], float("inf")),
    ]


def idle(options: argparse.Namespace, folder: Path) -> list[Figure]:
    """Sessions that say nothing after EHLO."""
    with (
        sinks.make(sinks.installed(), None, "127.0.0.1", 0) as next_hop,
        gateway(folder / "gateway", next_hop, more=FREE) as one,
    ):
        cost(one, mails(500, 1), 16)
        assert one.process is not None
        watch = Watch(one.process.pid)
        watch.look()
        before = watch.peak.total
        asyncio.run(_hold(one.port, options.sessions, watch.look))
        after = watch.peak.total
        if watch.peak.unreadable:
            raise AssertionError(f"cannot read the memory of {watch.peak.unreadable}: be root")
    return [Figure(f"{options.sessions} idle sessions", "MB", [(after - before) / 1e6], 150.0)]


async def _hold(port: int, count: int, look: Callable[[], None]) -> None:
    """Open so many sessions from several loopback addresses, look, and let them go."""
    writers: list[asyncio.StreamWriter] = []

    async def session(number: int) -> None:
        source = (f"127.0.0.{2 + number % 200}", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=source)
        writers.append(writer)
        assert (await reader.readline()).startswith(b"220")
        writer.write(b"EHLO client.example\r\n")
        while (await reader.readline())[3:4] == b"-":
            pass

    for begin in range(0, count, 200):
        await asyncio.gather(*(session(number) for number in range(begin, min(count, begin + 200))))
    look()
    for writer in writers:
        writer.transport.abort()


def abuse(options: argparse.Namespace, folder: Path) -> list[Figure]:
    """The rate of well-behaved clients, with and without others that misbehave."""
    hostile = FREE.replace("errors = 0", "errors = 300")
    with (
        sinks.make(sinks.installed(), None, "127.0.0.1", 0) as next_hop,
        gateway(folder / "gateway", next_hop, trusted=(), listener=OFF, more=hostile) as one,
    ):
        cost(one, mails(500, 1), 16)
        load = mails(options.messages, 2)
        losses, alone, beside = [], [], []
        for _ in range(options.repeat):
            quiet = _rate(one, load)
            with _misbehaving(one.port, options.slow, options.errors):
                loud = _rate(one, load)
            losses.append(1.0 - loud / quiet)
            alone.append(quiet)
            beside.append(loud)
    return [
        Figure("throughput lost beside them", "of 1", losses, 0.2),
        Figure("  messages a second, alone", "/s", alone, float("inf")),
        Figure("  messages a second, beside them", "/s", beside, float("inf")),
    ]


def _rate(running: Gateway, load: Sequence[mix.Mail]) -> float:
    outcome = generator.send(load, running.port, connections=64)
    if sorted(set(outcome.codes)) != [250]:
        raise AssertionError(f"not all accepted: {sorted(set(outcome.codes))}")
    return len(load) / outcome.seconds


@contextlib.contextmanager
def _misbehaving(port: int, slow: int, errors: int) -> Iterator[None]:
    """So many clients in a process of their own; ready when all slow ones are connected."""
    command = [sys.executable, "-m", "bench.misbehave", str(port), str(slow), str(errors)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline() != b"ready\n":
                raise AssertionError("the misbehaving clients did not come up")
            yield
        finally:
            process.kill()


def to_json(figures: Sequence[Figure], command: str) -> str:
    """The results with what is needed to repeat them."""
    now = stamp()
    kept = [{**asdict(one), "name": one.name.strip()} for one in figures]
    return json.dumps({"command": command, "commit": now.commit, "date": now.date, "figures": kept}, indent=1)


def from_json(text: bytes) -> dict[str, Any]:
    """What `to_json` wrote; ValueError for anything else."""
    found = json.loads(text)
    if not isinstance(found, dict) or {"command", "commit", "date", "figures"} - set(found):
        raise ValueError("expected the results of bench.wall")
    return found


def _command(options: argparse.Namespace) -> str:
    """How to do the same again."""
    numbers = ("messages", "repeat", "sessions", "slow", "errors")
    return " ".join(["python -m bench.wall", options.task, *(f"--{name} {getattr(options, name)}" for name in numbers)])


_TASKS = {"checks": checks, "newconn": newconn, "idle": idle, "abuse": abuse}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; 0 when every figure is met, 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.wall", description=__doc__.partition("\n")[0])
    parser.add_argument("task", choices=(*_TASKS, "all"))
    parser.add_argument("--messages", type=int, default=3000, metavar="N")
    parser.add_argument("--repeat", type=int, default=5, metavar="N")
    parser.add_argument("--sessions", type=int, default=10_000, metavar="N", help="idle ones")
    parser.add_argument("--slow", type=int, default=2000, metavar="N", help="clients that send a byte a second")
    parser.add_argument("--errors", type=int, default=200, metavar="N", help="clients that only make errors")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(argv)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    figures: list[Figure] = []
    for task in _TASKS if options.task == "all" else (options.task,):
        with tempfile.TemporaryDirectory(prefix="bartizan-wall-") as folder:
            for figure in _TASKS[task](options, Path(folder)):
                print(figure.line(), flush=True)
                figures.append(figure)
    if options.json is not None:
        options.json.write_text(to_json(figures, _command(options)))
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
