"""The text of pages comes out as people read it."""

from __future__ import annotations

import pytest

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from pace import seconds
from unpack.conftest import Unpack
from unpack.pdf_file import document, page, stream

PHRASE = "claim your prize"


def text(unpack: Unpack, packed: bytes) -> str:
    """The text of the pages."""
    opened = unpack("pdf", packed)
    assert opened.gaps == []
    return opened.contents.get("pages.txt", b"").decode()


@pytest.mark.parametrize(
    "content",
    [
        b"(claim your prize) Tj",
        b"(cla) Tj (im your prize) Tj",
        b"[(cla) -20 (im) -300 (your) -250 (pr) 15 (ize)] TJ",
        b"<636C61696D20796F7572207072697A65> Tj",
        b"<63 6C 61 69 6D 20 79 6F 75 72 20 70 72 69 7A 65>Tj",
        rb"(cla\151m\040your\
 prize) Tj",
        b"(claim) Tj 0 -14 Td (your) Tj T* (prize) Tj",
        b"(claim) Tj (your) ' 0 0 (prize) \"",
        b"1 0 0 1 10 700 Tm (claim) Tj 1 0 0 1 60 700 Tm (your) Tj 1 0 0 1 10 680 Tm (prize) Tj",
        b"1 0 0 1 10 700 Tm (cla) Tj 20 0 Td (im your pri) Tj 30 0 Td (ze) Tj",
        b"(claim) Tj % (nothing) Tj\n ( your prize)Tj",
        b"/Span<</ActualText(x)>>BDC (claim your prize) Tj EMC",
        b"(claim your) Tj 0 -12 TD (pri-) Tj T* (ze) Tj",
        b"BI /W 1 ID \x00(\x00 EI (claim your prize) Tj",
    ],
)
def test_operators(unpack: Unpack, content: bytes) -> None:
    """However the strings are cut and placed."""
    assert PHRASE in " ".join(text(unpack, page(b"BT /F1 12 Tf " + content + b" ET")).split())


def test_strings_that_are_not_shown(unpack: Unpack) -> None:
    """Operands of other operators are no text."""
    assert text(unpack, page(b"BT (hidden) Do [(x)] d (shown) Tj ET")) == "shown\n"


def test_content_in_pieces(unpack: Unpack) -> None:
    """The streams of a page are one, in the page's order, even if a word or an operator is parted."""
    packed = document(
        b"3 0 obj<</Type/Page/Contents[6 0 R 5 0 R 4 0 R]>>endobj\n",
        stream(4, b"Tj ET"),
        stream(5, b"(im your prize)"),
        stream(6, b"BT (cla) Tj"),
    )
    assert text(unpack, packed) == PHRASE + "\n"


def test_over_pages(unpack: Unpack) -> None:
    """One page goes on where the other ends."""
    pages = (page(b"BT (claim your) Tj ET"), page(b"BT (prize) Tj ET").replace(b"4 0", b"14 0"))
    assert text(unpack, b"".join(pages)).split() == PHRASE.split()


TWO_BYTES = b"".join(b"%04X" % (ord(letter) + 0x1000) for letter in PHRASE)
MAP_OF_CHARACTERS = (
    b"1 begincodespacerange <0000> <FFFF> endcodespacerange %d beginbfchar " % len(set(PHRASE))
    + b"".join(b"<%04X> <%04X>\n" % (ord(letter) + 0x1000, ord(letter)) for letter in sorted(set(PHRASE)))
    + b"endbfchar"
)
RANGES = {
    "text": b"1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <1020> <107F> <0020> endbfrange",
    "array": b"1 beginbfrange <1020> <107F> ["
    + b"".join(b"<%04X>" % code for code in range(0x20, 0x80))
    + b"] endbfrange",
    "characters": MAP_OF_CHARACTERS,
}


