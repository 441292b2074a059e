"""Pages and links: tags, elements that styles hide, links in every form, names of data: URIs."""

from __future__ import annotations

from itertools import pairwise

from bartizan._core.nesting import start_tags, without
from bartizan._core.pagelinks import page_links
from bartizan.detect.linktexts import LinkTexts
from bartizan.detect.pages import readings
from bartizan.message.links import forms, joined
from bartizan.message.pagewords import page_words
from bartizan.message.tags import attributes
from bartizan.message.uris import UriNames, escaped_uris
from fuzz.chance import chance_of

LINES = b"https://a.example/%b\n<a href='%b'>x</a><base href=\"%b\"><p style='%b'>y</p>"
LONGEST = 20
"""Times as long as a page what is read on it can be, beside FIXED."""
FIXED = 10_000


def TestOneInput(data: bytes) -> None:
    """Spans that lie in the page, one behind the other; the same answer again; nothing much longer than the page."""
    chance = chance_of(data)
    page = data.decode("utf-8", "replace").encode()
    within = LINES % ((page.replace(b"\n", b" "),) * 4)
    for text in (page, within):
        tags = list(start_tags(text))
        assert all(0 <= start < stop <= len(text) for start, stop in tags)
        assert all(before[1] <= after[0] for before, after in pairwise(tags))
        chosen = sorted({start for start, _ in tags if chance.random() < 0.5})
        rest, _ = without(text, chosen)
        assert len(rest) <= len(text)
        assert without(text, []) == (text, True)
        for start, stop in tags[:50]:
            assert all(name == name.lower() for name in attributes(text[start:stop]))
        found = page_links(text)
        assert found == page_links(memoryview(text))
        assert all(0 <= start <= stop <= len(text) for spans in found[1:5] for start, stop in spans)
        seen = readings(text)
        assert sum(map(len, (*seen.shown, *seen.texts))) <= LONGEST * len(text) + FIXED
        for kind in (False, True):
            links = LinkTexts(text, page=kind)
            assert links.shown(0, 50).isprintable()
        names = UriNames(text)
        at = 0
        while (start := text.find(b";base64,", at)) >= 0:
            at = start + 8
            assert all(names.of_base64(at, min(len(text), at + 10)))
        assert all(0 <= piece.at <= len(text) for piece in escaped_uris(text))
    written = page.decode()
    assert forms(written) == forms(written)
    assert isinstance(joined("https://a.example/b", written), str)
    page_words(written)
