"""What look-ups may cost."""

from __future__ import annotations

from bartizan.dns.budget import LookupBudget


def test_queries() -> None:
    """So many and no more."""
    budget = LookupBudget(2, 10.0)
    assert [budget.spend() for _ in range(4)] == [True, True, False, False]


def test_time() -> None:
    """Only waiting counts."""
    budget = LookupBudget(10, 10.0)
    assert budget.begin_wait(100.0) == 10.0
    budget.end_wait(104.0)
    assert budget.begin_wait(200.0) == 6.0
    assert budget.spend()
    budget.end_wait(207.0)
    assert not budget.spend()
    assert budget.begin_wait(300.0) == 0.0


def test_waits_at_the_same_time_count_once() -> None:
    """From the first that begins to the last that ends."""
    budget = LookupBudget(10, 10.0)
    budget.begin_wait(100.0)
    assert budget.begin_wait(101.0) == 9.0
    budget.end_wait(102.0)
    budget.begin_wait(102.0)
    budget.end_wait(103.0)
    budget.end_wait(104.0)
    assert budget.seconds == 6.0
