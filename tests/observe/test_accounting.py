"""Every recipient is accounted for: each row of the table in observe/metrics.py, through real sessions and pipeline."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from smtpd.house import FakeTransport, VirtualLoop

import pytest

from bartizan.delivery.outcome import Outcome
from bartizan.model.errors import TemporaryError
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.reply import NEXT_HOP_DOWN, NO_SPACE, OUTCOME_UNKNOWN, Reply
from bartizan.smtpd.connection import Phase
from bartizan.smtpd.session import Session
from observe.counted import assert_quiet, counted, fates, in_flight, reading
from observe.gate import Gate

DOWN = Outcome(NEXT_HOP_DOWN, False)
UNKNOWN = Outcome(OUTCOME_UNKNOWN, False, True)
REFUSED = Outcome(Reply(550, "5.1.1", "No"), False)


@pytest.fixture(scope="module")
def loop() -> Iterator[VirtualLoop]:
    """One loop for the module."""
    loop = VirtualLoop()
    yield loop
    loop.close()


@pytest.fixture
def gate(loop: VirtualLoop) -> Iterator[Gate]:
    """A gateway that must be quiet at the end."""
    gate = Gate(loop, message_bytes=2000)
    yield gate
    loop.sleep(1000)
    assert_quiet(gate.meter)
    gate.close()


def test_relayed(gate: Gate) -> None:
    """Accepted and tagged copies are relayed."""
    assert gate.deliver("accept", "tag").startswith(b"250")
    assert fates(gate.meter) == {"relayed": 2}
    assert counted(gate.meter, "messages") == {"tag": 1}
    assert counted(gate.meter, "message_replies") == {"2xx": 1}
    assert counted(gate.meter, "relayed_bytes") == {"": 17}
    assert counted(gate.meter, "received_bytes") == {"": 20}


def test_quarantined(gate: Gate) -> None:
    """Held for everybody: nothing is relayed."""
    assert gate.deliver("quarantine1", "quarantine2").startswith(b"250")
    assert fates(gate.meter) == {"quarantined": 2}
    assert counted(gate.meter, "relayed_bytes") == {}


def test_split(gate: Gate) -> None:
    """Each by its own fate; one that is rejected beside others is kept."""
    assert gate.deliver("accept", "quarantine", "reject").startswith(b"250")
    assert fates(gate.meter) == {"relayed": 1, "quarantined": 2}
    assert counted(gate.meter, "messages") == {"reject": 1}


def test_rejected_by_policy(gate: Gate) -> None:
    """550 for all."""
    assert gate.deliver("reject1", "reject2").startswith(b"550")
    assert fates(gate.meter) == {"rejected": 2}


def test_deferred_by_policy(gate: Gate) -> None:
    """451 for all, also for the one that would have been quarantined."""
    assert gate.deliver("defer", "quarantine", "accept").startswith(b"451")
    assert fates(gate.meter) == {"deferred": 3}


def test_next_hop_fails(gate: Gate) -> None:
    """4yz of the next hop defers all, with the copy in quarantine taken back; 5yz rejects all."""
    gate.fail(DOWN)
    assert gate.deliver("accept", "quarantine").startswith(b"451")
    assert fates(gate.meter) == {"deferred": 2}
    gate.fail(REFUSED)
    assert gate.deliver("accept").startswith(b"550")
    assert fates(gate.meter) == {"deferred": 2, "rejected": 1}
    assert counted(gate.meter, "possible_duplicates") == {}


def test_half_done(gate: Gate) -> None:
    """One transaction taken, the next failed: 451 for all, all deferred, somebody may get it twice."""
    gate.fail(Outcome(Reply(250, "2.0.0", "Ok"), True), DOWN)
    assert gate.deliver("accept", "tag").startswith(b"451")
    assert fates(gate.meter) == {"deferred": 2}
    assert counted(gate.meter, "possible_duplicates") == {"": 1}


def test_outcome_unknown(gate: Gate) -> None:
    """No answer after our dot."""
    gate.fail(UNKNOWN)
    assert gate.deliver("accept").startswith(b"451")
    assert fates(gate.meter) == {"deferred": 1}
    assert counted(gate.meter, "possible_duplicates") == {"": 1}


def test_our_failures(gate: Gate) -> None:
    """No scanner, no space, an error of ours: 4yz, deferred."""
    gate.pool.findings = TemporaryError("no scanner")
    assert gate.deliver("quarantine").startswith(b"451")
    gate.pool.findings = RuntimeError("a bug")
    assert gate.deliver("accept").startswith(b"451")
    gate.pool.findings = ()
    gate.store.broken = ("put",)
    assert gate.deliver("quarantine").startswith(NO_SPACE.encode()[:3])
    assert fates(gate.meter) == {"deferred": 3}
    assert counted(gate.meter, "messages") == {"none": 2, "quarantine": 1}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"a\nb\r\n", b"550"),
        (b"x" * 5000 + b"\r\n", b"500"),
        (b"x\r\n" * 700, b"552"),
        (b"Received: x\r\n" * 101, b"554"),
    ],
    ids=["bare line end", "line too long", "too big", "loop"],
)
def test_refused_for_its_form(loop: VirtualLoop, body: bytes, code: bytes) -> None:
    """Rejected, before anything looked into it."""
    gate = Gate(loop, message_bytes=2000 if code == b"552" else 10_000, data_line_bytes=1024)
    assert gate.deliver("accept", "quarantine", body=body).startswith(code)
    assert fates(gate.meter) == {"rejected": 2}
    assert counted(gate.meter, "messages") == {"none": 1}
    assert counted(gate.meter, "message_replies") == {"5xx": 1}
    assert_quiet(gate.meter)
    gate.close()


def test_hopelessly_too_big(gate: Gate) -> None:
    """552 before the dot."""
    client = gate.client()
    client.begin("accept")
    assert client.send(b"x\r\n" * 2000).startswith(b"552")
    assert fates(gate.meter) == {"rejected": 1}


def test_client_gone_in_data(gate: Gate) -> None:
    """It got no reply and will try again."""
    client = gate.client()
    client.begin("accept", "reject")
    client.send(b"Subject: x\r\n")
    assert in_flight(gate.meter) == 2
    assert counted(gate.meter, "in_flight_bytes") == {"": 12}
    client.lose()
    assert fates(gate.meter) == {"deferred": 2}
    assert counted(gate.meter, "message_replies") == {"none": 1}
    assert counted(gate.meter, "received_bytes") == {"": 12}


def test_timeout_in_data(gate: Gate) -> None:
    """421."""
    client = gate.client()
    client.begin("accept")
    gate.loop.sleep(200)
    assert client.read().startswith(b"421")
    assert fates(gate.meter) == {"deferred": 1}
    assert counted(gate.meter, "message_replies") == {"4xx": 1}


def test_drain_in_data(gate: Gate) -> None:
    """421 too."""
    client = gate.client()
    client.begin("accept")
    client.session.leave_now()
    assert client.read().startswith(b"421")
    assert fates(gate.meter) == {"deferred": 1}


def test_too_many_bytes_in_flight(loop: VirtualLoop) -> None:
    """421 in the middle, and the bytes are given back."""
    gate = Gate(loop, message_bytes=1000, in_flight_bytes=1)
    clients = [gate.client() for _ in range(3)]
    for client in clients:
        client.begin("accept")
        client.send(b"x" * 900)
    assert clients[2].read() == b""
    assert fates(gate.meter) == {"deferred": 1}
    assert in_flight(gate.meter) == 2
    for client in clients:
        client.lose()
    assert fates(gate.meter) == {"deferred": 3}
    assert_quiet(gate.meter)
    gate.close()


def test_client_gone_before_the_reply(gate: Gate) -> None:
    """What was done counts as what was done; the sender will try again."""
    gate.pool.open.clear()
    client = gate.client()
    client.begin("accept", "quarantine")
    client.send(b"x\r\n.\r\n")
    client.lose()
    assert in_flight(gate.meter) == 2
    gate.pool.open.set()
    gate.loop.turn()
    assert fates(gate.meter) == {"relayed": 1, "quarantined": 1}
    assert counted(gate.meter, "possible_duplicates") == {"": 1}


def test_timeout_before_the_reply(gate: Gate) -> None:
    """Told 451, and the commit goes on: relayed all the same."""
    gate.pool.open.clear()
    client = gate.client()
    client.begin("accept")
    client.send(b"x\r\n.\r\n")
    gate.loop.sleep(600)
    assert client.read().startswith(b"451")
    gate.pool.open.set()
    gate.loop.turn()
    assert fates(gate.meter) == {"relayed": 1}
    assert counted(gate.meter, "possible_duplicates") == {"": 1}


def test_cancelled(gate: Gate) -> None:
    """The process ends before the commit does: deferred."""
    gate.pool.open.clear()
    client = gate.client()
    client.begin("accept")
    client.send(b"x\r\n.\r\n")
    for task in asyncio.all_tasks(gate.loop):
        task.cancel()
    gate.loop.turn()
    assert client.read().startswith(b"421")
    assert fates(gate.meter) == {"deferred": 1}


def test_death(gate: Gate) -> None:
    """What was in flight got no reply; its successor says so, and counts on."""
    gate.deliver("accept")
    gate.pool.open.clear()
    scanning, receiving = gate.client(), gate.client()
    scanning.begin("accept", "quarantine")
    scanning.send(b"x\r\n.\r\n")
    receiving.begin("reject")
    receiving.send(b"x\r\n")
    gate.die()
    assert fates(gate.meter) == {"relayed": 1, "deferred": 3}
    assert_quiet(gate.meter)
    gate.deliver("quarantine")
    assert fates(gate.meter) == {"relayed": 1, "deferred": 3, "quarantined": 1}


def test_no_room_for_another_message(loop: VirtualLoop) -> None:
    """452 to MAIL: nothing was received, and it is counted."""
    gate = Gate(loop, message_bytes=1000, in_flight_bytes=1)
    clients = [gate.client() for _ in range(3)]
    for client in clients[:2]:
        client.begin("accept")
        client.send(b"x" * 1000)
    assert clients[2].send(b"MAIL FROM:<a@b.example>\r\n").startswith(b"452")
    assert counted(gate.meter, "mail_without_room") == {"": 1}
    assert counted(gate.meter, "recipients_received") == {"": 2}
    for client in clients:
        client.lose()
    assert_quiet(gate.meter)
    gate.close()


def test_nothing_received_without_354(gate: Gate) -> None:
    """Recipients that were named, and never sent for, are nobody's."""
    client = gate.client()
    client.send(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<accept@here.example>\r\nRSET\r\n")
    client.lose()
    assert counted(gate.meter, "recipients_received") == {}


def test_findings_and_gaps(gate: Gate) -> None:
    """What the scanner reported, once for each message."""
    gate.pool.findings = (Finding(Kind.SIGNATURE, "s", "1"), gap(Reason.TIMEOUT, "1"))
    gate.deliver("accept", "tag")
    assert counted(gate.meter, "findings") == {"signature": 1, "gap": 1}
    assert counted(gate.meter, "gaps") == {"timeout": 1}


def test_stages(gate: Gate) -> None:
    """Every stage that a message passed is timed once, a refused one only as far as it came."""
    gate.deliver("accept", "quarantine")
    passed = dict.fromkeys(("receive", "first_pass", "scan", "policy", "store", "send", "total"), 1)
    assert timed(gate) == passed
    gate.deliver("accept", body=b"a\nb\r\n")
    assert timed(gate) == passed | {"receive": 2, "first_pass": 2}


def timed(gate: Gate) -> dict[str, int]:
    """How often each stage was timed."""
    seen = reading(gate.meter)
    stages = ("receive", "first_pass", "scan", "policy", "store", "send", "total")
    return {stage: sum(seen.buckets("stage_seconds", stage)[0]) for stage in stages}


def test_sessions(loop: VirtualLoop) -> None:
    """Opened, open, and turned away: over the cap, or speaking before the greeting."""
    gate = Gate(loop, sessions=1, early_talker="reject")
    first, second = gate.client(), gate.client()
    assert b"421" in second.transport.written
    assert counted(gate.meter, "sessions") == {"": 1}
    first.lose()
    second.lose()
    early = Session(gate.office)
    early.connection_made(FakeTransport(loop, early))
    early.data_received(b"HELO c\r\n")
    assert counted(gate.meter, "sessions") == {"": 1}
    early.connection_lost(None)
    assert counted(gate.meter, "sessions_opened") == {"": 3}
    assert counted(gate.meter, "sessions_refused") == {"cap": 1, "early_talker": 1}
    assert_quiet(gate.meter)
    gate.close()


def test_tls_sessions(gate: Gate) -> None:
    """A handshake that succeeded, not one that failed."""
    failed, succeeded = gate.client(), gate.client()
    for client in (failed, succeeded):
        client.session._phase = Phase.HANDSHAKE
    failed.session._encrypted(None)
    assert counted(gate.meter, "tls_sessions") == {}
    succeeded.session._encrypted(succeeded.transport)
    assert counted(gate.meter, "tls_sessions") == {"": 1}
    assert counted(gate.meter, "sessions") == {"": 1}
    succeeded.lose()


@pytest.mark.parametrize("seed", range(8))
def test_a_storm(loop: VirtualLoop, seed: int) -> None:
    """Clients that do anything, scanners, next hops and stores that fail, processes that die: nobody is forgotten."""
    choose = random.Random(seed)
    gate = Gate(loop, message_bytes=2000)
    accepted = 0
    clients = [gate.client() for _ in range(4)]
    for _ in range(300):
        at = choose.randrange(len(clients))
        client = clients[at]
        match choose.randrange(12):
            case 0 | 1 | 2:
                recipients = choose.choices(("accept", "tag", "quarantine", "reject", "defer"), (9, 2, 3, 3, 1), k=3)
                if b"354" in client.begin(*recipients[: choose.randint(1, 3)]):
                    accepted += 1
            case 3 | 4 | 5 | 6:
                client.send(choose.choice((b"x\r\n.\r\n", b"x\r\n.\r\n", b"a\nb\r\n.\r\n", b"x\r\n", b"y" * 900)))
            case 7:
                client.lose()
                clients[at] = gate.client()
            case 8:
                gate.fail(*choose.choices((DOWN, UNKNOWN, REFUSED, RuntimeError("bug")), k=2))
            case 9:
                gate.pool.findings = choose.choice(((), (), RuntimeError("bug"), TemporaryError("no scanner")))
                gate.store.broken = choose.choice(((), ("put",), ("confirm",), ("remove",)))
            case 10:
                (gate.pool.open.clear if choose.random() < 0.3 else gate.pool.open.set)()
                loop.sleep(choose.choice((0, 0, 0, 250)))
            case _ if choose.random() < 0.2:
                gate.die()
                clients = [gate.client() for _ in clients]
        fates(gate.meter)
    gate.pool.open.set()
    for client in clients:
        client.lose()
    loop.sleep(1000)
    told = fates(gate.meter)
    assert_quiet(gate.meter)
    assert accepted > 20
    assert reading(gate.meter).value("recipients_received") == sum(told.values()) >= accepted
    gate.close()


def test_refusals(loop: VirtualLoop) -> None:
    """By check, whoever refused."""
    gate = Gate(loop, recipient_domains=("here.example",), tls_required=True)
    client = gate.client()
    client.send(b"HELO c\r\nMAIL FROM:<a@b.example>\r\n")
    assert counted(gate.meter, "refusals") == {"tls_required": 1}
