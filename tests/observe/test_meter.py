"""What an smtpd counts, its accounting of recipients, and what its successor makes of what it left."""

from __future__ import annotations

import os
import random
import time

import pytest

from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.observe import page
from bartizan.observe.meter import Meter
from bartizan.observe.metrics import BOUNDS, SMTPD, SUPERVISOR, Stage
from bartizan.observe.page import Reading
from bartizan.observe.supervision import Supervision
from observe.counted import assert_quiet, counted, fates, in_flight, reading


def settled(code: int, quarantined: int = 0) -> dict[str, int]:
    """The fates of three recipients of one transaction."""
    meter = Meter.unread()
    meter.open("x", 3)
    assert (fates(meter), in_flight(meter)) == ({}, 3)
    meter.settle("x", code, "accept", quarantined)
    assert_quiet(meter)
    return fates(meter)


def test_fates() -> None:
    """A 2yz divides its recipients; everything else treats them alike, whatever was decided."""
    assert settled(250) == {"relayed": 3}
    assert settled(250, 1) == {"relayed": 2, "quarantined": 1}
    assert settled(250, 3) == {"quarantined": 3}
    assert settled(451, 2) == settled(421) == {"deferred": 3}
    assert settled(550, 2) == settled(500) == {"rejected": 3}
    assert settled(0) == {"deferred": 3}


def test_settled_once() -> None:
    """Who knows first says how it ended; an unknown transaction is nobody's."""
    meter = Meter.unread()
    meter.open("x", 2)
    meter.settle("x", 250, "quarantine", 2)
    meter.settle("x", 451)
    meter.settle("y", 550)
    assert fates(meter) == {"quarantined": 2}
    assert counted(meter, "messages") == {"quarantine": 1}
    assert counted(meter, "message_replies") == {"2xx": 1}


def test_messages() -> None:
    """By verdict and by class of reply; without verdict or reply it is "none"."""
    meter = Meter.unread()
    for id, code, verdict in (("a", 250, "accept"), ("b", 550, "reject"), ("c", 421, "none"), ("d", 0, "none")):
        meter.open(id, 1)
        meter.settle(id, code, verdict)
    assert counted(meter, "messages") == {"accept": 1, "reject": 1, "none": 2}
    assert counted(meter, "message_replies") == {"2xx": 1, "4xx": 1, "5xx": 1, "none": 1}


def test_stages() -> None:
    """A time lands in the first bucket that is not below it, above all buckets in the last; sums are seconds."""
    meter = Meter.unread()
    for seconds in (0.001, 0.0011, 60.0, 61.0, -1.0, 1e9, float("nan")):
        meter.took(Stage.SCAN, seconds)
    counts, total = reading(meter).buckets("stage_seconds", "scan")
    # not a number compares with nothing and counts as the shortest
    assert (sum(counts), counts[0] + counts[-1], counts[1], counts[len(BOUNDS) - 1]) == (7, 5, 1, 1)
    assert total == pytest.approx(121.0021)
    assert reading(meter).buckets("stage_seconds", "send") == ([0] * (len(BOUNDS) + 1), 0.0)


def test_findings() -> None:
    """By kind; gaps by reason too, also one with a name that is no reason."""
    meter = Meter.unread()
    meter.found((Finding(Kind.PHRASE, "x", "1"), gap(Reason.CRASH, "1"), Finding(Kind.GAP, "made up", "1")))
    assert counted(meter, "findings") == {"phrase": 1, "gap": 2}
    assert counted(meter, "gaps") == {"crash": 1, "other": 1}


def test_the_rest() -> None:
    """Sessions, bytes, lines, duplicates and the store."""
    meter = Meter.unread()
    meter.session_opened()
    meter.session_opened()
    meter.session_closed()
    meter.session_refused("cap")
    meter.session_encrypted()
    meter.arrived(100)
    meter.hold(70)
    meter.hold(-30)
    meter.relayed(60)
    meter.possible_duplicate()
    meter.line_lost()
    meter.set_store_failed(True)
    names = ("sessions_opened", "sessions", "tls_sessions", "received_bytes", "in_flight_bytes", "relayed_bytes")
    assert [counted(meter, name)[""] for name in names] == [2, 1, 1, 100, 40, 60]
    assert counted(meter, "sessions_refused") == {"cap": 1}
    others = ("possible_duplicates", "event_lines_lost", "store_failed")
    assert [counted(meter, name)[""] for name in others] == [1, 1, 1]
    meter.set_store_failed(False)
    assert counted(meter, "store_failed") == {}


