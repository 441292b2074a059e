"""The event log: one JSON line for each thing that happened, one function for each kind of event.

Each line is one write to a descriptor opened for appending, so that lines of several processes never mix. Nothing that
goes wrong here reaches the caller: a line that cannot be written is counted in `lost`, told to `on_lost`, and the next
line says so. Text that a peer chose is cleaned. Every event has `event`, `time` (RFC 3339, UTC) and `pid`.
Not here: metrics, rotation (open the file anew), deciding anything.
"""

from __future__ import annotations

import math
import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import BinaryIO

from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.envelope import Envelope
from bartizan.model.finding import Finding, Kind
from bartizan.model.message import Examination
from bartizan.model.refusal import Refusal
from bartizan.model.reply import Reply
from bartizan.model.verdict import Verdict, worst
from bartizan.observe.clean import clean
from bartizan.observe.codec import to_json

MOST_FINDINGS = 50
MOST_RECIPIENTS = 100
_LONGEST_TRACEBACK = 20_000
_NOTHING = Examination(())


def _nobody() -> None:
    """Nobody wants to know that a line was lost."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one message, in the words of the event log.

    `detail` is e.g. the next hop's answer; `quarantine_ids` the entries that were made; `bundle` the content hash of
    the rules; `stages` milliseconds by stage, in addition to the examination's.
    """

    reply: Reply
    size: int = 0
    quarantine_ids: tuple[str, ...] = ()
    possible_duplicate: bool = False
    detail: str = ""
    bundle: str = ""
    stages: Mapping[str, float] = field(default_factory=dict)


