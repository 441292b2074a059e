"""S/MIME and other CMS objects (RFC 5652, RFC 3274, PKCS #7 1.5): what is signed or compressed in them.

The content is one member, which is a mail in S/MIME; compressed content is inflated, stamped content (RFC 5544) goes by
the name that its stamp gives. Signatures, certificates and what only consists of them hold nothing. Encrypted content
is a gap with a reason of its own; an object that cannot be read as far as its content, one of a kind that is not known,
and a content that ends early, is a gap. Objects may be in BER (ber.py), or in armour: then each is a member, and so is
the text around them.
Limits: `member_bytes` of content, BLOCKS of armour. Not here: whether signatures are right (smime).
"""

from __future__ import annotations

import binascii
import io
import re
import zlib
from collections.abc import Iterable
from itertools import islice

from bartizan._core.sniff import sniff
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.ber import CONSTRUCTED, CONTEXT, OCTETS, OID, SEQUENCE, Octets, Value, behind, children, value_at
from bartizan.unpack.give import give, shown
from bartizan.unpack.sink import Sink

FIELDS = 10
"""Of a content, up to the one that holds what is signed."""
_PKCS7 = bytes.fromhex("2a864886f70d0107")
_SMIME = bytes.fromhex("2a864886f70d01091001")
DATA, SIGNED, DIGESTED = _PKCS7 + b"\1", _PKCS7 + b"\2", _PKCS7 + b"\5"
AUTHENTICATED, COMPRESSED, STAMPED = _SMIME + b"\2", _SMIME + b"\x09", _SMIME + b"\x1f"
ENCRYPTED = frozenset((_PKCS7 + b"\3", _PKCS7 + b"\4", _PKCS7 + b"\6", _SMIME + b"\x17"))
"""Enveloped, signed and enveloped, encrypted, authenticated and enveloped."""
STRINGS = (OCTETS, OCTETS | CONSTRUCTED)
OBJECTS = frozenset((SIGNED, DIGESTED, AUTHENTICATED, COMPRESSED))
BLOCKS = 1000
OF_OBJECTS = (b"PKCS7", b"CMS")
"""How the labels of armour begin in which an object must be."""
_ARMOUR = re.compile(
    rb"-----BEGIN ([A-Z0-9 ]{1,40}+)-----[ \t]*+\r?\n?(?:[!-9;-~]++:[^\n]*+\n)*+([^-]*+)(?:-----END [^\r\n]*+)?",
    re.IGNORECASE,
)
_NO_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
CHUNK = 64 * 1024
UTF8_STRING = 0x0C


def open_cms(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the content of a CMS object to the sink, or say what it keeps from us."""
    if bytes(data[:1]) != b"0":
        _open_armour(bytes(data), sink, limits)
        return
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
    elif kind == STAMPED:
        _open_stamped(data, fields[1], sink, limits)
    elif kind == DATA:
        _give(DATA, data, fields[1], sink, limits)
    else:
        sink.gap(Reason.UNREADABLE, "S/MIME object of a kind that is not known")


def _open_armour(text: bytes, sink: Sink, limits: Limits) -> None:
    """The objects in a text, and what else is in it."""
    around: list[bytes] = []
    end = 0
    for number, found in enumerate(_ARMOUR.finditer(text)):
        if number == BLOCKS:
            sink.gap(Reason.LIMIT_MEMBERS, f"more than {BLOCKS} blocks of armour")
            break
        around.append(text[end : found.start()])
        end = found.end()
        packed = _unarmoured(found[2])
        if packed and not give(sink, (), packed, limits):
            return
        if found[1].upper().startswith(OF_OBJECTS) and sniff(packed) != "p7m":
            sink.gap(Reason.UNREADABLE, "no S/MIME object")
    rest = b"".join((*around, text[end:])).strip()
    if rest:
        give(sink, (), rest, limits)


def _open_stamped(data: memoryview, content: Value, sink: Sink, limits: Limits) -> None:
    """What has a stamp of time: a file as a rule, whose name stands beside it."""
    found = next(children(data, content.start, content.end), None)
    names: tuple[str, ...] = ()
    for field in islice(children(data, found.start, found.end), FIELDS) if found else ():
        if field.tag == SEQUENCE:
            called = islice(children(data, field.start, field.end), FIELDS)
            names = tuple(shown(bytes(data[one.start : one.end])) for one in called if one.tag == UTF8_STRING)
        elif field.tag in STRINGS:
            _give_octets(DATA, data, content.end, field, sink, limits, names)
            return
    # It is elsewhere, and only its name is here.
    for name in names:
        if not give(sink, (name,), b"", limits):
            return


def _open_object(kind: bytes, data: memoryview, content: Value, sink: Sink, limits: Limits) -> None:
    """An object of a kind that has content in its first field that is a type and, in a context of its own, a value."""
    found = next(children(data, content.start, content.end), None)
    fields = list(islice(children(data, found.start, found.end), FIELDS)) if found else []
    detached = given = False
    for field in fields:
        inner = list(islice(children(data, field.start, field.end), 2)) if field.tag == SEQUENCE else []
        if not inner or inner[0].tag != OID:
            continue
        if len(inner) > 1 and inner[1].tag == CONTEXT:
            inside = bytes(data[inner[0].start : inner[0].end])
            # Parameters of an algorithm can be written like a content: what follows counts as well.
            given = True
            if not _give(COMPRESSED if kind == COMPRESSED else inside, data, inner[1], sink, limits):
                return
            continue
        ends = not field.cut if field.end is not None else behind(data, field.start, len(data)) is not None
        detached |= ends and kind != COMPRESSED
    if not (detached or given):
        sink.gap(Reason.UNREADABLE, "S/MIME object that cannot be read")


def _give(kind: bytes, data: memoryview, wrapped: Value, sink: Sink, limits: Limits) -> bool:
    """The content, which is of `kind`: a string of octets as a rule. False: the sink said stop."""
    content = next(children(data, wrapped.start, wrapped.end), None)
    if content is None:
        sink.gap(Reason.UNREADABLE, "S/MIME object without content")
        return True
    if content.tag not in STRINGS:
        return give(sink, (), data[wrapped.start : wrapped.end], limits)
    if kind in ENCRYPTED:
        sink.gap(Reason.ENCRYPTED_SMIME, "S/MIME encrypted message")
        return True
    return _give_octets(kind, data, wrapped.end, content, sink, limits)


def _give_octets(
    kind: bytes,
    data: memoryview,
    end: int | None,
    content: Value,
    sink: Sink,
    limits: Limits,
    names: tuple[str, ...] = (),
) -> bool:
    """A string of octets, in what ends at `end`. False: the sink said stop."""
    octets = Octets(data, content, end)
    out = io.BytesIO()
    if kind in OBJECTS and kind != COMPRESSED:
        # An object in an object without a type of its own: with one it is found to be what it is.
        out.write(b"\x30\x80\x06" + bytes([len(kind)]) + kind + b"\xa0\x80")
    problem = _inflate(octets, out, limits) if kind == COMPRESSED else _join(octets, out, limits)
    if not give(sink, names, out.getbuffer(), limits):
        return False
    if problem or (not octets.complete and out.tell() <= limits.member_bytes):
        sink.gap(Reason.UNREADABLE, problem or "S/MIME object that is cut short")
    return True


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
    digits = text.translate(None, _NO_BASE64)
    return binascii.a2b_base64(digits[: len(digits) - (len(digits) % 4 == 1)] + b"=" * (-len(digits) % 4))
