"""One SMTP connection from greeting to end: which phase it is in, what the next bytes are, and what has taken too long.

What arrives is handled where it arrives: no reader, no task and no timer for each command. Only a commit, a TLS
handshake and a look-up take time; they run in tasks of their own (slow.py). A session has four layers, each a class:
this one, the commands (dialogue.py), chunks (chunking.py), the verbs (session.py). RFC 5321 sections 3, 4.2 and
4.5.3.2, RFC 3207.
Not here: what is done with message data (intake.py), what is written (wire.py), when to look at the clock (watch.py).
"""

from __future__ import annotations

import asyncio
import enum
import ssl
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, cast

from bartizan.model import reply as replies
from bartizan.model.check import Check
from bartizan.model.envelope import Peer
from bartizan.model.reply import Reply
from bartizan.smtpd.admission import peer_at
from bartizan.smtpd.clerk import Clerk
from bartizan.smtpd.conduct import Conduct
from bartizan.smtpd.intake import Intake
from bartizan.smtpd.lines import CommandLines
from bartizan.smtpd.login import Login
from bartizan.smtpd.office import Office
from bartizan.smtpd.rates import What
from bartizan.smtpd.receive import Reception
from bartizan.smtpd.settings import Caps, SessionReport
from bartizan.smtpd.slow import encrypt, finish
from bartizan.smtpd.transaction import State
from bartizan.smtpd.warden import in_place_of_greeting
from bartizan.smtpd.watch import Watch
from bartizan.smtpd.wire import Wire, tls_name

_GREETING_TURNS = 3
"""Loop turns between accepting and greeting, so that bytes sent before the greeting are seen before it."""


class Phase(enum.Enum):
    """What the next bytes are."""

    OUTSIDE = "impossible: a TLS handshake comes first"
    GREETING = "nothing may come before the greeting"
    COMMANDS = "commands"
    DATA = "a message, or a chunk of one"
    LOOKUP = "commands that wait for what one before them has to look up"
    COMMIT = "commands that wait for the answer to a message"
    HANDSHAKE = "commands that wait for the end of a TLS handshake"
    CLOSING = "of no interest"
    LOST = "impossible"


