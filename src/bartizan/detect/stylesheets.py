"""What the style sheets of a page do to its elements: hide them, or put text in them.

In: the page as UTF-8, and the style sheets in it. Out: where the tags begin that a rule hides; the page with the texts
that rules generate (`content`). Of a selector only what stands last counts, and of that the last class or id, else an
attribute, else the element's name: in doubt a rule is for more than browsers take it for, since the page is also read
as it is. What has none of these, such as `*` or `:not(.x)`, is taken to be for elements that have no others in them.
Limits: WORK elements and rules for them together, NESTED selectors in each other; what is beyond is told (`complete`).
Known gaps: sheets that come from outside, what scripts compute, counters, texts behind elements of the same name in
each other, `&` alone for what is around a rule.
Not here: which declarations hide (styles), where elements end (bartizan._core.nesting).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import TypeAlias

from bartizan._core.nesting import start_tags
from bartizan.detect.selectors import Simple, holds, last_parts, rules
from bartizan.detect.styles import hides
from bartizan.message.tags import NAME, attributes

WORK = 2_000_000
NESTED = 5
FEW = 8

_HIDES = 0
"""The number of what hides; all others are of texts."""
_PRIVATE = 0xE000
"""Where signs stand that are part of a name."""
_TOKEN = re.compile(
    r"(?<![\w-])[Uu][Rr][Ll]\(\s*+(?![\"'\s])(?:[^)\\]|\\.)*+\)?+|/\*.*?(?:\*/|\Z)|<!--|-->|(\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?)"
    r"|\\(?:([0-9A-Fa-f]{1,6})[ \t\r\n\f]?|(\n)|(.))",
    re.DOTALL,
)
_ESCAPE = re.compile(r"()\\(?:([0-9A-Fa-f]{1,6})[ \t\r\n\f]?|(\n)|(.))", re.DOTALL)
_SIGNS = {_PRIVATE + sign: sign for sign in range(128)}
_CONDITION = re.compile(
    r"\s*+(?:(?:\*|[^\s~^$*|=]*+)\|(?!=))?+([^\s~^$*|=]++)\s*+(?:([~^$*|]?)=\s*+(?:\"(\d++)\"|([^\s\"]*+)))?"
)
_CONTENT = re.compile(r"(?:^|;)\s*+content\s*+:([^;]*+)", re.IGNORECASE)
_SAID = re.compile(r"\"(\d++)\"|\battr\(\s*+([^\s,)]++)", re.IGNORECASE)
_END_TAG = re.compile(rb"</([A-Za-z][^ \t\r\n\f/>]*+)")

_Said: TypeAlias = list[tuple[str, bytes]]
"""Texts, and names of attributes that hold one."""


class StyleSheets:
    """The rules of some style sheets. `complete`: all of them were looked at for all elements so far."""

    def __init__(self, sheets: Iterable[bytes]) -> None:
        """Read the sheets."""
        self.complete = True
        self._strings: list[str] = []
        self._texts: list[tuple[bool, _Said]] = [(False, [])]
        self._names: dict[str, set[int]] = {}
        self._marks: dict[str, set[int]] = {}
        self._conditions: dict[str, set[tuple[str, str, int]]] = {}
        self._leaves: set[int] = set()
        self._left = WORK
        for sheet in sheets:
            text = _TOKEN.sub(self._token, sheet.decode("utf-8", "replace").replace("\r\n", "\n"))
            for selector, declarations in rules(text):
                self._rule(selector, declarations)

    @property
    def generates(self) -> bool:
        """Do the rules put any text into elements?"""
        return len(self._texts) > 1

    def hidden(self, page: bytes) -> Iterator[int]:
        """Where the tags of a page begin that a rule hides."""
        for start, _, effects in self._affected(page):
            if _HIDES in effects:
                yield start

    def filled(self, page: bytes) -> bytes:
        """The page with the texts that rules generate."""
        ends: dict[bytes, list[int]] = {}
        for found in _END_TAG.finditer(page):
            ends.setdefault(found[1].lower(), []).append(found.start())
        inserted: list[tuple[int, str]] = []
        for start, stop, effects in self._affected(page):
            tag = page[start:stop]
            places = ends.get(_name(tag), [])
            at = bisect_left(places, stop)
            values = attributes(tag)
            for effect in sorted(effects - {_HIDES}):
                before, said = self._texts[effect]
                text = "".join(text or values.get(name, b"").decode("utf-8", "replace") for text, name in said)
                if not self._spend(len(said) + len(text)):
                    return page
                inserted.append((stop if before or at == len(places) else places[at], text))
        pieces: list[bytes] = []
        kept = 0
        for place, text in sorted(inserted, key=itemgetter(0)):
            pieces += page[kept:place], text.replace("&", "&amp;").replace("<", "&lt;").encode("utf-8", "replace")
            kept = place
        return b"".join((*pieces, page[kept:]))

    def _spend(self, work: int) -> bool:
        self._left -= work
        self.complete = self.complete and self._left >= 0
        return self._left >= 0

    def _affected(self, page: bytes) -> Iterator[tuple[int, int, set[int]]]:
        """The tags that some rule is for, and the numbers of what the rules do."""
        if not (self._names or self._marks or self._conditions or self._leaves):
            return
        known: dict[bytes, set[int]] = {}
        few = self._few()
        for start, stop in start_tags(page):
            tag = page[start:stop]
            effects = known.get(tag)
            if effects is None:
                effects = known[tag] = self._effects(tag, few)
            if self._leaves and page.startswith(b"/", page.find(b"<", stop) + 1):
                effects = effects | self._leaves
            if effects:
                if not self._spend(len(effects)):
                    return
                yield start, stop, effects

    def _few(self) -> list[bytes] | None:
        """Classes and ids without which no rule is for an element by its attributes, if they are FEW."""
        if self._conditions or len(self._marks) > FEW or not all(map(str.isascii, self._marks)):
            return None
        return [mark.encode() for mark in self._marks]

    def _effects(self, tag: bytes, few: list[bytes] | None) -> set[int]:
        found: set[int] = set()
        if self._names:
            found |= self._names.get(_name(tag).decode("utf-8", "replace"), set())
        if few is not None and b"&" not in tag:
            lower = tag.lower()
            if not any(mark in lower for mark in few):
                return found
        values = attributes(tag)
        for mark in b" ".join((values.get(b"class", b""), values.get(b"id", b""))).split():
            found |= self._marks.get(mark.decode("utf-8", "replace").lower(), set())
        for name, value in values.items() if self._conditions else ():
            conditions = self._conditions.get(name.decode("utf-8", "replace"), ())
            if conditions and self._spend(len(conditions) * (1 + len(value) // 64)):
                actual = value.decode("utf-8", "replace").lower()
                found |= {effect for sign, wanted, effect in conditions if holds(sign, wanted, actual)}
        self._spend(len(found))
        return found

    def _token(self, found: re.Match[str]) -> str:
        """Strings by their numbers, escaped signs as parts of names, nothing of comments and addresses."""
        if found[1]:
            self._strings.append(_ESCAPE.sub(_unescaped, found[1][1:].removesuffix(found[1][0])))
            return f'"{len(self._strings) - 1}"'
        if found[2] or found[4]:
            sign = _unescaped(found)
            return sign if sign.isalnum() or sign in "-_" or sign > "\x7f" else chr(_PRIVATE + ord(sign))
        return "" if found[3] else " "

    def _rule(self, selector: str, declarations: str) -> None:
        texts = [said for content in _CONTENT.finditer(declarations) if (said := self._said(content[1]))]
        hiding = hides(declarations)
        for part in last_parts(selector) if hiding or texts else ():
            simple = Simple.of(part)
            for said in texts if simple.generated else ():
                self._texts.append((simple.generated == "before", said))
                self._aim(simple, len(self._texts) - 1, NESTED)
            if hiding and not simple.within and not simple.generated:
                self._aim(simple, _HIDES, NESTED)

    def _said(self, content: str) -> _Said:
        """The texts of a value in which there may be letters."""
        said = [
            (self._strings[int(found[1])], b"") if found[1] else ("", found[2].lower().encode())
            for found in _SAID.finditer(content)
        ]
        return said if any(name or any(map(str.isalnum, text)) for text, name in said) else []

    def _aim(self, simple: Simple, effect: int, depth: int) -> None:
        """Note what elements the rule is for."""
        if simple.mark:
            self._marks.setdefault(_plain(simple.mark), set()).add(effect)
        elif simple.condition:
            self._condition(simple.condition, effect)
        elif simple.either and depth:
            for part in last_parts(simple.either):
                self._aim(Simple.of(part), effect, depth - 1)
        elif simple.name and simple.name != "*":
            self._names.setdefault(_plain(simple.name), set()).add(effect)
        else:
            self.complete = self.complete and not simple.either
            self._leaves.add(effect)

    def _condition(self, written: str, effect: int) -> None:
        found = _CONDITION.match(written)
        if found is None:
            self._leaves.add(effect)
            return
        name, value = _plain(found[1]), self._strings[int(found[3])] if found[3] else _plain(found[4] or "")
        sign = "" if found[2] is None else f"{found[2]}="
        if name in ("class", "id") and sign in ("=", "~=") and len(value.split()) == 1:
            self._marks.setdefault(value.strip().lower(), set()).add(effect)
        else:
            self._conditions.setdefault(name, set()).add((sign, value.lower(), effect))


def _name(tag: bytes) -> bytes:
    found = NAME.match(tag)
    return found[1].lower() if found else b""


def _plain(name: str) -> str:
    """A name with the signs in it that were escaped."""
    return name.translate(_SIGNS).lower()


def _unescaped(found: re.Match[str]) -> str:
    return chr(min(int(found[2], 16), 0x10FFFF)) if found[2] else found[4] or ""
