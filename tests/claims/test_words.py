"""A phrase in encoded words is found however these are split, nested, broken and mixed, in every field (O13)."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from claims.reading import FOREIGN, PHRASE, Reader, mail, subject

RUSSIAN, CHINESE, TAIWANESE, JAPANESE, KOREAN, *_ = FOREIGN


def b(text: bytes, charset: str = "utf-8") -> bytes:
    """A word in base64."""
    return b"=?" + charset.encode() + b"?B?" + base64.b64encode(text) + b"?="


def q(text: bytes, charset: str = "utf-8") -> bytes:
    """A word in the Q encoding, every byte escaped."""
    return b"=?" + charset.encode() + b"?Q?" + b"".join(b"=%02X" % byte for byte in text) + b"?="


def written(text: bytes) -> dict[str, bytes]:
    """All ways to write a text that has at least twenty letters, and underscores for its blanks."""
    coded = base64.b64encode(text)
    word = b"=?utf-8?B?" + coded + b"?="
    under = text.replace(b" ", b"_")
    return {
        "base64": word,
        "small letters": b"=?UTF-8?b?" + coded + b"?=",
        "quoted": b"=?utf-8?q?" + under.replace(b"_", b"=20", 1) + b"?=",
        "with language": b"=?utf-8*en-GB?B?" + coded + b"?=",
        "one for each letter": b" ".join(q(bytes((byte,))) for byte in text),
        "folded between": b"=?utf-8?Q?" + under[:8] + b"?=\r\n\t=?utf-8?Q?" + under[8:] + b"?=",
        "folded inside": b"=?utf-8?B?" + coded[:20] + b"\r\n " + coded[20:] + b"?=",
        "nothing between": b(text[:8]) + b(text[8:]),
        "spaces between": b(text[:8]) + b"    \t  " + b(text[8:]),
        "words that are words": b(text[:5]) + b" " + b(text[6:10]) + text[10:],
        "mixed with text": text[:6] + b(text[6:16]) + text[16:],
        "glued to text": text[:2] + b(text[2:19]) + text[19:],
        "two charsets": q(text[:8]) + b" " + q(text[8:], "iso-8859-1"),
        "two charsets, one wide": q(text[:8]) + b" " + b(text[8:].decode().encode("utf-16-be"), "utf-16be"),
        "two encodings": q(text[:8]) + b" " + b(text[8:]),
        "cut base64": b"=?utf-8?B?" + coded[:10] + b"?= =?utf-8?B?" + coded[10:] + b"?=",
        "no padding": b"=?utf-8?B?" + base64.b64encode(b"x " + b"." * (-len(text) % 3) + text).rstrip(b"=") + b"?=",
        "padding inside": b"=?utf-8?B?" + base64.b64encode(text[:4]) + base64.b64encode(text[4:]) + b"?=",
        "too much padding": word[:-2] + b"=====?=",
        "junk in base64": b"=?utf-8?B?" + b"*".join(coded[at : at + 3] for at in range(0, len(coded), 3)) + b"?=",
        "blanks in base64": b"=?utf-8?B?" + b" ".join(coded[at : at + 4] for at in range(0, len(coded), 4)) + b"?=",
        "one letter too many": b"=?utf-8?B?" + coded + b"Q?=",
        "illegal escapes": b"=?utf-8?Q?=ZZ=4_" + under + b"?=",
        "small hexadecimal": q(text).replace(b"=6D", b"=6d"),
        "blanks in quoted": b"=?utf-8?Q?" + text + b"?=",
        "question mark in quoted": b"=?utf-8?Q?why? " + text + b"?=",
        "over-long": b"=?utf-8?Q?" + b"x" * 5000 + b"_" + under + b"?=",
        "many": b" ".join([q(b"x")] * 500) + b" " + b" ".join(b(bytes((byte,))) for byte in text),
        "unfinished": word[:-2],
        "half finished": word[:-1],
        "unfinished quoted": b"=?utf-8?Q?" + under,
        "nested": b(word),
        "nested thrice": b(q(b(text))),
        "nested around": q(text[:6] + b(text[6:10]) + text[10:]),
        "unknown charset": b"=?x-nothing?B?" + coded + b"?=",
        "no charset": b"=??B?" + coded + b"?=",
        "in quotes": b'"' + word + b'"',
        "in a comment": b"(" + word + b")",
        "behind a false one": b"=?utf-8?X?abc?= =?=?utf-8?Q?" + under + b"?=",
        "utf-7": b"=?utf-7?Q?" + under[:3] + b"+AGk-" + under[4:] + b"?=",
        "utf-16 in a label of utf-8": b(text.decode().encode("utf-16"), "utf-8"),
        "zero width": q(text[:2] + "\u200b".encode() + text[2:]),
    }


WORDS = written(PHRASE.encode())
FIELDS = ("Subject", "SUBJECT", "From", "To", "Cc", "Reply-To", "Sender", "Comments", "Keywords")


@pytest.mark.parametrize("how", WORDS)
def test_subject(how: str, reader: Reader) -> None:
    """In the subject."""
    assert reader.phrases(subject(WORDS[how])) == {PHRASE}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("how", sorted(WORDS.keys() - {"over-long", "many"}))
def test_fields(how: str, field: str, reader: Reader) -> None:
    """In every field that people read; as the display name of an address."""
    value = WORDS[how]
    if "finished" not in how:
        value += b" <x@example.com>"
    assert reader.phrases(subject(value, field.encode())) == {PHRASE}


@pytest.mark.parametrize("how", ["base64", "nested", "unfinished", "cut base64", "words that are words"])
def test_inner_mail(how: str, reader: Reader) -> None:
    """In the subject of a mail that is a part."""
    inner = mail(subject(WORDS[how]), "message/rfc822")
    assert reader.phrases(inner) == {PHRASE}


def splits(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Cut at every place."""
    return ((data[:at], data[at:]) for at in range(1, len(data)))


