# ruff: noqa: RUF001
"""The text view: charsets, markup, folding and evidence, at every split, against the plain-Python twin."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan._core.automaton import Automaton
from bartizan._core.text import TextView, fold, scan_pieces, scan_text, view
from bartizan.detect.phrases import build
from reference import text as twin

PHRASES = ["virus", "click here", "strasse", "привет", "us ab", "日本", "a"]


def listed(tmp: Path, phrases: list[str]) -> Automaton:
    """An automaton of the phrases, numbered in their order."""
    source = tmp / "phrases"
    source.write_text("\n".join(p if len(p.encode()) > 1 else p * 2 for p in phrases), "utf-8")
    build([source], tmp / "phrases.bin")
    return Automaton.open(str(tmp / "phrases.bin"))


@pytest.fixture(scope="module")
def automaton(tmp_path_factory: pytest.TempPathFactory) -> Automaton:
    """PHRASES, compiled."""
    return listed(tmp_path_factory.mktemp("text"), PHRASES)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ViRuS", "virus"),
        ("Straße ﬁn", "strasse fin"),
        ("ΣΕΣ", "σeσ"),
        ("\uff46\uff55\uff4c\uff4c \U0001d41b\U0001d428\U0001d425\U0001d41d \u24d2\u24d8\u24e1", "full bold cir"),
        ("\u0441\u0430n ca\u0301n a\u00f1o", "can can a\u00f1o"),
        ("  a\t\r\n b\u00a0\u2003c\u3000", "a b c "),
        ("vi\u200brus vi\u00adrus vi\u202erus vi\ufe0frus vi\x00rus", "virus virus virus virus virus"),
        ("\u180e\u2060", ""),
        ("日本 👍", "日本 👍"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    """Case, white space and invisible characters make no difference (EVASIONS O10)."""
    assert fold(text) == folded.encode()


def test_folding_every_character() -> None:
    """Every Unicode character folds as the twin says; there is no case folding above plane 1."""
    for start in range(0, 0x110000, 0x1000):
        text = "x".join(chr(c) for c in range(start, start + 0x1000) if not 0xD800 <= c < 0xE000)
        if start < 0x20000 or start >= 0xE0000:
            assert fold(text) == twin.fold(text).encode()
        else:
            assert text.casefold() == text


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("vi<b></b>rus", "virus"),
        ("vi<!-- x > y -->rus", "virus"),
        ("vi<!-->rus", "virus"),
        ("vi<!--->rus", "virus"),
        ("vi<!--a--!>rus", "virus"),
        ("vi<style>p > q {}</style>rus", "virus"),
        ("vi<SCRIPT a='>'>if (a </scripty) </b> </script >rus", "virus"),
        ("vi<a title='>' href=\"b>c\">rus", "virus"),
        ('vi<a b">rus', "virus"),
        ("vi<?php x ?>rus<!DOCTYPE html></>", "virus"),
        ("one<br>two<td/>three</P>four", "one two three four"),
        ("a < b <3 <", "a < b <3 <"),
        ("&#118;&#x69;r&#117s", "virus"),
        ("&amp;lt; &lt;b&gt; &eacute;&Eacute &notit; &nosuch; & &# &#x; &", "&lt; <b> éé ¬it; &nosuch; & &# &#x; &"),
        ("&#128;&#150;&#0;&#xD800;&#99999999999;&NotEqualTilde;", "€–\ufffd\ufffd\ufffd≂"),
        ("a&nbsp;&nbsp;b", "a b"),
        ("never <b closed", "never <b closed"),
        ("never <!-- closed <b>x</b>", "never <!-- closed <b>x</b>"),
        ("<script>never closed", "<script>never closed"),
        ("x<b " + "y" * 70000 + ">z</b>", "x<b " + "y" * 70000 + ">z"),
    ],
)
def test_markup(source: str, seen: str) -> None:
    """What a reader of the page sees; what never closes hides nothing (EVASIONS O10)."""
    assert view(source.encode(), "utf-8", True) == seen.encode()


@pytest.mark.parametrize(
    ("data", "charset", "seen"),
    [
        (b"caf\xc3\xa9", "utf-8", "café"),
        (b"caf\xe9 \x80", "utf-8", "café €"),
        (b"\xe2\x82", "us-ascii", "â‚"),
        (b"\xed\xa0\x80", "utf-8", "í\u00a0€".replace("\u00a0", " ")),
        (b"caf\xe9 \x80", "ISO-8859-1", "café €"),
        (b"caf\xe9", "x-no-such-charset", "café"),
        ("привет".encode("koi8-r"), "koi8-r", "привет"),
        ("привет".encode("cp866"), "IBM866", "привет"),
        ("virus".encode("cp037"), "cp037", "virus"),
        ("日本".encode("iso2022_jp"), "ISO-2022-JP", "日本"),
        ("日本".encode("shift_jis"), "Shift_JIS", "日本"),
        ("日本".encode("gb18030"), "GB2312", "日本"),
        ("日本".encode("euc_kr"), "ks_c_5601-1987", "日本"),
        ("日本".encode("big5"), "big5", "日本"),
        ("日本 👍".encode("utf-16"), "utf-16", "日本 👍"),
        ("virus".encode("utf-16-be"), "UTF-16", "virus"),
        ("virus".encode("utf-16-le"), "utf-16", "virus"),
        ("日本 👍".encode("utf-16-be"), "utf-16be", "日本 👍"),
        ("日本 👍".encode("utf-32"), "utf-32", "日本 👍"),
        (b"vi+AHI-us +- +ZeVnLA-!", "utf-7", "virus + 日本!"),
    ],
)
def test_charsets(data: bytes, charset: str, seen: str) -> None:
    """The charset's own reading; bytes that it cannot read do not vanish (EVASIONS E26-E28)."""
    assert view(data, charset, False) == fold(seen)


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "iso-2022-kr", "cp037", "utf-32le", "shift_jis"])
def test_a_wrong_label_hides_no_ascii(charset: str, automaton: Automaton) -> None:
    """Where the label lets ASCII mean something else, the bytes are read as UTF-8 too (EVASIONS E28)."""
    assert [hit[0] for hit in scan_text(b"+a \x0e\x1b$ virus", charset, False, automaton)] == [PHRASES.index("virus")]


