"""Twin of bartizan._core.lines and of the receiving half of MessageStream."""

from __future__ import annotations

import re


def receive(wire: bytes, normalize: bool) -> tuple[bytes, bytes] | None:
    """(content, what follows the terminator), or None while no CRLF.CRLF ended the message."""
    if wire.startswith(b".\r\n"):
        body, rest = b"", wire[3:]
    else:
        body, found, rest = wire.partition(b"\r\n.\r\n")
        if not found:
            return None
        body += b"\r\n"
    body = re.sub(rb"(\A|\r\n)\.", rb"\1", body)
    if normalize:
        body = re.sub(rb"\r(?!\n)", b" ", body)
        body = re.sub(rb"(?<!\r)\n", b"\r\n", body)
    return body, rest


def count(content: bytes, normalize: bool) -> bytes:
    """The message whose BDAT octets are `content`: dots stay, the last line is ended if it was not."""
    if normalize:
        content = re.sub(rb"\r(?!\n)", b" ", content)
        content = re.sub(rb"(?<!\r)\n", b"\r\n", content)
    return content if not content or content.endswith(b"\n") else content + b"\r\n"


def stuffed(content: bytes) -> bytes:
    """What DATA is followed by for the same message: dots at the beginning of lines doubled, ended, terminated."""
    end = b".\r\n" if not content or content.endswith(b"\r\n") else b"\r\n.\r\n"
    return re.sub(rb"(\A|\r\n)\.", rb"\1..", content) + end


def canonical(raw: bytes) -> bytes:
    """The wire form of raw without the terminator."""
    if not raw:
        return b""
    raw = re.sub(rb"(?<!\r)\n", b"\r\n", raw)
    raw = re.sub(rb"\r(?!\n)", b" ", raw)
    if not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    return b"".join(b"." + line if line.startswith(b".") else line for line in raw.splitlines(keepends=True))
