"""What a sample is, and what it carries: the evil load, or the harmless one of the same size and shape.

A group writes each mail once, in terms of a Load; made with the harmless load it is the twin.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TypeVar

from bartizan.cli.samples import EICAR
from bartizan.model.finding import Reason
from evasion.mails import attached, b64, text, zipped

Value = TypeVar("Value")

EVIL_MARK, HARMLESS_MARK = b"BTZ-EVADE-", b"BTZ-PLAIN-"
_TAIL = b"q7Zr4kT1xW9mB3vN8cJ5hL2pD6sF0gYaUeIoRtQwKzXyVbMnHjGfDdPlCk"
assert len(EVIL_MARK + _TAIL) == len(EICAR) == 68
RULE = "rule Evasion\n{\n    strings:\n        $marker = " + f'"{(EVIL_MARK + _TAIL).decode()}"' + "\n"
RULE += "    condition:\n        $marker\n}\n"
"""The signature of the marker."""
SCRIPT = b"This could have been anything, and is not.\r\n"
"""What is in a file of which only the name matters."""


class Hides(enum.Enum):
    """What a sample carries."""

    MARKER = "marker"
    EICAR = "eicar"
    NAME = "name"
    PHRASE = "phrase"


class Expect(enum.Enum):
    """What must become of a sample."""

    FOUND = "found"
    """What it hides is found, and the mail is stopped for it."""
    HELD = "held"
    """Nothing is found; the mail is stopped by a Gap for one of the stated reasons."""
    EITHER = "either"
    """One of the two."""
    TOLD = "told"
    """A finding names it, for operators' rules; the shipped ones pass the mail on."""


@dataclass(frozen=True)
class Load:
    """What mails carry: `marker` and `eicar` are files, `program` begins like one, `name` is that of a file, `phrase`,
    `link` and `address` are text. `zip` is an ordinary zip of the marker, `base64` that in lines."""

    evil: bool
    marker: bytes = field(init=False)
    eicar: bytes = field(init=False)
    program: bytes = field(init=False)
    name: bytes = field(init=False)
    phrase: str = field(init=False)
    link: str = field(init=False)
    address: str = field(init=False)
    zip: bytes = field(init=False)
    base64: bytes = field(init=False)

    def __post_init__(self) -> None:
        marker = (EVIL_MARK if self.evil else HARMLESS_MARK) + _TAIL
        for key, value in {
            "marker": marker,
            "eicar": self.pick(EICAR, EICAR.replace(b"ANTIVIRUS", b"ANTIDOTES")),
            "program": self.pick(b"MZ", b"MY") + b"\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(200),
            "name": self.named(b"invoice.vbs"),
            "phrase": self.say(b"claim your prize before midnight").decode(),
            "link": self.pick("prizes.example/claim-now", "prices.example/claim-now"),
            "address": self.pick("192.0.2.77/claim-now", "192.0.2.78/claim-now"),
            "zip": zipped(("note.txt", marker)),
            "base64": b64(zipped(("note.txt", marker))),
        }.items():
            object.__setattr__(self, key, value)

    def pick(self, evil: Value, harmless: Value) -> Value:
        """One of two."""
        return evil if self.evil else harmless

    def say(self, template: bytes) -> bytes:
        """Text with the listed phrase in it somehow, but for "before" in one piece: another phrase if harmless."""
        return template if self.evil else template.replace(b"before", b"behind").replace(b"BEFORE", b"BEHIND")

    def named(self, template: bytes) -> bytes:
        """Something with the extension vbs in it somehow, but for "bs" in one piece: vcs if harmless."""
        return template if self.evil else template.replace(b"bs", b"cs").replace(b"BS", b"CS")

    def honest(self, hides: Hides) -> bytes:
        """A mail that carries the load openly, in a shape that nobody can read in two ways."""
        if hides is Hides.PHRASE:
            return text(f"Hello,\r\n{self.phrase}\r\n{self.link}\r\n{self.address}\r\n".encode())
        if hides is Hides.NAME:
            return attached(SCRIPT, self.name)
        return attached(self.zip if hides is Hides.MARKER else self.eicar, b"papers.dat")


def ids(words: str) -> frozenset[str]:
    """A set of ids, written as words."""
    return frozenset(words.split())


EVIL, HARMLESS = Load(True), Load(False)


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail. `id` begins with its row and names the variant.

    `legal`: the same mail with the harmless load must be delivered, and is the twin. If not, the shape itself may be a
    reason to stop a mail; the twin is the nearest legal mail, `twin` or else an honest one with that load.
    `reasons` are the gaps for which a mail that is to be held may be held, `told` the finding that names what it hides.
    """

    id: str
    hides: Hides
    raw: bytes
    expect: Expect = Expect.FOUND
    reasons: tuple[Reason, ...] = ()
    legal: bool = True
    twin: bytes = b""
    told: str = ""

    @property
    def row(self) -> str:
        """The row of the table that it belongs to."""
        return self.id.partition("-")[0]


def found(id: str, hides: Hides, raw: bytes, *, legal: bool = True, twin: bytes = b"") -> Sample:
    """A mail in which something must be found."""
    return Sample(id, hides, raw, legal=legal, twin=twin)


def held(id: str, raw: bytes, *reasons: Reason, hides: Hides = Hides.MARKER, twin: bytes = b"") -> Sample:
    """A mail in which nothing can be found, and which is held for one of `reasons`; its shape is the reason."""
    return Sample(id, hides, raw, Expect.HELD, reasons, legal=False, twin=twin)


def either(id: str, hides: Hides, raw: bytes, *reasons: Reason, legal: bool = False, twin: bytes = b"") -> Sample:
    """A mail in which something is found, or which is held for one of `reasons`."""
    return Sample(id, hides, raw, Expect.EITHER, reasons, legal, twin)


def told(id: str, raw: bytes, finding: str, *, legal: bool = True) -> Sample:
    """A mail with an attachment whose name is no reason to stop it, and is told in `finding`."""
    return Sample(id, Hides.NAME, raw, Expect.TOLD, legal=legal, told=finding)


def marker(id: str, raw: bytes, *, legal: bool = True, twin: bytes = b"") -> Sample:
    """A mail that carries the marker."""
    return found(id, Hides.MARKER, raw, legal=legal, twin=twin)


def eicar(id: str, raw: bytes, *, legal: bool = True, twin: bytes = b"") -> Sample:
    """A mail that carries the test file."""
    return found(id, Hides.EICAR, raw, legal=legal, twin=twin)


def name(id: str, raw: bytes, *, legal: bool = True, twin: bytes = b"") -> Sample:
    """A mail with an attachment whose name is blocked, content harmless."""
    return found(id, Hides.NAME, raw, legal=legal, twin=twin)


def phrase(id: str, raw: bytes, *, legal: bool = True, twin: bytes = b"") -> Sample:
    """A mail with a listed phrase or link."""
    return found(id, Hides.PHRASE, raw, legal=legal, twin=twin)
