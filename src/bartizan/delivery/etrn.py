"""Ask the next hop to send what it keeps for a host: ETRN (RFC 1985).

In: the name of a node, as the client gave it. Out: our own words for what the next hop answered. A next hop that does
not offer ETRN is not asked. Not here: who may ask.
"""

from __future__ import annotations

import re

from bartizan.delivery.ask import ask
from bartizan.delivery.opening import HopTimeouts
from bartizan.delivery.outcome import HopFailure
from bartizan.delivery.pool import HopPool
from bartizan.delivery.replies import HopReply
from bartizan.delivery.session import HopSession
from bartizan.model import reply as replies
from bartizan.model.reply import Reply

_NODE = re.compile(r"[@#]?[A-Za-z0-9._-]{1,255}")
_SAID = {
    250: replies.ETRN_STARTED,
    251: replies.ETRN_NOTHING,
    252: replies.ETRN_PENDING,
    253: replies.ETRN_COUNTED,
    458: replies.ETRN_UNABLE,
    459: replies.ETRN_NOT_ALLOWED,
    501: replies.SYNTAX,
    500: replies.NOT_IMPLEMENTED,
    502: replies.NOT_IMPLEMENTED,
}


async def etrn(pool: HopPool, timeouts: HopTimeouts, node: str) -> Reply:
    """What to answer to ETRN `node`; 458 when the next hop cannot be asked."""
    if _NODE.fullmatch(node) is None:
        return replies.SYNTAX

    async def question(session: HopSession) -> Reply:
        if not session.extensions.etrn:
            return replies.NOT_IMPLEMENTED
        session.write(f"ETRN {node}\r\n".encode("ascii"), 1)
        return _as_ours(await session.reply(timeouts.command))

    try:
        return await ask(pool, question)
    except HopFailure:
        return replies.ETRN_UNABLE


def _as_ours(answer: HopReply) -> Reply:
    """RFC 1985 section 5.3; any other refusal is one of its two. Raises HopFailure for what is no answer to ETRN."""
    if answer.code in _SAID:
        return _SAID[answer.code]
    if answer.code == 421 or answer.kind not in (4, 5):
        raise HopFailure(f"ETRN: {answer}", closed=answer.code == 421)
    return replies.ETRN_UNABLE if answer.kind == 4 else replies.ETRN_NOT_ALLOWED
