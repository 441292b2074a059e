"""Builds TNEF files for the tests: attributes and properties from their values."""

from __future__ import annotations

MESSAGE, ATTACHMENT = 1, 2
STRING8, UNICODE, BINARY, OBJECT = 0x1E, 0x1F, 0x102, 0x0D
MESSAGE_ID = bytes.fromhex("0703020000000000c000000000000046")
STORAGE_ID = bytes.fromhex("0b00000000000000c000000000000046")


def number(value: int, size: int = 4) -> bytes:
    """Little-endian."""
    return value.to_bytes(size, "little")


def attribute(level: int, id: int, content: bytes) -> bytes:
    """One attribute with its checksum."""
    return bytes([level]) + number(id) + number(len(content)) + content + number(sum(content) & 0xFFFF, 2)


def tnef(*attributes: bytes) -> bytes:
    """A file."""
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


def padded(value: bytes) -> bytes:
    """A value of any size: its size, and zeros up to the next four."""
    return number(len(value)) + value + bytes(-len(value) % 4)


def prop(id: int, type: int, *values: bytes, name: str | int | None = None) -> bytes:
    """One property with values of any size, or with one of a fixed size (already encoded)."""
    head = number(type, 2) + number(id, 2)
    if name is not None:
        text = name.encode("utf-16-le") + b"\0\0" if isinstance(name, str) else b""
        named = number(1) + padded(text) if isinstance(name, str) else number(0) + number(name)
        head += bytes(16) + named
    if type & 0xFFF in (STRING8, UNICODE, BINARY, OBJECT):
        return head + number(len(values)) + b"".join(padded(value) for value in values)
    several = number(len(values)) if type & 0x1000 else b""
    return head + several + b"".join(value + bytes(-len(value) % 4) for value in values)


def properties(level: int, *given: bytes) -> bytes:
    """The attribute that holds properties."""
    return attribute(level, 0x69003 if level == MESSAGE else 0x69005, number(len(given)) + b"".join(given))


def begin() -> bytes:
    """The attribute that begins an attachment."""
    return attribute(ATTACHMENT, 0x69002, b"\1\0" + b"\xff" * 4 + bytes(8))


def attachment(name: bytes, content: bytes, *given: bytes) -> bytes:
    """An attachment with a title, its content, and properties."""
    return b"".join((
        begin(), attribute(ATTACHMENT, 0x18010, name + b"\0"), attribute(ATTACHMENT, 0x6800F, content),
        properties(ATTACHMENT, *given) if given else b"",
    ))  # fmt: skip
