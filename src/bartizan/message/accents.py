"""Letters with accents that no language has together: words spelt so that a search passes them by.

In: a text as UTF-8. Out: the text with those letters bare, or None. A text whose accents one language has is what it
says, since its words may be others without them; one with the letters of several is read once more, and only phrases of
more than one word count there, of which the same holds less.
Limits: linear. A text of plain ASCII costs nothing, another one a search for what is left without ASCII.
Known gaps: accents of one language on the words of another; letters that a page writes as references.
Not here: combining marks and letters of other scripts (bartizan._core.text).
"""

from __future__ import annotations

import unicodedata

from bartizan._core.automaton import Automaton

_LETTERS = (
    "äöüßé àâæçéèêëîïôœùûüÿ áéíóúüñ áâãàçéêíóôõúü àèéìíîòóùú åäöæøéà áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž ąćęłńóśźż "
    "áéíóöőúüű ăâîșşțţ çğ\u0131öşüâîû éèëïöüóĳ čćđšž ąčęėįšųūž āčēģīķļņšūž äõöüšž áðéíóúýþæö àçèéíïòóúü ĉĝĥĵŝŭ ċġħżà "
    "əğ\u0131öşüç âêîôûŵŷïö"
)
_TONES = "".join(map(chr, range(0x1EA0, 0x1EFA)))
_ALPHABETS = (*map(frozenset, _LETTERS.split()), frozenset(_TONES + "àáâãèéêìíòóôõùúýăđĩũơư"))
"""The letters with accents of a language each: German, French, Spanish, Portuguese ... Vietnamese."""
_ASCII = bytes(range(128))


def _table() -> dict[int, str]:
    """Latin letters with accents, and what they are without."""
    bare = dict(zip(map(ord, "øØłŁđĐ\u0131ħĦŧŦ"), "oOlLdDihHtT", strict=True))
    for point in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter = unicodedata.normalize("NFD", chr(point))[0]
        if letter.isascii() and letter.isalpha():
            bare[point] = letter
    return bare


_BARE = _table()


def bare(text: bytes) -> bytes | None:
    """The text without accents, if they are of several languages."""
    if text.isascii():
        return None
    letters = set(text.translate(None, _ASCII).decode("utf-8", "ignore").lower())
    kinds = {letter for letter in letters if ord(letter) in _BARE}
    if len(kinds) < 2 or any(kinds <= alphabet for alphabet in _ALPHABETS):
        return None
    return text.decode("utf-8", "replace").translate(_BARE).encode("utf-8")


def has_words(automaton: Automaton, index: int) -> bool:
    """Has this phrase more than one word, so that it counts in a text without its accents?"""
    return len(automaton.phrase(index)[0].split()) > 1
