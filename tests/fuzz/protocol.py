"""What a scanner, its zygote and a zygote's child may send: an answer in every respect, or a ValueError."""

from __future__ import annotations

import os

from bartizan.model.finding import Finding, Kind, Reason
from bartizan.model.message import Node
from bartizan.observe import codec
from bartizan.scanner.frames import LONGEST, EndFrame, GapFrame, MemberFrame, frames
from bartizan.scanner.protocol import FINDINGS, NODES, ScanRequest, decode_answer
from bartizan.scanner.zygote import Outcome

REQUEST = ScanRequest("abc123", 5, False)
SMALL = 60_000
"""Less than a pipe holds, so that one process can write and read it."""


def TestOneInput(data: bytes) -> None:
    """The bytes as an answer, as frames of a pipe, and as a zygote's word."""
    try:
        answer = decode_answer(data, REQUEST)
    except ValueError:
        pass
    else:
        assert len(answer.findings) <= FINDINGS + 1
        assert 1 <= len(answer.nodes) <= NODES
        assert (answer.nodes[0].path, answer.nodes[0].size) == ("message", REQUEST.size)
        assert all(type(node) is Node and isinstance(node.path, str) for node in answer.nodes)
        for finding in answer.findings:
            assert type(finding) is Finding
            assert finding.kind in Kind
            assert 0 <= finding.score <= 1e9
    pipe_of_frames(data[:SMALL])
    try:
        outcome = codec.unpack(data, Outcome)
    except ValueError:
        return
    assert type(outcome) is Outcome
    assert isinstance(outcome.serial, int)


def pipe_of_frames(data: bytes) -> None:
    """Frames until the first thing that is none; nothing longer than its kind may be."""
    reading, writing = os.pipe()
    try:
        os.write(writing, data)
        os.close(writing)
        for frame in frames(reading):
            if isinstance(frame, bytes):
                assert len(frame) <= LONGEST[2]
            elif isinstance(frame, MemberFrame):
                assert all(isinstance(name, str) for name in frame.names)
            elif isinstance(frame, GapFrame):
                assert frame.reason in Reason
            else:
                assert type(frame) is EndFrame
    except ValueError:
        pass
    finally:
        os.close(reading)
