"""What is done about what checks found: the listener's ruling on each, and the reply where it refuses.

Pure: findings and rulings in, marks and at most one refusal out. Not here: finding things (bartizan.wall), the relay
and syntax rules of the dialogue, which nobody may switch off.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from bartizan.model import reply as replies
from bartizan.model.check import Check, CheckAction, Mark, Rulings
from bartizan.model.reply import Reply
from bartizan.wall.visit import Found

REPLIES = {
    Check.DENIED_PEER: replies.NOT_WELCOME,
    Check.DENIED_NAME: replies.NOT_WELCOME,
    Check.DENIED_HELO: replies.HELO_REFUSED,
    Check.DENIED_SENDER: replies.SENDER_REFUSED,
    Check.DENIED_RECIPIENT: replies.RECIPIENT_REFUSED,
    Check.EARLY_TALKER: replies.OUT_OF_SYNC,
    Check.PIPELINING: replies.OUT_OF_SYNC,
    Check.OUT_OF_TURN: replies.OUT_OF_SYNC,
    Check.FOREIGN: replies.OUT_OF_SYNC,
    Check.REVERSE_DNS: replies.NO_REVERSE_NAME,
    Check.FORWARD_DNS: replies.NO_REVERSE_NAME,
    Check.HELO_FORM: replies.HELO_REFUSED,
    Check.HELO_DNS: replies.HELO_REFUSED,
    Check.HELO_OURS: replies.HELO_REFUSED,
    Check.SENDER_DOMAIN: replies.SENDER_UNKNOWN,
    Check.NULL_MX: replies.SENDER_NULL_MX,
    Check.SENDER_MX: replies.SENDER_UNKNOWN,
    Check.SENDER_PATTERN: replies.SENDER_REFUSED,
    Check.SENDER_LOGIN: replies.SENDER_NOT_YOURS,
    Check.UNKNOWN_RECIPIENT: replies.RECIPIENT_REFUSED,
    Check.NUL: replies.FORM_REFUSED,
    Check.HEADER_MISSING: replies.FORM_REFUSED,
    Check.HEADER_DOUBLED: replies.FORM_REFUSED,
    Check.HEADER_EIGHT_BIT: replies.FORM_REFUSED,
    Check.HEADER_SYNTAX: replies.FORM_REFUSED,
    Check.HEADER_LENGTH: replies.FORM_REFUSED,
}
"""What a client is told when a check rejects; deferred, the same with a 4."""


class Sentence(NamedTuple):
    """A refusal, by which finding, and what the ruling was."""

    reply: Reply
    found: Found
    action: CheckAction


def judge(found: Iterable[Found], rulings: Rulings) -> tuple[list[Mark], Sentence | None]:
    """Marks of what does not refuse, up to the first that does."""
    marks: list[Mark] = []
    for one in found:
        ruling = rulings.of(one.check)
        action = ruling.action
        if action is CheckAction.OFF:
            continue
        if action in (CheckAction.REJECT, CheckAction.DEFER):
            if not one.unsure:
                own = one.reply if action is CheckAction.REJECT else None
                return marks, Sentence(own or refusal(one.check, action), one, action)
            if rulings.defer_unsure:
                return marks, Sentence(one.reply or replies.LOOKED_UP_LATER, one, CheckAction.DEFER)
        if one.unsure:
            marks.append(Mark(one.check, CheckAction.LOG, 0.0, one.detail))
        else:
            marks.append(Mark(one.check, action, ruling.score, one.detail))
    return marks, None


@lru_cache(128)
def refusal(check: Check, action: CheckAction) -> Reply:
    """The reply of a check that refuses."""
    reply = REPLIES[check]
    if action is CheckAction.REJECT:
        return reply
    return Reply(450, f"4{reply.enhanced[1:]}", f"{reply.text} now, try again later")