def test_a_death_defers() -> None:
    """A successor books what was in flight as deferred, closes every gauge, and keeps every counter."""
    descriptor = page.create(SMTPD)
    first = Meter.attach(descriptor)
    first.open("done", 2)
    first.settle("done", 250, "accept")
    first.open("lost", 3)
    first.hold(1000)
    first.session_opened()
    first.set_store_failed(True)
    second = Meter.attach(descriptor)
    os.close(descriptor)
    assert fates(second) == {"relayed": 2, "deferred": 3}
    assert_quiet(second)
    assert counted(second, "sessions_opened") == {"": 1}
    assert counted(second, "store_failed") == {}


def test_a_liar_cannot_stop_its_successor() -> None:
    """More fates than recipients, and numbers at the end of the range, leave a page that can be counted on."""
    descriptor = page.create(SMTPD)
    cells = page.attach(descriptor, SMTPD)
    cells[SMTPD.cell("recipients", "relayed")] = page.MOST
    cells[SMTPD.cell("recipients_received")] = (1 << 63) - 1
    cells[SMTPD.cell("in_flight_bytes")] = -(1 << 63)
    meter = Meter.attach(descriptor)
    meter.open("x", 1)
    meter.settle("x", 250, "accept")
    assert counted(meter, "recipients") == {"relayed": page.MOST + 1}
    assert counted(meter, "recipients_received") == {"": 1}


@pytest.mark.parametrize("seed", range(20))
def test_a_storm(seed: int) -> None:
    """Transactions in any order, ended in any way, with deaths between any two steps: the numbers agree with a list."""
    choose = random.Random(seed)
    descriptor = page.create(SMTPD)
    meter = Meter.attach(descriptor)
    truth = dict.fromkeys(("relayed", "quarantined", "rejected", "deferred"), 0)
    under_way: dict[str, int] = {}
    for number in range(2000):
        what = choose.random()
        if what < 0.5 or not under_way:
            under_way[str(number)] = choose.randint(1, 5)
            meter.open(str(number), under_way[str(number)])
        elif what < 0.99:
            id = choose.choice(sorted(under_way))
            recipients = under_way.pop(id)
            code = choose.choice((250, 250, 0, 421, 451, 452, 500, 550, 552))
            held = choose.randint(0, recipients)
            meter.settle(id, code, choose.choice(("accept", "reject", "none")), held)
            if code == 250:
                truth["relayed"] += recipients - held
                truth["quarantined"] += held
            else:
                truth["rejected" if code >= 500 else "deferred"] += recipients
            meter.settle(id, 451)
        else:
            truth["deferred"] += sum(under_way.values())
            under_way.clear()
            meter = Meter.attach(descriptor)
        assert in_flight(meter) == sum(under_way.values())
    assert fates(meter) == {fate: count for fate, count in truth.items() if count}
    os.close(descriptor)


def test_the_supervisor_counts() -> None:
    """Each method moves its own number and no other."""
    supervision = Supervision.unread()
    supervision.set_ready(smtpds=2, scanners=3)
    supervision.set_generation(4)
    supervision.set_draining()
    supervision.reloaded(True)
    supervision.reloaded(False)
    for count in ("smtpd_restarted", "smtpd_killed", "scanner_started", "scanner_restarted", "scanner_killed"):
        getattr(supervision, count)()
    supervision.scanner_crashed()
    supervision.line_lost()
    seen = Reading(SUPERVISOR, list(supervision._cells[: SUPERVISOR.length]))
    told = {f.name: [seen.value(f.name, value) for value in f.values or ("",)] for f in SUPERVISOR.families}
    assert told.pop("supervisor_heartbeat_age_seconds") == [0]
    expected = {"draining": [1], "generation": [4], "smtpds_ready": [2], "scanners_ready": [3], "reloads": [1, 1]}
    assert told == {name: [1] for name in told} | expected
    supervision.beat()
    beaten = Reading(SUPERVISOR, list(supervision._cells))
    now = time.monotonic()
    age = beaten.age("supervisor_heartbeat_age_seconds", now)
    assert age is not None
    assert 0 <= age < 60
    assert beaten.age("supervisor_heartbeat_age_seconds", now + 100) == pytest.approx(age + 100)
    assert seen.age("supervisor_heartbeat_age_seconds", now) is None
