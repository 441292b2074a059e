"""Hold copies back in the store, and let them go again.

The entry holds the envelope, the recipients it is about, why, and the raw message exactly as it was received; nothing
is rewritten until it is released. Release is a delivery like any other: the Received field in front, the next hop's
answer.

Not here: how it is stored (delivery), when it is durable enough to answer (dispatch).
"""

from __future__ import annotations

from dataclasses import replace

from bartizan.actions.hide import Hiding
from bartizan.actions.own_fields import OwnFields
from bartizan.actions.plan import Keep
from bartizan.actions.rewrite import received
from bartizan.delivery.nexthop import Relay
from bartizan.delivery.outcome import Outcome
from bartizan.delivery.store import QUARANTINE, AsyncMessageStore, NewEntry
from bartizan.model.envelope import Envelope, Recipient
from bartizan.model.errors import PermanentError, TemporaryError
from bartizan.model.message import Examination


def entry_for(envelope: Envelope, examination: Examination, keep: Keep) -> NewEntry:
    """What is stored for the recipients of `keep`."""
    return NewEntry(
        kind=QUARANTINE,
        envelope=envelope,
        recipients=keep.recipients,
        reason=keep.verdict.action.value,
        rule=keep.verdict.rule,
        score=keep.verdict.score,
        findings=examination.findings,
    )


async def release(
    id: str,
    store: AsyncMessageStore,
    hop: Relay,
    *,
    hostname: str,
    recipients: tuple[Recipient, ...] = (),
    own_fields: OwnFields | None = None,
    hiding: Hiding | None = None,
) -> Outcome:
    """Send an entry to its recipients (or to `recipients`) with its own envelope, without `own_fields` of the sender
    and what `hiding` hides; mark it only after a 2yz.

    Raises UnknownEntry, and TemporaryError when the store cannot give it. When it was delivered and cannot be marked,
    the outcome says so in `detail`.
    """
    entry, raw = await store.load(id)
    envelope = replace(entry.envelope, recipients=recipients or entry.recipients)
    try:
        outgoing = (hiding or Hiding()).outgoing(envelope, (own_fields or OwnFields()).without(raw))
    except PermanentError as refusal:
        return Outcome(refusal.reply, False, False, str(refusal))
    head = received(envelope, hostname, envelope.received_at or entry.stored_at, anonymous=outgoing.anonymous)
    outcome = await hop.send(outgoing.envelope, outgoing.envelope.recipients, head, outgoing.raw)
    if not outcome.delivered:
        return outcome
    try:
        await store.mark_released(id)
    except (TemporaryError, LookupError) as problem:
        return Outcome(outcome.reply, True, True, f"{outcome.detail}; not marked as released: {problem}")
    return outcome