@pytest.mark.parametrize("how", RANGES)
def test_to_unicode(unpack: Unpack, how: str) -> None:
    """Numbers of glyphs, by the map that the font has."""
    packed = page(
        b"BT /F1 12 Tf <" + TWO_BYTES + b"> Tj ET",
        b"/F1 5 0 R",
        b"5 0 obj<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R>>endobj\n",
        stream(6, RANGES[how]),
    )
    assert text(unpack, packed) == PHRASE + "\n"


def test_a_map_of_single_bytes(unpack: Unpack) -> None:
    """The letters of a subset, and its encoding, which says something else: both are read."""
    code = {letter: place for place, letter in enumerate(sorted(set(PHRASE)), 1)}
    entries = b"".join(b"<%02X> <%04X>" % (place, ord(letter)) for letter, place in code.items())
    shown = b"".join(b"%02X" % code[letter] for letter in PHRASE)
    packed = page(
        b"BT /F1 12 Tf <" + shown + b"> Tj ET",
        b"/F1 5 0 R",
        b"5 0 obj<</Type/Font/Subtype/Type1/ToUnicode 6 0 R/Encoding<</Differences[1/x/y/z]>>>>endobj\n",
        stream(6, b"1 begincodespacerange <00> <FF> endcodespacerange 9 beginbfchar " + entries + b" endbfchar"),
    )
    assert PHRASE in text(unpack, packed)


@pytest.mark.parametrize(
    ("encoding", "shown", "expected"),
    [
        (b"/WinAnsiEncoding", b"caf\xe9 \x80", "caf\xe9 \u20ac"),
        (b"/MacRomanEncoding", b"caf\x8e", "caf\xe9"),
        (b"<</Differences[1/c/l/a/i/m 32/space 200/uni0079/eacute/fi]>>", b"\1\2\3\4\5 \xc8\xc9\xca", "claim y\xe9fi"),
    ],
)
def test_encodings(unpack: Unpack, encoding: bytes, shown: bytes, expected: str) -> None:
    """Encodings of simple fonts, and names of glyphs."""
    font = b"5 0 obj<</Type/Font/Subtype/TrueType/Encoding" + encoding + b">>endobj\n"
    packed = page(b"BT /F1 12 Tf (" + shown + b") Tj ET", b"/F1 5 0 R", font)
    assert text(unpack, packed) == expected + "\n"


def test_predefined_maps(unpack: Unpack) -> None:
    """UTF-16 and the character sets of East Asia."""
    for name, codec in ((b"UniGB-UCS2-H", "utf-16-be"), (b"90ms-RKSJ-H", "cp932"), (b"KSCms-UHC-H", "cp949")):
        packed = page(
            b"BT /F1 12 Tf <" + PHRASE.encode(codec).hex().encode() + b"> Tj ET",
            b"/F1 5 0 R",
            b"5 0 obj<</Type/Font/Subtype/Type0/Encoding/" + name + b">>endobj\n",
        )
        assert text(unpack, packed) == PHRASE + "\n"


def test_fonts_of_the_same_name(unpack: Unpack) -> None:
    """Two pages may mean two fonts by one name: what both say is read."""
    one = b"<</Type/Font/Encoding<</Differences[65/c/l/a/i/m]>>>>"
    two = b"<</Type/Font/Encoding<</Differences[65/p/r/i/z/e]>>>>"
    packed = page(
        b"BT /F1 1 Tf (ABCDE) Tj ET", b"/F1 5 0 R/F1 6 0 R", b"5 0 obj" + one + b"endobj 6 0 obj" + two + b"endobj "
    )
    other = page(b"", b"/F1 5 0 R")
    assert {"claim", "prize"} <= set(text(unpack, packed + other).split())


def shifted(number: int, shift: int) -> bytes:
    """A font that has the letters further on."""
    names = b"".join(b"/%c" % letter for letter in range(97, 123))
    return b"%d 0 obj<</Type/Font/Encoding<</Differences[%d/space %d%b]>>>>endobj\n" % (
        *(number, 32 + shift, 97 + shift),
        names,
    )


