"""One message, start to end: message -> scanners -> policy -> actions -> reply.

    Message (first pass done while it arrived: structure, names, phrases, anomalies)
      -> restraint         its peer's turn; 451 for one whose mail costs the scanners too much
      -> scanner pool      other nodes, file types, unpacking, signatures; what could not be examined is a Gap
      -> policy            pure: findings, envelope and rules in, one verdict per recipient out
      -> dispatcher        relay, tag, quarantine, refuse; the one reply
      -> event             everything above on one line, and numbers of it in the meter

Nothing here decides and nothing here lets content pass on an error: what goes wrong is answered 4yz and the sender
keeps the message (promise 2).
"""

from __future__ import annotations

import time
from dataclasses import replace

from bartizan.actions.dispatch import Dispatcher, Disposition
from bartizan.model.check import findings
from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.envelope import Direction, Envelope
from bartizan.model.errors import PermanentError, TemporaryError
from bartizan.model.finding import Finding
from bartizan.model.message import Examination, Message
from bartizan.model.reply import INTERNAL, Reply
from bartizan.model.verdict import Verdict, worst
from bartizan.observe.events import EventLog, Fate
from bartizan.observe.meter import Meter
from bartizan.observe.metrics import NONE, POLICY, SCAN, Stage
from bartizan.policy.engine import decide
from bartizan.policy.rules import Policy
from bartizan.restraint import Restraint
from bartizan.scanner.pool import ScannerPool


async def examine(pool: ScannerPool, id: str, message: Message, session: tuple[Finding, ...] = ()) -> Examination:
    """Everything that can be found out about `message`: its first pass and the scanner's work put together, behind
    what was found about the `session` that it came in.

    Raises TemporaryError when no scanner can be reached.
    """
    found = await pool.examine(id, message.raw, stored=message.stored)
    known = set(message.findings)
    return replace(
        found,
        findings=session + message.findings + tuple(finding for finding in found.findings if finding not in known),
        anomalies=message.anomalies,
    )


_STEPS = {Stage.STORE: ("store", "confirm", "remove"), Stage.SEND: ("send",)}
"""Stages, and the dispatcher's steps that they are made of."""


class Pipeline:
    """What one smtpd process does with every received message. `bundle` is the content hash of the rules in use;
    `meter` is the one of the sessions, so that a transaction they opened is settled here."""

    def __init__(
        self,
        pool: ScannerPool,
        policy: Policy,
        dispatcher: Dispatcher,
        events: EventLog,
        bundle: str,
        clock: Clock = SYSTEM,
        restraint: Restraint | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._pool = pool
        self._policy = policy
        self._dispatcher = dispatcher
        self._events = events
        self._bundle = bundle
        self._clock = clock
        self._restraint = restraint or Restraint()
        self._meter = meter or Meter.unread()

    async def process(self, envelope: Envelope, message: Message) -> Reply:
        """Examine, decide, act, and say what happened; the reply to the final dot. Never raises."""
        examination: Examination | None = None
        verdicts: tuple[Verdict, ...] = ()
        done: Disposition | None = None
        stages: dict[str, float] = {}
        try:
            begin = time.perf_counter()
            turn = await self._restraint.turn(envelope.peer, envelope.direction is not Direction.INBOUND)
            begun = time.perf_counter()
            try:
                examination = await self._examine(envelope, message)
            finally:
                self._restraint.back(turn, examination, message.size)
            examined = time.perf_counter()
            verdicts = decide(self._policy, envelope, examination, self._clock.wall())
            decided = time.perf_counter()
            self._meter.took(POLICY, decided - examined)
            waited = (examined - begun) * 1000 - examination.timings.get("scan", 0.0)
            stages = {"turn": (begun - begin) * 1000, "wait": waited, "policy": (decided - examined) * 1000}
            done = await self._dispatcher.execute(envelope, message, examination, verdicts)
            fate = Fate(
                reply=done.reply,
                size=message.size,
                quarantine_ids=done.quarantined,
                possible_duplicate=done.possible_duplicate,
                detail=done.detail,
                bundle=self._bundle,
                stages={**stages, **done.timings},
            )
        except (TemporaryError, PermanentError) as failure:
            fate = Fate(failure.reply, size=message.size, detail=str(failure), bundle=self._bundle)
        except Exception as error:
            self._events.problem(envelope.id, error)
            fate = Fate(INTERNAL, size=message.size, detail=type(error).__name__, bundle=self._bundle)
        self._count(envelope, message, fate.reply, done, verdicts)
        self._events.message(envelope, fate, examination, verdicts)
        return fate.reply

    async def _examine(self, envelope: Envelope, message: Message) -> Examination:
        begin = time.perf_counter()
        try:
            examination = await examine(self._pool, envelope.id, message, findings(envelope.marks))
        finally:
            self._meter.took(SCAN, time.perf_counter() - begin)
        self._meter.found(examination.findings)
        return examination

    def _count(
        self,
        envelope: Envelope,
        message: Message,
        reply: Reply,
        done: Disposition | None,
        verdicts: tuple[Verdict, ...],
    ) -> None:
        """Settle the transaction: of a 2yz, what was not sent on was kept (delivery.receipt saw to that)."""
        meter = self._meter
        deciding = worst(verdicts)
        sent = len(done.delivered) if done is not None else 0
        meter.settle(
            envelope.id,
            reply.code,
            deciding.action if deciding is not None else NONE,
            quarantined=len(envelope.recipients) - sent,
        )
        if done is None:
            return
        if sent:
            meter.relayed(message.size)
        if done.possible_duplicate:
            meter.possible_duplicate()
        for stage, steps in _STEPS.items():
            took = [done.timings[step] for step in steps if step in done.timings]
            if took:
                meter.took(stage, sum(took) / 1000)
