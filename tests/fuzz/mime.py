"""A mail's structure, in one pass and by the walk: spans, digests and limits, in any pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from functools import partial

from bartizan._core.lines import encode_data
from bartizan._core.mime import MimeParser
from bartizan._core.stream import MessageStream, parse
from bartizan.message.containers import Containers, Hole, Member
from bartizan.message.parse import from_bytes
from bartizan.message.walk import MAX_FINDINGS, Walk
from bartizan.model.finding import Finding, Reason
from bartizan.model.limits import Budget, Limits
from bartizan.model.message import Node
from fuzz.chance import chance_of, pieces

LIMITS = Limits(mime_depth=5, mime_parts=20, header_bytes=500, headers_bytes=2000, header_fields=20, members=30)

new_stream = partial(
    MessageStream,
    max_bytes=1 << 22,
    keep=True,
    max_depth=LIMITS.mime_depth,
    max_parts=LIMITS.mime_parts,
    max_header=LIMITS.header_bytes,
    max_headers=LIMITS.headers_bytes,
    max_fields=LIMITS.header_fields,
)
read = partial(
    parse,
    keep=True,
    stored=False,
    max_depth=LIMITS.mime_depth,
    max_parts=LIMITS.mime_parts,
    max_header=LIMITS.header_bytes,
    max_headers=LIMITS.headers_bytes,
    max_fields=LIMITS.header_fields,
)


def TestOneInput(data: bytes) -> None:
    """One structure for every cut; parts lie in the message and are what their digests say; the walk keeps limits."""
    wire = encode_data(data) + b".\r\n"
    whole = new_stream()
    assert whole.feed(wire) == len(wire)
    cut = new_stream()
    for piece in pieces(wire, chance_of(data)):
        cut.feed(piece)
    raw = bytes(whole.raw)
    assert facts(cut) == facts(whole) == facts(read(raw))
    assert len(whole.parts) <= LIMITS.mime_parts + 1
    assert len(whole.fields) <= LIMITS.header_fields
    end = 0
    for part in whole.parts:
        assert 0 <= part.header_start <= part.header_end <= part.body_start <= part.body_end <= len(raw)
        assert part.path.count(".") <= LIMITS.mime_depth
        if part.leaf:
            assert part.header_start >= end, "leaves overlap"
            end = part.body_end
            content = raw[part.body_start : part.body_end] if part.content is None else part.content
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (part.sha256, part.size)
    for stored in (False, True):
        walk(data, stored)


def facts(found: MessageStream | MimeParser) -> tuple[object, ...]:
    """All that is said about a message's structure."""
    parts = [
        (
            *(p.path, p.declared, p.encoding, p.charset, p.disposition, p.leaf, p.size, p.sha256, p.content),
            *(p.header_start, p.header_end, p.body_start, p.body_end, p.type_parameters, p.disposition_parameters),
        )
        for p in found.parts
    ]
    return parts, found.fields, found.limits, found.anomalies, found.received_lines


def walk(data: bytes, stored: bool) -> None:
    """The walk through the mail with closed containers."""

    def open(
        type: str, data: bytes | memoryview, budget: Budget, *passwords: object
    ) -> Generator[Member | Hole, None, None]:
        reason = budget.spend_member()
        yield Hole(reason or Reason.UNREADABLE)

    seen: list[Node] = []

    def look(node: Node, data: bytes | memoryview) -> tuple[Finding, ...]:
        seen.append(node)
        return ()

    done = Walk(
        LIMITS,
        Budget(LIMITS, len(data)),
        look,
        Containers(frozenset(("zip", "gz", "tar")), open, lambda node: ()),
        None,
    )
    done.run(data, stored=stored)
    assert seen[0].path == "message"
    assert len(seen) <= len(done.nodes)
    assert len(done.findings) <= MAX_FINDINGS + 1
    assert all(node.path.isprintable() for node in done.nodes)
    message = from_bytes(data, None, LIMITS, stored=stored).message
    assert {part.sha256 for part in message.parts if part.leaf} <= {node.sha256 for node in done.nodes}
