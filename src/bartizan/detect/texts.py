"""Listed phrases in text that the one pass over the mail did not read, or not as people read it.

In: a node that is text: declared so, or of a found type that is one. Out: each phrase once, with the span of the lines
it lies on, or of all of the text where it is read in another way than it is written. A part that the one pass has read
is read again only where its bytes ask for it: they may be in another charset (message.labels), disguised
(message.disguises), hidden or split on a page (pages), written with letters apart (message.letters) or with accents
(message.accents), the texts of a calendar or address card, links written oddly or in attributes (linktexts), or HTML
that is called plain. A text of a container has the charset that its bytes tell, or UTF-8. In links only what may be
part of one is looked for: their letters are random.
Limits: AGAIN bytes of all readings of one text, disguises in its first DISGUISED bytes (Gap limit:total_bytes); links
as linktexts says (Gap limit:matches).

Not here: the plain reading of parts declared as text, in the message or in a mail inside it (message/parse); compiling
(phrases.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bartizan._core.automaton import Automaton
from bartizan._core.disguise import disguise_kinds
from bartizan._core.hints import is_plain, letters_apart
from bartizan._core.text import scan_text, view
from bartizan.detect import pages
from bartizan.detect.linktexts import LinkTexts, has_links
from bartizan.message import accents, disguises, labels, letters
from bartizan.message.parse import phrase
from bartizan.model.finding import Finding, Reason, gap
from bartizan.model.message import Node

MARKUP = frozenset({"hta", "html", "svg", "wsf", "xml"})
PLAIN = frozenset(
    {
        "bat",
        "binhex",
        "ics",
        "inf",
        "js",
        "pem",
        "php",
        "ps1",
        "py",
        "reg",
        "rtf",
        "sh",
        "text",
        "url",
        "uu",
        "vbs",
        "vcf",
    }
)
"""Found types that people can read with any editor."""
READ_AS_PAGES = frozenset(
    (
        *("text/html", "text/xhtml", "text/xml", "text/enriched", "text/richtext"),
        *("application/xhtml+xml", "application/xml"),
    )
)
"""Declared types that the one pass reads as HTML."""
PAGE_NAMES = (".htm", ".html", ".hta", ".shtml", ".xht", ".xhtml")
"""How files are named that are shown as pages, whatever they begin with."""
CARDS = frozenset(("ics", "vcf"))
SPECIAL = MARKUP | CARDS
PLAINLY = frozenset(("", "us-ascii", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"))
"""Charsets that have ASCII as it is; most mails name one of them."""
AGAIN = 256 * 1024 * 1024
DISGUISED = 32 * 1024 * 1024
TELLING = 10
"""Characters of a phrase that is looked for in links though nothing in it is of links or between words."""

_FOLD = re.compile(rb"(?:\r\n?|\n)[ \t]")
_ESCAPE = re.compile(rb"\\([^\r\n])")
"""Of a calendar's texts (RFC 5545 section 3.3.11); of others the backslash is not shown."""
_TAG = re.compile(rb"<[A-Za-z!/?]")
_OF_LINKS = re.compile(r"[./:@\s]")


class PhraseDetector:
    """The phrases of one automaton; of nodes nothing is kept."""

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._idle = len(automaton) == 0

    @classmethod
    def load(cls, path: Path) -> PhraseDetector:
        """From a file that phrases.build wrote. Raises ValueError if it is damaged, OSError if it cannot be read."""
        return cls(Automaton.open(str(path)))

    def look(self, node: Node, data: bytes | memoryview) -> tuple[Finding, ...]:
        """The phrases in this node's text that the pass over the mail did not see."""
        read = node.declared.startswith("text/") or node.declared in READ_AS_PAGES
        named = any(name.lower().endswith(PAGE_NAMES) for name in node.names)
        if self._idle or node.path == "message" or not (read or named or node.type in MARKUP or node.type in PLAIN):
            return ()
        html = node.declared in READ_AS_PAGES if read else node.type in MARKUP
        label = node.charset if read else ""
        page = html or named or node.type in MARKUP
        plain = read and not page and node.type not in SPECIAL and not node.flowed and label in PLAINLY
        if plain and is_plain(data) and not has_links(data):
            return ()
        text = _Text(bytes(data), label, html, page, node.type in CARDS, node.flowed)
        plainly = [] if read else scan_text(text.data, text.label or "utf-8", html, self._automaton)
        others = self._others(text)
        known = {index for index, _, _ in plainly}
        if read and (others.texts or others.links):
            known = {index for index, _, _ in scan_text(text.data, text.label, html, self._automaton)}
        whole = (0, len(text.data))
        found = [phrase(self._automaton, index, node.path, (start, end)) for index, start, end in plainly]
        found += [phrase(self._automaton, index, node.path, whole) for index in sorted(others.texts - known)]
        for index in sorted(others.links.keys() - others.texts - known):
            listed = phrase(self._automaton, index, node.path, whole)
            found.append(replace(listed, detail=f"{listed.detail}: in the link {others.links[index]}"))
        if not others.complete:
            found.append(gap(Reason.LIMIT_TOTAL_BYTES, node.path, "too long to be read in every way that it can be"))
        if not others.followed:
            found.append(gap(Reason.LIMIT_MATCHES, node.path, "too many odd links, or one too odd"))
        return tuple(found)

    def _others(self, text: _Text) -> _Others:
        """The phrases of all other readings, and of some perhaps that the plain one has as well."""
        found = _Others(set(), {})
        left = AGAIN
        for other in _readings(text):
            if other is None:
                found.complete = False
                continue
            left -= len(other.text)
            if left < 0:
                found.complete = False
                return found
            if other.apart:
                if found.letters >= 0:
                    seen = view(other.text, "utf-8", other.html)
                    apart, found.letters = letters.find(self._automaton, seen, found.letters)
                    found.texts |= apart
                    found.complete = found.complete and found.letters >= 0
                continue
            hits = scan_text(other.text, "utf-8", other.html, self._automaton)
            if other.links is None:
                there = {index for index, _, _ in hits}
                found.texts |= set(filter(self._has_words, there)) if other.bare else there
                continue
            found.followed = found.followed and other.links.complete
            for index, start, end in hits:
                if self._tells(index):
                    found.links.setdefault(index, other.links.shown(start, end))
        return found

    def _has_words(self, index: int) -> bool:
        return accents.has_words(self._automaton, index)

    def _tells(self, index: int) -> bool:
        """Does it mean something that this phrase is in a link?"""
        text, _, _ = self._automaton.phrase(index)
        return len(text) >= TELLING or _OF_LINKS.search(text) is not None


