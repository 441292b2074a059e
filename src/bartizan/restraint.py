"""Keep one peer's costly mail from taking the scanners away from everybody else's.

For each peer (IPv4 address, IPv6 /64) it counts what its messages cost: a fixed amount for each that ended two
scanners, the seconds of each beyond what is costly for its size, at the pace that other peers' messages have at the
moment. The cost fades with a half-life. A peer has few examinations at a time; each quick one earns it one more, up to
a limit, each long one halves them: a busy host slows nobody, and a peer with long messages never has many scanners.
Above `slow_at` it has one at a time, and behind each costly one a pause that grows with the cost. Above `stop_at`, when
scanners ended over its messages or had to be killed, they are answered 451 without an examination for a while, which
doubles each time; a trusted peer is only slowed. When several distinct peers ended scanners within a short time,
everybody is answered 451 for a short while (the breaker). Nothing passes unexamined.

In: a peer, and afterwards the Examination. Out: a turn, or TemporaryError. Each smtpd counts for itself.
`Ledger` is the state machine, without waiting; `Restraint` lets messages wait for their turn on the running loop.
Limits: `peers` accounts, `patience` seconds in the queue. Not here: examining, caps on sessions and octets (smtpd).
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from statistics import median

from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.envelope import Peer, peer_key
from bartizan.model.errors import TemporaryError
from bartizan.model.finding import Reason
from bartizan.model.limits import MIB
from bartizan.model.message import Examination
from bartizan.model.reply import PEER_STOPPED, SCANNERS_SPARED
from bartizan.model.restraint import RestraintSettings

SWEEP_SECONDS = 0.1
_LONGEST_STOP = 16
"""A stop is at most so many times the first one."""
_FORGIVEN = 1.0
"""With less cost than this a peer is as good as new."""
_PACE_PEERS = 64
"""The peers served last whose messages tell the pace."""
_PACE_TIMES = 10
"""So many times what other peers' messages take at the moment is nothing to blame anybody for."""
_OLDEST = 16
"""So many of the accounts that were used least recently are compared when one has to go."""


@dataclass(slots=True, eq=False)
class Account:
    """What one peer's mail has cost and how it is treated; times are monotonic seconds."""

    key: str
    at_once: int
    trusted: bool = False
    running: int = 0
    took: float = 0.0
    """Seconds of its last examination, which ended at `took_at`."""
    took_at: float = -math.inf
    cost: float = 0.0
    cost_at: float = 0.0
    free_at: float = 0.0
    """Before this a slowed peer's next examination must not begin."""
    stopped_until: float = 0.0
    stops: int = 0
    slowed: bool = False
    waiting: deque[Waiter] = field(default_factory=deque)


@dataclass(slots=True, eq=False)
class Waiter:
    """A message that waits for its turn, until `deadline` at the latest."""

    turn: asyncio.Future[bool]
    deadline: float


