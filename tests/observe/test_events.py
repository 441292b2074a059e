"""The event log: complete, clean, one line and one write for each event, never an exception."""

from __future__ import annotations

import io
import json
import os
import unicodedata
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bartizan.model.clock import Clock
from bartizan.model.envelope import Envelope, Peer, Recipient
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.message import Examination
from bartizan.model.reply import ACCEPTED, INTERNAL
from bartizan.model.verdict import Action, Verdict
from bartizan.observe.clean import clean
from bartizan.observe.events import EventLog, Fate

CLOCK = Clock(lambda: 1_000_000_000.5, lambda: 0.0)
ENVELOPE = Envelope("abc1", Peer("192.0.2.1", 4711), "mx", "a@b.org", (Recipient("c@d.org"), Recipient("e@d.org")))


class Stream(io.RawIOBase):
    """Keeps each write; fails, or takes only a part, as often as told."""

    def __init__(self, failures: int = 0, shorts: int = 0) -> None:
        self.writes: list[bytes] = []
        self.failures = failures
        self.shorts = shorts

    def write(self, data: Any) -> int:
        """One line."""
        if self.failures:
            self.failures -= 1
            raise OSError(28, "No space left on device")
        self.writes.append(bytes(data))
        if self.shorts:
            self.shorts -= 1
            return 1
        return len(data)


def lines(stream: Stream) -> list[dict[str, Any]]:
    """The events written: each write was exactly one line."""
    assert all(write.count(b"\n") == 1 and write.endswith(b"\n") for write in stream.writes)
    return [json.loads(write) for write in stream.writes]


def log(stream: Stream) -> EventLog:
    """An event log over `stream` with a clock that stands still."""
    return EventLog(stream, CLOCK)  # type: ignore[arg-type]


def test_message_event() -> None:
    """Everything about one message, in one line."""
    stream = Stream()
    findings = Finding(Kind.SIGNATURE, "eicar", "2/a.zip!/b", 10.0, "rule"), gap(Reason.ENCRYPTED, "3/c.zip", "locked")
    verdicts = (
        Verdict("c@d.org", Action.ACCEPT, "f:1 a", 10.0),
        Verdict("e@d.org", Action.QUARANTINE, "f:2 b", 10.0),
    )
    fate = Fate(ACCEPTED, 1234, ("q1",), True, "250 ok", "beef", {"relay": 2.00049})
    log(stream).message(ENVELOPE, fate, Examination(findings, (), ("bare-lf",), {"scan": 1.0}), verdicts)
    [event] = lines(stream)
    event.pop("pid")
    assert event == {
        "event": "message",
        "time": "2001-09-09T01:46:40.500Z",
        "id": "abc1",
        "peer": "192.0.2.1",
        "port": 4711,
        "helo": "mx",
        "tls": "",
        "authenticated": "",
        "direction": "inbound",
        "received_at": "1970-01-01T00:00:00.000Z",
        "sender": "a@b.org",
        "recipients": ["c@d.org", "e@d.org"],
        "recipient_count": 2,
        "size": 1234,
        "action": "quarantine",
        "rule": "f:2 b",
        "score": 10.0,
        "verdicts": [
            {"recipient": "c@d.org", "action": "accept", "rule": "f:1 a"},
            {"recipient": "e@d.org", "action": "quarantine", "rule": "f:2 b"},
        ],
        "reply": "250 2.0.0 Ok",
        "detail": "250 ok",
        "coverage": "partial",
        "findings": [{"kind": "signature", "name": "eicar", "part": "2/a.zip!/b", "score": 10.0, "detail": "rule"}],
        "finding_count": 1,
        "gaps": [{"kind": "gap", "name": "encrypted", "part": "3/c.zip", "score": 0.0, "detail": "locked"}],
        "gap_count": 1,
        "checks": [],
        "anomalies": ["bare-lf"],
        "quarantine_ids": ["q1"],
        "possible_duplicate": True,
        "bundle": "beef",
        "ms": {"scan": 1.0, "relay": 2.0},
    }


def test_findings_are_capped() -> None:
    """A message with thousands of findings makes no endless line; their number is told."""
    stream = Stream()
    many = tuple(Finding(Kind.PHRASE, str(number), "1") for number in range(3000))
    log(stream).message(ENVELOPE, Fate(ACCEPTED), Examination(many))
    [event] = lines(stream)
    assert (len(event["findings"]), event["finding_count"]) == (50, 3000)


