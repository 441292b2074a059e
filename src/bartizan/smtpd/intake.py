"""A message from 354 or its first chunk to its submission: counted as it arrives, refused for its form or handed over.

Comes in: pieces of message data. Goes out: where the message ended, or the reply that breaks it off; then the reply to
a form that is refused, or a commit in a task of its own (slow.py). Whatever happens, the octets it held are given back
once and its recipients get their place in the account once.
Limits: octets in flight (admission.py), size (receive.py). Not here: phases, timeouts, replies sent (connection.py).
"""

from __future__ import annotations

from collections.abc import Callable

from bartizan.model import reply as replies
from bartizan.model.envelope import Envelope
from bartizan.model.reply import Reply
from bartizan.observe.metrics import FIRST_PASS, RECEIVE
from bartizan.smtpd.admission import Account
from bartizan.smtpd.chunk import Chunk
from bartizan.smtpd.office import Office
from bartizan.smtpd.pace import Pace
from bartizan.smtpd.receive import Reception
from bartizan.smtpd.slow import commit


class Intake:
    """The messages of one connection, one after another; `reception` is the one that arrives now, None between two,
    and `chunk` the part of it that does, None with DATA and between two chunks."""

    __slots__ = ("_account", "_id", "_office", "chunk", "reception")

    def __init__(self, office: Office) -> None:
        self._office = office
        self._account: Account | None = None
        self._id = ""
        self.reception: Reception | None = None
        self.chunk: Chunk | None = None

    @property
    def pace(self) -> Pace | None:
        """Of what arrives now, and of a message between two chunks."""
        chunk = self.chunk
        return self.reception if chunk is None or chunk.refusal is None else chunk

    def begin(self, reception: Reception, account: Account, id: str, recipients: int) -> None:
        """DATA is answered 354, or the first BDAT is here: the transaction `id` has so many recipients, and `account`
        holds its octets."""
        self._office.services.meter.open(id, recipients)
        self._account = account
        self._id = id
        self.reception = reception

    def feed(self, data: bytes) -> int | Reply:
        """Take a piece: -1 when more is needed, else how many bytes of it belong to the message, or to the chunk. A
        Reply breaks off."""
        reception, account, admission = self.reception, self._account, self._office.admission
        chunk, now = self.chunk, self._office.loop.time()
        if chunk is not None:
            data = data[: chunk.left]
            if chunk.refusal is not None:
                chunk.take(len(data), now)
                return -1 if chunk.left else len(data)
        assert reception is not None
        assert account is not None
        try:
            end = reception.feed(data, now) if chunk is None else reception.feed_chunk(chunk, data, now)
        except Exception as error:
            self._office.services.on_problem("receiving failed", error)
            return replies.INTERNAL
        if reception.stream.too_big:
            admission.give(account, reception.held)
            reception.held = 0
        else:
            reception.held += len(data)
            if not admission.take(account, len(data)):
                return replies.CLOSING
        return replies.TOO_BIG if end < 0 and reception.hopeless else end

    def submit(self, envelope: Envelope, refusal: Reply | None, answer: Callable[[Reply], None]) -> None:
        """The message is complete: `answer` gets the `refusal` of its form, or later the reply to what was decided."""
        office, reception, account = self._office, self.reception, self._account
        assert reception is not None
        assert account is not None
        services = office.services
        meter = services.meter
        meter.took(RECEIVE, reception.last - reception.began)
        meter.took(FIRST_PASS, reception.spent)
        if refusal is None:
            meter.arrived(reception.stream.received)
            self.reception = None
            office.tasks.start(commit(office, account, envelope, reception, answer), envelope.id)
            return
        if services.on_refused is not None:
            services.on_refused(envelope, reception.stream.size, refusal)
        self.drop(refusal.code)
        answer(refusal)

    def drop(self, code: int = 0) -> None:
        """Nothing more of the message is taken; a reply of that code says so, 0 for none."""
        reception, account = self.reception, self._account
        self.chunk = None
        if reception is None or account is None:
            return
        self.reception = None
        meter = self._office.services.meter
        self._office.admission.give(account, reception.held)
        meter.settle(self._id, code)
        meter.arrived(reception.stream.received)
