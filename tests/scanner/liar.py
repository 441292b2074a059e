"""What a scanner that was taken over could answer, as Hypothesis strategies: bytes, and how they are sent."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st

from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.message import Node
from bartizan.observe import codec
from bartizan.scanner.protocol import ANSWER_BYTES, ANSWER_HEAD, ScanAnswer, ScanRequest
from scanner.stage import Visit

Lie = Callable[[ScanRequest], bytes]
"""The body of an answer to a request."""
FINDINGS = (Finding(Kind.SIGNATURE, "eicar", "2", 10.0, "d", (0, 4)), gap(Reason.ENCRYPTED, "2/a.zip"))

_odd_numbers = st.one_of(
    st.sampled_from((0, -1, 2**31, 2**63 - 1, -(2**63), 2**64 - 1, float("nan"), float("inf"), -1.0, 1e308, True)),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
)
_odd_texts = st.one_of(
    st.sampled_from(("", "message", "gap", "clean", "a\r\nX: y", "\0", "\u202e", "x" * 3000)), st.text(max_size=20)
)
_odd_leaves = st.one_of(st.none(), _odd_numbers, _odd_texts, st.binary(max_size=20))
odd_values = st.recursive(
    _odd_leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_odd_texts, inner, max_size=4),
    max_leaves=8,
)


def honest(request: ScanRequest) -> ScanAnswer:
    """What an honest scanner might say."""
    node = Node("message", (), "message/rfc822", "mail", request.size, "0" * 64)
    return ScanAnswer(
        request.id, request.size, FINDINGS, (node, Node("2", ("a",), "x", "y", 1, "")), ("BARE_LF",), {"scan": 1.0}
    )


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside."""
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += _places(inner, (*path, key))
    return found


def _changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _changed(copy[path[0]], path[1:], new)
    return copy


@st.composite
def odd_answers(draw: st.DrawFn) -> Lie:
    """An honest answer in which a few values are something else."""
    choices = [(draw(st.integers(0, 2**16)), draw(odd_values)) for _ in range(draw(st.integers(1, 3)))]

    def lie(request: ScanRequest) -> bytes:
        told = msgspec.msgpack.decode(codec.pack(honest(request)))
        for at, value in choices:
            places = _places(told)
            told = _changed(told, places[at % len(places)], value)
        return msgspec.msgpack.encode(told)

    return lie


@st.composite
def damaged_answers(draw: st.DrawFn) -> Lie:
    """An honest answer with bytes changed, lost and added."""
    seed, count = draw(st.integers(0, 2**32)), draw(st.integers(1, 8))

    def lie(request: ScanRequest) -> bytes:
        rng, body = random.Random(seed), bytearray(codec.pack(honest(request)))
        for _ in range(count):
            at = rng.randrange(len(body))
            kind = rng.randrange(3)
            body[at : at + (kind != 1)] = rng.randbytes(1 + 3 * (kind == 1)) if kind != 2 else b""
            body = body or bytearray(b"\xc0")
        return bytes(body)

    return lie


def nested(depth: int) -> Lie:
    """Lists in lists, in a place that nobody reads."""

    def lie(request: ScanRequest) -> bytes:
        body = codec.pack(honest(request))
        return bytes([body[0] + 1]) + msgspec.msgpack.encode("x") + b"\x91" * depth + b"\xc0" + body[1:]

    return lie


def crowded(field: str, entry: Any) -> Lie:
    """As many entries of one kind as fit into an answer."""

    def lie(request: ScanRequest) -> bytes:
        told = msgspec.msgpack.decode(codec.pack(honest(request)))
        room = ANSWER_BYTES - 2000 - len(codec.pack(honest(request)))
        told[field] = told[field] + [entry] * (room // len(msgspec.msgpack.encode(entry)))
        return msgspec.msgpack.encode(told)

    return lie


def others(request: ScanRequest) -> bytes:
    """The answer to somebody else's message."""
    return codec.pack(honest(ScanRequest("another", request.size, False)))


lies = st.one_of(
    odd_answers(),
    damaged_answers(),
    st.binary(max_size=300).map(lambda noise: lambda request: noise),
    st.integers(0, 3000).map(nested),
    st.just(others),
    st.just(lambda request: codec.pack(honest(request))),
)


def _framed(body: bytes) -> bytes:
    return ANSWER_HEAD.pack(len(body)) + body


def _plainly(connection: socket.socket, body: bytes) -> None:
    connection.sendall(_framed(body))


def _dripping(connection: socket.socket, body: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    data = _framed(body)
    for byte in data[:400]:
        connection.sendall(bytes((byte,)))
    connection.sendall(data[400:])


def _twice(connection: socket.socket, body: bytes) -> None:
    connection.sendall(_framed(body) * 2)


def _cut(connection: socket.socket, body: bytes) -> None:
    connection.sendall(_framed(body)[:-1])


def _longer(connection: socket.socket, body: bytes) -> None:
    connection.sendall(ANSWER_HEAD.pack(len(body) + 1) + body)


def _shorter(connection: socket.socket, body: bytes) -> None:
    connection.sendall(ANSWER_HEAD.pack(max(0, len(body) - 1)) + body)


def _endless(connection: socket.socket, body: bytes) -> None:
    connection.sendall(struct.pack("<I", 0xFFFFFFFF) + bytes(200_000))


def _with_descriptors(connection: socket.socket, body: bytes) -> None:
    socket.send_fds(connection, [_framed(body)], [connection.fileno()] * 8)


ways = st.sampled_from((_plainly, _dripping, _twice, _cut, _longer, _shorter, _endless, _with_descriptors))
HONEST_WAYS = (_plainly, _dripping, _with_descriptors)


def act(lie: Lie, way: Callable[[socket.socket, bytes], None]) -> Callable[[Visit], None]:
    """A scanner that tells this lie in this way."""
    return lambda visit: way(visit.connection, lie(visit.request))
