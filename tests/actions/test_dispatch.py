"""Verdicts are executed in the right order, and 250 is given only when everybody is served."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.fakes import EXAMINED, RAW, TAKEN, A, B, C, FakeRelay, FakeStore, envelope, message, verdict
from bartizan.actions.dispatch import Dispatcher, Disposition
from bartizan.actions.hide import Hiding
from bartizan.actions.own_fields import OwnFields
from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.outcome import Outcome
from bartizan.delivery.sqlite_store import SqliteStore
from bartizan.delivery.store import State
from bartizan.model.envelope import Direction, Recipient
from bartizan.model.hide import Hide
from bartizan.model.reply import (
    ACCEPTED,
    DEFERRED,
    FORM_REFUSED,
    INTERNAL,
    NEXT_HOP_DOWN,
    NO_SPACE,
    OUTCOME_UNKNOWN,
    RECIPIENT_RETRY,
    REJECTED,
    Reply,
)
from bartizan.model.verdict import Action, Verdict
from delivery.fake_nexthop import CLOSE, RESET, FakeHop

DOWN = Outcome(NEXT_HOP_DOWN, False, False, "connect: timeout")
UNKNOWN = Outcome(OUTCOME_UNKNOWN, False, True, "no reply in time")
NO = Outcome(Reply(550, "5.1.1", "Refused by the destination"), False, False, "RCPT: 550 no")


class Case:
    """One message through a dispatcher between fakes."""

    def __init__(
        self,
        *verdicts: Verdict,
        outcomes: tuple[Any, ...] = (),
        broken: tuple[str, ...] = (),
        ours: tuple[str, ...] = (),
    ) -> None:
        self.steps: list[str] = []
        self.problems: list[str] = []
        self.relay = FakeRelay(self.steps, *outcomes)
        self.store = FakeStore(self.steps, *broken)
        dispatcher = Dispatcher(
            self.relay,
            self.store,
            hostname="gate.example",
            on_problem=lambda where, error: self.problems.append(where),
            own_fields=OwnFields(ours),
        )
        there = envelope(*(Recipient(v.recipient) for v in verdicts))
        self.done: Disposition = asyncio.run(dispatcher.execute(there, message(), EXAMINED, verdicts))
        self.states = [state for _, _, state in self.store.kept.values()]


def test_accept() -> None:
    """Everybody accepted: one transaction, Received in front, the next hop's receipt, 250."""
    case = Case(verdict(A, "accept"), verdict(B, "accept"))
    assert case.steps == ["send"]
    ((recipients, head, raw),) = case.relay.sent
    assert recipients == (A, B)
    assert head.startswith(b"Received: from a.example ([192.0.2.1])\r\n by gate.example with ESMTP id ID1;\r\n")
    assert raw == RAW
    assert case.done.reply is ACCEPTED
    assert (case.done.delivered, case.done.quarantined, case.done.detail) == ((A, B), (), "250 2.0.0 Ok")
    assert set(case.done.timings) == {"send"}


def test_forged_tag() -> None:
    """A field that a rule's tag adds is taken out of every copy, tagged or not; held copies are kept as they came."""
    verdicts = verdict(A, "accept"), verdict(B, "tag", tag="maybe bad"), verdict(C, "quarantine")
    case = Case(*verdicts, ours=("Subject",))
    assert [raw for _, _, raw in case.relay.sent] == [RAW.partition(b"\r\n")[2]] * 2
    assert [raw for _, raw, _ in case.store.kept.values()] == [RAW]


def test_tag() -> None:
    """A tagged copy differs from an untagged one by one field in front of Received, where no message that begins with
    white space can go on with it; it goes in a transaction of its own."""
    case = Case(verdict(A, "accept"), verdict(B, "tag", tag="maybe bad"))
    (_, plain, _), (recipients, tagged, raw) = case.relay.sent
    assert tagged == b"X-Tag: maybe bad\r\n" + plain
    assert (recipients, raw) == ((B,), RAW)
    assert case.done.reply is ACCEPTED


def test_quarantine() -> None:
    """Everybody held back: durable first, then 250; nothing is sent, the bytes are untouched."""
    case = Case(verdict(A, "quarantine", "r:1"), verdict(B, "quarantine", "r:2"), verdict(C, "quarantine", "r:1"))
    assert case.steps == ["put", "put"]
    assert case.done.reply is ACCEPTED
    assert case.done.quarantined == ("E0", "E1")
    assert case.states == [State.KEPT, State.KEPT]
    new, raw, _ = case.store.kept["E0"]
    assert (new.recipients, new.rule, new.reason, raw) == ((A, C), "r:1", "quarantine", RAW)


