"""The scan protocol: an answer is believed only if it is one in every respect."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.message import Examination, Node
from bartizan.observe import codec
from bartizan.scanner.protocol import (
    ANSWER_BYTES,
    ANSWER_HEAD,
    FINDINGS,
    ScanAnswer,
    ScanRequest,
    decode_answer,
    encode_answer,
    encode_request,
)

REQUEST = ScanRequest("abc123", 5, False)
NODE = Node("message", (), "message/rfc822", "mail", 5, "0" * 64)
FINDING = Finding(Kind.PHRASE, "buy now", "1", 5.0, "list:3", (4, 9))
ANSWER = ScanAnswer("abc123", 5, (FINDING, gap(Reason.ENCRYPTED, "2/a.zip")), (NODE,), ("BARE_LF",), {"scan": 1.5})


def decode(answer: ScanAnswer) -> Examination:
    """What the pool makes of an answer."""
    return decode_answer(encode_answer(answer)[ANSWER_HEAD.size :], REQUEST)


def test_an_answer_arrives() -> None:
    """Findings with their kinds and spans, nodes, anomalies and timings."""
    assert decode(ANSWER) == Examination(ANSWER.findings, (NODE,), ("BARE_LF",), {"scan": 1.5})


@pytest.mark.parametrize(
    "lie",
    [
        replace(ANSWER, id="abc124"),
        replace(ANSWER, size=6),
        replace(ANSWER, nodes=()),
        replace(ANSWER, nodes=(replace(NODE, path="1"),)),
        replace(ANSWER, nodes=(replace(NODE, size=4),)),
        replace(ANSWER, findings=(replace(FINDING, score=float("nan")),)),
        replace(ANSWER, findings=(replace(FINDING, score=float("inf")),)),
        replace(ANSWER, findings=(replace(FINDING, score=-1.0),)),
        replace(ANSWER, findings=(FINDING,) * (FINDINGS + 2)),
        replace(ANSWER, timings={"scan": float("nan")}),
    ],
)
def test_a_wrong_answer_is_refused(lie: ScanAnswer) -> None:
    """Another request's answer, one without the message, or one with numbers that would upset a score."""
    with pytest.raises(ValueError, match="answer"):
        decode(lie)


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    """No bytes that are not an answer to this request are taken for one."""
    with pytest.raises(ValueError, match=r"not a|answer"):
        decode_answer(noise, REQUEST)


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_answer_is_refused_or_complete(at: int, byte: int) -> None:
    """One changed byte never makes an answer that misses the request's id or size."""
    body = bytearray(encode_answer(ANSWER)[ANSWER_HEAD.size :])
    body[at % len(body)] = byte
    try:
        examination = decode_answer(bytes(body), REQUEST)
    except ValueError:
        return
    assert examination.nodes[0].path == "message"
    assert len(examination.findings) == len(ANSWER.findings)


def test_a_huge_answer_loses_nodes_but_no_finding() -> None:
    """Findings reach policy whatever a hostile archive does to the size of the answer."""
    long = "x" * 9000
    findings = tuple(replace(FINDING, name=f"{index} {long}", part=long) for index in range(FINDINGS))
    nodes = (NODE, *(Node(f"{index}{long}", (long,), "", "", 0, "") for index in range(6000)))
    encoded = encode_answer(replace(ANSWER, findings=findings, nodes=nodes))
    assert len(encoded) <= ANSWER_BYTES + ANSWER_HEAD.size
    examination = decode_answer(encoded[ANSWER_HEAD.size :], REQUEST)
    assert [f.name.split()[0] for f in examination.findings] == [str(index) for index in range(FINDINGS)]


def test_many_nodes_fit() -> None:
    """A large archive's members are listed, up to a bound."""
    nodes = (NODE, *(Node(f"1!/{index}", (str(index),), "", "", 0, "0" * 64) for index in range(6000)))
    assert len(decode(replace(ANSWER, nodes=nodes)).nodes) == 5000


def test_a_request_is_bounded() -> None:
    """Transaction ids are short; anything else is our bug."""
    assert codec.unpack(encode_request(REQUEST, 5)[8:], ScanRequest) == REQUEST
    with pytest.raises(ValueError, match="too long"):
        encode_request(ScanRequest("x" * 5000, 5, False), 5)
