"""JSON for people's tools and MessagePack between our own processes: the one place that knows msgspec.

`unpack` is strict, so that what a scanner sends is treated as hostile: a wrong type, an unknown enum value or trailing
bytes are a ValueError, never a half-filled object. Unknown keys of a map are ignored. The caller bounds the size.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")

_json = msgspec.json.Encoder()
_packer = msgspec.msgpack.Encoder()
_decoders: dict[object, msgspec.msgpack.Decoder[object]] = {}


def to_json(value: object) -> bytes:
    """`value` (dataclasses, enums, tuples, dicts, numbers, text) as one line of JSON without a line end."""
    return _json.encode(value)


def pack(value: object) -> bytes:
    """`value` as MessagePack."""
    return _packer.encode(value)


def unpack(data: bytes | memoryview, kind: type[T]) -> T:
    """The object of exactly type `kind` in `data`; ValueError for anything else."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.msgpack.Decoder(kind)
    try:
        return decoder.decode(data)  # type: ignore[return-value]
    except (msgspec.DecodeError, RecursionError) as problem:
        raise ValueError(f"not a {kind.__name__}: {problem}") from None
