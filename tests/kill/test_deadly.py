"""Mail that kills scanners: it is held, it never loops, and who sends it stops nobody else's mail."""

from __future__ import annotations

import statistics
import threading
import time

from bench.gateway import Gateway
from kill.deadly import WORKERS, Start, mail, send


def deaths(gateway: Gateway) -> int:
    """Scanners that were killed so far."""
    return sum("ended, killed by" in event.get("detail", "") for event in gateway.seen())


def test_a_message_that_kills_its_scanner_twice_is_held_and_remembered(start: Start) -> None:
    """Quarantined as `crash`; when it comes again, answered without a scanner. Each smtpd remembers for itself, so it
    costs each of them two scanners at most, however often and over whichever connection it comes."""
    gateway, recorder = start()
    raw = mail("die", "deadly")
    assert send(gateway, raw, "first") == 250
    for number in range(12):
        assert send(gateway, raw, f"again{number}") == 250
    assert send(gateway, mail("hello", "good"), "good") == 250

    held = gateway.quarantine()
    assert len(held) == 13
    assert {tuple(finding["name"] for finding in row["findings"]) for row in held} == {("crash",)}
    assert [t.sender for t in recorder.finished] == ["good@sender.example"]
    assert gateway.stop() == 0
    assert 2 <= deaths(gateway) <= 2 * WORKERS


def test_one_peer_with_deadly_mail_stops_nobody_else(start: Start) -> None:
    """127.0.0.2 sends a new scanner killer on each of its connections as fast as it is answered. Every clean mail of
    127.0.0.1 is relayed at its first attempt; the peer's mail costs no more scanners than its restraint lets it, and
    from then on clean mail is as quick as ever although the peer goes on."""
    gateway, recorder = start()
    over = threading.Event()
    answers: list[int] = []

    def attack(number: int) -> None:
        serial = 0
        while not over.is_set():
            serial += 1
            token = f"bad-{number}-{serial}"
            answers.append(send(gateway, mail("die", token), token, "127.0.0.2"))

    attackers = [threading.Thread(target=attack, args=(number,), daemon=True) for number in range(8)]
    for attacker in attackers:
        attacker.start()
    times, codes = [], []
    began = time.monotonic()
    try:
        while len(times) < 40:
            sent = time.monotonic()
            codes.append(send(gateway, mail("hello", f"good-{len(times)}"), f"good-{len(times)}"))
            times.append(time.monotonic() - sent)
    finally:
        over.set()
        for attacker in attackers:
            attacker.join(90)
    seconds = time.monotonic() - began
    print(
        f"{len(times)} clean mails, longest {max(times):.2f} s, at the end {statistics.median(times[-20:]):.3f} s; "
        f"{answers.count(250)} deadly ones examined, {answers.count(451)} answered 451, {deaths(gateway)} deaths"
    )
    assert set(codes) == {250}
    assert [t.sender for t in recorder.finished] == [f"good-{n}@sender.example" for n in range(len(times))]
    assert statistics.median(times[-20:]) < 1.0
    assert max(times) < 30.0
    assert set(answers) <= {250, 451}
    # Each smtpd: two at once, then one at a time with growing pauses until its cost of 20 s each reaches 70 s; a stop
    # of a minute; then again as far as half of the cost has faded.
    assert deaths(gateway) <= 2 * WORKERS * 5 * (1 + seconds / 60)


def test_several_deadly_peers_make_everybody_wait_for_a_moment(start: Start) -> None:
    """The breaker: 451 for all, nothing passes unexamined, and soon mail goes on."""
    gateway, recorder = start(more="[restraint]\nbreaker_peers = 2\nbreaker_seconds = 3.0\n")
    killers = [f"127.0.1.{number}" for number in range(1, 9)]
    assert {send(gateway, mail("die", source), source, source) for source in killers} <= {250, 451}

    codes = []
    end = time.monotonic() + 30
    while 250 not in codes:
        assert time.monotonic() < end
        codes.append(send(gateway, mail("hello", "good"), "good"))
    assert set(codes) <= {250, 451}
    assert [t.sender for t in recorder.finished] == ["good@sender.example"]
    refused = [
        event["reply"][:9] for event in gateway.seen() if event["event"] == "message" and "451" in event["reply"]
    ]
    assert set(refused) == {"451 4.3.2"}
