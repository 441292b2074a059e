"""What one peer's mail may cost the scanners before it is slowed, and what then happens (see bartizan.restraint)."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class RestraintSettings:
    """[restraint]: what a peer's mail may cost, for each SMTP process. Costs are in seconds, all values positive.

    How long a message takes also depends on how busy the host is, so many seconds alone are no offence: they take away
    turns at a time, which busy scanners would not have served sooner anyway, and become a cost only where others would
    have to wait too long.
    """

    crash_cost: float = 20.0
    """What a message costs that ended two scanners."""
    usual_seconds: float = 1.0
    """A message that takes longer takes away half of its peer's examinations at a time, down to the first ones."""
    costly_seconds: float = 10.0
    """A message that takes longer costs the seconds beyond this, and more are free while all messages take long."""
    seconds_per_mib: float = 0.2
    """Both allow so much more for each MiB of the message."""
    half_life: float = 60.0
    """Seconds in which a cost fades to a half."""
    slow_at: float = 30.0
    """From this cost on a peer has one examination at a time, and a pause behind each costly message."""
    longest_pause: float = 10.0
    """Seconds of such a pause, at most."""
    stop_at: float = 70.0
    """From this cost on a peer's messages are answered 451 without an examination, if they end or hang scanners;
    those of trusted peers never are."""
    stop_seconds: float = 60.0
    """How long a stop lasts; each further one twice as long, up to 16 times."""
    first_at_once: int = 2
    """Examinations at a time of a peer that is not known yet."""
    most_at_once: int = 32
    """The same after many cheap messages."""
    patience: float = 60.0
    """Seconds a message waits for its turn; then it is answered 451."""
    breaker_peers: int = 5
    """When messages of so many peers have ended scanners within `breaker_window`, everybody is answered 451."""
    breaker_window: float = 30.0
    """Seconds that such messages are counted together."""
    breaker_seconds: float = 15.0
    """How long everybody is answered 451 then."""
    peers: int = 10_000
    """Accounts kept; the least recently used goes first."""

    def __post_init__(self) -> None:
        wrong = [f.name for f in fields(self) if getattr(self, f.name) <= 0]
        if wrong:
            raise ValueError(f"must be positive: {', '.join(wrong)}")
        if self.stop_at <= self.slow_at or self.most_at_once < self.first_at_once:
            raise ValueError("stop_at must be above slow_at, and most_at_once not below first_at_once")
        if self.costly_seconds < self.usual_seconds:
            raise ValueError("costly_seconds must be not below usual_seconds")
