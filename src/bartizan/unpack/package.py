"""Objects of OLE 1: the packages that carry a file with its name, and the header that RTF puts before an object.

In: the bytes of an `Ole10Native` stream or of an object (MS-OLEDS 2.2, 2.3.6). Out: a Packaged. Never raises.
Not here: where such bytes stand (ole.py, rtf.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.unpack.compound import MAGIC

LINKED, EMBEDDED = 1, 2
LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Packaged:
    """A file in a document: all names it is known by, and its bytes."""

    names: tuple[str, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Embedded:
    """An object of OLE 1: the class of its program, what it is linked to if it is, and its content."""

    program: str
    link: str
    content: Packaged


def native(content: bytes) -> Packaged:
    """What an Ole10Native stream holds: a package, or bytes that only their program knows."""
    return package(content[4:]) or Packaged((), content[4:])


def package(body: bytes) -> Packaged | None:
    """A file as the Packager writes it: label, path, temporary path, bytes, the three names again in UTF-16."""
    if body[:2] != b"\2\0":
        return None
    label, at = _text(body, 2)
    path, at = _text(body, at)
    at += 4
    temporary, at = _counted(body, at)
    size = _number(body, at)
    if at + 4 > len(body):
        return None
    data = body[at + 4 : at + 4 + size]
    names = [_decoded(label), _decoded(path), _decoded(temporary.rstrip(b"\0"))]
    at += 4 + size
    for _ in range(3):
        count = _number(body, at)
        if not 0 < count <= LONGEST:
            break
        names.append(body[at + 4 : at + 4 + 2 * count].decode("utf-16-le", "replace").rstrip("\0"))
        at += 4 + 2 * count
    return Packaged(tuple(dict.fromkeys(name for name in names if name)), data)


def object1(body: bytes) -> Embedded | None:
    """An OLE 1 object, embedded or linked; None for what is none. The header's version is anything."""
    kind = _number(body, 4)
    if len(body) < 12 or kind not in (LINKED, EMBEDDED):
        return None
    at = 8
    found: list[str] = []
    for _ in range(3):
        if _number(body, at) > LONGEST:
            return None
        text, at = _counted(body, at)
        found.append(_decoded(text.rstrip(b"\0")))
    if kind == LINKED:
        return Embedded(found[0], found[1], Packaged((), b""))
    size = _number(body, at)
    content = body[at + 4 :]
    # A compound file says itself how long it is.
    if size and not content.startswith(MAGIC):
        content = content[:size]
    return Embedded(found[0], "", package(content) or Packaged((), content))


def _number(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 4], "little")


def _text(body: bytes, at: int) -> tuple[bytes, int]:
    end = body.find(b"\0", at, at + LONGEST)
    end = min(len(body), at + LONGEST) if end < 0 else end
    return body[at:end], end + 1


def _counted(body: bytes, at: int) -> tuple[bytes, int]:
    end = at + 4 + min(_number(body, at), len(body))
    return body[at + 4 : end], end


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
