"""Names for transactions: short, unique among processes, in the order they were given, letters and digits only."""

from __future__ import annotations

import secrets

from bartizan.model.clock import SYSTEM, Clock

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PLACES_TIME = 9
_SEQUENCE = tuple(a + b for a in _DIGITS for b in _DIGITS)
_PLACES_PROCESS = 5


class Identifiers:
    """Names of 16 characters: milliseconds since 1970, a sequence, and a random name of this process, in base 36."""

    __slots__ = ("_clock", "_milliseconds", "_prefix", "_sequence", "_suffix")

    def __init__(self, clock: Clock = SYSTEM) -> None:
        self._clock = clock
        self._suffix = base36(secrets.randbelow(36**_PLACES_PROCESS), _PLACES_PROCESS)
        self._milliseconds = -1
        self._sequence = 0
        self._prefix = ""

    def new(self) -> str:
        """The next name; a clock that stands still or goes back does not repeat one."""
        self._sequence += 1
        now = int(self._clock.wall() * 1000)
        if now > self._milliseconds or self._sequence >= len(_SEQUENCE):
            self._milliseconds = max(now, self._milliseconds + 1)
            self._prefix = base36(self._milliseconds, _PLACES_TIME)
            self._sequence = 0
        return self._prefix + _SEQUENCE[self._sequence] + self._suffix


def base36(number: int, places: int) -> str:
    """`number` in digits and lower-case letters, `places` long, high digits cut off."""
    digits = []
    for _ in range(places):
        number, digit = divmod(number, 36)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
