"""The memory of refused recipients."""

from __future__ import annotations

from bartizan.delivery.refusals import Refusals
from bartizan.model.clock import Clock
from bartizan.model.reply import REJECTED, RELAY_DENIED


def test_forgets_after_an_hour() -> None:
    """A refusal is known for its time and not a second longer."""
    now = [0.0]
    memory = Refusals(clock=Clock(monotonic=lambda: now[0]))
    memory.remember("", "A@Example.net", REJECTED)
    now[0] = 3599.0
    assert memory.refused("", "A@eXAMPLE.NET") == REJECTED
    assert memory.refused("", "a@example.net") is None
    now[0] = 3600.0
    assert memory.refused("", "A@example.net") is None
    assert len(memory) == 0


def test_for_one_sender() -> None:
    """What one sender was refused says nothing about another's mail: nobody can close a mailbox for everybody."""
    memory = Refusals()
    memory.remember("evil@x.example", "list@d.example", REJECTED)
    assert memory.refused("evil@X.example", "list@d.example") == REJECTED
    assert memory.refused("Evil@x.example", "list@d.example") is None
    assert memory.refused("", "list@d.example") is None


def test_is_bounded() -> None:
    """The oldest refusals make room; a renewed one is young again."""
    memory = Refusals(limit=3)
    for name in ("a", "b", "c"):
        memory.remember("s@x", f"{name}@x", REJECTED)
    memory.remember("s@X", "a@x", RELAY_DENIED)
    memory.remember("s@x", "postmaster", REJECTED)
    assert [memory.refused("s@x", a) for a in ("a@x", "b@x", "c@x", "postmaster")] == [
        RELAY_DENIED,
        None,
        REJECTED,
        REJECTED,
    ]
    assert len(memory) == 3
