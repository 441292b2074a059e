"""S/MIME and other CMS objects (RFC 5652, RFC 3274, PKCS #7 1.5): what is signed or compressed in them.

The content is one member, which is a mail in S/MIME; compressed content is inflated. Signatures, certificates and what
only consists of them hold nothing. Encrypted content is a gap with a reason of its own; an object that cannot be read
as far as its content, and a content that ends early, is a gap. Objects may be in BER (ber.py) or in armour.
Limits: `member_bytes` of content. Not here: whether signatures are right (smime).
"""

from __future__ import annotations

import binascii
import io
import re
import zlib
from collections.abc import Iterable
from itertools import islice

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.ber import CONTEXT, OCTETS, OID, SEQUENCE, Octets, Value, behind, children, value_at
from bartizan.unpack.give import give
from bartizan.unpack.sink import Sink

FIELDS = 10
"""Of a content, up to the one that holds what is signed."""
_PKCS7 = bytes.fromhex("2a864886f70d0107")
_SMIME = bytes.fromhex("2a864886f70d01091001")
DATA, SIGNED, DIGESTED = _PKCS7 + b"\1", _PKCS7 + b"\2", _PKCS7 + b"\5"
AUTHENTICATED, COMPRESSED = _SMIME + b"\2", _SMIME + b"\x09"
ENCRYPTED = frozenset((_PKCS7 + b"\3", _PKCS7 + b"\4", _PKCS7 + b"\6", _SMIME + b"\x17"))
"""Enveloped, signed and enveloped, encrypted, authenticated and enveloped."""
OBJECTS = frozenset((SIGNED, DIGESTED, AUTHENTICATED, COMPRESSED))
_ARMOUR = re.compile(rb"-----BEGIN [A-Z0-9 ]{1,40}-----([^-]*+)")
_NO_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
CHUNK = 64 * 1024


def open_cms(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the content of a CMS object to the sink, or say what it keeps from us."""
    if bytes(data[:1]) != b"0":
        data = memoryview(_unarmoured(bytes(data)))
    outer = value_at(data, 0, len(data))
    fields = list(islice(children(data, outer.start, outer.end), 2)) if outer is not None else []
    if fields and fields[0].tag == 2:
        return  # a version: not this, but a store of keys (RFC 7292)
    if not fields or fields[0].tag != OID:
        sink.gap(Reason.UNREADABLE, "no S/MIME object")
        return
    kind = bytes(data[fields[0].start : fields[0].end])
    if kind in ENCRYPTED:
        sink.gap(Reason.ENCRYPTED_SMIME, "S/MIME encrypted message")
    elif len(fields) < 2:
        sink.gap(Reason.UNREADABLE, "S/MIME object without content")
    elif kind in OBJECTS:
        _open_object(kind, data, fields[1], sink, limits)
    elif kind == DATA:
        _give(DATA, data, fields[1], sink, limits)


def _open_object(kind: bytes, data: memoryview, content: Value, sink: Sink, limits: Limits) -> None:
    """An object of a kind that has content in its first field that is a type and, in a context of its own, a value."""
    found = next(children(data, content.start, content.end), None)
    fields = list(islice(children(data, found.start, found.end), FIELDS)) if found else []
    detached = False
    for field in fields:
        inner = list(islice(children(data, field.start, field.end), 2)) if field.tag == SEQUENCE else []
        if not inner or inner[0].tag != OID:
            continue
        if len(inner) > 1 and inner[1].tag == CONTEXT:
            inside = bytes(data[inner[0].start : inner[0].end])
            _give(COMPRESSED if kind == COMPRESSED else inside, data, inner[1], sink, limits)
            return
        ends = not field.cut if field.end is not None else behind(data, field.start, len(data)) is not None
        detached |= ends and kind != COMPRESSED
    if not detached:
        sink.gap(Reason.UNREADABLE, "S/MIME object that cannot be read")


def _give(kind: bytes, data: memoryview, wrapped: Value, sink: Sink, limits: Limits) -> None:
    """The content, which is of `kind`: a string of octets as a rule."""
    content = next(children(data, wrapped.start, wrapped.end), None)
    if content is None:
        sink.gap(Reason.UNREADABLE, "S/MIME object without content")
        return
    if content.tag not in (OCTETS, OCTETS | 0x20):
        give(sink, (), data[wrapped.start : wrapped.end], limits)
        return
    if kind in ENCRYPTED:
        sink.gap(Reason.ENCRYPTED_SMIME, "S/MIME encrypted message")
        return
    octets = Octets(data, content, wrapped.end)
    out = io.BytesIO()
    if kind in OBJECTS and kind != COMPRESSED:
        # An object in an object without a type of its own: with one it is found to be what it is.
        out.write(b"\x30\x80\x06" + bytes([len(kind)]) + kind + b"\xa0\x80")
    problem = _inflate(octets, out, limits) if kind == COMPRESSED else _join(octets, out, limits)
    if not give(sink, (), out.getbuffer(), limits):
        return
    if problem or (not octets.complete and out.tell() <= limits.member_bytes):
        sink.gap(Reason.UNREADABLE, problem or "S/MIME object that is cut short")


def _join(pieces: Iterable[memoryview], out: io.BytesIO, limits: Limits) -> str:
    """Write the pieces one after the other, not much more than the limit."""
    for piece in pieces:
        out.write(piece[: limits.member_bytes + 1])
        if out.tell() > limits.member_bytes:
            break
    return ""


def _inflate(pieces: Iterable[memoryview], out: io.BytesIO, limits: Limits) -> str:
    """Write what the pieces were compressed from, not much more than the limit; what is wrong with them."""
    inflater = zlib.decompressobj()
    for piece in pieces:
        for at in range(0, len(piece), CHUNK):
            left = limits.member_bytes + 1 - out.tell()
            if left <= 0:
                return ""
            try:
                out.write(inflater.decompress(piece[at : at + CHUNK], left))
            except zlib.error:
                return "damaged compression"
    return "" if inflater.eof or out.tell() > limits.member_bytes else "compression that is cut short"


def _unarmoured(text: bytes) -> bytes:
    found = _ARMOUR.search(text)
    digits = found[1].translate(None, _NO_BASE64) if found else b""
    return binascii.a2b_base64(digits[: len(digits) - (len(digits) % 4 == 1)] + b"=" * (-len(digits) % 4))
