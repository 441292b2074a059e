"""The rules of a style sheet, and what stands last in their selectors (CSS selectors level 4).

In: a sheet without comments, strings as numbers in quotes, escaped signs as others that mean nothing here
(stylesheets). Out: selectors and declarations; of a selector its last part. Never raises; linear.
Not here: which elements of a page that is (stylesheets), what declarations do (styles).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BRACKET = re.compile(r"[()]")
_BRACE = re.compile(r"[{};]")
_PART = re.compile(r"[()\[\],>+~\s]")
_SIMPLE = re.compile(
    r"[.#]([^\s.#:\[\]()*,>+~|&\"=]++)|\[([^\]]*+)\]?|(::?)([\w-]++)(\()?|([^\s.#:\[\]()*,>+~|&\"=]++)"
)
_EITHER = frozenset(("is", "where", "matches", "any", "-webkit-any", "-moz-any"))
_GENERATED = frozenset(("before", "after"))
_WITHIN = frozenset(("first-letter", "first-line", "marker", "placeholder", "selection", "backdrop"))
"""Parts of elements: to hide one hides no element."""


@dataclass(frozen=True, slots=True)
class Simple:
    """The last part of a selector: a class or id, what stands in brackets, selectors of which one is enough, an
    element's name; `generated`: it is for a text before or after; `within`: for another part of an element."""

    mark: str
    condition: str
    either: str
    name: str
    generated: str
    within: bool

    @classmethod
    def of(cls, part: str) -> Simple:
        """Read one."""
        mark = condition = either = name = generated = ""
        within = False
        at = 0
        while (found := _SIMPLE.search(part, at)) is not None:
            at = found.end()
            mark, condition, name = found[1] or mark, found[2] or condition, found[6] or name
            word = (found[4] or "").lower()
            if found[5]:
                at = _closing(part, at)
                either = part[found.end() : at] if word in _EITHER else either
            if word in _GENERATED:
                generated = word
            elif word in _WITHIN:
                within = True
        within = within or ("&" in part and not (mark or condition or either or name))
        return cls(mark, condition, either, name, generated, within)


def rules(sheet: str) -> Iterator[tuple[str, str]]:
    """The selectors and declarations of a sheet, those in others as well."""
    opened: list[tuple[str, list[str]]] = []
    at = 0
    for sign in _BRACE.finditer(sheet):
        piece = sheet[at : sign.start()]
        at = sign.end()
        if sign[0] == "{":
            opened.append((piece, []))
        elif opened:
            opened[-1][1].append(piece)
            if sign[0] == "}":
                selector, declarations = opened.pop()
                yield selector, ";".join(declarations)
    if opened:
        opened[-1][1].append(sheet[at:])
    for selector, declarations in opened:
        yield selector, ";".join(declarations)


def last_parts(selectors: str) -> Iterator[str]:
    """Of each selector between commas what stands last."""
    depth = at = 0
    last = ""
    for sign in _PART.finditer(selectors):
        if sign[0] in "([":
            depth += 1
        elif sign[0] in ")]":
            depth = max(0, depth - 1)
        elif not depth:
            last = selectors[at : sign.start()] or last
            at = sign.end()
            if sign[0] == ",":
                if last:
                    yield last
                last = ""
    last = selectors[at:] or last
    if last:
        yield last


def _closing(part: str, at: int) -> int:
    """Where the bracket is closed behind which `at` is."""
    depth = 1
    for found in _BRACKET.finditer(part, at):
        depth += 1 if found[0] == "(" else -1
        if not depth:
            return found.start()
    return len(part)


def holds(sign: str, wanted: str, actual: str) -> bool:
    """Is the condition on an attribute fulfilled?"""
    if sign == "=":
        return actual == wanted
    if sign == "~=":
        return wanted in actual.split()
    if sign == "|=":
        return f"{actual}-".startswith(f"{wanted}-")
    if sign == "^=":
        return bool(wanted) and actual.startswith(wanted)
    if sign == "$=":
        return bool(wanted) and actual.endswith(wanted)
    return sign == "" or (bool(wanted) and wanted in actual)
