"""What was held back can be let go."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from actions.fakes import EXAMINED, RAW, A, B, C, FakeRelay, FakeStore, envelope, verdict
from bartizan.actions.hide import Hiding
from bartizan.actions.plan import Keep
from bartizan.actions.quarantine import entry_for, release
from bartizan.delivery.outcome import Outcome
from bartizan.delivery.store import State, UnknownEntry
from bartizan.model.envelope import Direction, Recipient
from bartizan.model.hide import Hide
from bartizan.model.reply import FORM_REFUSED, NEXT_HOP_DOWN

DOWN = Outcome(NEXT_HOP_DOWN, False, False, "connect: timeout")


def released(
    *outcomes: Outcome, broken: tuple[str, ...] = (), id: str = "E0", to: tuple[Recipient, ...] = ()
) -> tuple[Outcome, FakeRelay, FakeStore]:
    """Put an entry for B and release `id`."""
    relay, store = FakeRelay([], *outcomes), FakeStore([], *broken)

    async def story() -> Outcome:
        await store.put(entry_for(envelope(A, B), EXAMINED, Keep((B,), verdict(B, "quarantine"))), RAW)
        return await release(id, store, relay, hostname="gate.example", recipients=to)

    return asyncio.run(story()), relay, store


def test_release() -> None:
    """A released message goes to its own recipients with its own envelope, and is marked after the next hop's 2yz."""
    outcome, relay, store = released()
    ((recipients, head, raw),) = relay.sent
    assert outcome.delivered
    assert (recipients, raw) == ((B,), RAW)
    assert head.startswith(b"Received: from a.example")
    assert store.kept["E0"][2] is State.RELEASED


def test_release_to_somebody_else() -> None:
    """Other recipients may be named."""
    _, relay, _ = released(to=(C,))
    assert relay.sent[0][0] == (C,)


def test_not_taken_is_not_released() -> None:
    """A next hop that does not take it leaves the entry as it was."""
    outcome, _, store = released(DOWN)
    assert outcome == DOWN
    assert store.kept["E0"][2] is State.KEPT


def test_delivered_but_not_marked() -> None:
    """Delivered and not marked is told as such: a second release would be a duplicate."""
    outcome, _, _ = released(broken=("mark_released",))
    assert (outcome.delivered, outcome.possible_duplicate) == (True, True)
    assert "not marked" in outcome.detail


def test_unknown() -> None:
    """What is not there cannot be released."""
    with pytest.raises(UnknownEntry):
        released(id="E9")


@pytest.mark.parametrize("many", [1, 20_000])
def test_released_and_hidden(many: int) -> None:
    """A message that was on its way out leaves with outside names, or not at all."""
    raw = b"From: " + b"s@corp.internal,\r\n " * many + b"\r\n\r\nx\r\n"
    relay, store = FakeRelay([]), FakeStore([])
    hiding = Hiding(Hide(public="example.com", domains=("corp.internal",)))
    there = replace(envelope(A, B), direction=Direction.OUTBOUND, sender="s@corp.internal")

    async def story() -> Outcome:
        id = await store.put(entry_for(there, EXAMINED, Keep((B,), verdict(B, "quarantine"))), raw)
        return await release(id, store, relay, hostname="gate.example", hiding=hiding)

    outcome = asyncio.run(story())
    if many > 1:
        assert (outcome.delivered, outcome.reply, relay.sent) == (False, FORM_REFUSED, [])
        return
    ((recipients, head, sent),) = relay.sent
    assert recipients == (B,)
    assert head.startswith(b"Received: by gate.example with")
    assert sent == raw.replace(b"corp.internal", b"example.com")
