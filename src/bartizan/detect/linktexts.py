"""The links of a text or a page in every form that they can be listed in, as a text that phrases are looked for in.

In: a text or a page as UTF-8. Out: forms, one a line; of a text only those that it does not have as they stand, of a
page all, since no reading of it shows its attributes. Links that are written normally are left as they are, and those
that only have encoded bytes are decoded together; what is odd about the others is undone one by one (message.links).
Limits: LINKS odd links, BYTES of all that is made of links, ROUNDS of decoding, PAGES pages in attributes; what is
beyond is told.
Known gaps: addresses that links are relative to but that stand in the header; links that are broken into several lines
without being in angle brackets.
Not here: what phrases mean (texts), tags (bartizan._core.pagelinks).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote_to_bytes

from bartizan._core.constants import joined as joined_strings
from bartizan._core.linkkind import links_in_lines, links_in_text
from bartizan._core.pagelinks import page_links
from bartizan._core.text import view
from bartizan.message.links import forms, joined, unescaped
from bartizan.message.tags import resolved

LINKS = 200_000
BYTES = 64 * 1024 * 1024
ROUNDS = 4
PAGES = 20
BASES = 3
CARRIED = 2000
"""Bytes of a link without host that is read like a script, since its content is in it."""
SHOWN = 200
"""Characters of a link that are shown to people."""

_CSS_ESCAPE = re.compile(rb"\\([0-9A-Fa-f]{1,6})[ \t\r\n\f]?|\\([^0-9A-Fa-f\r\n])")
_BROKEN = re.compile(
    rb"<(?:URL:)?([a-z]{3,5}:[/\\]{1,3}[^\s<>]++(?:[ \t]*+\r?\n[ \t]*+[^\s<>]++)++)[ \t]*+(?:\r?\n)?+[ \t]*+>",
    re.IGNORECASE,
)
_WEB = re.compile(rb"(?:https?|ftps?|wss?|file):|[/\\]{2}", re.IGNORECASE)
_LINE_ENDS = re.compile(rb"[\t\r\n]+")
_BLANKS = re.compile(rb"\s+")


class LinkTexts:
    """The links of one text. `text` has them one a line; `complete`: none was left."""

    def __init__(self, data: bytes, *, page: bool) -> None:
        """Read the links of `data`."""
        self.complete = True
        self._kept: list[bytes] = []
        self._odd: dict[str, None] = {}
        self._carried: dict[bytes, None] = {}
        self._left = BYTES
        self._written: dict[bytes, str] = {}
        if page:
            self._pages(data)
        else:
            self._text(data)
        self._read_carried()
        self._undo()
        self.text = b"\n".join(self._kept)

    def shown(self, start: int, stop: int) -> str:
        """The link of text[start:stop], which has a form of it, as it is written; cleaned, for people."""
        form = self.text[start:stop].strip(b"\n")
        written = self._written.get(form) or form.decode("utf-8", "replace")
        return "".join(sign if sign.isprintable() else " " for sign in written[:SHOWN])

    def _text(self, data: bytes) -> None:
        odd, encoded, _ = links_in_text(data)
        self._add(data[start:stop] for start, stop in odd)
        self._lines(encoded)
        self._lines(b"\n".join(_broken(data)))

    def _pages(self, page: bytes) -> None:
        """A page, those in its attributes, and so on."""
        work = [page]
        for _ in range(1 + PAGES):
            if not work:
                return
            work += self._page(work.pop())
        self.complete = self.complete and not work

    def _page(self, page: bytes) -> list[bytes]:
        """One page; the pages in it."""
        links, referring, texts, pages, bases, asks, complete = page_links(page)
        if referring:
            values = (_LINE_ENDS.sub(b"", resolved(page[start:stop])).strip() for start, stop in referring)
            links = b"\n".join((links, *values))
        self._lines(links)
        for start, stop in bases[:BASES]:
            base = _LINE_ENDS.sub(b"", resolved(page[start:stop])).strip().decode("utf-8", "replace")
            written = (link for link in links.decode("utf-8", "replace").split("\n") if link)
            self._lines("\n".join(self._joined(base, written)).encode())
        self._script(b"\n".join(page[start:stop] for start, stop in texts))
        if asks:
            self._text(view(page, "utf-8", html=True))
        self.complete = self.complete and complete and len(bases) <= BASES
        return [resolved(page[start:stop]) for start, stop in pages]

    def _joined(self, base: str, links: Iterable[str]) -> Iterator[str]:
        """The links, relative to `base`, written out."""
        for link in links:
            if not self._spend(len(base) + len(link)):
                return
            yield joined(base, link)

    def _spend(self, size: int) -> bool:
        """May so many bytes be made of links?"""
        self._left -= size
        self.complete = self.complete and self._left >= 0
        return self._left >= 0

    def _read_carried(self) -> None:
        """The content of links, and that of the links in it."""
        read = 0
        for _ in range(ROUNDS):
            fresh = [unquote_to_bytes(link) for link in islice(self._carried, read, None)]
            if not fresh or not self._spend(sum(map(len, fresh))):
                return
            read = len(self._carried)
            self._script(b"\n".join(fresh))
        self.complete = self.complete and read == len(self._carried)

    def _script(self, text: bytes) -> None:
        """Scripts, style sheets, and attributes with more than a link."""
        if not text:
            return
        readings = {text: None, resolved(text): None}
        if b"\\" in text:
            readings[unescaped(text.decode("utf-8", "replace")).encode("utf-8", "replace")] = None
            readings[_CSS_ESCAPE.sub(_css, text)] = None
        for reading in tuple(readings):
            strings = joined_strings(reading)
            if strings is not None:
                readings[strings] = None
        for reading in readings:
            odd, encoded, others = links_in_text(reading, quoted=True)
            self._add(reading[start:stop] for start, stop in odd)
            self._lines(encoded)
            self._kept.append(others)

    def _lines(self, links: bytes) -> None:
        """Links, one a line, and what they are when decoded."""
        for _ in range(ROUNDS):
            if not links:
                return
            self._kept.append(links)
            odd, encoded = links_in_lines(links)
            self._add(links[start:stop] for start, stop in odd)
            links = encoded
        self.complete = self.complete and not links

    def _add(self, links: Iterable[bytes]) -> None:
        for link in links:
            if len(link) > CARRIED and not _WEB.match(link):
                self._carried[link] = None
            elif len(self._odd) >= LINKS:
                self.complete = False
                return
            else:
                self._odd[link.decode("utf-8", "replace")] = None

    def _undo(self) -> None:
        """All forms of the odd links."""
        for link in self._odd:
            found = forms(link)
            self.complete = self.complete and found.complete
            for form in found.links:
                line = form.replace("\n", " ").encode("utf-8", "replace")
                self._spend(len(line) + 1)
                self._written.setdefault(line, link)
                self._kept.append(line)
            if self._left < 0:
                return


def _broken(text: bytes) -> list[bytes]:
    """The links in angle brackets that are broken into several lines (RFC 3986 appendix C), whole."""
    if b"<" not in text or not (b":/" in text or b":\\" in text):
        return []
    return [_BLANKS.sub(b"", found[1]) for found in _BROKEN.finditer(text)]


def has_links(text: bytes | memoryview) -> bool:
    """Does a text have links that can be read in another way than they are written?"""
    odd, encoded, _ = links_in_text(text)
    return bool(odd or encoded or _broken(bytes(text)))


def _css(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return chr(min(int(escape[1], 16), 0x10FFFF)).encode("utf-8", "replace")
    return escape[2]