def written(shift: int, phrase: str = PHRASE) -> bytes:
    """A content in such a font."""
    return b"BT /F1 1 Tf <" + bytes(letter + shift for letter in phrase.encode()).hex().encode() + b"> Tj ET"


def on_page(number: int) -> str:
    """What only this page says."""
    return f"{PHRASE} {chr(97 + number // 26)}{chr(97 + number % 26)}"


def test_a_stream_that_a_page_has_often(unpack: Unpack) -> None:
    """It is read once."""
    assert (
        text(unpack, document(b"3 0 obj<</Contents[%b]>>endobj\n" % (b"4 0 R " * 500), stream(4, written(0)))).count(
            PHRASE
        )
        == 1
    )


def test_many_fonts_of_the_same_name(unpack: Unpack) -> None:
    """All of them are read where nothing tells which is meant."""
    fonts = [shifted(10 + shift, shift) + b"<</Font<</F1 %d 0 R>>>>\n" % (10 + shift) for shift in range(30)]
    for shift in (0, 15, 29):
        assert PHRASE in text(unpack, document(*fonts, stream(4, written(shift))))


def test_more_fonts_of_the_same_name_than_are_read(unpack: Unpack) -> None:
    """The rest is a gap."""
    fonts = [shifted(10 + shift, shift) + b"<</Font<</F1 %d 0 R>>>>\n" % (10 + shift) for shift in range(100)]
    opened = unpack("pdf", document(*fonts, stream(4, written(99))))
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}


def merged(pages: int, resources: bytes = b"/Resources<</Font<</F1 %d 0 R>>>>") -> bytes:
    """As many documents in one, each with a font of its own."""
    objects = b"".join(
        shifted(5 * page + 10, page)
        + b"%d 0 obj<</Type/Page/Contents %d 0 R %b>>endobj\n"
        % (5 * page + 11, 5 * page + 12, resources.replace(b"%d", b"%d" % (5 * page + 10)))
        + stream(5 * page + 12, written(page, on_page(page)))
        for page in range(pages)
    )
    return document(objects)


def test_fonts_of_many_pages(unpack: Unpack) -> None:
    """A page means its own, so that many are no gap."""
    shown = text(unpack, merged(100))
    assert all(on_page(number) in shown for number in range(100))


@pytest.mark.parametrize(
    "resources",
    [
        b"/Resources<</Font<</F1 %d 0 R>>>>/Resources<</Font<</F1 10 0 R>>>>",
        b"/Resources<</Font<</F1 10 0 R>>/Font<</F1 %d 0 R>>>>",
        b"/Resources<</Font<</F1 %d 0 R/F1 10 0 R>>>>",
    ],
)
def test_entries_that_are_there_twice(unpack: Unpack, resources: bytes) -> None:
    """Readers differ in which of both counts: all are read as if neither did, and what is left out is a gap."""
    assert unpack("pdf", merged(100, resources)).reasons == {Reason.LIMIT_MEMBER_BYTES}
    shown = text(unpack, merged(30, resources))
    assert all(on_page(number) in shown for number in range(30))


@pytest.mark.parametrize(
    "place",
    [
        b"3 0 obj<</Type/Page/Contents 4 0 R/Resources 7 0 R>>endobj 7 0 obj<</Font 8 0 R>>endobj "
        b"8 0 obj<</F1 %d 0 R>>endobj ",
        b"3 0 obj<</Type/Page/Contents 4 0 R/Parent 7 0 R>>endobj 7 0 obj<</Resources<</Font<</F1 %d 0 R>>>>>>endobj ",
        b"3 0 obj<</Type/Page/Cont#65nts[4 0 R]/Resources<</Font<</F1 %d 0 R>>>>>>endobj ",
    ],
)
def test_fonts_of_a_page(unpack: Unpack, place: bytes) -> None:
    """In the page, what it refers to, or what it is in; they come first whatever has the same name."""
    others = [shifted(10 + shift, shift) + b"<</Font<</F1 %d 0 R>>>>\n" % (10 + shift) for shift in range(100)]
    packed = document(*others, place.replace(b"%d", b"109"), stream(4, written(99)))
    assert PHRASE in text(unpack, packed)


