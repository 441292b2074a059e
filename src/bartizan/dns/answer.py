"""What a look-up came to: found, there is none, or it could not be found out."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value", covariant=True)


class Status(enum.Enum):
    """How a look-up ended."""

    FOUND = "found"
    NONE = "none"
    """The name does not exist, or has no such record."""
    FAILED = "failed"
    """Nobody knows: no answer, a server's failure or refusal, a malformed answer, no budget left. Never a reason to
    refuse anything for good."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[Value]):
    """`values` are not empty only if it is FOUND, and can be empty even then, when all that was there was unusable.

    `ttl`: seconds that the answer is kept, counted from when it came; `cut`: values were left out, because there were
    too many, or they were too long, or no host names; `reason`: why it FAILED, a word or two for people.
    """

    status: Status
    values: tuple[Value, ...] = ()
    ttl: float = 0.0
    cut: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Mx:
    """One mail exchanger; `host` is a host name in lower case without the last dot, "" for the null MX (RFC 7505)."""

    preference: int
    host: str


def failed(reason: str, ttl: float = 0.0) -> Answer[Value]:
    """It could not be found out."""
    return Answer(Status.FAILED, ttl=ttl, reason=reason)
