"""Mails made unique in every part: each leaf gets octets of its own, so that no cache of parts could answer for it.

In: a canonical mail. Out: a Template, which gives a new mail for each token. Text leaves get a line at their end;
the content of base64 leaves gets octets at its end and is encoded again, so that its type and structure stay.
Limits: a leaf whose base64 is damaged gets its octets in front, as a line of base64. What a uuencoded or compressed
leaf holds is not looked into: the leaf is unique, the files inside are not.
Not here: which mails (mix), attached files (attached).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from itertools import zip_longest

from bartizan._core.entity import Part
from bartizan._core.stream import parse

_LINE = 57
"""Octets in a line of 76 base64 characters."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for the token: between `before` and `after` as text; with `content` as the end of a base64 content."""

    before: bytes
    after: bytes
    content: bytes | None = None

    def fill(self, mark: bytes) -> bytes:
        """The octets for `mark`."""
        if self.content is not None:
            mark = _encoded(self.content + mark)
        return self.before + mark + self.after


@dataclass(frozen=True, slots=True)
class Template:
    """A mail with slots: `pieces` has one element more than `slots`, and they take turns."""

    pieces: tuple[bytes, ...]
    slots: tuple[Slot, ...]

    def fill(self, token: bytes) -> bytes:
        """The mail for `token`. Leaves are numbered, so that no two of one mail are the same either."""
        made = [self.pieces[0]]
        for number, (slot, piece) in enumerate(zip(self.slots, self.pieces[1:], strict=True)):
            made += (slot.fill(b"%b.%03d" % (token, number)), piece)
        return b"".join(made)


def template(mail: bytes) -> Template:
    """The template of a canonical mail. A multipart in which no part was found is treated as a leaf."""
    pieces: list[bytes] = []
    slots: list[Slot] = []
    at = 0
    parts = sorted(parse(mail).parts, key=_start)
    for part, following in zip_longest(parts, parts[1:]):
        empty = following is None or following.header_start >= part.body_end
        if (part.leaf or empty) and part.body_start >= at:
            start, end, slot = _slot(mail, part)
            pieces.append(mail[at:start])
            slots.append(slot)
            at = end
    return Template((*pieces, mail[at:]), tuple(slots))


def _start(part: Part) -> int:
    return part.body_start


def _slot(mail: bytes, part: Part) -> tuple[int, int, Slot]:
    """The span of `mail` that the slot of this leaf replaces, and the slot."""
    start, end = part.body_start, part.body_end
    body = mail[start:end]
    last = b"" if mail.startswith(b"\r\n", end) else b"\r\n"
    if part.encoding != b"base64":
        return end, end, Slot(b"" if not body or body.endswith(b"\r\n") else b"\r\n", last)
    try:
        content = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        return start, start, Slot(b"", b"\r\n", b"")
    whole = len(content) // _LINE * _LINE
    return start, end, Slot(_encoded(content[:whole]) + b"\r\n" if whole else b"", last, content[whole:])


def _encoded(content: bytes) -> bytes:
    """Base64 in lines of 76 characters, without the last line end."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
