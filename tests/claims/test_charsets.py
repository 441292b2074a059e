"""A phrase is found in every charset that Python knows, under its own label and under a wrong one (E26-E29)."""

from __future__ import annotations

import base64
import codecs
from encodings.aliases import aliases

import pytest

from claims.reading import FOREIGN, PHRASE, PHRASES, Reader, mail, subject

NO_CHARSETS = {"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"}
ELSEWHERE = {"mbcs", "oem", "tactis", "ansi", "dbcs", "csHPRoman8"}
"""Names that this Python lists but has no codec for."""
UNLISTED = (
    "cp720 cp737 cp856 cp874 cp875 cp1006 cp1125 koi8_t koi8_u palmos mac_arabic mac_croatian mac_farsi mac_romanian "
    "utf_8_sig"
)
CODECS = sorted(({*aliases, *aliases.values()} - NO_CHARSETS - ELSEWHERE) | set(UNLISTED.split()))
CODECS = [name for name in CODECS if codecs.lookup(name)._is_text_encoding]
RUSSIAN, CHINESE, TAIWANESE, JAPANESE, KOREAN, *_ = FOREIGN
ENCODINGS = ("8bit", "base64", "quoted-printable")


def written(codec: str) -> list[tuple[str, bytes]]:
    """The phrases that a codec can express, and how."""
    found = []
    for phrase in PHRASES:
        try:
            found.append((phrase, phrase.encode(codec)))
        except UnicodeError:
            continue
    return found


def test_all_codecs_are_here() -> None:
    """Most codecs have several names, and each can express a phrase."""
    assert len(CODECS) > 350
    assert [name for name in CODECS if not written(name)] == []


@pytest.mark.parametrize("codec", CODECS)
def test_bodies(codec: str, reader: Reader) -> None:
    """As it is, in base64, in quoted-printable."""
    for phrase, _ in written(codec):
        body = f"x\n{phrase}\n".encode(codec)
        for encoding in ENCODINGS:
            if encoding != "8bit" or not {0, 0x0D} & set(body):
                assert phrase in reader.phrases(mail(body, f"text/plain; charset={codec}", encoding)), encoding


@pytest.mark.parametrize("codec", CODECS)
def test_words(codec: str, reader: Reader) -> None:
    """In an encoded word of the subject, both ways to write it."""
    for phrase, text in written(codec):
        quoted = b"".join(b"=%02X" % byte for byte in text)
        for word in (b"B?" + base64.b64encode(text), b"Q?" + quoted):
            assert phrase in reader.phrases(subject(b"=?" + codec.encode() + b"?" + word + b"?="))


@pytest.mark.parametrize("label", ["us-ascii", "utf-8", "iso-8859-1", "x-nothing", "windows-1252", "", "koi8-r"])
@pytest.mark.parametrize(
    "codec",
    [
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "utf-32-be",
        "utf-7",
        "utf-8",
        "utf-8-sig",
        "hz",
        "iso2022_jp",
        "iso2022_kr",
    ],
)
def test_wrong_labels(label: str, codec: str, reader: Reader) -> None:
    """What tells by itself what it is needs no label."""
    for phrase, _ in written(codec):
        body = f"Hello,\n{phrase}\nbye\n".encode(codec)
        kind = f"text/plain; charset={label}" if label else "text/plain"
        assert phrase in reader.phrases(mail(body, kind, "base64"))


@pytest.mark.parametrize("label", ["us-ascii", "utf-8", "iso-8859-1", "x-nothing", ""])
@pytest.mark.parametrize(
    ("codec", "phrase"),
    [
        ("koi8-r", RUSSIAN),
        ("cp1251", RUSSIAN),
        ("gb18030", CHINESE),
        ("big5", TAIWANESE),
        ("shift_jis", JAPANESE),
        ("euc_jp", JAPANESE),
        ("euc_kr", KOREAN),
    ],
)
def test_usual_charsets_without_their_label(label: str, codec: str, phrase: str, reader: Reader) -> None:
    """Bytes that are no UTF-8 are read in the charsets that are in use."""
    kind = f"text/plain; charset={label}" if label else "text/plain"
    assert phrase in reader.phrases(mail(f"{phrase}\n".encode(codec), kind))


