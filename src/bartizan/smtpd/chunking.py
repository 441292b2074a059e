"""Messages in chunks: BDAT beside DATA (RFC 3030 section 2), for clients whose EHLO was answered with CHUNKING.

Comes in: a BDAT command that the table of verbs allowed or refused, then its octets, through the same intake as with
DATA. Goes out: one reply a chunk, to the last one that of the message. Nothing inside a chunk can be a command: also
the octets of a refused one are read, and thrown away; then the transaction is over, for its message has a hole. A
session ends where nobody can know where the next command begins, or where too much would have to be thrown away.
Not here: BINARYMIME, which is not offered; octets and lines (receive.py).
"""

from __future__ import annotations

from bartizan.model import reply as replies
from bartizan.model.reply import Reply
from bartizan.smtpd.chunk import Chunk
from bartizan.smtpd.connection import Phase
from bartizan.smtpd.dialogue import Dialogue
from bartizan.smtpd.receive import most_discarded


class Chunking(Dialogue):
    """The chunks of one connection. What a verb does is a subclass's."""

    def _begin_chunk(self, argument: str, refusal: Reply | None) -> None:
        """BDAT; `refusal` is the table's."""
        clerk, intake = self._clerk, self._intake
        transaction = clerk.transaction
        chunk = Chunk.parse(argument, self._office.loop.time())
        if chunk is None:
            self._finish(refusal or replies.SYNTAX, "errors")
            return
        if refusal is None and intake.reception is None:
            try:
                refusal = self._begin_first(chunk)
            except Exception as error:
                self._office.services.on_problem("BDAT failed", error)
                refusal = replies.INTERNAL
        if refusal is None and intake.reception is not None:
            refusal = intake.reception.begin_chunk()
        if refusal is not None:
            intake.drop(refusal.code)
            transaction.clear()
        most = most_discarded(clerk.terms.size_limit(transaction.offer))
        if chunk.left + (intake.reception.received if intake.reception is not None else 0) > most:
            self._finish(refusal or replies.TOO_BIG, "errors")
            return
        chunk.refusal = refusal
        intake.chunk = chunk
        self._phase = Phase.DATA
        self._receive(self._lines.take(chunk.left))
        if self._phase is Phase.DATA:
            self._wire.resume_reading()

    def _begin_first(self, chunk: Chunk) -> Reply | None:
        """Of a message: why there may be none, None when there may."""
        reception = self._clerk.data(chunk.began)
        if isinstance(reception, Reply):
            return reception
        self._begin_message(reception)
        self._clerk.transaction.begin_chunks()
        return None

    def _received(self) -> None:
        """A chunk is complete, and perhaps the message."""
        intake, chunk = self._intake, self._intake.chunk
        intake.chunk = None
        if chunk is None:
            super()._received()
        elif chunk.refusal is not None:
            self._phase = Phase.COMMANDS
            self._reply(chunk.refusal)
            if self._phase is Phase.COMMANDS:
                self._resume()
        elif chunk.ends or (intake.reception is not None and intake.reception.too_big):
            super()._received()
        else:
            self._wire.add(replies.CHUNK_OK)
            self._resume()
