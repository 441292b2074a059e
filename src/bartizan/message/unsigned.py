"""DKIM signatures that cover less than the body (RFC 6376 section 3.5, tag l=): what follows may be anybody's.

In: a parsed mail. Out: evidence, one finding `dkim:partial`, with the first such signature. Whoever appends text, or a
part behind a boundary of his own, leaves the signature valid (section 8.2). Mailing lists with footers do it honestly.
The length is that of the body as the signature's own canonicalization counts it (section 3.4.3 and 3.4.4).
Limits: in a body of more than EXACT bytes blanks count as they stand, so that too much is told. Linear.
Not here: whether a signature is valid (auth), what is done about it (policy).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.model.finding import Finding, Kind
from bartizan.model.limits import MIB
from bartizan.model.message import Message

EXACT = 1 * MIB

_BLANKS = re.compile(rb"[ \t\r\n]+")
_LENGTH = re.compile(rb"[0-9]{1,76}")
_WITHIN = re.compile(rb"[ \t]+")
_BEFORE_END = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n|\Z)")


def partly_signed(message: Message) -> Iterator[Finding]:
    """That a signature leaves something out."""
    signatures = message.header(b"dkim-signature")
    if not signatures:
        return
    lengths: dict[bool, int] = {}
    for value in signatures:
        tags = _tags(value)
        signed = tags.get(b"l", b"")
        if not _LENGTH.fullmatch(signed):
            continue
        relaxed = tags.get(b"c", b"").partition(b"/")[2].lower() == b"relaxed"
        if relaxed not in lengths:
            lengths[relaxed] = _length(message, relaxed=relaxed)
        if int(signed) < lengths[relaxed]:
            detail = f"{int(signed)} of {lengths[relaxed]} bytes are signed by {_shown(tags.get(b'd', b''))}"
            yield Finding(Kind.STRUCTURE, "dkim:partial", "message", 0.0, detail)
            return


def _tags(value: bytes) -> dict[bytes, bytes]:
    """The tags of a list (section 3.2); of a tag that is there twice the first."""
    found: dict[bytes, bytes] = {}
    for tag in value.split(b";"):
        name, sign, text = tag.partition(b"=")
        if sign:
            found.setdefault(_BLANKS.sub(b"", name), _BLANKS.sub(b"", text))
    return found


def _length(message: Message, *, relaxed: bool) -> int:
    """Bytes of the canonical body."""
    body = bytes(message.raw[message.parts[0].body[0] :]).rstrip(b"\r\n")
    if relaxed and len(body) <= EXACT:
        body = _WITHIN.sub(b" ", _BEFORE_END.sub(b"", body)).rstrip(b"\r\n")
    bare = body.count(b"\n") - body.count(b"\r\n")
    return len(body) + bare + 2 if body or not relaxed else 0


def _shown(domain: bytes) -> str:
    return "".join(sign for sign in domain[:100].decode("utf-8", "replace") if sign.isprintable()) or "?"