@dataclass(slots=True)
class _Others:
    """The phrases of other readings: of texts, and of links with the link; `complete`: all texts were read, `followed`:
    all links. `letters`: what is left of those that may stand apart."""

    texts: set[int]
    links: dict[int, str]
    complete: bool = True
    followed: bool = True
    letters: int = letters.RUN


@dataclass(frozen=True, slots=True)
class _Text:
    """A text and what is known of it: its label, whether its plain reading is that of HTML, whether it is a page (even
    if its label says otherwise), or a calendar or address card; `flowed` as that of a Node."""

    data: bytes
    label: str
    html: bool
    page: bool
    calendar: bool
    flowed: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    """UTF-8 to be read again, as HTML or not; `apart`: for letters that stand apart; `bare`: without accents; `links`:
    whose it is, if any."""

    text: bytes
    html: bool
    apart: bool = False
    bare: bool = False
    links: LinkTexts | None = None


def _readings(text: _Text) -> Iterator[_Reading | None]:
    """Everything that the text can be read as besides its plain reading; None where something of it is left out."""
    first = labels.labelled(text.data, text.label)
    if text.page and not text.html:
        yield _Reading(first, html=True)
    yield from _disguised(first, text)
    for other in labels.others(text.data, text.label, html=text.page):
        yield _Reading(other, text.html)
        if text.page and not text.html:
            yield _Reading(other, html=True)
        yield from _disguised(other, text)


def _disguised(data: bytes, text: _Text) -> Iterator[_Reading | None]:
    """What people read in a text who do not see all of it, or not as it is written."""
    yield from _links(data, page=text.page)
    if len(data) > DISGUISED:
        data = data[:DISGUISED]
        yield None
    apart = letters_apart(data)
    bare = accents.bare(data)
    if bare is not None:
        yield _Reading(bare, text.page, bare=True)
    if text.calendar:
        yield from _of_card(_FOLD.sub(b"", data))
    if text.page:
        page = pages.readings(data)
        if not page.complete:
            yield None
        for other in page.shown:
            yield _Reading(other, html=True)
        for other in page.texts:
            yield _Reading(other, html=False)
        apart = apart or page.apart
    if not text.html:
        for other in disguises.readings(data, flowed=text.flowed):
            yield _Reading(other, html=False)
            yield from _links(other, page=False)
    if text.page and disguise_kinds(data) & (disguises.PARTED | disguises.DIGITS):
        seen = view(data, "utf-8", html=True)
        for other in disguises.respelled(seen, disguise_kinds(seen)):
            yield _Reading(other, html=False)
    if apart:
        yield _Reading(data, text.page, apart=True)


def _of_card(whole: bytes) -> Iterator[_Reading]:
    """The texts of a calendar or address card whose lines are whole, as they are shown: some of them are pages."""
    yield _Reading(whole, html=False)
    if b"\\" in whole:
        whole = _ESCAPE.sub(_unescaped, whole)
        yield _Reading(whole, html=False)
    yield from _links(whole, page=False)
    if _TAG.search(whole):
        yield _Reading(whole, html=True)
        yield from _links(whole, page=True)


def _unescaped(found: re.Match[bytes]) -> bytes:
    return b"\n" if found[1] in (b"n", b"N") else found[1]


def _links(data: bytes, *, page: bool) -> Iterator[_Reading]:
    """The links of a text or page."""
    links = LinkTexts(data, page=page)
    if links.text or not links.complete:
        yield _Reading(links.text, html=False, links=links)
