"""Messages in chunks: the same as with DATA, however they are cut; what they hold meanwhile; what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.model.reply import TOO_MANY_CHUNKS, TOO_SLOW
from bartizan.smtpd.settings import BareLineEnds
from observe.counted import assert_quiet, fates
from observe.gate import Gate
from reference.lines import stuffed

GREET = b"EHLO c\r\n"
BEGIN = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n"
GONE_ON = b"250 2.0.0 Chunk received, go on\r\n"
DONE = b"250 2.0.0 Done\r\n"
LOOP = VirtualLoop()
FRAGMENTS = [b"\r\n.\r\n", b".", b"\r", b"\n", b"\r\n", b"RSET\r\n", b"BDAT 1 LAST\r\n", b"x" * 30, b"\0", b"\xff"]
CONTENT = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=10), max_size=12).map(b"".join)
CUTS = st.lists(st.integers(0, 400), max_size=8)


@pytest.fixture
def gate(loop: VirtualLoop) -> Iterator[Gate]:
    """A gateway that must be quiet at the end."""
    gate = Gate(loop, message_bytes=2000, esmtp_chunking=True)
    yield gate
    loop.sleep(1000)
    assert_quiet(gate.meter)
    gate.close()


def rig_of(loop: VirtualLoop, **words: object) -> Rig:
    """A session that was offered CHUNKING."""
    rig = Rig(loop, Pipeline(settings_of(esmtp_chunking=True, **words)))
    assert rig.send(GREET).endswith(b"CHUNKING\r\n")
    return rig


def cut(data: bytes, at: list[int]) -> list[bytes]:
    """`data` in pieces."""
    edges = [0, *sorted(min(one, len(data)) for one in at), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def chunks(pieces: list[bytes]) -> bytes:
    """The pieces as BDAT commands, the last one with LAST."""
    last = len(pieces) - 1
    return b"".join(b"BDAT %d%s\r\n%s" % (len(p), b" LAST" if i == last else b"", p) for i, p in enumerate(pieces))


@settings(max_examples=300, deadline=None)
@given(content=CONTENT, at=CUTS, packets=CUTS, policy=st.sampled_from(BareLineEnds))
def test_same_as_data(content: bytes, at: list[int], packets: list[int], policy: BareLineEnds) -> None:
    """Whatever a message holds, in whatever chunks and packets: answered and submitted as with DATA, and what follows
    is a command again, but for what follows a bare line end that is refused."""
    plain = Rig(LOOP, Pipeline(settings_of(bare_line_ends=policy)))
    plain.send(b"HELO c\r\n" + BEGIN + b"DATA\r\n")
    if content.endswith(b"\n") and not content.endswith(b"\r\n"):
        content += b"x"  # else there is one line end more with DATA
    expected = plain.send(stuffed(content))
    rig = rig_of(LOOP, bare_line_ends=policy)
    rig.send(BEGIN)
    pieces = cut(content, at)
    answers = b"".join(rig.send(packet) for packet in cut(chunks(pieces) + b"NOOP\r\n", packets))
    assert answers == GONE_ON * (len(pieces) - 1) + expected + (b"" if expected.startswith(b"550 ") else DONE)
    assert [raw for _, raw in rig.pipeline.accepted] == [raw for _, raw in plain.pipeline.accepted]
    assert rig.office.admission.octets == 0


@settings(max_examples=200, deadline=None)
@given(content=CONTENT, at=CUTS, packets=CUTS)
def test_refused_chunks_are_no_commands(content: bytes, at: list[int], packets: list[int]) -> None:
    """Without a transaction every chunk is answered 503, and nothing in one is done."""
    rig = rig_of(LOOP, errors=1000)
    pieces = cut(content, at)
    answers = b"".join(rig.send(packet) for packet in cut(chunks(pieces) + b"NOOP\r\n", packets))
    assert answers == b"503 5.5.1 Bad sequence of commands\r\n" * len(pieces) + DONE
    assert rig.pipeline.accepted == []


def test_many_messages_in_one_packet(loop: VirtualLoop) -> None:
    """Messages that are refused at once, hundreds of them behind each other."""
    rig = rig_of(loop, errors=10_000, data_line_bytes=5)
    answers = rig.send((BEGIN + chunks([b"123456"])) * 600 + b"NOOP\r\n")
    loop.turn(100)
    answers += rig.read()
    assert answers.count(b"500 5.6.0 ") == 600
    assert answers.endswith(DONE)


def test_large_chunk(loop: VirtualLoop) -> None:
    """Ten megabytes at once and in packets of a kilobyte."""
    content = b"y" * 70 + b"\r\n"
    content *= 10_000_000 // len(content)
    for size in (len(content), 1024):
        rig = rig_of(loop)
        rig.send(BEGIN + b"BDAT %d LAST\r\n" % len(content))
        for start in range(0, len(content), size):
            rig.session.data_received(content[start : start + size])
        loop.turn()
        assert rig.read().endswith(b"250 2.0.0 Ok\r\n")
        assert rig.pipeline.accepted[0][1] == content


def test_too_many_chunks(loop: VirtualLoop) -> None:
    """A message cannot come in tens of thousands of pieces."""
    rig = rig_of(loop)
    rig.send(BEGIN)
    answers = b""
    for _ in range(100):
        answers += rig.send(b"BDAT 1\r\nx" * 100)
    assert answers == GONE_ON * 10_000
    assert rig.send(b"BDAT 1 LAST\r\nx" + BEGIN) == TOO_MANY_CHUNKS.encode() + b"250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"
    assert rig.office.admission.octets == 0


def test_size_limit_of_the_next_hop(loop: VirtualLoop) -> None:
    """The SIZE that was offered holds, not only our own limit."""
    rig = Rig(loop, Pipeline(settings_of(esmtp_chunking=True)))
    rig.pipeline.offer = type(rig.pipeline.offer)(size=10)
    rig.send(GREET)
    assert rig.send(BEGIN + b"BDAT 11\r\n12345678901").endswith(b"552 5.3.4 Message exceeds the size limit\r\n")


@pytest.mark.parametrize("refused", [False, True])
def test_pace(loop: VirtualLoop, refused: bool) -> None:
    """Octets of a chunk must come as fast as those of DATA, also where they are thrown away."""
    rig = rig_of(loop)
    rig.send((b"" if refused else BEGIN) + b"BDAT 100000\r\n" + b"x" * 60_000)
    loop.sleep(119)
    assert rig.read() == b""
    loop.sleep(11)
    assert rig.read() == TOO_SLOW.encode()


def test_pace_between_two_chunks(loop: VirtualLoop) -> None:
    """A message that is half here is not held for ever, whatever else is said."""
    rig = rig_of(loop)
    rig.send(BEGIN + b"BDAT 3\r\nabc")
    for _ in range(2):
        loop.sleep(10)
        assert rig.send(b"NOOP\r\n") == DONE
    assert rig.office.admission.octets == 3
    loop.sleep(30)
    assert rig.read() == TOO_SLOW.encode()
    assert rig.office.admission.octets == 0


@pytest.mark.parametrize(
    ("end", "fate"),
    [
        (b"RSET\r\n", "deferred"),
        (b"EHLO d\r\n", "deferred"),
        (b"QUIT\r\n", "deferred"),
        (b"BDAT 1 x\r\n", "rejected"),
        (b"BDAT 5000\r\n", "rejected"),
        (b"BDAT 2000 LAST\r\n" + b"x" * 2000, "rejected"),
        (b"BDAT 3 LAST\r\n\nxx", "rejected"),
        (b"BDAT" + b" " * 600 + b"3\r\nabc", "rejected"),
        (b"BDAT 3 LAST\r\nabc", "relayed"),
        (b"", "deferred"),
    ],
)
def test_accounted_for(gate: Gate, end: bytes, fate: str) -> None:
    """However a message in chunks ends, its recipients have one fate, and nothing is held any more."""
    client = gate.client()
    client.send(b"EHLO c\r\n" + b"MAIL FROM:<a@b.example>\r\nRCPT TO:<accept@here.example>\r\nBDAT 3\r\nabc")
    assert gate.office.admission.octets == 3
    client.send(end)
    client.lose()
    gate.loop.turn(50)
    assert fates(gate.meter) == {fate: 1}
    assert gate.office.admission.octets == 0


def test_incomplete_after_a_refused_chunk(loop: VirtualLoop) -> None:
    """One chunk that was refused leaves a hole: the rest is no message."""
    rig = rig_of(loop)
    rig.send(BEGIN)
    answers = rig.send(b"BDAT" + b" " * 600 + b"3\r\nabc" + chunks([b"rest"]))
    assert answers.splitlines() == [b"500 5.5.2 Line too long", b"503 5.5.1 Bad sequence of commands"]
    assert rig.pipeline.accepted == []


def test_our_error(loop: VirtualLoop) -> None:
    """No stream for a message: 451, and its octets are thrown away all the same."""
    rig = rig_of(loop)
    rig.send(BEGIN)
    rig.office.renew(rig.pipeline.settings, type(rig.pipeline.services())(None, lambda _: 1 // 0, lambda: "x"))  # type: ignore[arg-type]
    assert rig.send(b"BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") == b"451 4.3.0 Temporary failure, try again later\r\n" + DONE


def test_switched_off_meanwhile(loop: VirtualLoop) -> None:
    """Who was offered CHUNKING may use it until the next EHLO."""
    rig = rig_of(loop)
    rig.office.renew(settings_of(), rig.pipeline.services())
    assert rig.send(BEGIN + chunks([b"a", b"b"])).endswith(GONE_ON + b"250 2.0.0 Ok\r\n")
    rig.send(GREET)
    assert rig.send(BEGIN + b"BDAT 6 LAST\r\n").endswith(b"502 5.5.1 Command not implemented\r\n")


def test_replies_that_are_not_read(loop: VirtualLoop) -> None:
    """Who does not read the replies to chunks has to wait with the next ones."""
    rig = rig_of(loop)
    rig.send(BEGIN)
    rig.session.pause_writing()
    assert rig.send(b"BDAT 1\r\nx") == b""
    assert not rig.transport.reading
    rig.session.resume_writing()
    assert rig.read() == GONE_ON
    assert rig.transport.reading


def test_early_data_is_data(loop: VirtualLoop) -> None:
    """Where it is let pass that a message came before 354, it is a message all the same, and no commands."""
    rig = Rig(loop, Pipeline(settings_of(out_of_turn="log")))
    rig.send(b"EHLO c\r\n" + BEGIN)
    assert rig.send(b"DATA\r\nRSET\r\n.\r\nNOOP\r\n").splitlines()[1:] == [b"250 2.0.0 Ok", b"250 2.0.0 Done"]
    assert [raw for _, raw in rig.pipeline.accepted] == [b"RSET\r\n"]


COMMANDS = [
    *(GREET, BEGIN, b"DATA\r\n", b"x\r\n.\r\n", b"RSET\r\n", b"NOOP\r\n", b"QUIT\r\n", b"MAIL FROM:<>\r\n"),
    *(
        b"BDAT 3\r\n",
        b"BDAT 4 LAST\r\n",
        b"BDAT 0\r\n",
        b"BDAT 0 LAST\r\n",
        b"bdat 7 last\r\n",
        b"BDAT -1\r\n",
        b"BDAT\r\n",
    ),
    *(b"BDAT 99999999999999999999\r\n", b"BDAT 3\n", b"BDAT 30\r\n", b"BDAT\r\n", b"abc", b"\r\n", b".", b"x" * 5000),
]
PACKETS = st.lists(st.lists(st.sampled_from(COMMANDS), max_size=6).map(b"".join), max_size=10)


@settings(max_examples=400, deadline=None)
@given(packets=PACKETS)
def test_anything(packets: list[bytes]) -> None:
    """Well-formed replies, no error of ours, and nothing is held once the client is gone."""
    rig = rig_of(LOOP, message_bytes=2000, errors=1000)
    answers = b"".join(rig.send(packet) for packet in packets)
    assert re.fullmatch(rb"(?:[2345]\d\d[ -][ -~]*\r\n)*", answers)
    assert rig.pipeline.problems == []
    assert rig.transport.reading or rig.transport.closed or rig.transport.ended
    rig.lose()
    assert (rig.office.admission.octets, rig.office.admission.sessions) == (0, 0)


@settings(max_examples=100, deadline=None)
@given(packets=PACKETS, at=CUTS)
def test_packets_make_no_difference(packets: list[bytes], at: list[int]) -> None:
    """The same bytes get the same answers in any packets, as long as nothing must be the last of a group."""
    sent = b"".join(packet for packet in packets if b"DATA" not in packet and b"QUIT" not in packet)
    whole, pieces = (rig_of(LOOP, message_bytes=2000, errors=1000, junk=1000) for _ in range(2))
    assert whole.send(sent) == b"".join(pieces.send(piece) for piece in cut(sent, at))
    assert [raw for _, raw in whole.pipeline.accepted] == [raw for _, raw in pieces.pipeline.accepted]