class Connection(asyncio.Protocol, ABC):
    """One client. Its commands are a subclass's; the transport calls the six methods of asyncio.Protocol."""

    def __init__(self, office: Office, peer: Peer | None = None) -> None:
        """`peer` is who is behind a balancer; None: who the socket names."""
        self._office = office
        self._peer = peer
        self._meter = office.services.meter
        self._phase = Phase.OUTSIDE
        self._lines = CommandLines()
        self._conduct = Conduct(self._caps)
        self._watch = Watch(office.loop, office.terms.tick, self._due)
        self._intake = Intake(office)
        self._login = Login()
        self._work: asyncio.Task[None] | None = None
        self._at_eof = False
        self._turn_waits = False
        self._advancing = False
        self._messages = 0
        self._ended = "client"
        self._since = office.loop.time()
        self._started_at = office.services.clock.wall()

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client was accepted."""
        self._phase = Phase.GREETING
        self._wire = Wire(cast(asyncio.Transport, transport))
        address = transport.get_extra_info("peername")
        peer = peer_at(address[0], address[1]) if isinstance(address, tuple) else Peer("")
        self._socket_peer = peer
        self._clerk = Clerk(self._office, self._peer or peer)
        self._clerk.visit.tls = tls_name(self._wire.transport)
        self._office.sessions.add(self)
        self._meter.session_opened()
        self._watch.arm(self._clerk.terms.tick)
        if self._clerk.account is None:
            self._meter.session_refused("cap")
            self._finish(replies.TOO_MANY_SESSIONS, "refused", linger=False)
            return
        refusal = self._clerk.connect()
        if refusal is not None:
            self._finish(refusal, "refused")
            return
        delay = self._clerk.terms.settings.greeting_delay
        if delay and not self._clerk.visit.trusted:
            self._office.loop.call_later(delay, self._greet, _GREETING_TURNS)
        else:
            self._greet(_GREETING_TURNS)

    def data_received(self, data: bytes) -> None:
        """Bytes arrived."""
        phase = self._phase
        if phase is Phase.DATA:
            self._receive(data)
        elif phase is Phase.COMMANDS:
            self._lines.feed(data)
            self._advance()
        elif phase is Phase.GREETING:
            self._lines.feed(data)
            self._wire.pause_reading()
            refusal = in_place_of_greeting(self._clerk.behaved(Check.EARLY_TALKER, "spoke before the greeting"))
            if refusal is not None:
                self._meter.session_refused("early_talker")
                self._finish(refusal, "errors")
        elif phase is not Phase.CLOSING:
            self._lines.feed(data)
            self._wire.pause_reading()

    def eof_received(self) -> bool:
        """The client sends no more; True keeps the connection for what we still owe it."""
        self._at_eof = True
        waiting = self._phase is Phase.COMMANDS and (self._wire.full or self._turn_waits)
        return waiting or self._phase in (Phase.COMMIT, Phase.LOOKUP)

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is over; a commit goes on."""
        if self._phase in (Phase.LOST, Phase.OUTSIDE):
            return
        self._phase = Phase.LOST
        self._watch.cancel()
        self._stop_waiting()
        self._intake.drop()
        self._clerk.leave()
        self._office.left(self)
        self._meter.session_closed()
        if self._office.services.on_session is not None:
            self._office.services.on_session(self._report())

    def pause_writing(self) -> None:
        """The client does not read its replies: no more commands until it does."""
        self._wire.full = True

    def resume_writing(self) -> None:
        """It reads again."""
        self._wire.full = False
        self._next_turn()

    # Phases

    def _greet(self, turns: int) -> None:
        if self._phase is not Phase.GREETING:
            return
        if turns:
            self._office.loop.call_soon(self._greet, turns - 1)
        else:
            self._wire.add_bytes(self._clerk.terms.greeting)
            self._resume()

    def _resume(self) -> None:
        """Go on with the commands that are here."""
        self._phase = Phase.COMMANDS
        self._since = self._office.loop.time()
        self._advance()

    @abstractmethod
    def _advance(self) -> None:
        """Handle the commands that are here."""

    @abstractmethod
    def _next_turn(self) -> None:
        """Go on where commands had to wait, if they may be handled now."""

    def _wait_for(self, work: Coroutine[Any, Any, None], waiting: object, name: str) -> None:
        """A command has to wait, and those behind it with it: `work` goes on in a task."""
        self._phase = Phase.LOOKUP
        self._since = self._office.loop.time()
        self._work = self._office.tasks.start(finish(self._office, work, waiting, name, self._looked_up), name)

    def _looked_up(self, failure: Reply | None) -> None:
        """It has been carried out, or has failed and is answered so."""
        self._work = None
        if self._phase is Phase.LOOKUP:
            self._phase = Phase.COMMANDS
            if failure is not None:
                self._wire.add(failure)
            self._resume()

    def _stop_waiting(self) -> None:
        """Nobody is there any more for what is being looked up."""
        if self._work is not None:
            self._work.cancel()
            self._work = None

    def _expect_message(self, reception: Reception) -> None:
        """DATA was accepted."""
        self._begin_message(reception)
        self._phase = Phase.DATA
        self._wire.add(replies.START_DATA)
        self._wire.resume_reading()  # it was paused if the commands came in a large group, or during a commit
        early = self._lines.take(self._lines.pending)
        if early:
            self._receive(early)  # somebody who may do so did not wait for 354; no commands, whatever it looks like

    def _begin_message(self, reception: Reception) -> None:
        """From here on octets of a message are taken, and the transaction is accounted for."""
        clerk = self._clerk
        assert clerk.account is not None
        self._intake.begin(reception, clerk.account, clerk.transaction.id, len(clerk.transaction.recipients))

    def _shake_hands(self, context: ssl.SSLContext) -> None:
        """STARTTLS was accepted: from here on nothing may be read but the handshake."""
        self._wire.pause_reading()
        self._wire.add(replies.TLS_READY)
        self._wire.flush()
        self._phase = Phase.HANDSHAKE
        self._office.tasks.start(
            encrypt(self._office, context, self._wire.transport, self, self._encrypted), "handshake"
        )

    def _encrypted(self, transport: asyncio.Transport | None) -> None:
        """The handshake is over: everything said before it is forgotten (RFC 3207 section 4.2)."""
        raw = self._wire.transport
        if transport is None or raw.is_closing() or self._phase is not Phase.HANDSHAKE:  # uvloop succeeds on an abort
            raw.abort()
            self.connection_lost(None)
            return
        self._clerk.forget_client(self._wire.encrypted(transport))
        self._meter.session_encrypted()
        self._resume()

    def _receive(self, data: bytes) -> None:
        """A piece of a message or chunk, perhaps its end and the commands behind it."""
        end = self._intake.feed(data)
        self._clerk.spend(What.BYTES, end if not isinstance(end, Reply) and end >= 0 else len(data))
        if isinstance(end, Reply):
            self._finish(end, "errors" if end is replies.TOO_BIG else "failed")
        elif end >= 0:
            if end < len(data):
                self._lines.feed(data[end:])
            self._received()

    def _received(self) -> None:
        """The message is complete: refuse it for its form, or have it decided on."""
        try:
            reception = self._intake.reception
            assert reception is not None
            envelope, refusal = self._clerk.close_transaction(reception)
            self._since = self._office.loop.time()
            self._phase = Phase.COMMIT
            self._intake.submit(envelope, refusal, self._answer)
        except Exception as error:
            self._office.services.on_problem("receiving failed", error)
            self._finish(replies.INTERNAL, "failed")

    def _answer(self, reply: Reply) -> None:
        """The reply to a message, if anybody is still there to read it."""
        if self._phase is not Phase.COMMIT:
            if reply.positive:
                self._meter.possible_duplicate()
            return
        self._messages += 1
        self._conduct.count_message(reply.positive)
        if reply.code == replies.CLOSING.code:
            self._finish(reply, "failed")
        elif (
            reply is replies.BARE_LINE_END
        ):  # what its sender takes for the end may be another: nothing behind it counts
            self._finish(reply, "errors")
        else:
            self._wire.add(reply)
            self._resume()

    # The end

    def leave_if_idle(self) -> None:
        """End with 421 unless a transaction is under way."""
        if self._phase is Phase.GREETING or (self._phase is Phase.COMMANDS and self._idle()):
            self._finish(replies.CLOSING, "drained")

    def leave_now(self) -> None:
        """End with 421, whatever is under way; a commit goes on."""
        if self._phase is Phase.HANDSHAKE:
            self._wire.transport.abort()
        elif self._phase is not Phase.CLOSING and self._phase is not Phase.LOST:
            self._finish(replies.CLOSING, "drained", linger=False)

    def _caps(self) -> Caps:
        return self._clerk.terms.strict_caps if self._clerk.strict else self._clerk.terms.settings.caps

    @property
    def _tls(self) -> str:
        return self._clerk.visit.tls

    def _idle(self) -> bool:
        return self._clerk.transaction.state in (State.CONNECTED, State.GREETED)

    def _finish(self, reply: Reply, ended: str, linger: bool = True) -> None:
        """The last reply; with `linger` the client may read it and close first."""
        self._ended = ended
        self._phase = Phase.CLOSING
        self._stop_waiting()
        self._intake.drop(reply.code)
        self._lines.clear()
        self._wire.add(reply)
        self._wire.finish(linger and not self._at_eof)
        self._since = self._office.loop.time()
        self._watch.arm(self._clerk.terms.settings.timeouts.linger)

    def _due(self, now: float) -> float | None:
        """The clock was looked at: end what has taken too long, answer the seconds until the next look."""
        clerk = self._clerk
        times = clerk.terms.strict_timeouts if clerk.strict else clerk.terms.settings.timeouts
        waited = now - self._since
        reply = replies.TIMEOUT
        pace = self._intake.pace
        if pace is not None and self._phase in (Phase.DATA, Phase.COMMANDS):
            overdue = pace.overdue(now, times)
            if overdue is None:
                return pace.next_check(now, times)
            reply, left = overdue, 0.0
        elif self._phase is Phase.LOOKUP:
            left = times.commit - waited
        elif self._phase is Phase.COMMIT:
            reply, left = replies.OUTCOME_UNKNOWN, times.commit - waited
        elif self._phase is Phase.CLOSING:
            left = times.linger - waited
        elif self._phase is Phase.HANDSHAKE:
            left = 2 * times.handshake - waited
        else:
            left = times.command - waited
        if left > 0:
            return left
        if self._phase in (Phase.CLOSING, Phase.HANDSHAKE):
            self._wire.transport.abort()
        elif self._phase is not Phase.LOST:
            self._finish(reply, "timeout")
        return None

    def _report(self) -> SessionReport:
        clerk, clock = self._clerk, self._office.services.clock
        return SessionReport(
            clerk.peer,
            clerk.transaction.helo,
            clerk.visit.tls,
            self._started_at,
            clock.wall() - self._started_at,
            self._messages,
            self._conduct.errors,
            self._ended,
        )