def test_reject_and_defer_do_nothing() -> None:
    """A refusal sends nothing and keeps nothing."""
    for action, reply in (("reject", REJECTED), ("defer", DEFERRED)):
        case = Case(verdict(A, action), verdict(B, action))
        assert (case.done.reply, case.steps) == (reply, [])


def test_split_is_confirmed_after_the_next_hop() -> None:
    """Some pass, some are held back: provisional, sent, confirmed, and then 250."""
    case = Case(verdict(A, "accept"), verdict(B, "quarantine"), verdict(C, "reject"))
    assert case.steps == ["put", "put", "send", "confirm"]
    assert case.states == [State.KEPT, State.KEPT]
    assert case.done.reply is ACCEPTED
    assert [new.reason for new, _, _ in case.store.kept.values()] == ["quarantine", "reject"]


@pytest.mark.parametrize("outcome", [DOWN, UNKNOWN, NO])
def test_split_is_taken_back(outcome: Outcome) -> None:
    """The next hop did not take it: the sender keeps the message for all, and so nothing stays here."""
    case = Case(verdict(A, "accept"), verdict(B, "quarantine"), outcomes=(outcome,))
    assert case.steps == ["put", "send", "remove"]
    assert case.states == []
    assert (case.done.reply, case.done.quarantined) == (outcome.reply, ())
    assert case.done.possible_duplicate == outcome.possible_duplicate


def test_what_cannot_be_taken_back_stays() -> None:
    """When the store fails then, the copy stays, and is told: a duplicate is allowed, a loss is not."""
    case = Case(verdict(A, "accept"), verdict(B, "quarantine"), outcomes=(DOWN,), broken=("remove",))
    assert (case.done.reply, case.done.quarantined, case.done.possible_duplicate) == (NEXT_HOP_DOWN, ("E0",), True)
    assert case.problems == ["ID1: taking back failed"]


@pytest.mark.parametrize(
    ("outcome", "reply"), [(DOWN, NEXT_HOP_DOWN), (UNKNOWN, OUTCOME_UNKNOWN), (NO, RECIPIENT_RETRY)]
)
def test_later_transaction_fails(outcome: Outcome, reply: Reply) -> None:
    """One group has it already, the next one's fails: 451, since 5yz would tell the sender that nobody has it."""
    case = Case(verdict(A, "accept"), verdict(B, "tag", tag="x"), outcomes=(TAKEN, outcome))
    assert case.done.reply == reply
    assert (case.done.delivered, case.done.possible_duplicate) == ((A,), True)


@pytest.mark.parametrize("broken", [("put",), ("put", "remove")])
def test_no_space(broken: tuple[str, ...]) -> None:
    """The quarantine cannot be written: the sender keeps the message, nothing is sent."""
    case = Case(verdict(A, "accept"), verdict(B, "quarantine"), broken=broken)
    assert (case.done.reply, case.steps, case.done.quarantined) == (NO_SPACE, ["put"], ())


def test_confirm_fails() -> None:
    """Delivered, but the copy could not be confirmed: 451, and a duplicate for the one who has it."""
    case = Case(verdict(A, "accept"), verdict(B, "quarantine"), broken=("confirm",))
    assert (case.done.reply, case.done.possible_duplicate) == (NO_SPACE, True)
    assert case.states == []


@pytest.mark.parametrize(
    "outcome", [RuntimeError("bug"), Outcome(ACCEPTED, False), Outcome(ACCEPTED, True, False, ""), OSError(5, "x")]
)
def test_bugs_are_451(outcome: Any) -> None:
    """An exception, or an answer that makes no sense, is 451 and said once."""
    case = Case(verdict(A, "accept"), verdict(B, "quarantine"), outcomes=(outcome,))
    assert (case.done.reply, case.states, case.problems) == (INTERNAL, [], ["ID1: dispatch failed"])


def test_verdicts_that_do_not_fit_are_451() -> None:
    """Without a verdict for everybody nothing is done."""
    case = Case()
    assert (case.done.reply, case.steps) == (INTERNAL, [])


