"""What the binary formats of Word, Excel and PowerPoint keep in their streams: signs of encryption, embedded objects.

In: the names of a stream in lower case and its bytes. Out: whether the document is encrypted (MS-DOC 2.5.1,
MS-XLS 2.4.117, MS-PPT 2.3.2, MS-OFFCRYPTO), and the objects of a presentation (MS-PPT 2.10.34). Never raises. A
workbook that opens without a question (its password is a constant of Excel) is encrypted all the same.

Limits: RECORDS records of a workbook, OBJECTS objects, `most` bytes out of all of them, and WORK times the stream, and
WORK_LEAST bytes, into them, since any number of headers may share what follows.
Known gaps: pictures and texts that these formats compress.
Not here: streams (compound.py), files with names (package.py), macros (vba.py), active content (detect/).
"""

from __future__ import annotations

import enum
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from bartizan.model.finding import Reason
from bartizan.model.limits import KIB, MIB

RECORDS = 100_000
OBJECTS = 1000
WORK = 8
WORK_LEAST = 64 * MIB
PIECE = 64 * KIB
BEGINS, ENDS, FILE_PASS = (0x0809, 0x0409, 0x0209, 0x0009), 0x000A, 0x002F
ENCRYPTED_TOKEN = bytes.fromhex("dfc4d1f3")
SEALED = frozenset(("encryptedpackage", "encryptioninfo"))
WORKBOOKS = frozenset(("workbook", "book"))

_OBJECT = re.compile(
    rb"\x10\x00\x11\x10(.{4}).{4}(?=[\x08\x18\x28\x38\x48\x58\x68\x78])|\x00\x00\x11\x10(.{4})(?=\xd0\xcf\x11\xe0)",
    re.DOTALL,
)
"""Headers of ExOleObjStg records, compressed or not: wherever they are, since edits leave objects behind."""


class Sealed(enum.Enum):
    """Is a document encrypted? UNKNOWN: a limit was reached before that could be told."""

    NO = enum.auto()
    YES = enum.auto()
    UNKNOWN = enum.auto()


@dataclass(frozen=True, slots=True)
class Object:
    """An object of a presentation: what could be read of it, and if that is all; `limit`: the last one, and why."""

    data: bytes
    whole: bool
    limit: Reason | None = None


def sealed(names: frozenset[str], content: bytes) -> Sealed:
    """What a stream, known by `names`, says about the encryption of its document."""
    if names & SEALED:
        return Sealed.YES
    if "worddocument" in names and content[:2] in (b"\xec\xa5", b"\xdc\xa5"):
        return Sealed.YES if len(content) > 11 and content[11] & 1 else Sealed.NO
    if names & WORKBOOKS:
        return _has_password(content)
    if "current user" in names and content[12:16] == ENCRYPTED_TOKEN:
        return Sealed.YES
    return Sealed.NO


def _has_password(content: bytes) -> Sealed:
    """A FilePass record among those before the first sheet."""
    at = 0
    for count in range(RECORDS):
        kind = int.from_bytes(content[at : at + 2], "little")
        if kind == FILE_PASS:
            return Sealed.YES
        if kind == ENDS or at >= len(content) or (not count and kind not in BEGINS):
            return Sealed.NO
        at += 4 + int.from_bytes(content[at + 2 : at + 4], "little")
    return Sealed.UNKNOWN


def objects(content: bytes, most: int) -> Iterator[Object]:
    """The objects in the stream of a presentation; the last one tells the limit that was reached, if one was."""
    view = memoryview(content)
    work = max(WORK * len(content), WORK_LEAST)
    for count, found in enumerate(_OBJECT.finditer(content)):
        if count == OBJECTS:
            yield Object(b"", whole=True, limit=Reason.LIMIT_MEMBERS)
            return
        packed = found[1] is not None
        size = int.from_bytes(found[1] if packed else found[2], "little")
        end = found.start() + 8 + size
        if packed:
            data, whole, taken = _inflate(view[found.end() : end], most, work)
        else:
            data = bytes(view[found.end() : min(end, found.end() + most + 1)])
            whole, taken = end <= len(content), len(data)
        most -= len(data)
        work -= taken
        limit = Reason.LIMIT_MEMBER_BYTES if most < 0 else Reason.LIMIT_TIME if work < 0 else None
        yield Object(data[:most] if most < 0 else data, whole, limit)
        if limit is not None:
            return


def _inflate(packed: memoryview, most: int, work: int) -> tuple[bytes, bool, int]:
    """`most` bytes and one more of what can be inflated, whether that is all, and how many bytes were looked at."""
    inflater = zlib.decompressobj()
    out = BytesIO()
    taken = 0
    for at in range(0, len(packed), PIECE):
        taken = at + PIECE
        try:
            out.write(inflater.decompress(packed[at : at + PIECE], most + 1 - out.tell()))
        except zlib.error:
            break
        if inflater.eof or out.tell() > most or taken > work:
            break
    return out.getvalue(), inflater.eof or out.tell() > most, taken
