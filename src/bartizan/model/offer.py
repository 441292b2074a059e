"""What a next hop offers in its EHLO reply, and so what Bartizan may offer in its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """Extensions of a next hop: 8BITMIME, SMTPUTF8, DSN, PIPELINING; `size` its SIZE in bytes, 0 for no limit.
    `sized`: our own client may declare a size, whatever the next hop offers."""

    eight_bit: bool = False
    smtputf8: bool = False
    dsn: bool = False
    pipelining: bool = False
    size: int = 0
    sized: bool = True