def test_spans_are_those_of_the_lines(automaton: Automaton) -> None:
    """A hit covers the lines it lies on, whatever vanished between them."""
    data = b"first\r\nCLICK<i\r\n>\r\n</i>here\r\nlast virus\r\n"
    hits = scan_text(data, "utf-8", True, automaton)
    spans = {PHRASES[index]: data[start:end] for index, start, end in hits}
    assert spans == {"click here": b"CLICK<i\r\n>\r\n</i>here\r\n", "virus": b"last virus\r\n"}


def test_an_unclosed_construct_is_evidence_from_its_beginning(automaton: Automaton) -> None:
    """What turned out to be text is found where it stands."""
    data = b"one\n<!-- two\nvirus\nthree"
    assert scan_text(data, "utf-8", True, automaton) == [(PHRASES.index("virus"), 4, len(data))]


def test_each_phrase_once(automaton: Automaton) -> None:
    """The first place counts."""
    assert scan_text(b"virus\nvirus\n" * 1000, "utf-8", False, automaton) == [(0, 0, 6)]


def test_a_view_without_automaton_has_no_hits() -> None:
    """TextView is usable without phrases, and refuses what is no automaton."""
    assert TextView(b"utf-8", False, None).hits == []
    with pytest.raises(TypeError):
        TextView(b"utf-8", False, "phrases")  # type: ignore[arg-type]


TEXT = [
    "a",
    "virus",
    "VI",
    "RUS",
    "click",
    " ",
    "\n",
    "\r\n",
    "here",
    "ß",
    "é",
    "привет",
    "日本",
    "👍",
    "\u200b",
    "\u00a0",
    "İ",
    "+",
    "-",
]
MARKUP = [
    *[
        "<",
        ">",
        "<b>",
        "</b>",
        "<br>",
        "<p a='",
        '"',
        "'",
        "=",
        "/",
        "<!--",
        "--",
        "-->",
        "!",
        "?",
        "<script>",
        "</script",
        "</script>",
    ],
    *[
        "<STYLE ",
        "</style",
        "&",
        "#",
        "x",
        "&lt",
        "&amp;",
        "&#118",
        "&#x1F",
        ";",
        "&not",
        "it",
        "9",
        "&CounterClockwiseContourIntegral;",
    ],
]
BYTES = [
    b"\x80",
    b"\xff",
    b"\xc3",
    b"\xe2\x82",
    b"\xf0\x9f",
    b"\xed\xa0\x80",
    b"\x1b$B",
    b"\x1b(B",
    b"\x00",
    b"~{",
    b"~}",
    b"\x0e",
]


def pieces_of(data: bytes, cuts: list[int]) -> list[tuple[bytes, int, int]]:
    """The data cut at the places, each piece with the span of the whole."""
    edges = [0, *sorted(c for c in cuts if c <= len(data)), len(data)]
    return [(data[a:b], 0, len(data) + 1) for a, b in itertools.pairwise(edges)]


def check(data: bytes, charset: str, html: bool, cuts: list[int], automaton: Automaton) -> None:
    """View and hits are the same in one piece, byte by byte, and at the cuts; and the twin's."""
    expected = twin.view(data, charset, html)
    whole = scan_pieces(pieces_of(data, []), charset.encode(), html, automaton)
    assert whole[0] == expected
    assert view(data, charset, html) == expected
    assert scan_pieces(pieces_of(data, cuts), charset.encode(), html, automaton) == whole
    assert scan_pieces(pieces_of(data, list(range(len(data)))), charset.encode(), html, automaton) == whole
    readings = expected, twin.view(data, "utf-8", html)
    wanted = {k for k in range(len(automaton)) if fold(automaton.phrase(k)[0]) in readings[0]}
    found = {index for index, _, _ in whole[1]}
    if charset in ("utf-16", "utf-32", "utf-7", "cp037"):
        wanted |= {k for k in range(len(automaton)) if fold(automaton.phrase(k)[0]) in readings[1]}
    assert found == wanted


