"""Read what a next hop offers in its reply to EHLO (RFC 5321 section 4.1.1.1, 1869).

Unknown keywords and malformed lines are no offer. Limits: those of the reply parser; a SIZE of more than 20 digits is
no limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bartizan.delivery.replies import HopReply
from bartizan.model.offer import Offer

_SIZE = re.compile(rb"SIZE(?: ([0-9]{1,20}))?")


@dataclass(frozen=True, slots=True)
class Extensions:
    """What matters of an EHLO reply: `offer` is what may be passed on, the rest concerns this connection only."""

    offer: Offer = field(default_factory=Offer)
    size: bool = False
    """SIZE= may be given at MAIL, whether or not a limit is stated."""
    starttls: bool = False
    etrn: bool = False


def read_extensions(reply: HopReply) -> Extensions:
    """The extensions in the lines after the first."""
    lines = [line.strip().upper() for line in reply.lines[1:]]
    words = {line.split(b" ", 1)[0] for line in lines}
    sizes = [found for found in map(_SIZE.fullmatch, lines) if found]
    return Extensions(
        Offer(
            eight_bit=b"8BITMIME" in words,
            smtputf8=b"SMTPUTF8" in words,
            dsn=b"DSN" in words,
            pipelining=b"PIPELINING" in words,
            size=int(sizes[0][1] or 0) if sizes else 0,
        ),
        size=bool(sizes),
        starttls=b"STARTTLS" in words,
        etrn=b"ETRN" in words,
    )
