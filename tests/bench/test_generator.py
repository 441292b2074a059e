"""The generator counts every reply, and its latencies begin when they should."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from bench import generator, mix
from bench.outcome import Outcome, percentile
from bench.schedule import poisson
from bench.sink import free_port
from tests.bench.server import serving

REAL = mix.made_up(1, 20)
OK = b"250 ok\r\n"
STALL = 0.15


@pytest.mark.parametrize(
    ("replies", "codes"),
    [
        ([OK, b"451 later\r\n", b"550-no\r\n550 no\r\n"], {"2xx": 1, "4xx": 1, "5xx": 1}),
        ([OK, b""], {"2xx": 1, "lost": 1}),
    ],
)
def test_replies_are_counted(replies: list[bytes], codes: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each class of reply; a mail whose connection ends before the reply is lost, the rest unsent."""
    monkeypatch.setattr(generator, "_RECONNECTS", 0)
    mails = mix.make(REAL, 3, 1)
    with serving(lambda number: replies[number]) as port:
        outcome = generator.send(mails, port, connections=1, deadline=10.0)
    answered = [mail for mail, code in zip(mails, outcome.codes, strict=False) if code]
    assert (outcome.classes, outcome.unsent) == (codes, 3 - sum(codes.values()))
    assert outcome.size == sum(mail.size for mail in answered)
    assert len(outcome.latencies()) == len(answered)


@pytest.mark.parametrize(("fresh", "codes", "unsent"), [(False, [], 3), (True, [0, 0], 1)])
def test_nobody_listens(fresh: bool, codes: list[int], unsent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bounded number of attempts; a mail that had a connection of its own is lost with it."""
    monkeypatch.setattr(generator, "_RECONNECTS", 1)
    monkeypatch.setattr(generator, "_PAUSE", 0.0)
    outcome = generator.send(mix.make(REAL, 3, 1), free_port(), connections=1, deadline=10.0, fresh=fresh)
    assert (outcome.codes, outcome.unsent, outcome.rate) == (codes, unsent, 0.0)


def test_refused_greeting() -> None:
    """It is the answer to the mail that the connection was made for."""
    with serving(lambda _: OK, greeting=b"421 busy\r\n") as port:
        outcome = generator.send(mix.make(REAL, 1, 1), port, connections=1, deadline=10.0, fresh=True)
    assert outcome.codes == [421]


def test_one_mail_a_connection() -> None:
    """With `fresh` every mail comes over a connection of its own."""
    numbers: list[int] = []
    with serving(lambda number: numbers.append(number) or OK, sessions=5) as port:  # type: ignore[func-returns-value]
        outcome = generator.send(mix.make(REAL, 5, 1), port, connections=2, deadline=10.0, fresh=True)
    assert outcome.codes == [250] * 5
    assert numbers == [0] * 5


@pytest.mark.parametrize("fresh", [False, True])
def test_open_loop_keeps_to_the_schedule(fresh: bool) -> None:
    """No mail is sent before its time, and the run lasts as long as the schedule."""
    schedule = [0.0, 0.01, 0.05, 0.2]
    with serving(lambda _: OK, sessions=4 if fresh else 1) as port:
        outcome = generator.send(
            mix.make(REAL, 4, 1), port, connections=1, deadline=10.0, schedule=schedule, fresh=fresh
        )
    assert outcome.codes == [250] * 4
    assert [round(began, 6) for began in outcome.began] == schedule
    assert all(sent >= due for sent, due in zip(outcome.sent, schedule, strict=True))
    assert 0.2 <= outcome.seconds < 5.0


def test_latency_counts_from_the_schedule() -> None:
    """A server that stalls once delays every mail that was due meanwhile; in a closed loop one mail shows it."""
    mails = mix.make(REAL, 10, 1)
    due = [0.001 * number for number in range(10)]
    stalled = threading.Event()

    def answer(number: int) -> bytes:
        if number == 0:
            stalled.wait(STALL)
        return OK

    with serving(answer) as port:
        opened = generator.send(mails, port, connections=1, deadline=10.0, schedule=due)
    with serving(answer) as port:
        closed = generator.send(mails, port, connections=1, deadline=10.0)
    assert min(opened.latencies()) >= STALL * 1000 - 10
    assert opened.waits()[1] >= STALL * 1000 - 10
    assert sum(1 for ms in closed.latencies() if ms >= STALL * 1000) == 1
    assert percentile(closed.waits(), 100) == 0.0


def test_deadline() -> None:
    """What the deadline leaves over is unsent, and has no latency."""
    with serving(lambda _: OK) as port:
        outcome = generator.send(mix.make(REAL, 3, 1), port, connections=1, deadline=0.2, schedule=[0.0, 0.01, 60.0])
    assert (outcome.codes, outcome.unsent) == ([250, 250], 1)
    assert len(outcome.latencies()) == 2


def test_schedule_is_poisson() -> None:
    """Seeded; gaps average 1/rate, deviate as much, and forget the past."""
    times = poisson(100.0, 20_000, 1)
    gaps = [after - before for before, after in zip([0.0, *times], times, strict=False)]
    mean = sum(gaps) / len(gaps)
    deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    correlation = sum((a - mean) * (b - mean) for a, b in pairwise(gaps)) / len(gaps) / deviation**2
    assert times == poisson(100.0, 20_000, 1)
    assert times != poisson(100.0, 20_000, 2)
    assert mean == pytest.approx(0.01, rel=0.03)
    assert deviation == pytest.approx(0.01, rel=0.03)
    assert abs(correlation) < 0.03
    with pytest.raises(ValueError, match="rate"):
        poisson(0.0, 1, 1)


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1.0), (1, 1.0), (50, 50.0), (99, 99.0), (99.5, 100.0), (100, 100.0)]
)
def test_percentile(percent: float, value: float) -> None:
    """The nearest rank."""
    assert percentile([float(n) for n in range(1, 101)], percent) == value


def test_over_time() -> None:
    """Replies fall into the stretch in which they came."""
    outcome = Outcome(seconds=3.5)
    outcome.ended.extend([0.0, 0.05, 0.25, 3.5])
    width, bins = outcome.over_time()
    assert (width, len(bins)) == (0.1, 36)
    assert {number: count for number, count in enumerate(bins) if count} == {0: 2, 2: 1, 35: 1}
    assert (percentile([], 50), Outcome().over_time()) == (0.0, (1.0, []))
