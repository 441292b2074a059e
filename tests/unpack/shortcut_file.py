"""Builds shortcuts for the tests."""

from __future__ import annotations

FLAGS = {"name": 4, "relative": 8, "folder": 0x10, "arguments": 0x20, "icon": 0x40}


def environment(path: str) -> bytes:
    """The extra block with the target's path."""
    narrow, wide = path.encode("cp1252").ljust(260, b"\0"), path.encode("utf-16-le").ljust(520, b"\0")
    return (788).to_bytes(4, "little") + (0xA0000001).to_bytes(4, "little") + narrow + wide


def information(path: bytes) -> bytes:
    """The information about the target, with its local path."""
    head = [28 + len(path) + 1, 28, 1, 0, 28, 0, 28 + len(path)]
    return b"".join(number.to_bytes(4, "little") for number in head) + path + b"\0"


def shortcut(
    blocks: bytes = b"",
    *,
    items: bytes | None = None,
    info: bytes = b"",
    wide: bool = True,
    end: bytes = bytes(4),
    **strings: str,
) -> bytes:
    """A shortcut with the strings of FLAGS, in their order."""
    flags = (items is not None) | bool(info) << 1 | wide << 7 | sum(FLAGS[name] for name in strings)
    head = bytes.fromhex("4c0000000114020000000000c000000000000046") + flags.to_bytes(4, "little")
    body = b"" if items is None else len(items).to_bytes(2, "little") + items
    body += info
    for name in FLAGS:
        if name in strings:
            text = strings[name]
            body += len(text).to_bytes(2, "little") + text.encode("utf-16-le" if wide else "cp1252")
    return head.ljust(76, b"\0") + body + blocks + end
