"""Sessions driven at random: the transaction is always where the model says, and whatever comes, an end is reached."""

from __future__ import annotations

import re
from dataclasses import replace
from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bartizan.model.reply import REJECTED
from bartizan.smtpd.settings import BareLineEnds

PATIENT = {"errors": 10**6, "junk": 10**6, "unknown": 10**6}
REPLIES = re.compile(rb"(?:[2345]\d\d[ -][ -~]*\r\n)*")
FRAGMENTS = [
    b"HELO c\r\n",
    b"EHLO c\r\n",
    b"MAIL FROM:<a@b.example>\r\n",
    b"MAIL FROM:<a@b.example> SIZE=10 BODY=8BITMIME\r\n",
    b"RCPT TO:<c@d.example>\r\n",
    b"DATA\r\n",
    b"Subject: x\r\n\r\n",
    b".\r\n",
    b"\r\n.\r\n",
    b"RSET\r\n",
    b"NOOP\r\n",
    b"NOOP\r\n" * 99,
    b"QUIT\r\n",
    b"STARTTLS\r\n",
    b"AUTH PLAIN\r\n",
    b"GET / HTTP/1.1\r\n",
    b"\r",
    b"\n",
    b".",
    b"\0",
    b"\xff",
    b"x" * 5000,
]

RELOADS: list[dict[str, Any]] = [
    {"message_bytes": 20, "recipients": 1},
    {"message_bytes": 6000, "bare_line_ends": BareLineEnds.NORMALIZE},
    {"sessions": 1, "sessions_per_peer": 1, "in_flight_bytes": 1, "message_bytes": 10},
    {"recipient_domains": ("other.example",), "errors": 1, "command": 1.0, "data_idle": 1.0, "grace": 1.0},
]
MUST_BE_LAST = (b"DATA\r\n", b"STARTTLS\r\n")
LOOP = VirtualLoop()
PACKETS = st.lists(st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=20), max_size=6).map(b"".join), max_size=12)


class Transactions(RuleBasedStateMachine):
    """One session beside the simplest model of it: greeted, sender given, recipients, refused recipients."""

    def __init__(self) -> None:
        super().__init__()
        self.connect()

    def connect(self) -> None:
        """A new session."""
        self.rig = Rig(LOOP, Pipeline(settings_of(**PATIENT, recipients=3)))
        self.rig.read()
        self.greeted = False
        self.clear()

    def clear(self) -> None:
        """Back to no transaction."""
        self.sender = False
        self.recipients = self.refused = 0

    def say(self, line: bytes) -> int:
        """Send a command, answer the code of the one reply."""
        answer = self.rig.send(line + b"\r\n")
        codes = {int(reply[:3]) for reply in answer.splitlines()}
        assert len(codes) == 1, answer
        return codes.pop()

    @rule(verb=st.sampled_from([b"HELO", b"EHLO", b"helo"]), name=st.sampled_from([b"c", b"", b"a b"]))
    def hello(self, verb: bytes, name: bytes) -> None:
        """HELO greets and resets, unless it is malformed."""
        assert self.say(verb + b" " + name) == (250 if name == b"c" else 501)
        if name == b"c":
            self.greeted = True
            self.clear()

    @rule(path=st.sampled_from([b"<>", b"<a@b.example>", b"<bad>", b"<a@b.example> X=1"]))
    def mail(self, path: bytes) -> None:
        """MAIL begins a transaction, once."""
        expected = {b"<bad>": 553, b"<a@b.example> X=1": 555}.get(path, 250)
        if not self.greeted or self.sender:
            expected = 503
        assert self.say(b"MAIL FROM:" + path) == expected
        self.sender = self.sender or expected == 250

    @rule(path=st.sampled_from([b"<c@d.example>", b"<postmaster>", b"<bad"]))
    def rcpt(self, path: bytes) -> None:
        """RCPT adds, up to the limit."""
        expected = 250
        if not self.sender:
            expected = 503
        elif path == b"<bad":
            expected = 553
        elif self.recipients == 3:
            expected = 452
        assert self.say(b"RCPT TO:" + path) == expected
        if self.sender:
            self.recipients += expected == 250
            self.refused += expected != 250

    @rule(reply=st.sampled_from(["ok", "no", "error", "bare"]))
    def data(self, reply: str) -> None:
        """DATA needs recipients; whatever comes of the message, the transaction is over, and behind a bare line end so
        is the session."""
        if not self.recipients:
            expected = 554 if self.sender and self.refused else 503
            assert self.say(b"DATA") == expected
            if expected == 554:
                self.clear()
            return
        pipeline = self.rig.pipeline
        before = len(pipeline.accepted)
        pipeline.reply = {"no": REJECTED, "error": ValueError()}.get(reply, Pipeline(pipeline.settings).reply)
        assert self.say(b"DATA") == 354
        assert self.say(b"a\nb\r\n." if reply == "bare" else b"text\r\n.") == {
            "no": 550,
            "error": 451,
            "bare": 550,
        }.get(reply, 250)
        assert len(pipeline.accepted) == before + (reply != "bare")
        if reply != "bare":
            assert len(pipeline.accepted[-1][0].recipients) == self.recipients
        if reply == "error":
            assert len(pipeline.problems) == 1
            pipeline.problems.clear()
        self.clear()
        if reply == "bare":
            assert self.rig.send(b"NOOP\r\n") == b""
            self.rig.end()
            assert self.rig.transport.closed
            self.connect()

    @rule()
    def rset(self) -> None:
        """RSET always works."""
        assert self.say(b"RSET") == 250
        self.clear()

    @rule(line=st.sampled_from([(b"NOOP", 250), (b"XX", 500), (b"VRFY x", 252), (b"NO\nOP", 500), (b"AUTH", 502)]))
    def other(self, line: tuple[bytes, int]) -> None:
        """Nothing of this changes anything."""
        assert self.say(line[0]) == line[1]

    @invariant()
    def no_problem(self) -> None:
        """No error of ours, and the session lives."""
        assert self.rig.pipeline.problems == []
        assert not self.rig.transport.closed


