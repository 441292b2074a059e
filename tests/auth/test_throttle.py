"""The throttle: how many wrong passwords are free, how long the waits are, who is not locked out by whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.auth.throttle import AT_ONCE, KNOWN_FAILURES, KNOWN_SECONDS, Attempt, Throttle
from bartizan.model.auth import AuthSettings
from bartizan.model.envelope import network_of
from lookups import Time

SETTINGS = AuthSettings(peer_failures=3, login_failures=5, delay=30.0, longest_delay=200.0, fade=1000.0)
HERE, THERE = "192.0.2.1", "198.51.100.1"


class Scene:
    """A throttle and its time."""

    def __init__(self, settings: AuthSettings = SETTINGS) -> None:
        self.time = Time()
        self.throttle = Throttle(settings, self.time.clock)

    def wait(self, address: str, login: str) -> float:
        """Seconds that an attempt would have to wait; it counts for nothing."""
        attempt = self.throttle.begin(address, login)
        if isinstance(attempt, float):
            return attempt
        self.throttle.ended(attempt, None)
        return 0.0

    def tries(self, address: str, login: str, right: bool = False) -> float:
        """An attempt; what it had to wait."""
        attempt = self.throttle.begin(address, login)
        if isinstance(attempt, float):
            return attempt
        self.throttle.ended(attempt, right)
        return 0.0


def test_waits_of_a_peer_double() -> None:
    """Three are free whatever the logins; then the waits double, but for what fades; others do not wait."""
    scene = Scene()
    assert [scene.tries(HERE, f"user{n}") for n in range(3)] == [0.0] * 3
    waits = []
    for n in range(4):
        waits.append(scene.wait(HERE, "next"))
        scene.time.now += waits[-1]
        assert scene.tries(HERE, f"more{n}") == 0.0
    assert [round(wait) for wait in waits] == [30, 59, 113, 200]
    assert scene.wait(THERE, "next") == 0.0


def test_an_attempt_that_waits_is_not_counted() -> None:
    """Somebody's mail program tries on and on: that does not make it worse."""
    scene = Scene()
    for _ in range(3):
        scene.tries(HERE, "ann")
    for _ in range(1000):
        assert scene.tries(HERE, "ann") == 30.0
    scene.time.now += 30
    assert scene.wait(HERE, "ann") == 0.0


def test_failures_fade() -> None:
    """One in each 1,000 seconds; after three of them everything is as at the start."""
    scene = Scene()
    for _ in range(3):
        scene.tries(HERE, "ann")
    scene.time.now += 3000
    assert [scene.tries(HERE, "ann") for _ in range(4)] == [0.0, 0.0, 0.0, 30.0]


def test_one_login_guessed_from_many_peers() -> None:
    """The login waits, whatever its case; other logins of those peers do not."""
    scene = Scene()
    assert [scene.tries(f"192.0.2.{n}", "Ann" if n % 2 else "aNN") for n in range(5)] == [0.0] * 5
    assert scene.wait(THERE, "ann") == 30.0
    assert scene.wait("192.0.2.1", "bob") == 0.0


def test_nobody_is_locked_out_by_others() -> None:
    """Where a login succeeded, neither guesses of it elsewhere nor guesses of others here make it wait."""
    scene = Scene()
    assert scene.tries(HERE, "ann", right=True) == 0.0
    for n in range(6):
        scene.tries(f"203.0.113.{n}", "ann")
        scene.tries(HERE, "bob")
    assert scene.wait("203.0.113.77", "ann") > 0
    assert scene.wait(HERE, "carol") > 0
    assert scene.tries(HERE, "ANN", right=True) == 0.0


def test_guesses_from_where_a_login_succeeded() -> None:
    """A neighbour has few guesses there, and successes give him no more."""
    scene = Scene()
    for _ in range(KNOWN_FAILURES):
        scene.tries(HERE, "ann", right=True)
        assert scene.tries(HERE, "ann") == 0.0
    for _ in range(3):
        assert scene.tries(HERE, "ann") == 0.0
        scene.tries(HERE, "ann", right=True)
    assert scene.wait(HERE, "ann") == 30.0


def test_a_login_of_his_own_does_not_help_a_guesser() -> None:
    """Successes between the guesses take nothing away."""
    scene = Scene()
    for _ in range(3):
        assert scene.tries(HERE, "mallory", right=True) == 0.0
        assert scene.tries(HERE, "ann") == 0.0
    assert scene.wait(HERE, "ann") == 30.0


def test_where_a_login_succeeded_is_forgotten() -> None:
    """After a week it is as from anywhere."""
    scene = Scene()
    scene.tries(HERE, "ann", right=True)
    scene.time.now += KNOWN_SECONDS
    for _ in range(3):
        scene.tries(HERE, "bob")
    assert scene.wait(HERE, "ann") == 30.0


def test_a_burst_does_not_get_around_it() -> None:
    """Attempts at the same time are limited: to a number at first, to one after the failures that are free."""
    scene = Scene()
    under_way = [scene.throttle.begin(HERE, f"user{n}") for n in range(AT_ONCE + 1)]
    assert under_way.pop() == 1.0
    for attempt in under_way:
        assert isinstance(attempt, Attempt)
        scene.throttle.ended(attempt, False)
    assert scene.wait(HERE, "ann") == 200.0
    scene.time.now += 200
    first = scene.throttle.begin(HERE, "ann")
    assert isinstance(first, Attempt)
    assert scene.throttle.begin(HERE, "bob") == 1.0
    scene.throttle.ended(first, None)
    assert scene.wait(HERE, "bob") == 0.0


def test_nobody_could_say() -> None:
    """Trouble of ours counts for nothing."""
    scene = Scene()
    assert [scene.wait(HERE, "ann") for _ in range(100)] == [0.0] * 100


def test_memory_is_bounded() -> None:
    """The least recently seen peers and logins go first."""
    scene = Scene(AuthSettings(peer_failures=1, login_failures=1000, accounts=10))
    for n in range(100):
        scene.tries(f"192.0.2.{n}", f"user{n}", right=bool(n % 2))
    assert {len(getattr(scene.throttle, name)) for name in ("_peers", "_logins", "_pairs")} == {10}
    assert scene.wait("192.0.2.98", "user") == 30.0
    assert scene.wait("192.0.2.0", "user") == 0.0


def test_settings_change() -> None:
    """New settings hold for what was counted before."""
    scene = Scene()
    for _ in range(2):
        scene.tries(HERE, "ann")
    scene.throttle.renew(AuthSettings(peer_failures=3, delay=77.0))
    scene.tries(HERE, "ann")
    assert scene.wait(HERE, "ann") == 77.0


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
    ],
)
def test_what_counts_as_one_peer(address: str, peer: str) -> None:
    """An IPv4 address in any form, the /64 of an IPv6 address."""
    assert network_of(address) == peer


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from([True, False, None]), st.floats(0, 500)))
)
def test_any_attempts(attempts: list[tuple[int, int, bool | None, float]]) -> None:
    """A wait is positive and never longer than the longest; whoever waits it out may try."""
    scene = Scene()
    for peer, login, right, seconds in attempts:
        scene.time.now += seconds
        attempt = scene.throttle.begin(f"192.0.2.{peer}", str(login))
        if isinstance(attempt, Attempt):
            scene.throttle.ended(attempt, right)
        else:
            assert 0 < attempt <= SETTINGS.longest_delay
            scene.time.now += attempt + 0.001
            assert scene.wait(f"192.0.2.{peer}", str(login)) == 0.0
