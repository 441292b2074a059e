"""Ask the next hop whether it knows a recipient, while the client waits at RCPT: MAIL, RCPT, RSET and never a message.

The question comes from the null sender, as a bounce would: so the answer is about the recipient alone and holds for
every sender, the next hop has no sender's domain to check, and it may not refuse it to an address that exists (RFC 5321
section 4.5.5). A refusal whose enhanced code is about policy (5.7.z) is one of the null sender; whether it holds for
the mail itself, that will show.

Limits: a known recipient is believed for half an hour (a wrong answer costs nothing, the message is refused all the
same), a refused one for ten minutes (a new mailbox must not wait for long), no answer for 30 seconds; 10,000
recipients, the oldest go first; 8 questions at a time, so that messages find connections, 100 with those that wait;
20 seconds each. One question for everybody who asks for the same recipient meanwhile. Known gap: the memory is one
process's own.
"""

from __future__ import annotations

import asyncio

from bartizan.delivery.ask import ask, reset
from bartizan.delivery.commands import BadAddress, check_addresses, mail_command, recipient_command
from bartizan.delivery.opening import HopTimeouts
from bartizan.delivery.outcome import HopFailure, as_ours, check_session
from bartizan.delivery.pool import HopPool
from bartizan.delivery.replies import HopReply
from bartizan.delivery.session import HopSession
from bartizan.model.clock import Clock
from bartizan.model.envelope import Envelope, Peer, Recipient, domain_of
from bartizan.model.reply import NEXT_HOP_DOWN, NEXT_HOP_REFUSES_US, Reply

TAKEN_SECONDS, REFUSED_SECONDS, UNSURE_SECONDS = 1800.0, 600.0, 30.0
MOST_RECIPIENTS = 10_000
AT_ONCE, MOST_WAITING = 8, 100
PATIENCE = 20.0


class KnownRecipients:
    """What one next hop says about recipients."""

    def __init__(self, pool: HopPool, timeouts: HopTimeouts, *, clock: Clock, patience: float = PATIENCE) -> None:
        """`patience`: seconds until a question without an answer is given up."""
        self._pool = pool
        self._timeouts = timeouts
        self._clock = clock
        self._patience = patience
        self._places = asyncio.Semaphore(AT_ONCE)
        self._known: dict[str, tuple[float, Reply | None]] = {}
        self._asked: dict[str, asyncio.Task[Reply | None]] = {}

    def __len__(self) -> int:
        return len(self._known)

    async def known(self, recipient: str) -> Reply | None:
        """None when the next hop takes mail for it; 5yz when it does not; 4yz when that cannot be said now. Waits only
        for what is not known yet."""
        key = _key(recipient)
        until, reply = self._known.get(key, (0.0, None))
        if until > self._clock.monotonic():
            return reply
        task = self._asked.get(key)
        if task is None:
            if len(self._asked) >= MOST_WAITING:
                return NEXT_HOP_DOWN
            task = self._asked[key] = asyncio.get_running_loop().create_task(self._find_out(key, recipient))
        return await asyncio.shield(task)

    async def _find_out(self, key: str, recipient: str) -> Reply | None:
        reply: Reply | None
        try:
            async with asyncio.timeout(self._patience), self._places:
                reply = await ask(self._pool, lambda session: self._question(session, Recipient(recipient)))
        except BadAddress:
            reply = None  # it cannot be asked for; the message gets the proper answer
        except HopFailure as failure:
            reply = failure.reply
        except TimeoutError:
            reply = NEXT_HOP_DOWN
        finally:
            del self._asked[key]
        self._remember(key, reply)
        return reply

    async def _question(self, session: HopSession, recipient: Recipient) -> Reply | None:
        offer, seconds = session.extensions.offer, self._timeouts.command
        parameters = () if recipient.address.isascii() else ("SMTPUTF8",)
        envelope = Envelope("", Peer(""), "", "", (recipient,), parameters)
        check_addresses(envelope, envelope.recipients)
        mail = mail_command(envelope, offer, None)
        rcpt = recipient_command(recipient, envelope, offer)
        session.messages += 1
        if offer.pipelining:
            session.write(mail + rcpt + b"RSET\r\n", 3)
            sender, answer = await session.reply(seconds), await session.reply(seconds)
        else:
            session.write(mail, 1)
            sender = await session.reply(seconds)
            session.write(rcpt, 1)
            answer = await session.reply(seconds)
            session.write(b"RSET\r\n", 1)
        reply = _meaning(sender, answer)
        await reset(session, self._timeouts.reset)
        return reply

    def _remember(self, key: str, reply: Reply | None) -> None:
        seconds = TAKEN_SECONDS if reply is None else UNSURE_SECONDS if reply.temporary else REFUSED_SECONDS
        self._known.pop(key, None)
        if len(self._known) >= MOST_RECIPIENTS:
            del self._known[next(iter(self._known))]
        self._known[key] = (self._clock.monotonic() + seconds, reply)


def _meaning(sender: HopReply, answer: HopReply) -> Reply | None:
    """Of the answers to MAIL and RCPT. Raises HopFailure when the next hop is closing or has lost the thread."""
    for verb, reply in (("MAIL", sender), ("RCPT", answer)):
        if reply.code == 421 or (reply.kind not in (4, 5) and not reply.accepts):
            raise HopFailure(f"{verb}: {reply}", closed=reply.code == 421)
    if not sender.accepts:
        return NEXT_HOP_REFUSES_US
    check_session("RCPT", answer)
    return None if answer.accepts or answer.enhanced.startswith("5.7.") else as_ours(answer)


def _key(address: str) -> str:
    """The address with its domain in lower case; local parts are told apart by case (RFC 5321 section 2.4)."""
    return f"{address.rpartition('@')[0]}@{domain_of(address)}" if "@" in address else address