def test_refused_before_examination() -> None:
    """Such a message has no coverage and no rule."""
    stream = Stream()
    log(stream).message(ENVELOPE, Fate(INTERNAL))
    [event] = lines(stream)
    assert (event["coverage"], event["rule"], event["reply"][:9]) == ("none", "", "451 4.3.0")


@given(st.text(max_size=50))
def test_peers_cannot_write_into_the_log(text: str) -> None:
    """Whatever a peer calls itself, its event stays one line of clean text."""
    stream = Stream()
    envelope = Envelope("i", Peer(text), text, text, (Recipient(text),), tls=text)
    log(stream).message(envelope, Fate(ACCEPTED, detail=text), Examination((Finding(Kind.PHRASE, text, text),)))
    assert len(lines(stream)) == 1
    categories = {unicodedata.category(char) for char in stream.writes[0][:-1].decode()}
    assert not categories & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def test_clean() -> None:
    """Controls, direction marks, surrogates and line separators go, letters stay, length is bounded."""
    assert clean("a\r\n\x1b[0m") == "a\ufffd\ufffd\ufffd[0m"
    assert clean("\u202egnp.exe\u2066\u2028\udc80") == "\ufffdgnp.exe\ufffd\ufffd\ufffd"
    assert clean("größe 大") == "größe 大"
    assert clean("x" * 1000) == "x" * 320 + "…"


def test_full_disk_never_raises() -> None:
    """Lost lines are counted, and the next line that can be written tells how many."""
    stream = Stream(failures=2)
    told: list[int] = []
    events = EventLog(stream, CLOCK, lambda: told.append(events.lost))  # type: ignore[arg-type]
    for what in ("start", "ready", "stop", "gone"):
        events.process(what, "smtpd")
    assert (events.lost, told) == (2, [1, 2])
    assert [(event["what"], event.get("lines_lost_before")) for event in lines(stream)] == [("stop", 2), ("gone", None)]


def test_short_write_is_a_lost_line() -> None:
    """A line that was only written in part is not taken for written, and the next one does not hang on to it."""
    stream = Stream(shorts=1)
    events = log(stream)
    events.process("start", "smtpd")
    events.process("ready", "smtpd")
    assert events.lost == 1
    assert json.loads(stream.writes[1].removeprefix(b"\n"))["lines_lost_before"] == 1
    assert stream.writes[1].startswith(b"\n")


def test_processes_name_their_bundle() -> None:
    """A process that begins to follow other rules says which."""
    stream = Stream()
    log(stream).process("ready", "supervisor", "127.0.0.1 port 25", "0123")
    [event] = lines(stream)
    assert (event["what"], event["role"], event["detail"]) == ("ready", "supervisor", "127.0.0.1 port 25")
    assert event["bundle"] == "0123"


def test_problem_has_a_traceback() -> None:
    """Our own errors are told with where they came from."""
    stream = Stream()
    try:
        raise ValueError("bad\nthing")
    except ValueError as error:
        log(stream).problem("session", error, "abc1")
    [event] = lines(stream)
    assert (event["where"], event["id"], event["error"]) == ("session", "abc1", "ValueError: bad\ufffdthing")
    assert event["traceback"][0] == "Traceback (most recent call last):"


def test_session_event() -> None:
    """How a session went."""
    stream = Stream()
    log(stream).session("192.0.2.1", "mx", "", 1.23456, 2, 1, "quit")
    [event] = lines(stream)
    assert (event["event"], event["seconds"], event["messages"], event["ended"]) == ("session", 1.235, 2, "quit")


def test_file_is_appended_to(tmp_path: Path) -> None:
    """Two logs on one file add their lines to what is there."""
    path = tmp_path / "events.jsonl"
    first, second = EventLog.open(str(path)), EventLog.open(str(path))
    first.process("start", "a")
    second.process("start", "b")
    first.process("stop", "a")
    first.close()
    second.close()
    assert [json.loads(line)["role"] for line in path.read_bytes().splitlines()] == ["a", "b", "a"]
    assert os.stat(path).st_mode & 0o777 in (0o640, 0o600)
