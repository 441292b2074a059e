"""Builds what matters of a OneNote section for the tests."""

from __future__ import annotations

TYPE = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
STORE = bytes.fromhex("3fdd9a101b91f549a5d01791edc8aed8")


def file(content: bytes, size: int | None = None) -> bytes:
    """A FileDataStoreObject; `size` is what it claims."""
    head = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
    foot = bytes.fromhex("22a7fb71790f0b4abb13899256426b24")
    claimed = len(content) if size is None else size
    return head + claimed.to_bytes(8, "little") + bytes(12) + content + bytes(-len(content) % 8) + foot


def name(text: str, property: int = 0x1C001D87) -> bytes:
    """An object with a property that is a name, and others in front of it."""
    value = text.encode("utf-16-le") + b"\0\0"
    ids = (0x14001D08).to_bytes(4, "little") + property.to_bytes(4, "little")
    return (2).to_bytes(2, "little") + ids + b"\x24\0\0\0" + len(value).to_bytes(4, "little") + value


def section(*contents: bytes, form: bytes = STORE) -> bytes:
    """A section."""
    return TYPE + bytes(32) + form + bytes(960) + b"".join(contents)
