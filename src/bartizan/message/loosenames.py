"""File names as lenient programs read them from header lines, however the parameters are written.

In: the bytes of a header. Out: every name, the ones with faults in them too: a fold inside quotes taken as nothing or
as a blank, comments taken as comments or as text, a quote in the middle, a value that goes on behind its end, a
parameter inside the quotes of another one or in another field, and fields that stand in for a name.
Limits: PARAMETERS parameters, repeated ones and all readings counted, NAMES names; with more of them the answer is not
complete, which the caller reports. Linear in the size of the header but for sorting.
Not here: the strict reading (names, of what the compiled core found).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bartizan.message.names import NAMES, part_names

PARAMETERS = 400
BEHIND = 300
"""Bytes behind a value that may belong to it."""

_FOLD = re.compile(rb"\n[ \t]+")
_COMMENT = re.compile(rb"\([^()]*+\)")
_GAP = rb"[^\w;=\n*,.:-]*+"
"""What may stand behind the name of a parameter, and is none of it: blanks of all kinds, quotes, brackets."""
_NAME = re.compile(
    rb"((?:file)?name(?:" + _GAP + rb"\*[^=;\n\"]{0,20}+)?)" + _GAP + rb"=[ \t\v\f]*+"
    rb'("(?:[^"\\\n]|\\.)*+"(?=[ \t]*+[;\n]|$)|"?[^\n;]*+)',
    re.IGNORECASE,
)
_KEY = re.compile(rb"name[^\w;=*,.:-]*+(?:\*[^=;\n]{0,20}+)?=")
_NO_KEY = bytes(c for c in range(256) if c > 127 or not (chr(c).isalnum() or chr(c) in "*+-_"))
_ORDINARY = re.compile(
    rb"^content-(?:type|disposition): *+[a-z0-9/.+-]++(?:;\s*+"
    rb'(?:(?:file)?name=(?:"[^".;\\\n]*+(?:\.[^"();\\\n]*+)?+"|[^\s"();,\\<>@:/\[\]?={}`\x27]++)|'
    rb'(?!(?:file)?name=)[a-z-]++=(?:"[^";\\\n]*+"|[^\s";()\\]++)))*+;?[ \t]*+\r?$',
    re.MULTILINE,
)
"""A field as most programs write it: no parameter is inside another one, no value has a fault, and nothing in a file
name behind its first dot ends it for anybody."""
_SPECIAL = re.compile(rb"[\s()<>@,;:\\\"/\[\]?=\0-\x1f\x7f]")
"""What ends a value without quotes to RFC 2045."""
_OPENING = b" \t'`\"([{<="
_HOST = b".com"
_FIELDS = (b"content-name", b"x-sun-data-name", b"content-location", b"content-description")
"""Fields that some programs take a name from where there is no other."""
_BEHIND_A_LINE = re.compile(rb"\n(?:" + b"|".join(_FIELDS) + rb"):", re.IGNORECASE)
_INSTEAD = re.compile(
    rb"^(" + b"|".join(_FIELDS) + rb"):[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+)", re.IGNORECASE | re.MULTILINE
)
_SUBJECT = re.compile(rb"^subject:[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+)", re.IGNORECASE | re.MULTILINE)
_PLACE = re.compile(rb"^[a-z][a-z0-9+.-]*+:(?://[^/]*+)?|[?#].*", re.IGNORECASE | re.DOTALL)
_FILE = re.compile(rb"[^\s/\\.][^\s/\\]*\.[A-Za-z0-9]{1,12}|=\?.*\?=", re.DOTALL)
_CONTENT = re.compile(rb"^content-[^\n]*+\n?+(?:[ \t][^\n]*+\n?+)*+", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LooseNames:
    """The names, each once; `complete`: there are no more."""

    found: tuple[str, ...] = ()
    complete: bool = True


def other_names(header: bytes) -> LooseNames:
    """Names of a part that its strict reading may have missed.

    Most headers have only fields that can be read in one way: the quick look spares them the slow one.
    """
    lower = header.lower()
    if _has_key(lower) and _has_key(_ORDINARY.sub(b"", lower)):
        return loose_names(_content_fields(header))
    return LooseNames()


def _content_fields(header: bytes) -> bytes:
    """The fields about content; with the line behind one, which some read on into, if there is a file name in it."""
    text = header.replace(b"\r\n", b"\n")
    pieces: list[bytes] = []
    for field in _CONTENT.finditer(text):
        behind = text[field.end() : field.end() + BEHIND].partition(b"\n")[0]
        pieces += (field[0], behind + b"\n" if b"filename" in behind.lower() else b"")
    return b"".join(pieces)


def _has_key(lower: bytes) -> bool:
    """Is there anything like the beginning of a parameter with a name?"""
    at = 0
    while (at := lower.find(b"name", at)) >= 0:
        if _KEY.match(lower, at):
            return True
        at += 4
    return False


def subject_name(header: bytes) -> tuple[str, ...]:
    """What a mail that is a file may be called after, if its subject is a file name."""
    found = _SUBJECT.search(header)
    value = b"" if found is None else _FOLD.sub(b" ", found[1].replace(b"\r\n", b"\n")).strip()
    return part_names((), [(b"name", value)]) if _FILE.fullmatch(value) else ()


def stand_ins(header: bytes) -> tuple[str, ...]:
    """What a part without a name may be called after: where it is from, what it is described as."""
    if not header.lower().startswith(_FIELDS) and _BEHIND_A_LINE.search(header) is None:
        return ()
    values: dict[bytes, None] = {}
    for field in islice(_INSTEAD.finditer(header.replace(b"\r\n", b"\n")), PARAMETERS):
        value = _FOLD.sub(b" ", field[2]).strip(b' \t"<>')
        if field[1].lower() == b"content-location":
            value = _PLACE.sub(b"", value).rpartition(b"/")[2]
        if _FILE.fullmatch(value):
            values[value] = None
    return part_names((), [(b"name", value) for value in values])


def loose_names(header: bytes) -> LooseNames:
    """Every file name that the lines of a header can be read to give, the ones with faults in them too."""
    text = b"\n" + header.replace(b"\r\n", b"\n")
    tight: dict[tuple[bytes, bytes], None] = {}
    wide: dict[tuple[bytes, bytes], None] = {}
    left = PARAMETERS
    for unfolded in dict.fromkeys((_FOLD.sub(b" ", text), _FOLD.sub(b"", text))):
        plain = _COMMENT.sub(b"", _COMMENT.sub(b"", unfolded)) if b"(" in unfolded else unfolded
        for variant in dict.fromkeys((_lines_with_names(unfolded), _lines_with_names(plain))):
            for key, value, behind in _parameters(variant):
                tight[key, value] = None
                wide[key, value] = wide[key, behind] = None
                left -= 1 if value == behind else 2
                if left < 0:
                    return LooseNames(part_names(tuple(wide), tuple(tight)), complete=False)
    names = part_names(() if wide.keys() == tight.keys() else tuple(wide), tuple(tight))
    return LooseNames(names or stand_ins(header), complete=len(names) < NAMES)


def _lines_with_names(text: bytes) -> bytes:
    """The lines in which a name can be."""
    lower = text.lower()
    lines: list[bytes] = []
    end = 0
    while (at := lower.find(b"name", end)) >= 0:
        start = text.rfind(b"\n", end, at) + 1 or end
        end = text.find(b"\n", at)
        end = len(text) if end < 0 else end
        lines.append(text[start:end])
    return b"\n".join(lines)


def _parameters(text: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """The parameters in lines: key, value, and the value with what may belong to it behind its end."""
    for found in _NAME.finditer(text):
        key = found[1].lower().translate(None, _NO_KEY)
        value = found[2]
        if len(value) > 1 and value.startswith(b'"') and value.endswith(b'"') and value.count(b'"') == 2:
            plain = value[1:-1].replace(b"\\", b"")
            yield key, plain, plain
            head, separator, rest = plain.partition(b";")
            if separator and not (head.lower().endswith(_HOST) and rest[:1].isspace()):
                # To programs that know nothing of quotes. What ends in a host and goes on as a sentence is a subject.
                yield key, head, head
            continue
        behind = value + text[found.end() : found.end() + BEHIND].split(b"\n", 1)[0]
        yield key, _bare(value), _bare(behind)
        # What stands in quotes, or in front of what cannot be in a value without them, may be all of it.
        firsts = [value[1:].split(value[:1], 1)[0]] if value.startswith((b'"', b"'")) else [value.split(b"(", 1)[0]]
        firsts.append(_SPECIAL.split(value.lstrip(_OPENING), 1)[0].rstrip(b"}"))
        for first in dict.fromkeys(map(_bare, firsts)):
            if first and len(first) < len(value.strip(b'"')):
                yield key, first, first


def _bare(value: bytes) -> bytes:
    return value.replace(b'"', b"").replace(b"\\", b"").strip(b" \t'")
