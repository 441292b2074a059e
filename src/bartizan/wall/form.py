"""The form of a whole message: what RFC 5322 asks of its header, and how long single fields may be.

In: the raw message, its top-level fields and the headers of its parts as spans. Out: what is wrong, each check once.
Linear in the header. Not here: line ends and line lengths, which are looked at while the message arrives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bartizan.model.check import Check, Rulings
from bartizan.wall.visit import Found

Span = tuple[int, int]
Lengths = tuple[tuple[str, int], ...]

_CHECKS = (Check.HEADER_MISSING, Check.HEADER_DOUBLED, Check.HEADER_EIGHT_BIT, Check.HEADER_SYNTAX, Check.NUL)
_REQUIRED = (b"from", b"date", b"message-id")
_ONCE = (
    b"from", b"date", b"sender", b"reply-to", b"to", b"cc", b"bcc", b"message-id", b"in-reply-to", b"references",
    b"subject",
)  # fmt: skip
"""RFC 5322 section 3.6."""
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(?:[^\r\n]*(?:\r\n[ \t])?)*+", re.M)


def wrong(
    raw: bytes | memoryview,
    fields: tuple[tuple[int, int, int, int], ...],
    anomalies: tuple[str, ...],
    rulings: Rulings,
    *,
    smtputf8: bool = False,
    lengths: Lengths = (),
    headers: Iterable[Span] = (),
) -> list[Found]:
    """What is wrong with the form; `headers` are spans of the headers of all parts, for the `lengths`."""
    found: list[Found] = []
    if rulings.on(*_CHECKS):
        names = [bytes(raw[begin:end]).lower() for begin, end, _, _ in fields]
        missing = [name.decode().title() for name in _REQUIRED if name not in names]
        if missing:
            found.append(Found(Check.HEADER_MISSING, f"no {' and no '.join(missing)}"))
        if len(set(names)) < len(names):
            doubled = [name.decode() for name in _ONCE if names.count(name) > 1]
            if doubled:
                found.append(Found(Check.HEADER_DOUBLED, f"more than once: {', '.join(doubled)}"))
        if not smtputf8 and fields and not bytes(raw[: fields[-1][3]]).isascii():
            found.append(Found(Check.HEADER_EIGHT_BIT, "bytes above 127 in the header"))
        if "header_junk" in anomalies:
            found.append(Found(Check.HEADER_SYNTAX, "a line in the header that is no field"))
        if "nul" in anomalies:
            found.append(Found(Check.NUL, "a NUL byte"))
    if lengths and rulings.on(Check.HEADER_LENGTH):
        found += _too_long(raw, lengths, headers)
    return found


def own_passes(raw: bytes | memoryview, fields: tuple[tuple[int, int, int, int], ...], hostname: str) -> int:
    """How often the message came through `hostname` before, by its Received fields (RFC 5321 section 6.3)."""
    by = re.compile(rb"(?:^|\s)by\s+%s(?=[\s;]|$)" % re.escape(hostname.encode()), re.I)
    return sum(
        bytes(raw[name:end]).lower() == b"received" and by.search(bytes(raw[start:stop])) is not None
        for name, end, start, stop in fields
    )


def _too_long(raw: bytes | memoryview, lengths: Lengths, headers: Iterable[Span]) -> list[Found]:
    """The first field of a message or part that is longer than it may be, in octets with its name."""
    most = dict(lengths)
    for begin, end in headers:
        for field in _FIELD.finditer(bytes(raw[begin:end])):
            limit = most.get(field[1].lower().decode())
            octets = field.end() - field.start()
            if limit is not None and octets > limit:
                return [Found(Check.HEADER_LENGTH, f"{field[1].decode()} has {octets} octets, more than {limit}")]
    return []
