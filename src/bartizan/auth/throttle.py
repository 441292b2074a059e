"""How often a password may be guessed: failures are counted for each peer and for each login, and then have to wait.

In: who tries which login, and how it ended. Out: seconds until the attempt may be made, 0 for now. Up to a number of
failures nothing happens; each one above it means a wait that doubles, during which no password is looked at and nothing
is counted. Failures fade, one in each `fade` seconds. A success takes nothing away, or a guesser would log in with a
login of his own in between. Whoever guesses the password of somebody else must not lock him out: from a network where a
login succeeded a while ago, it has failures of its own before it has to wait.
A peer is an IPv4 address or an IPv6 /64. Above the number of failures attempts are made one after the other, below it
AT_ONCE at the same time, so that a burst does not get around the count.
Limits: `accounts` of each kind, the least recently seen goes first.
Not here: replies, and limits that hold for all mail (bartizan.smtpd.rates).
"""

from __future__ import annotations

from collections import OrderedDict

from bartizan.auth.canonical import login_key
from bartizan.model.auth import AuthSettings
from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.envelope import network_of

AT_ONCE = 50
"""Attempts under way of one peer, or for one login."""
KNOWN_FAILURES = 3
"""Failures of a login from where it succeeded before it is treated as from anywhere else."""
KNOWN_SECONDS = 7 * 86400.0
"""For how long it is known from where a login succeeded."""
_SOON = 1.0
"""Seconds until an attempt may have room, when others are under way."""
_DOUBLINGS = 40


class _Account:
    """Failures of one peer, login, or login at a peer: `level` as of `at`, attempts are to wait `until`."""

    __slots__ = ("at", "known_until", "level", "pending", "until")

    def __init__(self, now: float) -> None:
        self.at = now
        self.level = 0.0
        self.until = 0.0
        self.pending = 0
        self.known_until = 0.0


class Attempt:
    """One attempt that may be made; `Throttle.ended` must be told of its end, once."""

    __slots__ = ("counted", "pair")

    def __init__(self, pair: str, counted: tuple[tuple[_Account, int], ...]) -> None:
        self.pair = pair
        self.counted = counted


class Throttle:
    """All attempts of one process."""

    __slots__ = ("_clock", "_logins", "_pairs", "_peers", "_settings")

    def __init__(self, settings: AuthSettings, clock: Clock = SYSTEM) -> None:
        self._settings = settings
        self._clock = clock
        self._peers: OrderedDict[str, _Account] = OrderedDict()
        self._logins: OrderedDict[str, _Account] = OrderedDict()
        self._pairs: OrderedDict[str, _Account] = OrderedDict()

    def renew(self, settings: AuthSettings) -> None:
        """Go by these settings; what was counted stays."""
        self._settings = settings

    def begin(self, address: str, login: str) -> Attempt | float:
        """The attempt of a peer to log in, or seconds that it has to wait (more than 0)."""
        settings, now = self._settings, self._clock.monotonic()
        peer, key = network_of(address), login_key(login)
        pair = f"{peer} {key}"
        known = self._pairs.get(pair)
        if known is not None and now < known.known_until and self._faded(known, now) < KNOWN_FAILURES:
            counted: tuple[tuple[_Account, int], ...] = ((known, KNOWN_FAILURES),)
        else:
            counted = (
                (self._account(self._peers, peer, now), settings.peer_failures),
                (self._account(self._logins, key, now), settings.login_failures),
            )
        wait = max(self._wait(account, free, now) for account, free in counted)
        if wait > 0:
            return wait
        for account, _ in counted:
            account.pending += 1
        return Attempt(pair, counted)

    def ended(self, attempt: Attempt, right: bool | None) -> None:
        """How it ended; None when nobody could say, which counts for nothing."""
        settings, now = self._settings, self._clock.monotonic()
        for account, free in attempt.counted:
            account.pending -= 1
            if right is not False:
                continue
            account.level = self._faded(account, now) + 1
            account.at = now
            above = account.level - free
            if above >= 0:
                wait = settings.delay * 2.0 ** min(above, _DOUBLINGS)
                account.until = max(account.until, now + min(wait, settings.longest_delay))
        if right:
            self._account(self._pairs, attempt.pair, now).known_until = now + KNOWN_SECONDS

    def _wait(self, account: _Account, free: int, now: float) -> float:
        if now < account.until:
            return account.until - now
        most = AT_ONCE if self._faded(account, now) + 1 <= free else 1
        return _SOON if account.pending >= most else 0.0

    def _faded(self, account: _Account, now: float) -> float:
        return max(0.0, account.level - (now - account.at) / self._settings.fade)

    def _account(self, accounts: OrderedDict[str, _Account], key: str, now: float) -> _Account:
        account = accounts.get(key)
        if account is not None:
            accounts.move_to_end(key)
            return account
        while len(accounts) >= self._settings.accounts:
            accounts.popitem(last=False)
        account = accounts[key] = _Account(now)
        return account
