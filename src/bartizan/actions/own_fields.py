"""Header fields that only we may write. A sender's are taken out, or they would say something in our name to whoever
sorts mail by them: those that the rules' tags add, all that are called X-Bartizan, and results of authentication that
say they are ours (RFC 8601 section 5).

In: names, then raw messages. Out: the message without such fields of its outermost header, whatever stands around them;
the same object when there are none. A name counts in any case, with or without white space before its colon, with its
continuation lines; a line that is no field ends nothing, only an empty line does. Results are ours if one of our names
stands anywhere in front of the first semicolon, however it is quoted, folded or commented.
Not here: which names (the rules, the configuration), fields in attached mails, the seals of ARC, which are signed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bartizan.model.rule import Rule

_EMPTY_LINE = re.compile(rb"\n\r?\n")
_FIELD = rb"^(?:%b)[ \t]*:[^\n]*(?:\n|\Z)(?:[ \t][^\n]*(?:\n|\Z))*"
_PREFIX = rb"x-bartizan(?:-[!-9;-~]*)?"
_RESULTS = re.compile(_FIELD % b"authentication-results", re.IGNORECASE | re.MULTILINE)
_COMMENT = re.compile(rb"\([^()]*+\)")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_DEPTH = 20
"""Comments in each other; what lies deeper is left in, where a name counts too."""


class OwnFields:
    """The names that are ours."""

    __slots__ = ("_claimed", "_fields", "_hints")

    def __init__(self, names: Iterable[str] = (), ids: Sequence[str] = ()) -> None:
        """`names` are field names in ASCII, `ids` the names of servers whose results of authentication are ours."""
        ours = sorted({name.encode("ascii").lower() for name in names})
        pattern = _FIELD % b"|".join((*map(re.escape, ours), _PREFIX))
        self._fields = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
        self._hints = (*ours, b"x-bartizan", *((b"authentication-results",) if ids else ()))
        claimed = b"|".join(re.escape(id.encode("utf-8")) for id in ids)
        self._claimed = re.compile(rb"(?<![\w.-])(?:%b)\.?(?![\w.-])" % claimed, re.IGNORECASE) if ids else None

    @staticmethod
    def of(rules: Iterable[Rule], ids: Sequence[str] = ()) -> OwnFields:
        """The names of all tags of `rules`, and `ids`."""
        return OwnFields((rule.tag.name for rule in rules if rule.tag is not None), ids)

    def without(self, raw: bytes | memoryview) -> bytes | memoryview:
        """`raw` without the fields that are ours."""
        if raw[:1] == b"\n" or raw[:2] == b"\r\n":
            return raw
        empty = _EMPTY_LINE.search(raw)
        end = empty.start() + 1 if empty else len(raw)
        head = bytes(raw[:end]).lower()
        if not any(hint in head for hint in self._hints):
            return raw
        spans = [found.span() for found in self._fields.finditer(raw, 0, end)]
        if self._claimed is not None:
            spans += [found.span() for found in _RESULTS.finditer(raw, 0, end) if self._is_ours(found[0])]
        if not spans:
            return raw
        view = memoryview(raw)
        pieces, at = [], 0
        for start, stop in sorted(spans):
            pieces.append(view[at:start])
            at = stop
        return b"".join((*pieces, view[at:]))

    def _is_ours(self, field: bytes) -> bool:
        """Does a field with results of authentication give one of our names, to any reader?"""
        assert self._claimed is not None
        value = field.partition(b":")[2].replace(b"\\", b"")
        plain = value
        for _ in range(_DEPTH):
            shorter = _COMMENT.sub(b" ", plain)
            if shorter == plain:
                break
            plain = shorter
        readings = {_FOLD.sub(fold, text) for text in (value, plain) for fold in (b"", b" ")}
        return any(self._claimed.search(text.partition(b";")[0]) is not None for text in readings)
