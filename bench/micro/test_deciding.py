"""What one message costs after it was examined: the shipped policy's verdict, and its line in the event log."""

from __future__ import annotations

import io
import json

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bartizan.config.load import load
from bartizan.model.envelope import Envelope, Peer, Recipient
from bartizan.model.finding import Finding, Kind
from bartizan.model.message import Examination, Node
from bartizan.model.reply import ACCEPTED
from bartizan.model.verdict import Action
from bartizan.observe.events import EventLog, Fate
from bartizan.policy.engine import decide
from bartizan.policy.load import build
from bartizan.policy.rules import Policy

ENVELOPE = Envelope(
    "id", Peer("192.0.2.1", 25), "mx.load.example", "a@load.example", (Recipient("b@load.example"),), received_at=1.5
)
NODES = tuple(Node(path, (), "text/plain", "text", 4000, "0" * 64) for path in ("message", "1", "2"))
NOTHING = Examination((), NODES, (), {"scan": 0.5, "signature": 0.4, "attachment": 0.01, "phrase": 0.01})
FOUND = Examination(
    (Finding(Kind.PHRASE, "cheap watches", "1", 2.0), Finding(Kind.SIGNATURE, "EICAR_Test_File", "2", 10.0)), NODES
)


@pytest.fixture(scope="module")
def policy() -> Policy:
    """The shipped one."""
    return build(load().rules, Action.ACCEPT)


@pytest.mark.parametrize(
    ("examination", "action"), [(NOTHING, Action.ACCEPT), (FOUND, Action.QUARANTINE)], ids=["nothing", "signature"]
)
def test_policy(benchmark: BenchmarkFixture, policy: Policy, examination: Examination, action: Action) -> None:
    """One recipient; no rule matches, or the second does."""
    (verdict,) = benchmark(decide, policy, ENVELOPE, examination, 0.0)
    assert verdict.action is action


@pytest.mark.parametrize("examination", [NOTHING, FOUND], ids=["nothing", "signature"])
def test_event(benchmark: BenchmarkFixture, policy: Policy, examination: Examination) -> None:
    """The line of one message, written to memory."""
    stream = io.BytesIO()
    log = EventLog(stream)
    verdicts = decide(policy, ENVELOPE, examination, 0.0)
    fate = Fate(ACCEPTED, size=4000, bundle="0" * 64, stages={"send": 1.5})

    def write() -> None:
        stream.seek(0)
        log.message(ENVELOPE, fate, examination, verdicts)

    benchmark(write)
    line = json.loads(stream.getvalue().splitlines()[0])
    assert (line["event"], line["id"], line["ms"]["send"], log.lost) == ("message", "id", 1.5, 0)
    assert line["finding_count"] == len(examination.findings)
