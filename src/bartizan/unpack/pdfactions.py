"""What a PDF does by itself or at a click, and what it says outside of its pages (ISO 32000-2 section 12.6, 12.7).

In: the texts that its objects are in, the objects, the streams by number. Out: scripts; names of files that it would
run; a list of what acts, one line each (`JavaScript`, `Launch: name`, `SubmitForm: address` ..); and the strings that
readers show or follow: links, values of fields, comments, titles. Never raises.
Limits: ACTIONS of each kind, WORK bytes of all, LONGEST bytes of a string, LONGEST_SCRIPT of a script.
Not here: what is thought of it (detect/actions.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bartizan.unpack.pdfobjects import Objects
from bartizan.unpack.pdfsyntax import GAP, literal_end, plain, shown, string_at

ACTIONS = 20_000
WORK = 16 * 1024 * 1024
STRING = 64
"""Bytes of all strings that are read, and what each costs beside its length."""
LONGEST = 16 * 1024
LONGEST_SCRIPT = 256 * 1024
NEAR = 600
"""Bytes around an action in which its other entries stand."""

ACT = frozenset((b"Launch", b"SubmitForm", b"ImportData", b"RichMedia", b"XFA", b"OpenAction", b"AA", b"JavaScript"))
SAY = "URI|V|DV|TU|T|Title|Subject|Keywords|Author|Contents|ActualText|Alt|CA|RC|E"

_STRING = rb"(?=\(|<(?!<))"
_ESCAPED = re.compile(rb"/[A-Za-z]*#[0-9A-Fa-f]{2}")
_ACT = re.compile(rb"/(" + b"|".join(sorted(ACT)) + rb")(?![A-Za-z0-9_])")
_SCRIPT = re.compile(
    rb"/JS(?![A-Za-z0-9])" + GAP + rb"(?:(\d{1,10})[\0\t\n\f\r ]++\d{1,5}[\0\t\n\f\r ]++R\b|" + _STRING + b")"
)
_SAY = re.compile(rb"/(" + SAY.encode() + rb")(?![A-Za-z0-9])" + GAP + _STRING)
_TARGET = re.compile(
    rb"/(?:UF|F|P|Win|Unix|Mac)(?![A-Za-z0-9])"
    + GAP
    + rb"(?:(\d{1,10})[\0\t\n\f\r ]++\d{1,5}[\0\t\n\f\r ]++R\b|"
    + _STRING
    + b")"
)
_WHITE = re.compile(r"\s+")


@dataclass(slots=True)
class Actions:
    """What was found. `limited`: not all."""

    scripts: list[bytes] = field(default_factory=list)
    programs: dict[str, None] = field(default_factory=dict)
    acts: dict[str, None] = field(default_factory=dict)
    says: dict[str, None] = field(default_factory=dict)
    limited: bool = False
    left: int = WORK

    def string(self, text: bytes, at: int, most: int) -> bytes | None:
        """The string at `at`, if there is one, until too much was read."""
        if not self.spend(STRING):
            return None
        found = string_at(text, at, most)
        self.left -= len(found or b"")
        # What is cut in hexadecimal is a signature as a rule: no text.
        cut = found is not None and len(found) >= most // 2 and text[at : at + 1] == b"("
        self.limited = self.limited or (cut and literal_end(text, at + 1, most) < 0 and at + most < len(text))
        return found

    def launches(self, program: str) -> None:
        """It starts this."""
        self.acts[f"Launch: {_WHITE.sub(' ', program).strip()}"] = None
        self.programs[program] = None

    def spend(self, cost: int) -> bool:
        """May that much more be read?"""
        self.left -= cost
        self.limited = self.limited or self.left < 0
        return self.left >= 0


def unescaped(text: bytes) -> bytes:
    """A text with its names as they are meant, if any is written otherwise."""
    return plain(text) if _ESCAPED.search(text) is not None else text


def script_numbers(texts: Sequence[bytes]) -> frozenset[int]:
    """The objects that scripts are said to be in."""
    return frozenset(
        int(found[1])
        for text in texts
        for found, _ in zip(_SCRIPT.finditer(text), range(ACTIONS), strict=False)
        if found[1] is not None
    )


def find(texts: Sequence[bytes], objects: Objects, streams: dict[int, list[bytes]]) -> Actions:
    """All of it; `texts` are `unescaped`."""
    found = Actions()
    scripts: dict[bytes, None] = {}
    numbers: set[int] = set()
    for text in texts:
        for match in _SCRIPT.finditer(text):
            if found.left < 0 or len(scripts) > ACTIONS:
                found.limited = True
                break
            if match[1] is None:
                scripts[_utf8(found.string(text, match.end(), LONGEST_SCRIPT))] = None
            elif int(match[1]) not in numbers:
                numbers.add(int(match[1]))
                scripts.update(dict.fromkeys(_script(found, int(match[1]), objects, streams)))
        for match in _ACT.finditer(text):
            if len(found.acts) > ACTIONS or not found.spend(STRING):
                found.limited = True
                break
            _act(found, match[1], text, match.start(), objects)
        for match in _SAY.finditer(text):
            if len(found.says) > ACTIONS or found.left < 0:
                found.limited = True
                break
            found.says[f"{match[1].decode()}: {_line(found.string(text, match.end(), LONGEST))}"] = None
    found.scripts = [script for script in scripts if script.strip()]
    if found.scripts:
        found.acts["JavaScript"] = None
    return found


def _script(found: Actions, number: int, objects: Objects, streams: dict[int, list[bytes]]) -> Iterator[bytes]:
    """A script in all revisions of its object, as UTF-8."""
    for content in streams.get(number, ()):
        yield _utf8(content)
    for place, at in objects.places(number):
        begin = at + len(place[at : at + 20]) - len(place[at : at + 20].lstrip(b"\0\t\n\f\r "))
        string = found.string(place, begin, LONGEST_SCRIPT)
        if string is not None:
            yield _utf8(string)


def _utf8(raw: bytes | None) -> bytes:
    """A text as UTF-8; that of a stream may be anything."""
    if raw is None or raw.isascii():
        return raw or b""
    return shown(raw).encode("utf-8", "replace")


def _line(raw: bytes | None) -> str:
    """A string on one line."""
    return _WHITE.sub(" ", shown(raw or b"")).strip()


def _act(found: Actions, kind: bytes, text: bytes, at: int, objects: Objects) -> None:
    name = kind.decode("ascii")
    if kind not in (b"Launch", b"SubmitForm", b"ImportData"):
        found.acts[name] = None
        return
    targets = dict.fromkeys(_targets(found, text, at, objects, deep=True))
    for target in targets:
        found.acts[f"{name}: {target}"] = None
        if kind == b"Launch":
            found.programs[target] = None
    if not targets:
        found.acts[name] = None


def _targets(found: Actions, text: bytes, at: int, objects: Objects, *, deep: bool) -> Iterator[str]:
    """The files and addresses in the object around `at`."""
    start = max(0, at - NEAR, text.rfind(b"obj", max(0, at - NEAR), at))
    end = text.find(b"endobj", at, at + NEAR)
    end = at + NEAR if end < 0 else end
    for match in _TARGET.finditer(text, start, end):
        if match[1] is None:
            string = _line(found.string(text, match.end(), LONGEST))
            if string:
                yield string
        elif deep:
            for place, begin in objects.places(int(match[1])):
                string = _line(found.string(place, begin + 1, LONGEST) or found.string(place, begin, LONGEST))
                if string:
                    yield string
                if found.left < 0:
                    return
                yield from _targets(found, place, begin, objects, deep=False)
