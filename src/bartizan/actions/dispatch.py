"""Execute verdicts: send, quarantine or refuse, and find the one reply for the whole message.

Order of steps: copies that are held back become durable first (provisionally, when others are to be sent), then the
rest is sent, then the provisional copies are confirmed, and only then 250 is given, for which every recipient needs a
receipt (delivery.receipt). Anything else is answered 4yz or 5yz: then the sender still has the message for everybody,
so provisional copies are taken back. A copy that cannot be taken back stays: a duplicate is allowed, a loss is not.

When the next hop took one transaction and fails a later one, the reply is 451 and the first recipients will see the
message twice.

Not here: deciding (policy), the steps themselves (rewrite, quarantine, delivery).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bartizan.actions.hide import Hiding, Outgoing
from bartizan.actions.own_fields import OwnFields
from bartizan.actions.plan import Keep, Plan, Send, make_plan
from bartizan.actions.quarantine import entry_for
from bartizan.actions.rewrite import received, tag_field
from bartizan.delivery.nexthop import Relay
from bartizan.delivery.outcome import Outcome
from bartizan.delivery.receipt import Receipt, acknowledge
from bartizan.delivery.store import AsyncMessageStore
from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.envelope import Envelope, Recipient
from bartizan.model.errors import PermanentError, TemporaryError
from bartizan.model.message import Examination, Message
from bartizan.model.reply import INTERNAL, RECIPIENT_RETRY, Reply
from bartizan.model.verdict import Verdict

OnProblem = Callable[[str, BaseException], None]
"""Where something went wrong (with the transaction's id) and what; called once for each problem."""


@dataclass(frozen=True, slots=True)
class Disposition:
    """What was done with one message.

    `reply` is the answer to the final dot. `delivered` are the recipients whose copies the next hop took,
    `quarantined` the ids of entries that stay in the store, whatever the reply; `possible_duplicate` says that
    somebody may get the message again; `detail` is the next hop's last answer, cleaned; `timings` are milliseconds by
    step.
    """

    reply: Reply
    delivered: tuple[Recipient, ...] = ()
    quarantined: tuple[str, ...] = ()
    possible_duplicate: bool = False
    detail: str = ""
    timings: dict[str, float] = field(default_factory=dict)


class Dispatcher:
    """The actions of one process, with its next hop and its store."""

    def __init__(
        self,
        hop: Relay,
        store: AsyncMessageStore,
        *,
        hostname: str,
        on_problem: OnProblem,
        clock: Clock = SYSTEM,
        own_fields: OwnFields | None = None,
        hiding: Hiding | None = None,
    ) -> None:
        """`hostname` is our name in Received; `on_problem` is told what goes wrong here; `own_fields` are taken out of
        what is sent on, and `hiding` takes the inside out of what leaves it."""
        self._hop = hop
        self._store = store
        self._hostname = hostname
        self._on_problem = on_problem
        self._clock = clock
        self._own_fields = own_fields or OwnFields()
        self._hiding = hiding or Hiding()

    async def execute(
        self, envelope: Envelope, message: Message, examination: Examination, verdicts: tuple[Verdict, ...]
    ) -> Disposition:
        """Do what `verdicts` say, one for each recipient in the envelope's order. Never raises but for cancellation."""
        work = _Work(envelope, message, examination)
        try:
            plan = make_plan(envelope, verdicts)
            reply = plan.refusal if plan.refusal is not None else await self._carry_out(plan, work)
        except PermanentError as refusal:
            reply, work.detail = refusal.reply, str(refusal)
        except Exception as problem:
            self._on_problem(f"{envelope.id}: dispatch failed", problem)
            reply = problem.reply if isinstance(problem, TemporaryError) and problem.reply.temporary else INTERNAL
        if work.kept and not reply.positive:
            await self._take_back(work)
        return Disposition(
            reply,
            tuple(recipient for send in work.sent for recipient in send.recipients),
            tuple(work.kept),
            work.possible_duplicate or (bool(work.sent) and not reply.positive),
            work.detail,
            work.timings,
        )

    async def _carry_out(self, plan: Plan, work: _Work) -> Reply:
        """Keep, send, confirm. Raises TemporaryError, PermanentError."""
        receipts = []
        # Before anything is kept: what cannot be hidden is refused.
        outgoing = self._outgoing(work) if plan.sends else Outgoing(work.envelope, work.message.raw)
        for keep in plan.keeps:
            receipts.append(await self._keep(keep, work, provisional=bool(plan.sends)))
        for send in plan.sends:
            outcome = await self._send(send, work, outgoing)
            if not outcome.delivered:
                return _failure(outcome, work)
            receipts.append(Receipt(send.recipients, outcome.detail))
        if plan.sends and work.kept:
            with work.step("confirm"):
                await self._store.confirm(work.kept)
        return acknowledge(work.envelope.recipients, receipts)

    async def _keep(self, keep: Keep, work: _Work, *, provisional: bool) -> Receipt:
        with work.step("store"):
            entry = entry_for(work.envelope, work.examination, keep)
            id = await self._store.put(entry, work.message.raw, provisional=provisional)
        work.kept.append(id)
        return Receipt(keep.recipients, id)

    def _outgoing(self, work: _Work) -> Outgoing:
        """What is sent on, the same for every transaction. A signature belongs behind it: it must cover this."""
        return self._hiding.outgoing(work.envelope, self._own_fields.without(work.message.raw))

    async def _send(self, send: Send, work: _Work, outgoing: Outgoing) -> Outcome:
        now = work.envelope.received_at or self._clock.wall()
        head = received(work.envelope, self._hostname, now, anonymous=outgoing.anonymous)
        if send.tag is not None:
            # In front: a message that begins with white space continues our last field, which must not be the tag.
            head = tag_field(send.tag) + head
        with work.step("send"):
            recipients = outgoing.recipients(work.envelope, send.recipients)
            outcome = await self._hop.send(outgoing.envelope, recipients, head, outgoing.raw)
        work.detail = outcome.detail
        work.possible_duplicate = work.possible_duplicate or outcome.possible_duplicate
        if outcome.delivered:
            work.sent.append(send)
        return outcome

    async def _take_back(self, work: _Work) -> None:
        """The sender keeps the message: so copies of it need not stay here. Those that do are told."""
        try:
            with work.step("remove"):
                await self._store.remove(work.kept)
            work.kept.clear()
        except Exception as problem:
            self._on_problem(f"{work.envelope.id}: taking back failed", problem)
            work.possible_duplicate = True


@dataclass(slots=True)
class _Work:
    """One message on its way through the steps: what was done so far."""

    envelope: Envelope
    message: Message
    examination: Examination
    sent: list[Send] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    detail: str = ""
    possible_duplicate: bool = False
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the time inside to the step's milliseconds."""
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.timings[name] = self.timings.get(name, 0.0) + (time.perf_counter() - begin) * 1000


def _failure(outcome: Outcome, work: _Work) -> Reply:
    """The reply when a transaction failed: the next hop's refusal, unless others were delivered already."""
    if outcome.reply.positive:
        raise ValueError("250 without a delivery")
    return RECIPIENT_RETRY if work.sent and not outcome.reply.temporary else outcome.reply
