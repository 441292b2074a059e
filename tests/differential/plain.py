"""Plain MIME mails from a number: a tree of parts with marks in its leaves.

Every leaf has two marks that no other leaf of the mail has, at its beginning and near its end, inside a zip for some;
every name of a leaf is its own too.
Not here: anything odd.
"""

from __future__ import annotations

import io
import string
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from differential.parts import CRLF, Part, encode

BLOCKED = (b"exe", b"js", b"vbs", b"lnk", b"scr")
"""Extensions of names that must not pass; all are in the shipped list."""
DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides a tree: `blocked` is the part whose name must not pass (-1: none), `without` are parts left out."""

    seed: int
    blocked: int = -1
    without: frozenset[int] = frozenset()


def tree(plan: Plan) -> Part:
    """The parts of a mail that is plain MIME."""
    chance = Random(f"{plan.seed} tree")
    numbers = iter(range(1000))
    kind = chance.random()
    root = _a_leaf(plan, chance, numbers) if kind < 0.2 else _a_multipart(plan, chance, numbers, 1)
    own = [b"From: a@example.org", b"To: b@example.org", b"Subject: s", b"MIME-Version: 1.0"]
    root.fields[0:0] = [text + CRLF for text in own]
    return root


def _a_part(plan: Plan, chance: Random, numbers: Iterator[int], depth: int) -> Part:
    kind = chance.random()
    if depth < DEEPEST and kind < 0.25:
        return _a_multipart(plan, chance, numbers, depth + 1)
    if depth < DEEPEST and kind < 0.32:
        return _a_message(plan, chance, numbers, depth + 1)
    return _a_leaf(plan, chance, numbers)


def _a_multipart(plan: Plan, chance: Random, numbers: Iterator[int], depth: int) -> Part:
    part = Part(next(numbers), b"multipart/mixed")
    part.boundary = b"b%d" % part.number + _word(chance, 5).encode()
    part.boundary_text = b'boundary="' + part.boundary + b'"'
    part.fields = [b"Content-Type: multipart/mixed; " + part.boundary_text + CRLF]
    part.preamble = chance.choice((b"", b"", b"This is a message in MIME format.\r\n"))
    part.children = _kept(plan, [_a_part(plan, chance, numbers, depth) for _ in range(chance.choice((1, 2, 2, 3)))])
    part.openers = [b"--" + part.boundary + CRLF for _ in part.children]
    part.closer = b"--" + part.boundary + b"--" + CRLF
    return part


def _kept(plan: Plan, parts: list[Part]) -> list[Part]:
    return [part for part in parts if part.number not in plan.without] or parts[:1]


def _a_message(plan: Plan, chance: Random, numbers: Iterator[int], depth: int) -> Part:
    part = Part(next(numbers), b"message/rfc822")
    part.fields = [b"Content-Type: message/rfc822" + CRLF]
    inside = _a_multipart(plan, chance, numbers, depth) if chance.random() < 0.6 else _a_leaf(plan, chance, numbers)
    inside.fields[0:0] = [b"Subject: inner" + CRLF, b"MIME-Version: 1.0" + CRLF]
    part.children = [inside]
    return part


def _a_leaf(plan: Plan, chance: Random, numbers: Iterator[int]) -> Part:
    number = next(numbers)
    kind, type, extension = chance.choice(
        (
            ("zip", b"application/zip", b"zip"),
            ("zip", b"application/octet-stream", b"zip"),
            ("text", b"text/plain", b"txt"),
            ("text", b"text/html", b"html"),
            ("text", b"application/octet-stream", b"dat"),
            ("picture", b"image/png", b"png"),
        )
    )
    part = Part(number, type, payload=_payload(kind, chance))
    wanted = (b"base64", b"base64", b"quoted-printable", b"7bit") if kind == "text" else (b"base64",)
    part.encoding = chance.choice(wanted)
    part.body = encode(part.payload, part.encoding)
    part.name = b"n%d%b." % (number, _word(chance, 6).encode())
    part.decoy = b"d%d%b." % (number, _word(chance, 6).encode()) + extension
    naming = chance.choice(("both", "both", "type", "disposition", "none"))
    bad = chance.choice(BLOCKED)
    part.name += bad if plan.blocked == number else extension
    typed, disposed = b'name="' + part.name + b'"', b'filename="' + part.name + b'"'
    part.fields = [b"Content-Type: " + type + (b"; " + typed if naming in ("both", "type") else b"") + CRLF]
    part.fields.append(b"Content-Transfer-Encoding: " + part.encoding + CRLF)
    if naming in ("both", "disposition"):
        part.fields.append(b"Content-Disposition: attachment; " + disposed + CRLF)
    part.texts = {"both": [typed, disposed], "type": [typed], "disposition": [disposed], "none": []}[naming]
    chance.shuffle(part.fields)
    return part


def _payload(kind: str, chance: Random) -> bytes:
    """Content with a mark at its beginning and one at its end."""
    first, last = (b"MK" + _word(chance, 10).upper().encode() for _ in range(2))
    words = " ".join(_word(chance, chance.randrange(2, 9)) for _ in range(chance.choice((8, 20, 60)))).encode()
    text = b"%b %b %b\r\n" % (first, words.replace(b" z", b"\r\nz"), last)
    if kind == "picture":
        return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + text + chance.randbytes(20)
    if kind == "text":
        return text
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
        archive.writestr(zipfile.ZipInfo("inside.txt"), text, archive.compression)
    return packed.getvalue()


def _word(chance: Random, length: int) -> str:
    return "".join(chance.choice(string.ascii_lowercase + string.digits) for _ in range(length))