BROKEN = [(), ("put",), ("confirm",), ("remove",), ("confirm", "remove")]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(list(Action)), st.sampled_from("xy")), min_size=1, max_size=5),
    st.lists(st.sampled_from([TAKEN, DOWN, UNKNOWN, NO, RuntimeError("bug")]), max_size=3),
    st.sampled_from(BROKEN),
)
def test_250_means_that_everybody_is_served(
    choices: list[tuple[Action, str]], outcomes: list[Any], broken: tuple[str, ...]
) -> None:
    """Whatever fails: 250 only if each recipient's copy is with the next hop or durably kept."""
    recipients = [Recipient(f"{number}@x") for number in range(len(choices))]
    verdicts = [verdict(r, action.value, tag=tag) for r, (action, tag) in zip(recipients, choices, strict=True)]
    case = Case(*verdicts, outcomes=tuple(outcomes), broken=broken)
    kept = {r for new, _, state in case.store.kept.values() if state is State.KEPT for r in new.recipients}
    if case.done.reply.positive:
        assert case.done.reply is ACCEPTED
        assert set(case.done.delivered) | kept == set(recipients)
        assert not set(case.done.delivered) & kept
        assert set(case.done.quarantined) == set(case.store.kept)
    else:
        assert case.done.reply.code >= 400
        assert case.store.kept == {} or "remove" in broken
        if case.done.delivered:
            assert case.done.reply.temporary
            assert case.done.possible_duplicate


POINTS = ["connect", "greeting", "EHLO", "MAIL", "RCPT", "DATA", "body", "dot"]


@pytest.mark.parametrize(
    ("point", "failure"), [*itertools.product(POINTS, [CLOSE, RESET]), ("RCPT", b"550 5.1.1 no\r\n"), ("", b"")]
)
def test_with_real_store_and_next_hop(tmp_path: Path, point: str, failure: Any) -> None:
    """The same over a real socket and a real database: a split message, the next hop failing at each point."""
    store = SqliteStore(tmp_path / "state", min_free=0)

    async def story() -> Disposition:
        async with FakeHop({point: failure} if point else {}) as fake:
            hop = NextHop("127.0.0.1", fake.port, hostname="gate.example")
            dispatcher = Dispatcher(
                hop, store.awaited(), hostname="gate.example", on_problem=lambda where, error: pytest.fail(where)
            )
            verdicts = (verdict(A, "accept"), verdict(B, "quarantine"))
            done = await dispatcher.execute(envelope(A, B), message(), EXAMINED, verdicts)
            await hop.close()
            assert len(fake.messages) == (not point)
            return done

    done = asyncio.run(story())
    entries = store.entries()
    store.close()
    if point:
        assert done.reply.code == (550 if isinstance(failure, bytes) else 451)
        assert entries == []
    else:
        assert done.reply is ACCEPTED
        assert [(e.state, e.recipients) for e in entries] == [(State.KEPT, (B,))]


def test_hidden() -> None:
    """What goes out is hidden after the verdict: sender, header, our own Received field; what is kept is as it came."""
    raw = b"From: s@corp.internal\r\nX-Mailer: b\r\n\r\nbody\r\n"
    hiding = Hiding(Hide(public="example.com", domains=("corp.internal",)), "gate.example")
    there = replace(envelope(A, B), sender="s@corp.internal", helo="ws1.corp.internal", direction=Direction.OUTBOUND)
    relay, store = FakeRelay([]), FakeStore([])
    dispatcher = Dispatcher(relay, store, hostname="gate.example", on_problem=print, hiding=hiding)
    verdicts = (verdict(A, "accept"), verdict(B, "quarantine"))
    asyncio.run(dispatcher.execute(there, replace(message(), raw=raw), EXAMINED, verdicts))
    ((recipients, head, sent),) = relay.sent
    assert recipients == (A,)
    assert head.startswith(b"Received: by gate.example with ESMTP id ID1;\r\n ")
    assert sent == b"From: s@example.com\r\n\r\nbody\r\n"
    assert [kept for _, kept, _ in store.kept.values()] == [raw]


def test_too_much_to_hide() -> None:
    """A header that cannot be read within the limits is refused before anything is kept, and is no problem of ours."""
    raw = b"To: " + b"s@corp.internal,\r\n " * 10_000 + b"\r\n\r\n"
    hiding = Hiding(Hide(public="example.com", domains=("corp.internal",)))
    problems: list[str] = []
    store = FakeStore([])
    dispatcher = Dispatcher(
        FakeRelay([]), store, hostname="g", on_problem=lambda where, _: problems.append(where), hiding=hiding
    )
    there = replace(envelope(A, B), direction=Direction.OUTBOUND)
    verdicts = (verdict(A, "accept"), verdict(B, "quarantine"))
    done = asyncio.run(dispatcher.execute(there, replace(message(), raw=raw), EXAMINED, verdicts))
    assert (done.reply, store.kept, problems) == (FORM_REFUSED, {}, [])
