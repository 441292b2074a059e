"""The verbs of a session, in aiosmtpd's shape: a method `smtp_VERB` for each. The only module that knows aiosmtpd.

Everything around the verbs is our own (dialogue.py, connection.py): aiosmtpd's constructor inspects class and handler
for each connection, and its reader, timers, replies and DATA cannot be made to fit. A verb that has to wait for a
look-up goes on in a task; one that fails has changed nothing and is answered 451. Not here: octets of BDAT, PROXY.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from aiosmtpd.smtp import SMTP

from bartizan.auth.sasl import Challenge
from bartizan.model import reply as replies
from bartizan.model.auth import Credentials
from bartizan.model.envelope import Peer
from bartizan.model.esmtp import Esmtp
from bartizan.model.reply import Reply
from bartizan.smtpd import xclient
from bartizan.smtpd.admission import among
from bartizan.smtpd.chunking import Chunking
from bartizan.smtpd.clerk import Clerk
from bartizan.smtpd.commands import valid_node
from bartizan.smtpd.office import Office
from bartizan.smtpd.transaction import Verb


class Session(Chunking, SMTP):
    """One connection; made by the listener for each client."""

    line_length_limit = 1 << 17

    def __init__(self, office: Office, peer: Peer | None = None) -> None:
        """Does not call aiosmtpd's constructor: nothing of what it prepares is used."""
        Chunking.__init__(self, office, peer)

    def _perform(self, name: str, verb: Verb, argument: str, octets: int) -> None:
        """Ask the table, then the verb's method, which hardly ever has to wait."""
        refusal = self._refuse(name, verb, argument, octets)
        if verb.junk:
            self._conduct.count_junk()
        if refusal is not None or self._conduct.exhausted:
            if name == "BDAT" and refusal is not None and self._clerk.transaction.chunking:
                self._begin_chunk(argument, refusal)
            else:
                self._reply(refusal or replies.TOO_MANY_ERRORS)
            return
        self._carry_out(name, _METHODS[name](self, argument))

    def _carry_out(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Drive a verb to its end, in a task where it has to wait."""
        try:
            waiting = work.send(None)
        except StopIteration:
            return
        except Exception as error:
            self._office.services.on_problem(f"{name} failed", error)
            self._reply(replies.INTERNAL)
        else:
            self._wait_for(work, waiting, name)

    def _refuse(self, name: str, verb: Verb, argument: str, octets: int) -> Reply | None:
        """What is not offered is refused in any state; CHUNKING stays offered until the next EHLO or HELO."""
        if name == "BDAT" and not self._clerk.transaction.chunking:
            return replies.NOT_IMPLEMENTED
        if name == "AUTH" and self._clerk.terms.authenticator is None:
            return replies.NOT_IMPLEMENTED
        if name == "ETRN" and not (self._esmtp.etrn and self._clerk.transaction.extended):
            return replies.NOT_IMPLEMENTED
        return self._clerk.transaction.refuse(verb, argument, octets)

    @property
    def _esmtp(self) -> Esmtp:
        return self._clerk.terms.settings.esmtp

    def _hello(self, argument: str, extended: bool) -> None:
        answer = self._clerk.hello(argument, extended, self._may_speak_for_others)
        if isinstance(answer, Reply):
            self._reply(answer)
        else:
            self._intake.drop()
            self._wire.add_bytes(answer)

    async def smtp_HELO(self, hostname: str) -> None:
        """The client's name, without extensions."""
        self._hello(hostname, False)

    async def smtp_EHLO(self, hostname: str) -> None:
        """The client's name; we offer what the next hop offers."""
        if self._esmtp.ehlo:
            self._hello(hostname, True)
        else:
            self._reply(replies.NOT_IMPLEMENTED)

    async def smtp_MAIL(self, arg: str | None) -> None:
        """The sender."""
        self._reply(await self._clerk.mail(arg or ""))

    async def smtp_RCPT(self, arg: str | None) -> None:
        """A recipient."""
        self._reply(await self._clerk.rcpt(arg or ""))

    async def smtp_DATA(self, arg: str | None) -> None:
        """What follows is the message."""
        reception = self._clerk.data(self._office.loop.time())
        if isinstance(reception, Reply):
            self._reply(reception)
        else:
            self._expect_message(reception)

    async def smtp_BDAT(self, arg: str | None) -> None:
        """What follows are so many octets of the message."""
        self._begin_chunk(arg or "", None)

    async def smtp_RSET(self, arg: str | None) -> None:
        """Forget the transaction."""
        self._clerk.transaction.clear()
        self._intake.drop()
        self._reply(replies.DONE)

    async def smtp_NOOP(self, arg: str | None) -> None:
        """Nothing."""
        self._reply(replies.DONE)

    async def smtp_VRFY(self, arg: str | None) -> None:
        """Neither yes nor no (RFC 5321 section 7.3)."""
        self._reply(replies.CANNOT_VERIFY if self._esmtp.vrfy else replies.NOT_IMPLEMENTED)

    async def smtp_EXPN(self, arg: str | None) -> None:
        """Never."""
        self._reply(replies.NOT_IMPLEMENTED)

    async def smtp_HELP(self, arg: str | None) -> None:
        """Where to read."""
        self._reply(replies.HELP if self._esmtp.help else replies.NOT_IMPLEMENTED)

    async def smtp_ETRN(self, arg: str | None) -> None:
        """The next hop is asked to send what it keeps for a host (RFC 1985)."""
        etrn = self._clerk.terms.services.etrn
        if etrn is None:
            self._reply(replies.NOT_IMPLEMENTED)
        elif not valid_node(arg or ""):
            self._reply(replies.SYNTAX)
        else:
            self._reply(await etrn(arg or ""))

    async def smtp_ATRN(self, arg: str | None) -> None:
        """Never: it would send mail out past every check."""
        self._reply(replies.NOT_IMPLEMENTED)

    async def smtp_AUTH(self, arg: str | None) -> None:
        """Log in; the answers to challenges are lines of their own (RFC 4954)."""
        clerk = self._clerk
        await self._log_in(self._login.begin(arg or "", clerk.terms, clerk.visit, clerk.transaction.extended))

    async def _log_in(self, step: Challenge | Credentials | Reply) -> None:
        if isinstance(step, Challenge):
            self._wire.add_bytes(f"334 {step.text}\r\n".encode("ascii"))
        else:
            self._reply(step if isinstance(step, Reply) else await self._clerk.log_in(step))

    def _answer_challenge(self, line: bytes) -> None:
        self._carry_out("AUTH", self._log_in(self._login.answer(line)))

    async def smtp_XCLIENT(self, arg: str | None) -> None:
        """Whom the session is for, from a host that may say so; it begins anew."""
        client = xclient.parse(arg or "") if self._may_speak_for_others else None
        if not self._may_speak_for_others:
            self._unknown("XCLIENT")
        elif client is None:
            self._reply(replies.SYNTAX)
        else:
            self._serve_another(client)

    async def smtp_QUIT(self, arg: str | None) -> None:
        """The end; what follows is not read, and what is here of a message in chunks is of no use."""
        self._intake.drop()
        self._finish(replies.BYE, "quit", linger=False)

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """Once; the table saw to it that nothing is here already (RFC 3207)."""
        context = self._clerk.terms.settings.tls
        if context is None or not self._esmtp.starttls:
            self._reply(replies.NOT_IMPLEMENTED)
        elif self._tls:
            self._reply(replies.BAD_SEQUENCE)
        else:
            self._shake_hands(context)

    @property
    def _may_speak_for_others(self) -> bool:
        return among(self._socket_peer.address, self._clerk.terms.settings.xclient)

    def _serve_another(self, client: xclient.Client) -> None:
        """XCLIENT was accepted: from here on this is the session of another client, if that one is let in."""
        old = self._clerk
        old.leave()
        peer = Peer(client.address or old.peer.address, client.port or old.peer.port)
        self._clerk = clerk = Clerk(self._office, peer)
        clerk.visit.tls, clerk.visit.login = old.visit.tls, client.login
        clerk.visit.greet(client.helo)
        refusal = replies.TOO_MANY_SESSIONS if clerk.account is None else clerk.connect()
        if refusal is None:
            self._wire.add_bytes(clerk.terms.greeting)
        else:
            self._finish(refusal, "refused")


_METHODS = {name.removeprefix("smtp_"): getattr(Session, name) for name in dir(Session) if name.startswith("smtp_")}
