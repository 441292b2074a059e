"""What a session waits for, each in a task of its own: the answer to a message, a TLS handshake, a look-up.

Neither belongs to the connection: a commit runs to its end when the client has gone. Whatever fails inside becomes a
Reply here and is told once, with traceback; an error of ours that looks like a lost connection is still ours.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

from bartizan.model.envelope import Envelope
from bartizan.model.errors import PermanentError, TemporaryError
from bartizan.model.reply import CLOSING, INTERNAL, Reply, printable
from bartizan.observe.metrics import TOTAL
from bartizan.smtpd.admission import Account
from bartizan.smtpd.half import shake_hands
from bartizan.smtpd.office import Office
from bartizan.smtpd.receive import Reception
from bartizan.smtpd.resumed import Resumed


async def commit(
    office: Office, account: Account, envelope: Envelope, reception: Reception, answer: Callable[[Reply], None]
) -> None:
    """Submit one whole message and pass the reply on; its octets count as in flight until then."""
    reply = CLOSING
    try:
        reply = fit_to_send(await office.services.submit(envelope, reception.stream))
    except (TemporaryError, PermanentError) as error:
        office.services.on_problem(f"{envelope.id}: {error}", error)
        reply = fit_to_send(error.reply)
    except asyncio.CancelledError:
        answer(reply)
        raise
    except Exception as error:
        office.services.on_problem(f"{envelope.id}: submit failed", error)
        reply = INTERNAL
    finally:
        office.admission.give(account, reception.held)
        meter = office.services.meter
        meter.settle(envelope.id, reply.code)
        meter.took(TOTAL, office.loop.time() - reception.last)
    answer(reply)


def fit_to_send(reply: Reply) -> Reply:
    """`reply` as an answer to a command: 2yz, 4yz or 5yz, its text printable; anything else is an error of ours."""
    if not (200 <= reply.code < 300 or 400 <= reply.code < 600):
        return INTERNAL
    if reply.text.isascii() and reply.text.isprintable() and reply.enhanced.isprintable():
        return reply
    return Reply(reply.code, printable(reply.enhanced, 11), printable(reply.text, 400))


async def finish(
    office: Office,
    work: Coroutine[Any, Any, None],
    waiting: object,
    name: str,
    done: Callable[[Reply | None], None],
) -> None:
    """Carry out a command that has begun and waits; `done` gets the reply of a failure, else None: it has answered."""
    failure: Reply | None = None
    try:
        await Resumed(work, waiting)
    except Exception as error:
        office.services.on_problem(f"{name} failed", error)
        failure = INTERNAL
    done(failure)


async def encrypt(
    office: Office,
    context: ssl.SSLContext,
    transport: asyncio.Transport,
    protocol: asyncio.Protocol,
    done: Callable[[asyncio.Transport | None], None],
) -> None:
    """Shake hands on a transport that does not read; `done` gets the encrypted transport, None when it failed. The
    `context` is the one that STARTTLS was accepted with, whatever the settings say by now."""
    encrypted: asyncio.Transport | None = None
    try:
        encrypted = await shake_hands(transport, protocol, context, office.terms.settings.timeouts.handshake)
    except OSError:
        pass  # the client's doing: a handshake that failed, timed out or was broken off (ssl.SSLError is an OSError)
    except Exception as error:
        office.services.on_problem("TLS handshake failed", error)
    finally:  # also when it was cancelled: a transport that is aborted meanwhile may end it so
        done(encrypted)
