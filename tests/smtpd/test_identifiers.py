"""Names of transactions."""

from __future__ import annotations

from bartizan.model.clock import Clock
from bartizan.smtpd.identifiers import Identifiers, base36


def test_unique_and_in_order() -> None:
    """Many at once, and a clock that stands still or goes back: never twice, always later."""
    now = 1_700_000_000.0
    times = iter([now] * 3000 + [now - 5] * 3000 + [now + 1] * 10)
    names = Identifiers(Clock(wall=lambda: next(times)))
    given = [names.new() for _ in range(6010)]
    assert len(set(given)) == 6010
    assert given == sorted(given)


def test_form() -> None:
    """Sixteen letters and digits, the same end for all of one process, another for the next."""
    names = Identifiers()
    one, two = names.new(), names.new()
    assert len(one) == 16
    assert one.isalnum()
    assert one == one.lower()
    assert one[-5:] == two[-5:]
    assert {Identifiers().new()[-5:] for _ in range(5)} != {one[-5:]}


def test_base36() -> None:
    """As int() reads it."""
    for number in (0, 35, 36, 123_456_789):
        assert int(base36(number, 7), 36) == number