@pytest.mark.parametrize("label", ["utf-16", "utf-16le", "utf-16be", "utf-32", "utf-7", "cp037", "iso-2022-jp", "hz"])
@pytest.mark.parametrize("phrase", [PHRASE, RUSSIAN, KOREAN])
def test_utf_8_under_other_labels(label: str, phrase: str, reader: Reader) -> None:
    """A label cannot make UTF-8 unreadable."""
    assert phrase in reader.phrases(mail(phrase.encode(), f"text/plain; charset={label}"))


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("utf-16le", "utf-16-be"),
        ("utf-16be", "utf-16-le"),
        ("utf-32le", "utf-32-be"),
        ("utf-32be", "utf-32-le"),
        ("utf-16", "utf-32-le"),
        ("utf-32", "utf-16-le"),
        ("utf-8", "utf-16-be"),
        ("utf-7", "utf-16-le"),
    ],
)
@pytest.mark.parametrize("mark", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"])
def test_contradicted_labels(label: str, codec: str, mark: str, reader: Reader) -> None:
    """The bytes, or their byte order mark, say another thing than the label."""
    for phrase in (PHRASE, RUSSIAN, CHINESE):
        body = (mark + f"Hello,\n{phrase}\n").encode(codec)
        assert phrase in reader.phrases(mail(body, f"text/plain; charset={label}", "base64"))


@pytest.mark.parametrize(
    "body",
    [
        b"cl\x1b(Baim your pri\x1b(B\x1b(Bze before midnight",
        b"cl\x1b(Jaim your pri\x1b$B\x1b(Bze before midnight",
        b"\x1b$B#c#l#a#i#m\x1b(B your prize before midnight",
    ],
)
@pytest.mark.parametrize("label", ["iso-2022-jp", "iso-2022-jp-1", "us-ascii", "utf-8"])
def test_escapes_inside_words(body: bytes, label: str, reader: Reader) -> None:
    """Shifts of ISO 2022 within a word, under their label and without."""
    assert reader.phrases(mail(body, f"text/plain; charset={label}")) == {PHRASE}


@pytest.mark.parametrize("label", ["hz-gb-2312", "us-ascii"])
def test_hz(label: str, reader: Reader) -> None:
    """HZ shifts within the text, and its line continuation within a word."""
    assert reader.phrases(mail(b"cl~\naim your ~{#p#r#i#z#e~} before midnight", f"text/plain; charset={label}")) == {
        PHRASE
    }


@pytest.mark.parametrize("label", ["utf-7-imap", "x-imap4-modified-utf7", "imap4-utf-7"])
def test_utf_7_of_imap(label: str, reader: Reader) -> None:
    """The UTF-7 of IMAP mailbox names."""
    assert reader.phrases(mail(b"cla&AGk-m your pr&AGk-ze before midnight", f"text/plain; charset={label}")) == {PHRASE}
    coded = base64.b64encode(RUSSIAN.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
    assert reader.phrases(mail(b"&" + coded + b"-", f"text/plain; charset={label}")) == {RUSSIAN}
    assert reader.phrases(subject(b"=?" + label.encode() + b"?Q?&" + coded + b"-?=")) == {RUSSIAN}


@pytest.mark.parametrize(
    "letter", [b"\xc1\xa3", b"\xe0\x81\xa3", b"\xf0\x80\x81\xa3", b"\xf8\x80\x80\x81\xa3", b"\xfc\x80\x80\x80\x81\xa3"]
)
@pytest.mark.parametrize("label", ["utf-8", "us-ascii", "x-nothing", "iso-8859-1"])
def test_overlong_utf_8(letter: bytes, label: str, reader: Reader) -> None:
    """A letter in more bytes than it needs."""
    assert reader.phrases(mail(letter + b"laim your prize before midnight", f"text/plain; charset={label}")) == {PHRASE}


@pytest.mark.parametrize("where", [0, 3, 17])
def test_overlong_space_and_surrogates(where: int, reader: Reader) -> None:
    """A space in two bytes; a letter beyond the first plane as two surrogates (CESU-8)."""
    text = PHRASE.encode()
    assert reader.phrases(mail(text.replace(b" ", b"\xc0\xa0"))) == {PHRASE}
    high, low = 0xD835, 0xDC00 + 0x1A + PHRASE.encode()[where] - 0x61
    pair = b"".join(chr(unit).encode("utf-8", "surrogatepass") for unit in (high, low))
    assert reader.phrases(mail(text[:where] + pair + text[where + 1 :])) == {PHRASE}


@pytest.mark.parametrize("codec", ["cp037", "cp500", "cp1026", "cp1140", "cp273", "cp424", "cp875"])
def test_ebcdic(codec: str, reader: Reader) -> None:
    """EBCDIC, in pages too."""
    page = "<p>cl<b></b>aim your pri&#122;e before midnight</p>\n".encode(codec)
    assert reader.phrases(mail(page, f"text/html; charset={codec}", "base64")) == {PHRASE}


def test_page_that_names_its_charset(reader: Reader) -> None:
    """A charset that only the page itself names, in either way."""
    for head in ('<meta charset="koi8-r">', '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">'):
        for kind in ("text/html", "text/html; charset=us-ascii", "text/html; charset=utf-8"):
            body = f"<html><head>{head}</head><body>{RUSSIAN}</body></html>".encode("koi8-r")
            assert reader.phrases(mail(body, kind)) == {RUSSIAN}