def test_fonts_of_a_form(unpack: Unpack) -> None:
    """A stream has its own."""
    others = [shifted(10 + shift, shift) + b"<</Font<</F1 %d 0 R>>>>\n" % (10 + shift) for shift in range(100)]
    form = stream(4, written(99), b"/Type/XObject/Subtype/Form/Resources<</Font<</F1 109 0 R>>>>")
    assert PHRASE in text(unpack, document(*others, form))


@pytest.mark.parametrize(
    "piece",
    [
        b"3 0 obj<</Contents 3 0 R/Parent 3 0 R/Font 3 0 R/Resources 3 0 R/F1 3 0 R>>stream\nBT /F1 1 Tf (x)Tj ET\n"
        b"endstream endobj\n",
        b"3 0 obj<</Contents[5 0 R 5 0 R 5 0 R 5 0 R]/Parent 3 0 R/Resources<</Font<</F1 3 0 R>>>>>>endobj\n",
        b"<</Font<</F1 3 0 R/F1 4 0 R/F1<<>>>>>>",
        b"3 0 obj<</F1 1/F1 2/F1 1/F1[3 0 R]>>endobj",
    ],
)
def test_fonts_take_linear_time(unpack: Unpack, monkeypatch: pytest.MonkeyPatch, piece: bytes) -> None:
    """However objects refer to each other."""
    monkeypatch.setattr("bartizan.unpack.pdfobjects.WORK", 50_000)
    content = stream(5, b"BT " + b"/F1 1 Tf (x)Tj T* " * 100 + b" ET")
    small, large = (
        seconds(lambda count=count: unpack("pdf", document(content, piece * count))) for count in (300, 1200)
    )
    assert large < 10 * max(small, 0.1)


@pytest.mark.parametrize("limit", ["pdftext.DECODED", "pdftext.JOINED", "pdffonts.FONTS", "pdffonts.NAMES"])
def test_limits_of_fonts(unpack: Unpack, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    """What cannot be read in every way is a gap."""
    monkeypatch.setattr(f"bartizan.unpack.{limit}", 1)
    fonts = [shifted(10 + shift, shift) + b"<</Font<</F1 %d 0 R/F2 10 0 R>>>>\n" % (10 + shift) for shift in range(30)]
    content = written(0) + written(1).replace(b"F1", b"F2")
    assert unpack("pdf", document(*fonts, stream(4, content))).reasons == {Reason.LIMIT_MEMBER_BYTES}


def test_objects_in_streams(unpack: Unpack) -> None:
    """Pages and fonts that stand in an object stream, with a predictor."""
    objects = [
        b"<</Type/Page/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Type/Font/Encoding<</Differences[1/c/l]>>>>",
    ]
    head = b"3 0 5 %d " % len(objects[0])
    rows = b"".join(b"\0" + bytes([byte]) for byte in head + b"".join(objects))
    packed = document(
        stream(7, rows, b"/Type/ObjStm/N 2/First %d/DecodeParms<</Predictor 12/Columns 1>>" % len(head)),
        stream(4, b"BT /F1 1 Tf (\1\2aim your prize) Tj ET"),
    )
    assert text(unpack, packed) == PHRASE + "\n"


def test_a_page_that_is_called_a_font(unpack: Unpack) -> None:
    """What else a stream is called does not matter to readers."""
    assert text(unpack, document(stream(4, b"BT (claim your prize) Tj ET", b"/Length1 5"))) == PHRASE + "\n"


def test_much_text(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than is read is a gap, and what was read is there."""
    monkeypatch.setattr("bartizan.unpack.pdftext.PIECES", 10)
    opened = unpack("pdf", page(b"BT " + b"(word) Tj T* " * 100 + b" ET"), Limits())
    assert len(opened.gaps) == 1
    assert opened.contents["pages.txt"].startswith(b"word\nword")