class EventLog:
    """Writes events to a binary stream; unbuffered ones (or plain descriptors) get one write for each line."""

    def __init__(self, stream: BinaryIO, clock: Clock = SYSTEM, on_lost: Callable[[], None] = _nobody) -> None:
        self.lost = 0
        self._stream = stream
        self._clock = clock
        self._on_lost = on_lost
        self._reported = 0
        self._torn = False

    @staticmethod
    def open(path: str, clock: Clock = SYSTEM, on_lost: Callable[[], None] = _nobody) -> EventLog:
        """The log at `path`, "-" for standard output; OSError when it cannot be appended to."""
        return EventLog(open(_append_to(path), "ab", buffering=0), clock, on_lost)

    @property
    def descriptor(self) -> int:
        """What is written to: stays the same number as long as the log is open."""
        return self._stream.fileno()

    def reopen(self, path: str) -> None:
        """Go on in the file that is at `path` now: the old one was moved away. OSError; then the old one is kept."""
        descriptor = _append_to(path)
        os.dup2(descriptor, self.descriptor, inheritable=False)
        os.close(descriptor)

    def close(self) -> None:
        """Give the descriptor back."""
        self._stream.close()

    def message(
        self,
        envelope: Envelope,
        fate: Fate,
        examination: Examination | None = None,
        verdicts: tuple[Verdict, ...] = (),
    ) -> None:
        """One transaction was answered; without `examination` it was refused before anything looked into it."""
        seen = examination or _NOTHING
        gaps = [finding for finding in seen.findings if finding.kind is Kind.GAP]
        others = [finding for finding in seen.findings if finding.kind is not Kind.GAP]
        deciding = worst(verdicts)
        self._write(
            "message",
            {
                "id": envelope.id,
                "peer": clean(envelope.peer.address),
                "port": envelope.peer.port,
                "helo": clean(envelope.helo),
                "tls": clean(envelope.tls),
                "authenticated": clean(envelope.authenticated),
                "direction": envelope.direction,
                "received_at": _time(envelope.received_at),
                "sender": clean(envelope.sender),
                "recipients": [clean(one.address) for one in envelope.recipients[:MOST_RECIPIENTS]],
                "recipient_count": len(envelope.recipients),
                "size": fate.size,
                "action": deciding.action if deciding else "",
                "rule": clean(deciding.rule) if deciding else "",
                "score": deciding.score if deciding else 0.0,
                "verdicts": _verdicts(verdicts),
                "reply": f"{fate.reply.code} {fate.reply.enhanced} {clean(fate.reply.text)}",
                "detail": clean(fate.detail),
                "coverage": ("partial" if gaps else "complete") if examination else "none",
                "findings": list(map(_finding, others[:MOST_FINDINGS])),
                "finding_count": len(others),
                "gaps": list(map(_finding, gaps[:MOST_FINDINGS])),
                "gap_count": len(gaps),
                "checks": [
                    {"check": mark.check, "action": mark.action, "score": mark.score, "detail": clean(mark.detail)}
                    for mark in envelope.marks
                ],
                "anomalies": seen.anomalies,
                "quarantine_ids": fate.quarantine_ids,
                "possible_duplicate": fate.possible_duplicate,
                "bundle": fate.bundle,
                "ms": {stage: round(ms, 3) for stage, ms in {**seen.timings, **fate.stages}.items()},
            },
        )

    def refusal(self, refusal: Refusal) -> None:
        """A connection, a command or the form of a message was refused, before anything looked into it."""
        self._write(
            "refusal",
            {
                "id": refusal.id,
                "listener": clean(refusal.listener),
                "check": refusal.check,
                "action": refusal.action,
                "peer": clean(refusal.peer.address),
                "helo": clean(refusal.helo),
                "tls": clean(refusal.tls),
                "authenticated": clean(refusal.login),
                "sender": clean(refusal.sender),
                "recipient": clean(refusal.recipient),
                "reply": f"{refusal.reply.code} {refusal.reply.enhanced} {clean(refusal.reply.text)}",
                "detail": clean(refusal.detail),
            },
        )

    def session(
        self, peer: str, helo: str, tls: str, seconds: float, messages: int, errors: int, ended: str, detail: str = ""
    ) -> None:
        """One SMTP session is over."""
        self._write(
            "session",
            {
                "peer": clean(peer),
                "helo": clean(helo),
                "tls": clean(tls),
                "seconds": round(seconds, 3),
                "messages": messages,
                "errors": errors,
                "ended": clean(ended),
                "detail": clean(detail),
            },
        )

    def problem(self, where: str, error: BaseException, id: str = "") -> None:
        """Something of ours went wrong: said once, with its traceback."""
        lines = "".join(traceback.format_exception(error))[-_LONGEST_TRACEBACK:].splitlines()
        self._write(
            "problem",
            {
                "where": clean(where),
                "id": clean(id),
                "error": f"{type(error).__name__}: {clean(str(error))}",
                "traceback": [clean(line, 1000) for line in lines],
            },
        )

    def process(self, what: str, role: str, detail: str = "", bundle: str = "") -> None:
        """A process of ours: `what` is e.g. "start", "ready", "stop", "restart", "killed"; `role` e.g. "smtpd".

        `bundle` is the content hash of the rules it follows from now on, where that is what the event is about."""
        about: dict[str, object] = {
            "what": clean(what),
            "role": clean(role),
            "detail": clean(detail),
            "bundle": clean(bundle),
        }
        self._write("process", about)

    def _write(self, event: str, about: dict[str, object]) -> None:
        line: dict[str, object] = {"event": event, "time": _time(self._clock.wall()), "pid": os.getpid(), **about}
        if self.lost > self._reported:
            line["lines_lost_before"] = self.lost - self._reported
        try:
            encoded = (b"\n" if self._torn else b"") + to_json(line) + b"\n"
            written = self._stream.write(encoded)
        except (OSError, ValueError, TypeError):
            self._lose()
            return
        self._torn = written < len(encoded)
        if self._torn:
            self._lose()
            return
        if "lines_lost_before" in line:
            self._reported = self.lost

    def _lose(self) -> None:
        self.lost += 1
        self._on_lost()


def _append_to(path: str) -> int:
    if path == "-":
        return os.dup(1)
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)


def _time(seconds: float) -> str:
    whole = math.floor(seconds) if math.isfinite(seconds) else 0
    day = _second(whole)
    return f"{day}.{int((seconds - whole) * 1000):03}Z" if day else ""


@lru_cache(16)
def _second(seconds: int) -> str:
    """Date and time of a whole second; most events of a second share it. "" for one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return ""


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "name": clean(finding.name),
        "part": clean(finding.part),
        "score": finding.score,
        "detail": clean(finding.detail),
    }


def _verdicts(verdicts: tuple[Verdict, ...]) -> list[dict[str, object]]:
    """What was decided for whom; only where recipients were treated differently."""
    if len({(verdict.action, verdict.rule) for verdict in verdicts}) < 2:
        return []
    return [
        {"recipient": clean(verdict.recipient), "action": verdict.action, "rule": clean(verdict.rule)}
        for verdict in verdicts[:MOST_RECIPIENTS]
    ]
