"""The verbs of a session, in aiosmtpd's shape: a method `smtp_VERB` for each. The only module that knows aiosmtpd.

Everything around the verbs is our own (dialogue.py, connection.py): aiosmtpd's constructor inspects class and handler
for each connection, and its reader, timers, replies and DATA cannot be made to fit. A verb that has to wait for a
look-up goes on in a task; one that fails has changed nothing and is answered 451. Not here: CHUNKING, PROXY.
"""

from __future__ import annotations

from aiosmtpd.smtp import SMTP

from bartizan.model import reply as replies
from bartizan.model.envelope import Peer
from bartizan.model.esmtp import Esmtp
from bartizan.model.reply import Reply
from bartizan.smtpd import xclient
from bartizan.smtpd.dialogue import Dialogue
from bartizan.smtpd.office import Office
from bartizan.smtpd.transaction import Verb


class Session(Dialogue, SMTP):
    """One connection; made by the listener for each client."""

    line_length_limit = 1 << 17

    def __init__(self, office: Office, peer: Peer | None = None) -> None:
        """Does not call aiosmtpd's constructor: nothing of what it prepares is used."""
        Dialogue.__init__(self, office, peer)

    def _perform(self, name: str, verb: Verb, argument: str, octets: int) -> None:
        """Ask the table, then the verb's method, which hardly ever has to wait."""
        refusal = self._clerk.transaction.refuse(verb, argument, octets)
        if verb.junk:
            self._conduct.count_junk()
        if refusal is not None or self._conduct.exhausted:
            self._reply(refusal or replies.TOO_MANY_ERRORS)
            return
        work = _METHODS[name](self, argument)
        try:
            waiting = work.send(None)
        except StopIteration:
            return
        except Exception as error:
            self._office.services.on_problem(f"{name} failed", error)
            self._reply(replies.INTERNAL)
        else:
            self._wait_for(work, waiting, name)

    @property
    def _esmtp(self) -> Esmtp:
        return self._clerk.terms.settings.esmtp

    def _hello(self, argument: str, extended: bool) -> None:
        answer = self._clerk.hello(argument, extended, self._may_speak_for_others)
        if isinstance(answer, Reply):
            self._reply(answer)
        else:
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

    async def smtp_RSET(self, arg: str | None) -> None:
        """Forget the transaction."""
        self._clerk.transaction.clear()
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

    async def smtp_AUTH(self, arg: str | None) -> None:
        """Not offered."""
        self._reply(replies.NOT_IMPLEMENTED)

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
        """The end; what follows is not read."""
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


_METHODS = {name.removeprefix("smtp_"): getattr(Session, name) for name in dir(Session) if name.startswith("smtp_")}