TestTransactions = Transactions.TestCase
TestTransactions.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def run(packets: list[bytes], **words: Any) -> Rig:
    """A session that gets these packets, as far as it reads them."""
    errors: list[Any] = []
    LOOP.set_exception_handler(lambda _, context: errors.append(context))
    rig = Rig(LOOP, Pipeline(settings_of(**words)))
    for packet in packets:
        if packet:
            rig.send(packet)
            assert rig.transport.reading or rig.transport.closed, "waits for what it does not read"
    assert errors == []
    return rig


@settings(max_examples=300, deadline=None)
@given(packets=PACKETS, fin=st.booleans())
def test_anything(packets: list[bytes], fin: bool) -> None:
    """Well-formed replies, no error of ours, and an end: now, or when the patience is over; nothing is left behind."""
    rig = run(packets, message_bytes=6000)
    if fin:
        rig.end()
    LOOP.sleep(1200)
    assert rig.transport.closed
    assert REPLIES.fullmatch(bytes(rig.transport.written))
    assert rig.pipeline.problems == []
    assert (rig.office.admission.sessions, rig.office.admission.octets, len(rig.office.tasks)) == (0, 0, 0)
    assert len(rig.pipeline.reports) == 1


@settings(max_examples=200, deadline=None)
@given(packets=PACKETS, reloads=st.lists(st.sampled_from(range(len(RELOADS))), max_size=12), drain=st.booleans())
def test_anything_while_reloading(packets: list[bytes], reloads: list[int], drain: bool) -> None:
    """The same when the configuration changes between any two packets, and when the process is told to end."""
    rig = Rig(LOOP, Pipeline(settings_of(message_bytes=6000)))
    pipelines = [rig.pipeline]
    for index, packet in enumerate(packets):
        if packet:
            rig.send(packet)
        if index < len(reloads):
            pipelines.append(Pipeline(settings_of(**RELOADS[reloads[index]])))
            services = replace(pipelines[-1].services(), on_session=rig.pipeline.reports.append)
            rig.office.renew(pipelines[-1].settings, services)
    if drain:
        rig.office.draining = True
        rig.session.leave_if_idle()
        LOOP.turn()
        rig.session.leave_now()
    LOOP.sleep(1200)
    assert rig.transport.closed
    assert REPLIES.fullmatch(bytes(rig.transport.written))
    assert all(pipeline.problems == [] for pipeline in pipelines)
    assert (rig.office.admission.sessions, rig.office.admission.octets, len(rig.office.tasks)) == (0, 0, 0)
    assert len(rig.pipeline.reports) == 1


@settings(max_examples=200, deadline=None)
@given(
    data=st.data(), script=st.lists(st.sampled_from([f for f in FRAGMENTS if f not in (b"DATA\r\n", b"STARTTLS\r\n")]))
)
def test_cuts_do_not_matter(data: st.DataObject, script: list[bytes]) -> None:
    """The same commands in other packets get the same replies."""
    stream = b"".join(script)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert run(pieces, **PATIENT).transport.written == run([stream], **PATIENT).transport.written
