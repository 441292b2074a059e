"""A result of the load test with made-up figures."""

from __future__ import annotations

from dataclasses import replace

from bench.memory import Peak
from bench.result import CACHES, FORMAT, Latency, Measured, Result, Run, summary
from bench.stages import Stage
from bench.stamp import Stamp
from bench.verify import Account

STAMP = Stamp(
    commit="abc1234",
    date="2026-01-02T03:04:05Z",
    cpu="Abacus 9000",
    cores=2,
    memory=4096,
    kernel="6.1",
    system="Debian",
    python="3.11.2",
    libraries={"uvloop": "0.21.0", "yara-python": "4.5.1"},
)
STRAIGHT = Measured(
    messages=1000,
    rate=10_000.0,
    mb_per_second=50.0,
    average_bytes=5000,
    seconds=0.1,
    replies={"2xx": 1000},
    deferred_share=0.0,
    unsent=0,
    latency=Latency(1.0, 2.0, 3.0, 4.0, 0.0, [0.5 + percent * 0.035 for percent in range(101)]),
    cpu_us={"generator": 35.0, "sink": 40.0},
    bin_seconds=0.1,
    bins=[1000],
)
GATEWAY = Measured(
    messages=990,
    rate=500.0,
    mb_per_second=2.5,
    average_bytes=5000,
    seconds=2.0,
    replies={"2xx": 985, "4xx": 5, "lost": 10},
    deferred_share=0.005,
    unsent=3,
    latency=Latency(50.0, 120.0, 150.5, 200.0, 1.5, [float(percent * 2) for percent in range(101)]),
    cpu_us={"generator": 80.0, "sink": 70.0, "supervisor": 1.0, "smtpd": 700.0, "scanner": 1000.0},
    bin_seconds=0.5,
    bins=[200, 300, 290, 199, 1],
    memory=Peak(300 * 2**20, {"smtpd": 100 * 2**20, "scanner": 200 * 2**20}, ["admin"]),
    at_sink=980,
)
FIRST = Run(
    STRAIGHT,
    GATEWAY,
    0.05,
    [
        Stage("scan", False, 990, 1.0, 4.0, 17.0, 2500.0, 0.25),
        Stage("send", False, 970, 3.0, 33.0, 58.0, 5000.0, 0.5),
        Stage("signature", True, 990, 0.7, 3.0, 9.5, 2000.0, 0.2),
    ],
    ["12.00%  libyara  yr_execute"],
    Account(970, 15, 14, ["0af"], {"0af": "default.toml:4 unreadable"}, ["0b0 (good, reply 451): not taken"]),
)
SECOND = Run(
    replace(STRAIGHT, rate=12_000.0),
    replace(GATEWAY, rate=540.0, latency=replace(GATEWAY.latency, p99_ms=140.5)),
    0.045,
)
OPTIONS = {
    "mix": "real",
    "messages": "1000",
    "connections": "64",
    "rate": "0.0",
    "phrases": "10000",
    "signatures": "",
    "target": "None",
}
CLOSED = Result(
    FORMAT,
    "python -m bench.run --repeat 2",
    STAMP,
    OPTIONS,
    "smtp-sink",
    "the corpus",
    CACHES,
    [FIRST, SECOND],
    summary([FIRST, SECOND]),
)
OPEN = replace(
    CLOSED,
    command="python -m bench.run --mix newconn --rate 100",
    options=OPTIONS | {"mix": "newconn", "rate": "100.0", "signatures": "../a/rules more", "target": "10.0.0.1:25"},
    runs=[replace(SECOND, share=None)],
    summary=summary([replace(SECOND, share=None)]),
)