@pytest.mark.parametrize(
    ("codec", "phrase"),
    [
        ("utf-8", RUSSIAN),
        ("utf-8", CHINESE),
        ("utf-16-be", RUSSIAN),
        ("utf-16-le", CHINESE),
        ("gb18030", CHINESE),
        ("big5", TAIWANESE),
        ("shift_jis", JAPANESE),
        ("euc-kr", KOREAN),
        ("euc-jp", JAPANESE),
        ("utf-32-be", KOREAN),
        ("iso-2022-jp", JAPANESE),
        ("iso-2022-kr", KOREAN),
        ("hz", CHINESE),
        ("utf-7", RUSSIAN),
    ],
)
def test_split_inside_characters(codec: str, phrase: str, reader: Reader) -> None:
    """Bytes of one character in two words, for every charset and place; escapes and shifts too."""
    for first, second in splits(phrase.encode(codec)):
        for word in (b, q):
            assert reader.phrases(subject(word(first, codec) + b" " + word(second, codec))) == {phrase}


@pytest.mark.parametrize("codec", ["iso-2022-jp", "iso-2022-kr", "hz", "utf-7"])
def test_each_word_begins_anew(codec: str, reader: Reader) -> None:
    """Words of a charset with shifts, each complete in itself."""
    phrase = {"iso-2022-jp": JAPANESE, "iso-2022-kr": KOREAN, "hz": CHINESE, "utf-7": RUSSIAN}[codec]
    for at in range(1, len(phrase)):
        value = b(phrase[:at].encode(codec), codec) + b"\r\n " + q(phrase[at:].encode(codec), codec)
        assert reader.phrases(subject(value)) == {phrase}


@pytest.mark.parametrize(
    ("label", "codec", "phrase"),
    [
        ("us-ascii", "utf-8", RUSSIAN),
        ("iso-8859-1", "utf-8", CHINESE),
        ("koi8-r", "utf-8", RUSSIAN),
        ("utf-8", "koi8-r", RUSSIAN),
        ("utf-8", "gb18030", CHINESE),
        ("utf-8", "utf-16", RUSSIAN),
        ("us-ascii", "iso-2022-jp", JAPANESE),
        ("utf-8", "utf-7", RUSSIAN),
        ("x-nothing", "cp1251", RUSSIAN),
    ],
)
def test_wrong_labels(label: str, codec: str, phrase: str, reader: Reader) -> None:
    """Words that are in another charset than they say."""
    assert phrase in reader.phrases(subject(b(phrase.encode(codec), label)))
    assert phrase in reader.phrases(subject(q(phrase.encode(codec), label)))


@pytest.mark.parametrize(("codec", "phrase"), [("utf-8", RUSSIAN), ("koi8-r", RUSSIAN), ("gb18030", CHINESE)])
def test_no_words(codec: str, phrase: str, reader: Reader) -> None:
    """Bytes beyond ASCII as they are."""
    assert reader.phrases(subject(phrase.encode(codec))) == {phrase}


@pytest.mark.parametrize("how", WORDS)
@pytest.mark.parametrize("parameter", ["filename", "name"])
def test_file_names(how: str, parameter: str, reader: Reader) -> None:
    """In the name of a file."""
    value = written(b"claim your prize.txt.vbs")[how].strip(b'"()')
    field = "Content-Type: image/png" if parameter == "name" else "Content-Disposition: attachment"
    head = f'From: a@example.com\r\n{field}; {parameter}="'.encode() + value + b'"\r\n\r\nx\r\n'
    assert "block:vbs" in reader.attachments(head)


def test_no_phrase(reader: Reader) -> None:
    """What is another text is none."""
    for value in (
        b(b"claim your") + b"," + b(b" prize"),
        b"=?utf-8?B?claim your prize?=",
        b(b"midnight") + b" " + b(b"claim"),
    ):
        assert reader.phrases(subject(value)) == set()
