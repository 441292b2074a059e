"""The cache: how long and how much is kept."""

from __future__ import annotations

import pytest

from bartizan.dns.answer import Answer, Mx, Status
from bartizan.dns.cache import Cache


class Time:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def found(*values: object, ttl: float = 60.0) -> Answer[object]:
    """An answer."""
    return Answer(Status.FOUND, values, ttl)


@pytest.fixture
def time() -> Time:
    """The test's clock."""
    return Time()


def test_kept_for_its_ttl(time: Time) -> None:
    """And not a moment longer."""
    cache = Cache(10, time)
    cache.put((1, "a"), found("192.0.2.1"))
    time.now += 59.9
    assert cache.get((1, "a")) == found("192.0.2.1")
    time.now += 0.1
    assert cache.get((1, "a")) is None
    assert (len(cache), cache.units) == (0, 0)


def test_another_kind_is_another_answer(time: Time) -> None:
    """The key is a kind and a name."""
    cache = Cache(10, time)
    cache.put((1, "a"), found("192.0.2.1"))
    assert cache.get((28, "a")) is None


def test_least_recently_used_goes_first(time: Time) -> None:
    """What was asked for stays."""
    cache = Cache(2, time)
    for name in "ab":
        cache.put((1, name), found(name))
    cache.get((1, "a"))
    cache.put((1, "c"), found("c"))
    assert [cache.get((1, name)) is not None for name in "abc"] == [True, False, True]


def test_put_again(time: Time) -> None:
    """The new answer counts, once."""
    cache = Cache(2, time)
    cache.put((1, "a"), found("old"))
    cache.put((1, "a"), found("new"))
    assert cache.get((1, "a")) == found("new")
    assert cache.units == 1


def test_without_ttl_nothing_is_kept(time: Time) -> None:
    """Nor what was kept before."""
    cache = Cache(2, time)
    cache.put((1, "a"), found("old"))
    cache.put((1, "a"), found("new", ttl=0.0))
    assert cache.get((1, "a")) is None


def test_large_answers_count_more(time: Time) -> None:
    """Memory is limited, not only the number."""
    cache = Cache(100, time)
    for number in range(200):
        cache.put((16, str(number)), found(b"x" * 5120))
    assert len(cache) == 9
    assert cache.units == 99
    cache.put((16, "huge"), found(*[b"x" * 16384] * 10))
    assert cache.get((16, "huge")) is None


def test_exchangers_are_measured(time: Time) -> None:
    """By their names."""
    cache = Cache(100, time)
    cache.put((15, "a"), Answer(Status.FOUND, tuple(Mx(n, "m" * 253) for n in range(50)), 60.0))
    assert cache.units == 1 + 50 * 255 // 512
