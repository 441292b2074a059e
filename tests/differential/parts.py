"""A mail as a tree of parts whose every line can be changed before it is written out.

In: what the grammar decides. Out: the bytes of a mail. Nothing here is odd by itself: a tree as `grammar` builds it is
plain MIME, and oddities change fields, separators, delimiters and bodies, each with its line end.
"""

from __future__ import annotations

import base64
import binascii
import quopri
from collections.abc import Iterator
from dataclasses import dataclass, field

CRLF = b"\r\n"
CONTENT = (b"content-type", b"content-transfer-encoding", b"content-disposition")


@dataclass(slots=True)
class Part:
    """One part, whose `number` counts from the root. `fields` have their line ends, `lead` stands before them.

    A leaf has `payload`, `body` (encoded) and `texts`: the parameters with its name, as they stand in the header. A
    multipart has `children`, what stands before each (`openers`), and `boundary_text`, the parameter in the header.
    `wrap`: the transfer encoding of all that is in a part that is no leaf.
    """

    number: int
    type: bytes
    fields: list[bytes] = field(default_factory=list)
    lead: bytes = b""
    separator: bytes = CRLF
    encoding: bytes = b""
    payload: bytes = b""
    body: bytes = b""
    name: bytes = b""
    decoy: bytes = b""
    texts: list[bytes] = field(default_factory=list)
    boundary: bytes = b""
    boundary_text: bytes = b""
    children: list[Part] = field(default_factory=list)
    openers: list[bytes] = field(default_factory=list)
    closer: bytes = b""
    preamble: bytes = b""
    epilogue: bytes = b""
    wrap: bytes = b""

    @property
    def leaf(self) -> bool:
        """Has it a payload of its own?"""
        return not self.children

    @property
    def multipart(self) -> bool:
        """Are there delimiters in it?"""
        return bool(self.boundary)

    def walk(self) -> Iterator[Part]:
        """This part and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, name: bytes) -> list[int]:
        """Where the fields called `name` (in lower case) stand."""
        return [n for n, text in enumerate(self.fields) if text.lower().startswith(name + b":")]

    def value(self, name: bytes) -> bytes:
        """The value of the first field called `name`; empty where there is none."""
        at = self.find(name)
        return self.fields[at[0]].partition(b":")[2].strip() if at else b""

    def put(self, name: bytes, *values: bytes) -> None:
        """Write fields called `name` with these values where the first one stood, or at the end."""
        places = self.find(name.lower())
        at = places[0] if places else len(self.fields)
        for place in reversed(places):
            del self.fields[place]
        self.fields[at:at] = [name + b": " + value + CRLF for value in values]

    def swap(self, old: bytes, new: bytes) -> None:
        """Write `new` wherever `old` stands in the header."""
        if old:
            self.fields = [text.replace(old, new) for text in self.fields]

    def __bytes__(self) -> bytes:
        """The part as it is written."""
        return self.lead + b"".join(self.fields) + self.separator + self.content()

    def content(self) -> bytes:
        """Everything behind the header."""
        if self.leaf:
            return self.body
        if not self.multipart:
            inside = b"".join(map(bytes, self.children))
        else:
            pieces = [self.preamble]
            for opener, child in zip(self.openers, self.children, strict=True):
                pieces += [opener, bytes(child)]
            inside = b"".join((*pieces, self.closer, self.epilogue))
        return encode(inside, self.wrap) if self.wrap else inside


def encode(payload: bytes, encoding: bytes) -> bytes:
    """`payload` in a transfer encoding, ending in a line end."""
    if encoding == b"base64":
        return base64.encodebytes(payload).replace(b"\n", CRLF)
    if encoding == b"quoted-printable":
        escaped = quopri.encodestring(payload.replace(CRLF, b"\n")).replace(b"\n", CRLF)
        return escaped + CRLF
    return payload + CRLF


def uuencode(payload: bytes, name: bytes, *, backtick: bool = False) -> bytes:
    """`payload` as uuencode writes it."""
    lines = [binascii.b2a_uu(payload[n : n + 45], backtick=backtick).rstrip(b"\n") for n in range(0, len(payload), 45)]
    return CRLF.join((b"begin 644 " + name, *lines, b"`" if backtick else b" ", b"end", b""))


def fill(template: bytes, **values: bytes) -> bytes:
    """`template` with {key} replaced by each value."""
    for key, value in values.items():
        template = template.replace(b"{" + key.encode() + b"}", value)
    return template
