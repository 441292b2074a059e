"""A relay and a store that do as they are told and remember the order of what was asked of them."""

from __future__ import annotations

from collections.abc import Iterable

from bartizan.delivery.outcome import Outcome
from bartizan.delivery.store import Entry, NewEntry, State, UnknownEntry
from bartizan.model.envelope import Envelope, Peer, Recipient
from bartizan.model.errors import TemporaryError
from bartizan.model.message import Examination, Message
from bartizan.model.reply import ACCEPTED, NO_SPACE
from bartizan.model.verdict import Action, Verdict

A, B, C = (Recipient(f"{name}@example.net") for name in "abc")
RAW = b"Subject: x\r\n\r\n.\r\nbody\r\n"
TAKEN = Outcome(ACCEPTED, True, False, "250 2.0.0 Ok")


def envelope(*recipients: Recipient) -> Envelope:
    """An envelope for `recipients`."""
    return Envelope("ID1", Peer("192.0.2.1", 25), "a.example", "s@example.org", recipients, received_at=1.0)


def message() -> Message:
    """A message of RAW."""
    return Message(RAW, (), (), (), ())


def verdict(recipient: Recipient, action: str, rule: str = "x.toml:1", text: str = "", tag: str = "") -> Verdict:
    """A verdict for one recipient; `tag` is the value of X-Tag."""
    return Verdict(recipient.address, Action(action), rule, 1.0, text, ("X-Tag", tag) if tag else None)


EXAMINED = Examination(())


class FakeRelay:
    """Gives `outcomes` one after the other (an exception is raised), then TAKEN; `sent` is what was asked."""

    def __init__(self, steps: list[str], *outcomes: Outcome | BaseException) -> None:
        self.steps = steps
        self.outcomes = list(outcomes)
        self.sent: list[tuple[tuple[Recipient, ...], bytes, bytes]] = []

    async def send(
        self, envelope: Envelope, recipients: tuple[Recipient, ...], head: bytes, raw: bytes | memoryview
    ) -> Outcome:
        """Take it or not."""
        self.steps.append("send")
        self.sent.append((recipients, head, bytes(raw)))
        outcome = self.outcomes.pop(0) if self.outcomes else TAKEN
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


class FakeStore:
    """Keeps entries in memory; the methods named in `broken` fail."""

    def __init__(self, steps: list[str], *broken: str) -> None:
        self.steps = steps
        self.broken = broken
        self.kept: dict[str, tuple[NewEntry, bytes, State]] = {}

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name in self.broken:
            raise TemporaryError("disk is full", NO_SPACE)

    async def put(self, entry: NewEntry, raw: bytes | memoryview, *, provisional: bool = False) -> str:
        """Keep it."""
        self._step("put")
        id = f"E{len(self.kept)}"
        self.kept[id] = (entry, bytes(raw), State.PROVISIONAL if provisional else State.KEPT)
        return id

    async def confirm(self, ids: Iterable[str]) -> None:
        """Keep them for good."""
        self._step("confirm")
        for id in ids:
            entry, raw, _ = self.kept[id]
            self.kept[id] = entry, raw, State.KEPT

    async def remove(self, ids: Iterable[str]) -> int:
        """Forget them."""
        self._step("remove")
        return sum(self.kept.pop(id, None) is not None for id in tuple(ids))

    async def load(self, id: str) -> tuple[Entry, bytes]:
        """What was kept."""
        self._step("load")
        if id not in self.kept:
            raise UnknownEntry(id)
        new, raw, state = self.kept[id]
        entry = Entry(
            id, new.kind, state, new.envelope, new.recipients, new.reason, new.rule, new.score, new.findings,
            len(raw), "", 2.0, 2.0,
        )  # fmt: skip
        return entry, raw

    async def mark_released(self, id: str) -> None:
        """It is released."""
        self._step("mark_released")
        entry, raw, _ = self.kept[id]
        self.kept[id] = entry, raw, State.RELEASED