class Ledger:
    """Who may have an examination now. `tell` is called when a peer is slowed or stopped, or the breaker trips."""

    def __init__(
        self, settings: RestraintSettings, tell: Callable[[str], None], now: Callable[[], float] = SYSTEM.monotonic
    ) -> None:
        self.settings = settings
        self.now = now
        self._tell = tell
        self._accounts: OrderedDict[str, Account] = OrderedDict()
        self._crashes: deque[tuple[float, str]] = deque()
        self._open_until = 0.0

    @property
    def tripped(self) -> bool:
        """Nobody's messages are examined at the moment."""
        return self.now() < self._open_until

    def account(self, key: str, trusted: bool = False) -> Account:
        """The peer's account, made if there is none. A trusted host vouches for nobody else in its /64."""
        if trusted:
            key += " (trusted)"
        found = self._accounts.get(key)
        if found is None:
            if len(self._accounts) >= self.settings.peers:
                self._forget_one()
            found = self._accounts[key] = Account(key, self.settings.first_at_once, trusted)
        else:
            self._accounts.move_to_end(key)
        return found

    def stopped(self, account: Account) -> bool:
        """Its messages are answered without an examination now."""
        return bool(account.stops) and self.now() < account.stopped_until

    def ready(self, account: Account) -> bool:
        """May one more examination begin now? It does not ask whether the peer is stopped."""
        if not account.slowed:
            return account.running < account.at_once
        if self._fade(account) < self.settings.slow_at:
            account.slowed = False
            return account.running < account.at_once
        return not account.running and self.now() >= account.free_at

    def begin(self, account: Account) -> None:
        """An examination begins."""
        account.running += 1

    def end(self, account: Account, seconds: float, lost: Reason | None = None, size: int = 0) -> None:
        """An examination of `size` bytes has ended that took so many seconds; `lost`: why nothing came of it."""
        account.running -= 1
        settings = self.settings
        account.took, account.took_at = seconds, self.now()
        allowed = settings.seconds_per_mib * size / MIB
        if lost is None and seconds <= settings.usual_seconds + allowed:
            if account.at_once < settings.most_at_once:
                account.at_once += 1
            return
        account.at_once = max(settings.first_at_once, account.at_once // 2)
        cost = seconds - settings.costly_seconds - allowed
        if cost > 0.0:
            cost = max(0.0, cost - _PACE_TIMES * self._pace(account))
        if lost is Reason.CRASH:
            account.at_once = settings.first_at_once
            cost = max(0.0, cost) + settings.crash_cost
        if cost > 0.0:
            self._charge(account, cost, lost)

    def _charge(self, account: Account, cost: float, lost: Reason | None) -> None:
        settings = self.settings
        account.cost = self._fade(account) + cost
        self._judge(account, lost)
        if lost is Reason.CRASH:
            self._count_crash(account.key)
        if account.slowed:
            pause = min(settings.longest_pause, (account.cost - settings.slow_at) / 10)
            account.free_at = self.now() + max(0.0, pause)

    def _pace(self, account: Account) -> float:
        """What a message of the other peers takes at the moment, one voice for each peer; 0.0 when there is none."""
        since = self.now() - self.settings.half_life
        latest = islice(reversed(self._accounts.values()), _PACE_PEERS)
        took = [other.took for other in latest if other is not account and other.took_at > since]
        return median(took) if took else 0.0

    def _judge(self, account: Account, lost: Reason | None) -> None:
        """The cost has grown: slow the peer; stop it only for what took scanners away, not for much work."""
        settings = self.settings
        if account.cost >= settings.slow_at and not account.slowed:
            account.slowed = True
            self._tell(f"{account.key}: slowed, its messages cost {account.cost:.0f} s")
        stoppable = lost is not None and not account.trusted
        if stoppable and account.cost >= settings.stop_at and not self.stopped(account):
            seconds = settings.stop_seconds * min(2**account.stops, _LONGEST_STOP)
            account.stops += 1
            account.stopped_until = self.now() + seconds
            self._tell(f"{account.key}: stopped for {seconds:.0f} s, its messages cost {account.cost:.0f} s")

    def _fade(self, account: Account) -> float:
        """The cost as it is now."""
        now = self.now()
        account.cost *= 0.5 ** (max(0.0, now - account.cost_at) / self.settings.half_life)
        account.cost_at = now
        if account.cost < _FORGIVEN and not self.stopped(account):
            account.stops = 0
        return account.cost

    def _count_crash(self, key: str) -> None:
        settings, now = self.settings, self.now()
        self._crashes.append((now, key))
        while self._crashes and (
            self._crashes[0][0] <= now - settings.breaker_window or len(self._crashes) > settings.peers
        ):
            self._crashes.popleft()
        distinct = len({who for _, who in self._crashes})
        if distinct >= settings.breaker_peers and not self.tripped:
            self._crashes.clear()
            self._open_until = now + settings.breaker_seconds
            self._tell(
                f"breaker: messages of {distinct} peers ended scanners, all mail waits {settings.breaker_seconds:g} s"
            )

    def _forget_one(self) -> None:
        """Make room: of the accounts unused for longest, the one with the least cost that has nothing under way."""
        oldest = [account for account, _ in zip(self._accounts.values(), range(_OLDEST), strict=False)]
        idle = [account for account in oldest if not account.running and not account.waiting]
        if idle:
            del self._accounts[min(idle, key=lambda account: (account.stopped_until, self._fade(account))).key]


class Restraint:
    """Turns at the scanners for the messages of one process. Belongs to the running event loop."""

    def __init__(
        self,
        settings: RestraintSettings | None = None,
        *,
        tell: Callable[[str], None] = lambda text: None,
        clock: Clock = SYSTEM,
    ) -> None:
        """`tell` gets one line for each change that an operator should know of."""
        self._ledger = Ledger(settings or RestraintSettings(), tell, clock.monotonic)
        self._queues: dict[str, Account] = {}
        self._sweeper: asyncio.TimerHandle | None = None

    async def turn(self, peer: Peer, trusted: bool = False) -> Account:
        """Wait until a message of `peer` may be examined; give each turn `back`. TemporaryError: it may not be."""
        ledger = self._ledger
        account = ledger.account(peer_key(peer), trusted)
        self._refuse(account)
        if account.waiting or not ledger.ready(account):
            await self._wait(account)
        else:
            ledger.begin(account)
        return account

    def back(self, account: Account, examination: Examination | None, size: int = 0) -> None:
        """The turn for a message of `size` bytes is over; None when nothing was found out, which is nobody's fault but
        ours."""
        seconds, lost = (0.0, None) if examination is None else cost(examination)
        self._ledger.end(account, seconds, lost, size)
        if account.waiting:
            self._serve(account)

    def close(self) -> None:
        """No message may be waiting any more."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None

    def _refuse(self, account: Account) -> None:
        if self._ledger.tripped:
            raise TemporaryError("breaker: scanners are spared", SCANNERS_SPARED)
        if account.stops and self._ledger.stopped(account):
            raise TemporaryError("peer is stopped", PEER_STOPPED)

    async def _wait(self, account: Account) -> None:
        loop = asyncio.get_running_loop()
        waiter = Waiter(loop.create_future(), self._ledger.now() + self._ledger.settings.patience)
        account.waiting.append(waiter)
        self._queues[account.key] = account
        if self._sweeper is None:
            self._sweeper = loop.call_later(SWEEP_SECONDS, self._sweep)
        try:
            given = await waiter.turn
        except asyncio.CancelledError:
            if waiter.turn.done() and not waiter.turn.cancelled() and waiter.turn.result():
                self.back(account, None)
            raise
        if not given:
            self._refuse(account)
            raise TemporaryError("no turn in time", PEER_STOPPED)

    def _serve(self, account: Account) -> None:
        """Give turns to those who wait, as far as that goes; send away who must not or need not wait longer."""
        ledger, waiting = self._ledger, account.waiting
        while waiting:
            first = waiting[0]
            if first.turn.done():
                waiting.popleft()
            elif ledger.tripped or ledger.stopped(account) or ledger.now() >= first.deadline:
                waiting.popleft()
                first.turn.set_result(False)
            elif ledger.ready(account):
                waiting.popleft()
                ledger.begin(account)
                first.turn.set_result(True)
            else:
                return
        self._queues.pop(account.key, None)

    def _sweep(self) -> None:
        """Pauses and patience end here: one timer for all who wait."""
        for account in tuple(self._queues.values()):
            self._serve(account)
        self._sweeper = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep) if self._queues else None


def cost(examination: Examination) -> tuple[float, Reason | None]:
    """A scanner's seconds, and CRASH or TIMEOUT when the scanner itself did not survive the message (scanner.pool)."""
    seconds = examination.timings.get("scan", 0.0) / 1000
    if examination.nodes or not seconds:
        return seconds, None
    crashed = any(finding.name == Reason.CRASH for finding in examination.findings)
    return seconds, Reason.CRASH if crashed else Reason.TIMEOUT
