"""Command lines in, replies out: each is looked up in the table of verbs and answered in turn (RFC 5321 section 4.1).

Replies to all commands of one packet leave in one write. Who sends many commands at once gets them answered in turns,
who does not read the replies has to wait, and who errs too often is sent away with the answer.
Limits: `_TURNS` commands a turn, `_DROPPED_OCTETS` of lines that are too long. Not here: what a verb does (session.py,
clerk.py), which one is allowed when (transaction.py), the connection and its phases (connection.py).
"""

from __future__ import annotations

from abc import abstractmethod

from bartizan.model import reply as replies
from bartizan.model.check import Check
from bartizan.model.reply import Reply
from bartizan.smtpd.connection import Connection, Phase
from bartizan.smtpd.lines import LONGEST, readable
from bartizan.smtpd.rates import What
from bartizan.smtpd.transaction import FOREIGN, VERBS, Verb

_TURNS = 100
"""Commands handled before other sessions get their turn: about a millisecond."""
_DROPPED_OCTETS = 65536
"""Of command lines that are too long, until the session ends."""


class Dialogue(Connection):
    """The commands of one connection. What a verb does is a subclass's."""

    def _advance(self) -> None:
        """Handle the commands that are here, as long as nobody has to wait, and send their replies."""
        if self._advancing:
            return  # a message was answered at once by the command that it came behind: the loop below goes on
        wire, lines = self._wire, self._lines
        turns = _TURNS
        commands = Phase.COMMANDS
        self._advancing = True
        try:
            while turns and self._phase is commands and not wire.full:
                line = lines.next()
                if line is None:
                    break
                turns -= 1
                self._command(line)
        finally:
            self._advancing = False
        if turns < _TURNS:
            self._since = self._office.loop.time()
        wire.flush()
        if self._phase is Phase.COMMANDS:
            self._settle(out_of_turns=not turns)

    def _settle(self, out_of_turns: bool) -> None:
        """Commands were handled as far as possible: what comes next?"""
        if self._wire.full:
            self._wire.pause_reading()
        elif out_of_turns:
            self._wire.pause_reading()
            if not self._turn_waits:
                self._turn_waits = True
                self._office.loop.call_soon(self._next_turn)
        elif self._lines.dropped > _DROPPED_OCTETS:
            self._finish(replies.LINE_TOO_LONG, "errors")
        elif self._office.draining and self._idle():
            self._finish(replies.CLOSING, "drained")
        elif self._at_eof:
            self._wire.transport.close()
        else:
            self._wire.resume_reading()

    def _next_turn(self) -> None:
        self._turn_waits = False
        if self._phase is Phase.COMMANDS:
            self._advance()

    def _command(self, line: bytes) -> None:
        """One command line, without its CRLF."""
        if self._login.open:
            self._answer_challenge(line)
            return
        octets = len(line) + 2
        if octets > LONGEST and line[:5].upper() != b"AUTH ":
            self._unreadable(line, replies.LINE_TOO_LONG)
            return
        text = readable(line)
        if text is None:
            self._unreadable(line, replies.BAD_LINE)
            return
        name, _, argument = text.partition(" ")
        name = name.upper() if name.isascii() else ""  # upper() makes ASCII of some letters that are not
        verb = VERBS.get(name)
        if verb is None:
            self._unknown(name)
        elif self._lines.pending and self._out_of_turn(name, verb):
            pass
        else:
            self._perform(name, verb, argument.strip(" "), octets)

    def _unreadable(self, line: bytes, reply: Reply) -> None:
        """No command; what may be a BDAT ends the session, for what follows may be its octets."""
        if self._clerk.transaction.chunking and line[:4].upper() == b"BDAT":
            self._finish(reply, "errors")
        else:
            self._reply(reply)

    def _out_of_turn(self, name: str, verb: Verb) -> bool:
        """More came behind a command than may: is that the end? After STARTTLS always, for it was not encrypted."""
        clerk = self._clerk
        if name == "STARTTLS":
            self._finish(replies.OUT_OF_SYNC, "errors")
            return True
        if verb.last:
            check = Check.OUT_OF_TURN
        elif (
            name == "QUIT"
            or (name == "BDAT" and clerk.transaction.chunking)
            or (clerk.transaction.extended and clerk.terms.settings.esmtp.pipelining)
        ):
            return False
        else:
            check = Check.PIPELINING
        refusal = clerk.behaved(check, f"sent more behind {name}")
        if refusal is not None:
            self._finish(refusal, "errors")
        return refusal is not None

    def _unknown(self, name: str) -> None:
        refusal = self._clerk.behaved(Check.FOREIGN, f"said {name}") if name in FOREIGN else None
        if refusal is not None:
            self._finish(refusal, "errors")
        else:
            self._conduct.count_unknown()
            self._reply(replies.UNKNOWN_COMMAND)

    def _reply(self, reply: Reply) -> None:
        """Answer a command; a session that has used up our patience is ended with the answer."""
        if reply.code >= 500:
            self._conduct.count_error()
            if not self._clerk.spend(What.ERRORS):
                self._conduct.exhausted = True
        if self._conduct.exhausted:
            self._finish(replies.TOO_MANY_ERRORS, "errors")
        else:
            self._wire.add(reply)

    @abstractmethod
    def _answer_challenge(self, line: bytes) -> None:
        """A line that is no command: the client logs in."""

    @abstractmethod
    def _perform(self, name: str, verb: Verb, argument: str, octets: int) -> None:
        """Do what a command says that is in the table."""
