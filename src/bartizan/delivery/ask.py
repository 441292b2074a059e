"""Put a question that is no message to the next hop, over a session of the pool.

A kept session may have been ended by the next hop since it was used last: then the question is put once more, on a new
one. Not here: what is asked (recipients.py, etrn.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bartizan.delivery.outcome import HopFailure
from bartizan.delivery.pool import HopPool
from bartizan.delivery.session import HopSession

T = TypeVar("T")


async def ask(pool: HopPool, question: Callable[[HopSession], Awaitable[T]]) -> T:
    """What `question` gives, which has one session to itself and leaves it ready for MAIL. Raises HopFailure, and what
    the question raises besides."""
    session = await pool.borrow()
    while True:
        kept = session.messages > 0
        try:
            answer = await question(session)
            break
        except HopFailure as failure:
            session.abort()
            if not kept or not failure.closed:
                pool.give_back(session)
                raise
        except BaseException:
            session.abort()
            pool.give_back(session)
            raise
        session = await pool.replace(session)
    pool.give_back(session)
    return answer


async def reset(session: HopSession, seconds: float) -> None:
    """Read the answer to a RSET that was written; a session whose transaction goes on is of no use to anybody."""
    try:
        answer = await session.reply(seconds)
    except HopFailure:
        return  # the pool sees that it cannot be used, and what was asked has been answered
    if not answer.accepts:
        session.abort()
