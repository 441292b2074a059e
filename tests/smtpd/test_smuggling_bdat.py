"""Nothing inside a chunk ends a message, not even CRLF . CRLF; what a bare line end in one means is the policy's."""

from __future__ import annotations

from itertools import pairwise
from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of
from smtpd.test_smuggling import NO_ENDS, SMUGGLED, WITHOUT_BARE

import pytest

from bartizan._core.lines import encode_data
from bartizan.model.reply import BAD_SEQUENCE, BARE_LINE_END, CHUNK_OK, DONE
from bartizan.smtpd.settings import BareLineEnds
from reference.lines import count, receive

IN_CHUNKS = {**NO_ENDS, "crlf-dot-crlf": b"\r\n.\r\n", "only-dot-crlf": b".\r\n"}
CLEAN = {*WITHOUT_BARE, "crlf-dot-crlf", "only-dot-crlf"}
BEGIN = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n"
OK = b"250 2.0.0 Ok\r\n"


def begun(loop: VirtualLoop, policy: BareLineEnds = BareLineEnds.REFUSE) -> Rig:
    """A session that may send chunks of a message."""
    rig = Rig(loop, Pipeline(settings_of(esmtp_chunking=True, bare_line_ends=policy)))
    assert rig.send(b"EHLO c\r\n").endswith(b"CHUNKING\r\n")
    assert rig.send(BEGIN).startswith(b"250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n")
    return rig


def content_of(name: str) -> bytes:
    """A message with something in it that is no end, and commands behind that."""
    return (b"" if name.startswith("only") else b"text") + IN_CHUNKS[name] + SMUGGLED


def check(rig: Rig, answer: bytes, name: str, policy: BareLineEnds) -> None:
    """One message, or none and the session's end; nothing in it was carried out, and as one message it leaves."""
    if policy is BareLineEnds.REFUSE and name not in CLEAN:
        assert answer == BARE_LINE_END.encode()
        assert rig.send(b"NOOP\r\n") == b""
        assert rig.pipeline.accepted == []
        return
    assert answer == OK
    assert rig.send(b"NOOP\r\n") == DONE.encode()
    [(envelope, raw)] = rig.pipeline.accepted
    assert (envelope.sender, [one.address for one in envelope.recipients]) == ("a@b.example", ["c@d.example"])
    assert raw == count(content_of(name), policy is BareLineEnds.NORMALIZE)
    assert receive(encode_data(raw) + b".\r\n", False) == (raw, b"")


@pytest.mark.parametrize("policy", list(BareLineEnds))
@pytest.mark.parametrize("name", IN_CHUNKS)
def test_one_chunk(loop: VirtualLoop, name: str, policy: BareLineEnds) -> None:
    """The commands inside stay text, wherever the packets are cut; the answer comes with the last octet."""
    content = content_of(name)
    sent = b"BDAT %d LAST\r\n%s" % (len(content), content)
    for cut in range(len(sent)):
        rig = begun(loop, policy)
        assert rig.send(sent[:cut]) == b""
        check(rig, rig.send(sent[cut:]), name, policy)


@pytest.mark.parametrize("policy", list(BareLineEnds))
@pytest.mark.parametrize("name", IN_CHUNKS)
def test_two_chunks(loop: VirtualLoop, name: str, policy: BareLineEnds) -> None:
    """The same where the chunks are cut, the commands of both in one packet or not."""
    content = content_of(name)
    for cut in range(len(content) + 1):
        first = b"BDAT %d\r\n%s" % (cut, content[:cut])
        last = b"BDAT %d LAST\r\n%s" % (len(content) - cut, content[cut:])
        for packets in ([first, last], [first + last]):
            rig = begun(loop, policy)
            answer = b"".join(map(rig.send, packets))
            assert answer.startswith(CHUNK_OK.encode())
            check(rig, answer.removeprefix(CHUNK_OK.encode()), name, policy)


@pytest.mark.parametrize("policy", list(BareLineEnds))
@pytest.mark.parametrize("name", IN_CHUNKS)
def test_octet_by_octet(loop: VirtualLoop, name: str, policy: BareLineEnds) -> None:
    """A chunk for each octet of it: no reading across their edges makes an end either."""
    content = content_of(name)
    edges = [*range(4 + len(IN_CHUNKS[name]) + 1), len(content)]
    pieces = [content[begin:end] for begin, end in pairwise(edges)]
    rig = begun(loop, policy)
    for piece in pieces[:-1]:
        assert rig.send(b"BDAT %d\r\n%s" % (len(piece), piece)) == CHUNK_OK.encode()
    check(rig, rig.send(b"BDAT %d LAST\r\n%s" % (len(pieces[-1]), pieces[-1])), name, policy)


@pytest.mark.parametrize("name", IN_CHUNKS)
def test_the_message_goes_on(loop: VirtualLoop, name: str) -> None:
    """A chunk that ends with it ends no message: no other may begin, only LAST brings the answer to this one."""
    chunk = b"text" + IN_CHUNKS[name]
    rig = begun(loop)
    assert rig.send(b"BDAT %d\r\n%s" % (len(chunk), chunk)) == CHUNK_OK.encode()
    for command in (b"MAIL FROM:<evil@evil.example>\r\n", b"RCPT TO:<evil@d.example>\r\n", b"DATA\r\n"):
        assert rig.send(command) == BAD_SEQUENCE.encode()
    assert rig.pipeline.accepted == []
    clean = name in CLEAN
    assert rig.send(b"BDAT 0 LAST\r\n") == (OK if clean else BARE_LINE_END.encode())
    assert [raw for _, raw in rig.pipeline.accepted] == ([count(chunk, False)] if clean else [])


@pytest.mark.parametrize("name", IN_CHUNKS)
def test_a_refused_chunk(loop: VirtualLoop, name: str) -> None:
    """Also what is thrown away is not searched: the next command begins behind the last octet."""
    content = content_of(name)
    sent = b"BDAT %d LAST\r\n%s" % (len(content), content)
    for cut in range(len(sent)):
        rig = begun(loop)
        rig.send(b"RSET\r\n")
        assert rig.send(sent[:cut]) == b""
        assert rig.send(sent[cut:] + b"NOOP\r\n") == BAD_SEQUENCE.encode() + DONE.encode()
        assert rig.pipeline.accepted == []
