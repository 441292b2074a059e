"""What travels between smtpd and a scanner: one request, one answer, one connection.

Request: two little-endian 32-bit lengths (of the ScanRequest, of what follows inline), the ScanRequest, the inline
bytes. A message above INLINE_BYTES comes as a sealed memfd by SCM_RIGHTS instead. Answer: one length, the ScanAnswer.

An answer is read as hostile input: bounded, strictly typed, and it must name the request's id and size and hold the raw
message among its nodes; whatever else arrives is a ValueError, which the pool treats as the death of that scanner.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace

from bartizan.model.finding import Finding
from bartizan.model.limits import KIB, MIB
from bartizan.model.message import Examination, Node
from bartizan.observe import codec

INLINE_BYTES = 64 * KIB
REQUEST_BYTES = 4 * KIB
ANSWER_BYTES = 4 * MIB
FINDINGS = 1000
"""Findings in one answer; more end in a Gap limit:matches (message/walk.py), which is one more finding."""
NODES = 5000
"""Nodes listed in one answer; those beyond were examined all the same."""
ANOMALIES, TIMINGS = 1000, 100
"""There are not as many kinds of either."""

REQUEST_HEAD = struct.Struct("<II")
ANSWER_HEAD = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """One message to look into: `id` names it, `size` in bytes, `stored` as in model.Message."""

    id: str
    size: int
    stored: bool


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """What a scanner found. `id` and `size` repeat the request's."""

    id: str
    size: int
    findings: tuple[Finding, ...]
    nodes: tuple[Node, ...]
    anomalies: tuple[str, ...]
    timings: dict[str, float] = field(default_factory=dict)


def encode_request(request: ScanRequest, inline: int) -> bytes:
    """Everything of a request before its `inline` bytes. ValueError for an id that is too long."""
    body = codec.pack(request)
    if len(body) > REQUEST_BYTES:
        raise ValueError("request too long")
    return REQUEST_HEAD.pack(len(body), inline) + body


def encode_answer(answer: ScanAnswer) -> bytes:
    """A whole answer; above ANSWER_BYTES the list of nodes is cut, then the details: never findings."""
    body = codec.pack(replace(answer, nodes=answer.nodes[:NODES]) if len(answer.nodes) > NODES else answer)
    if len(body) > ANSWER_BYTES:
        short = tuple(replace(f, name=f.name[:200], part=f.part[:200], detail=f.detail[:200]) for f in answer.findings)
        raw = tuple(n for n in answer.nodes[:1])
        body = codec.pack(replace(answer, findings=short, nodes=raw, anomalies=answer.anomalies[:100]))
    return ANSWER_HEAD.pack(len(body)) + body


def decode_answer(body: bytes, request: ScanRequest) -> Examination:
    """The answer to `request`. ValueError unless it is one in every respect."""
    answer = codec.unpack(body, ScanAnswer)
    if answer.id != request.id or answer.size != request.size:
        raise ValueError("answer to another request")
    if len(answer.findings) > FINDINGS + 1 or len(answer.nodes) > NODES:
        raise ValueError("answer with too many entries")
    if len(answer.anomalies) > ANOMALIES or len(answer.timings) > TIMINGS:
        raise ValueError("answer with too many entries")
    raw = answer.nodes[0] if answer.nodes else None
    if raw is None or raw.path != "message" or raw.size != request.size:
        raise ValueError("answer without the message itself")
    for numbers in (answer.timings.values(), [finding.score for finding in answer.findings]):
        for number in numbers:
            if not 0.0 <= number <= 1e9:  # false for NaN, too
                raise ValueError("answer with numbers out of range")
    return Examination(answer.findings, answer.nodes, answer.anomalies, answer.timings)