CUTS = st.lists(st.integers(0, 200), max_size=5)


@settings(max_examples=400, deadline=None)
@given(
    pieces=st.lists(st.sampled_from([t.encode() for t in TEXT + MARKUP * 2] + BYTES[:6]), max_size=25),
    html=st.booleans(),
    cuts=CUTS,
)
def test_utf8_text_equals_the_twin_however_split(
    automaton: Automaton, pieces: list[bytes], html: bool, cuts: list[int]
) -> None:
    """Text, markup and broken UTF-8."""
    check(b"".join(pieces), "utf-8", html, cuts, automaton)


@settings(max_examples=300, deadline=None)
@given(
    charset=st.sampled_from(["iso-8859-1", "koi8-r", "iso-8859-7", "cp037", "utf-7", "utf-16", "utf-32"]),
    texts=st.lists(st.sampled_from(TEXT + MARKUP), max_size=15),
    noise=st.lists(st.sampled_from(BYTES), max_size=3),
    html=st.booleans(),
    cuts=CUTS,
)
def test_charsets_equal_the_twin_however_split(
    automaton: Automaton, charset: str, texts: list[str], noise: list[bytes], html: bool, cuts: list[int]
) -> None:
    """Tables, UTF-7, UTF-16 and UTF-32, with broken bytes."""
    encoded = "".join(texts).encode(charset, "ignore")
    at = len(encoded) // 2
    check(encoded[:at] + b"".join(noise) + encoded[at:], charset, html, cuts, automaton)


@settings(max_examples=200, deadline=None)
@given(
    charset=st.sampled_from(["gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "hz", "iso2022_kr", "iso2022_jp"]),
    texts=st.lists(st.sampled_from([*TEXT, *MARKUP]), max_size=15),
    html=st.booleans(),
    cuts=CUTS,
)
def test_east_asian_text_is_the_same_however_split(
    automaton: Automaton, charset: str, texts: list[str], html: bool, cuts: list[int]
) -> None:
    """Python's codecs, fed in pieces."""
    data = "".join(texts).encode(charset, "ignore")
    whole = scan_pieces(pieces_of(data, []), charset.encode(), html, automaton)
    assert scan_pieces(pieces_of(data, cuts), charset.encode(), html, automaton) == whole
    assert scan_pieces(pieces_of(data, list(range(len(data)))), charset.encode(), html, automaton) == whole


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["iso2022_jp", "hz", "gb18030", "euc_jp", "iso2022_kr", "big5"]), CUTS)
def test_garbage_in_east_asian_charsets_does_no_harm(
    automaton: Automaton, data: bytes, charset: str, cuts: list[int]
) -> None:
    """Any bytes: a view, and the ASCII in them is found by the second reading."""
    data += b"\x1b$zzzzzzzzzzzzzzzz virus"
    for places in ([], cuts, list(range(len(data)))):
        _, hits = scan_pieces(pieces_of(data, places), charset.encode(), False, automaton)
        assert PHRASES.index("virus") in {index for index, _, _ in hits}


@settings(deadline=None)
@given(st.lists(st.sampled_from(["virus", "click", "here", "\n", " ", "x\n", "й"]), max_size=40))
def test_spans_contain_their_phrase(automaton: Automaton, words: list[str]) -> None:
    """The lines of the span alone, seen as a text, hold the phrase; they begin and end at line ends."""
    data = "".join(words).encode()
    for index, start, end in scan_text(data, "utf-8", False, automaton):
        assert fold(automaton.phrase(index)[0]) in view(data[start:end], "utf-8", False)
        assert start == 0 or data[start - 1 : start] == b"\n"
        assert end == len(data) or data[end - 1 : end] == b"\n"


@pytest.mark.parametrize("size", [65533, 65534, 65535, 65536, 65537])
@pytest.mark.parametrize(
    ("opening", "closing"), [("<b ", ">"), ("<!--", "-->"), ("<style>", "</style>"), ("<a x='", "'>")]
)
@pytest.mark.parametrize("filling", ["x", "é", "日"])
def test_the_longest_construct(opening: str, closing: str, filling: str, size: int) -> None:
    """At MARKUP_CAP bytes a construct becomes text, at the same byte however the text is split."""
    room = size - len(opening) - len(closing)
    inside = filling * (room // len(filling.encode()))
    text = "a" + opening + inside.ljust(len(inside) + room - len(inside.encode())) + closing + "b" + closing
    data = text.encode()
    expected = twin.view(data, "utf-8", True)
    for step in (len(data), 4096, 777):
        pieces = [(data[k : k + step], 0, 1) for k in range(0, len(data), step)]
        assert scan_pieces(pieces, b"utf-8", True, None)[0] == expected


def test_corpus_views_equal_the_twin(corpus: Path) -> None:
    """Real mails, seen as HTML."""
    for file in sorted((corpus / "spamassassin-public" / "spam-1").iterdir())[:40]:
        data = file.read_bytes()[:20000]
        assert view(data, "utf-8", True) == twin.view(data, "utf-8", True)
