"""One message, start to end: message -> scanners -> policy -> actions -> reply.

    Message (first pass done while it arrived: structure, names, phrases, anomalies)
      -> restraint         its peer's turn; 451 for one whose mail costs the scanners too much
      -> scanner pool      other nodes, file types, unpacking, signatures; what could not be examined is a Gap
      -> policy            pure: findings, envelope and rules in, one verdict per recipient out
      -> dispatcher        relay, tag, quarantine, refuse; the one reply
      -> event             everything above on one line

Nothing here decides and nothing here lets content pass on an error: what goes wrong is answered 4yz and the sender
keeps the message (promise 2).
"""

from __future__ import annotations

from dataclasses import replace

from bartizan.actions.dispatch import Dispatcher
from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.envelope import Envelope
from bartizan.model.errors import PermanentError, TemporaryError
from bartizan.model.message import Examination, Message
from bartizan.model.reply import INTERNAL, Reply
from bartizan.model.verdict import Verdict
from bartizan.observe.events import EventLog, Fate
from bartizan.policy.engine import decide
from bartizan.policy.rules import Policy
from bartizan.restraint import Restraint
from bartizan.scanner.pool import ScannerPool


async def examine(pool: ScannerPool, id: str, message: Message) -> Examination:
    """Everything that can be found out about `message`: its first pass and the scanner's work put together.

    Raises TemporaryError when no scanner can be reached.
    """
    found = await pool.examine(id, message.raw, stored=message.stored)
    known = set(message.findings)
    return replace(
        found,
        findings=message.findings + tuple(finding for finding in found.findings if finding not in known),
        anomalies=message.anomalies,
    )


class Pipeline:
    """What one smtpd process does with every received message. `bundle` is the content hash of the rules in use."""

    def __init__(
        self,
        pool: ScannerPool,
        policy: Policy,
        dispatcher: Dispatcher,
        events: EventLog,
        bundle: str,
        clock: Clock = SYSTEM,
        restraint: Restraint | None = None,
    ) -> None:
        self._pool = pool
        self._policy = policy
        self._dispatcher = dispatcher
        self._events = events
        self._bundle = bundle
        self._clock = clock
        self._restraint = restraint or Restraint()

    async def process(self, envelope: Envelope, message: Message) -> Reply:
        """Examine, decide, act, and say what happened; the reply to the final dot. Never raises."""
        examination: Examination | None = None
        verdicts: tuple[Verdict, ...] = ()
        try:
            turn = await self._restraint.turn(envelope.peer)
            try:
                examination = await examine(self._pool, envelope.id, message)
            finally:
                self._restraint.back(turn, examination)
            verdicts = decide(self._policy, envelope, examination, self._clock.wall())
            done = await self._dispatcher.execute(envelope, message, examination, verdicts)
            fate = Fate(
                reply=done.reply,
                size=message.size,
                quarantine_ids=done.quarantined,
                possible_duplicate=done.possible_duplicate,
                detail=done.detail,
                bundle=self._bundle,
                stages=done.timings,
            )
        except (TemporaryError, PermanentError) as failure:
            fate = Fate(failure.reply, size=message.size, detail=str(failure), bundle=self._bundle)
        except Exception as error:
            self._events.problem(envelope.id, error)
            fate = Fate(INTERNAL, size=message.size, detail=type(error).__name__, bundle=self._bundle)
        self._events.message(envelope, fate, examination, verdicts)
        return fate.reply
