"""The view phrases are matched on, in any pieces, and disguised words, against their plain twins."""

from __future__ import annotations

from bartizan._core.disguise import lettered, unparted
from bartizan._core.text import scan_pieces, view
from fuzz.chance import chance_of, pieces
from reference import disguise as words
from reference import text as twin

TWINNED = ("utf-8", "iso-8859-1", "koi8-r", "cp037", "utf-7", "utf-16", "utf-32")
OTHERS = ("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "hz")
"""Python's own codecs: no twin. ISO 2022 is not among them, see Known gap in charset.pyx."""


def TestOneInput(data: bytes) -> None:
    """Each charset, as text and as markup: a view in UTF-8 that does not depend on the pieces."""
    assert (unparted(data), lettered(data)) == (words.unparted(data), words.lettered(data))
    chance = chance_of(data)
    chunks = pieces(data, chance)
    for html in (False, True):
        for charset in ("utf-8", chance.choice(TWINNED), chance.choice(OTHERS)):
            seen = view(data, charset, html)
            seen.decode("utf-8")
            assert charset in OTHERS or seen == twin.view(data, charset, html), (charset, html)
            at, spans = 0, []
            for chunk in chunks:
                spans.append((chunk, at, at + len(chunk)))
                at += len(chunk)
            assert scan_pieces(spans, charset.encode(), html, None) == (seen, []), (charset, html)
