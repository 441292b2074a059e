"""Header fields that only we may write: those that the rules' tags add. A sender's are taken out, or a tag would say
nothing to whoever sorts mail by it.

In: names, then raw messages. Out: the message without such fields of its outermost header, whatever stands around them;
the same object when there are none. A name counts in any case, with or without white space before its colon, with its
continuation lines; a line that is no field ends nothing, only an empty line does.
Not here: which names (the rules), fields in attached mails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bartizan.model.rule import Rule

_EMPTY_LINE = re.compile(rb"\n\r?\n")


class OwnFields:
    """The names that are ours."""

    __slots__ = ("_fields",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        """`names` are field names in ASCII."""
        ours = sorted({re.escape(name.encode("ascii")) for name in names})
        pattern = rb"^(?:%b)[ \t]*:[^\n]*(?:\n|\Z)(?:[ \t][^\n]*(?:\n|\Z))*" % b"|".join(ours)
        self._fields = re.compile(pattern, re.IGNORECASE | re.MULTILINE) if ours else None

    @staticmethod
    def of(rules: Iterable[Rule]) -> OwnFields:
        """The names of all tags of `rules`."""
        return OwnFields(rule.tag.name for rule in rules if rule.tag is not None)

    def without(self, raw: bytes | memoryview) -> bytes | memoryview:
        """`raw` without fields that have one of the names."""
        if self._fields is None or raw[:1] == b"\n" or raw[:2] == b"\r\n":
            return raw
        empty = _EMPTY_LINE.search(raw)
        end = empty.start() + 1 if empty else len(raw)
        spans = [found.span() for found in self._fields.finditer(raw, 0, end)]
        if not spans:
            return raw
        view = memoryview(raw)
        pieces, at = [], 0
        for start, stop in spans:
            pieces.append(view[at:start])
            at = stop
        return b"".join((*pieces, view[at:]))
