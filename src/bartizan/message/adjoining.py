"""Phrases that begin in one text of a mail and end in another: programs show texts one below the other.

In: a message, the decoded content of its leaves, and the automaton. Out: a finding for each phrase that lies across two
texts or more, at the part it ends in. Texts are those that are shown: declared so, and no attachments. Of alternatives
one is shown, so that two of them never adjoin, and what follows them adjoins each. A blank stands between two texts.
Most mails have one text, or alternatives only, and cost a look at their parts.
Limits: PAIRS pairs of texts are thought of (Gap limit:parts); of each text its first and last EDGE bytes are read,
which is more than a phrase that is written plainly needs.
Not here: the texts themselves (parse, detect/texts).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bartizan._core.automaton import Automaton
from bartizan._core.text import view
from bartizan.message.labels import labelled
from bartizan.message.parse import phrase
from bartizan.model.finding import Finding, Reason, gap
from bartizan.model.message import Message, Part

PAIRS = 10_000
EDGE = 4096
ALTERNATIVE = "multipart/alternative"
_PAGES = ("text/html", "text/xhtml", "text/xml", "text/enriched", "text/richtext")


def across(message: Message, contents: Mapping[str, bytes | memoryview], automaton: Automaton) -> Iterator[Finding]:
    """The findings, each phrase once for the part that it ends in."""
    texts = [part for part in message.parts if part.leaf and _shown(part)]
    if len(texts) < 2:
        return
    kinds = {part.path: part.declared for part in message.parts if not part.leaf}
    left = PAIRS
    before: list[list[int]] = []
    for at, text in enumerate(texts):
        indexes, thought_of = _before(texts[:at], text, kinds)
        before.append(indexes)
        left -= thought_of
        if left < 0:
            yield gap(Reason.LIMIT_PARTS, text.path, "more texts than are read across their edges")
            return
    if not any(before):
        return
    ends: list[bytes] = []
    for text, indexes in zip(texts, before, strict=True):
        endings = [ends[index] for index in indexes]
        if endings:
            start = _view(text, contents, slice(EDGE))[: automaton.longest]
            for index in sorted(set().union(*(_crossing(end, start, automaton) for end in endings))):
                yield phrase(automaton, index, text.path, text.body)
        # Only the longest ending is carried on: alternatives say the same.
        ends.append(_ending(max(endings, key=len, default=b""), text, contents, automaton))


def _shown(part: Part) -> bool:
    return part.declared.startswith("text/") and part.disposition != "attachment"


def _before(texts: list[Part], text: Part, kinds: Mapping[str, str]) -> tuple[list[int], int]:
    """Which of the texts may be shown right in front of this one: the last that is no alternative to it, and the
    alternatives to that. Also how many were thought of."""
    found: list[int] = []
    for index in range(len(texts) - 1, -1, -1):
        if _alternatives(texts[index], text, kinds):
            continue
        if found and not _alternatives(texts[index], texts[found[0]], kinds):
            return found, len(texts) - index
        found.append(index)
    return found, len(texts)


def _alternatives(one: Part, other: Part, kinds: Mapping[str, str]) -> bool:
    """Is one of these shown instead of the other?"""
    common: list[str] = []
    for a, b in zip(one.path.split("."), other.path.split("."), strict=False):
        if a != b:
            break
        common.append(a)
    return kinds.get(".".join(common)) == ALTERNATIVE


def _view(part: Part, contents: Mapping[str, bytes | memoryview], edge: slice) -> bytes:
    """What people read at one edge of a text."""
    data = bytes(contents.get(part.path, b"")[edge])
    return view(labelled(data, part.charset), "utf-8", part.declared in _PAGES).strip(b" ")


def _ending(before: bytes, part: Part, contents: Mapping[str, bytes | memoryview], automaton: Automaton) -> bytes:
    """How a text ends; all of a short one, and what is in front of it."""
    size = len(contents.get(part.path, b""))
    end = _view(part, contents, slice(max(0, size - EDGE) & ~3, size))
    if size <= EDGE and before:
        end = b" ".join((before, end)) if end else before
    return end[-automaton.longest :]


def _crossing(end: bytes, start: bytes, automaton: Automaton) -> set[int]:
    """The phrases that begin in `end` and end in `start`."""
    edge = len(end)
    return {
        index
        for index, stop in automaton.find(b" ".join((end, start)))
        if stop > edge + 1 and stop - automaton.length(index) < edge
    }
