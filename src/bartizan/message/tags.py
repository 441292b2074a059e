"""The attributes of one tag, as browsers read them (HTML, section 13.2.5).

In: a start tag of a page as UTF-8, as bartizan._core.nesting finds it. Out: values by name in small letters, without
character references; of attributes with the same name the first.
Linear; never raises. Not here: which attributes hold links (bartizan._core.pagelinks), what styles say (detect.styles).
"""

from __future__ import annotations

import html
import re

NAME = re.compile(rb"<([A-Za-z][^ \t\r\n\f/>]*+)")
"""How a start tag begins."""
_ATTRIBUTE = re.compile(
    rb"([^ \t\r\n\f/>][^ \t\r\n\f/>=]*+)"
    rb"(?:[ \t\r\n\f]*+=[ \t\r\n\f]*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^ \t\r\n\f>]++))?+)?+"
)


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a tag; b"" for those without a value."""
    found: dict[bytes, bytes] = {}
    name = NAME.match(tag)
    for attribute in _ATTRIBUTE.finditer(tag, name.end() if name else 0):
        value = attribute[2] or attribute[3] or attribute[4] or b""
        found.setdefault(attribute[1].lower(), resolved(value))
    return found


def resolved(value: bytes) -> bytes:
    """The value of an attribute without character references."""
    return html.unescape(value.decode("utf-8", "replace")).encode("utf-8", "replace") if b"&" in value else value
