"""What people read in a piece of an odd mail, in the charset and as the markup that its header says.

In: the header of a piece, however it is written, and content. Out: the text as UTF-8, and its type. The one pass has
read the texts of the strict reading only, and of other readings nobody else knows charset and markup.
Not here: finding pieces (shredder), the phrases in them (detect/texts).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.message import charset
from bartizan.message.labels import labelled
from bartizan.message.words import decode_words

TEXTS = frozenset(("", "text", "html", "xml", "svg", "mail"))

_CHARSET = re.compile(rb"charset[ \t]*+\*?+\d*+\*?+[ \t]*+=[ \t\"']*+([A-Za-z0-9_.:+-]{2,40})", re.IGNORECASE)
_PAGE = re.compile(rb"(?:x?html|xhtml\+xml|text/(?:xml|enriched|richtext))\b", re.IGNORECASE)
_MARKUP = re.compile(rb"<[a-z!/]", re.IGNORECASE)
_NO_TEXT = re.compile(
    rb"^content-type[ \t]*+:[ \t\"']*+"
    rb"(?:(?:image|audio|video|font|model)/|application/(?:octet-stream|pdf|x?-?zip|ms|vnd))",
    re.IGNORECASE | re.MULTILINE,
)
"""What is no text."""
_OF_PAGES = re.compile(rb"text/|\.(?:[sx]?html?|xht|hta)\b", re.IGNORECASE)
"""What says that it may be one for all that: another type, the name of a page."""


def loose_texts(header: bytes, content: bytes, kind: str) -> Iterator[tuple[bytes, str]]:
    """The text of content of found type `kind`: as its header says, if that is not how it stands; also as a page."""
    if kind not in TEXTS:
        return
    found = _CHARSET.search(header)
    label = found[1].decode("latin-1") if found is not None else ""
    text = labelled(content, label) if charset.known(label) else content
    # In what is no text, and not said to be one, some bytes look like a tag by chance.
    noise = kind == "" and _NO_TEXT.search(header) is not None and _OF_PAGES.search(header) is None
    page = _PAGE.search(header) is not None or (not noise and _MARKUP.search(text) is not None)
    if text != content or (page and kind not in ("html", "svg")):
        yield text, "html" if page else "text"


def loose_words(header: bytes) -> Iterator[tuple[bytes, str]]:
    """The lines of a header with their encoded words decoded: any of them may be a subject to some program."""
    if b"=?" in header:
        lines = [decode_words(line) for line in re.split(rb"\n(?![ \t])", header) if b"=?" in line]
        yield "\n".join(lines).encode("utf-8", "replace"), "text"
