"""A phrase is found across every edge inside a text, and over none between two (O12)."""

from __future__ import annotations

import base64

import pytest

from claims.reading import FOREIGN, PHRASE, TOP, Reader, mail

RUSSIAN, CHINESE, *_ = FOREIGN
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n"


@pytest.mark.parametrize("at", range(1, len(PHRASE)))
def test_soft_breaks(at: int, reader: Reader) -> None:
    """A soft line break at any place, with and without blanks behind it."""
    text = PHRASE.encode()
    head = TOP + PLAIN + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    for edge in (b"=\r\n", b"=  \r\n", b"=\t\r\n", b"=\r\n=\r\n"):
        assert reader.phrases(head + text[:at] + edge + text[at:] + b"\r\n") == {PHRASE}


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 19, 60, 76, 77, 100])
def test_base64_lines(width: int, reader: Reader) -> None:
    """Lines of base64 of any length, the phrase at any offset."""
    head = TOP + PLAIN + b"Content-Transfer-Encoding: base64\r\n\r\n"
    for before in range(4):
        coded = base64.b64encode(b"x" * before + b" " + PHRASE.encode())
        lines = b"\r\n".join(coded[at : at + width] for at in range(0, len(coded), width))
        assert reader.phrases(head + lines + b"\r\n") == {PHRASE}


@pytest.mark.parametrize(
    "space", [b"\r\n", b" \r\n", b"\r\n\t", b"\r\n\r\n", b" " * 1000, b"\t\x0b\x0c", b"\r\n> ", b" \r\n  >> "]
)
def test_lines(space: bytes, reader: Reader) -> None:
    """Words that are parted by any white space, or by the marks of a quoted line."""
    for encoding in ("8bit", "base64", "quoted-printable"):
        assert reader.phrases(mail(space.join(PHRASE.encode().split()), encoding=encoding)) == {PHRASE}


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("chunk", [1, 2, 7, 64, 1000, 4096, 65536])
def test_chunks(chunk: int, encoding: str, reader: Reader) -> None:
    """Chunks in which the mail arrives."""
    body = b"\r\n".join([b"words and more words, " * 3] * 20 + [PHRASE.encode(), RUSSIAN.encode()])
    assert reader.phrases(mail(body, encoding=encoding), chunk) == {PHRASE, RUSSIAN}


@pytest.mark.parametrize("place", [4096, 32768, 65536, 131072])
def test_edges_of_buffers(place: int, reader: Reader) -> None:
    """The phrase lies over the edge of whatever is read at a time, in one long line and in many."""
    for before in range(place - 40, place + 8, 6):
        long = mail(b"x" * before + b" " + PHRASE.encode() + b" " + CHINESE.encode())
        assert reader.phrases(long, 65536) == {PHRASE, CHINESE}
    lines = (b"y" * 62 + b"\r\n") * (place // 64 - 8)
    for extra in range(0, 600, 37):
        assert reader.phrases(mail(lines + b"z" * extra + b" " + PHRASE.encode()), 65536) == {PHRASE}


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-be", "utf-7", "gb18030", "iso-2022-jp"])
def test_edges_in_other_charsets(charset: str, reader: Reader) -> None:
    """Characters of several bytes over the edges of pieces and chunks."""
    for before in range(1000, 1040, 3):
        body = ("x" * before + " " + CHINESE if charset != "iso-2022-jp" else "x" * before + " " + FOREIGN[3]).encode(
            charset
        )
        wanted = CHINESE if charset != "iso-2022-jp" else FOREIGN[3]
        assert wanted in reader.phrases(mail(body, f"text/plain; charset={charset}", "base64"), 7)


def test_page_over_chunks(reader: Reader) -> None:
    """Tags, references and comments that are cut by chunks."""
    text = b"cl<b title='>'>aim</b> &#121;our<!-- > --> pri&shy;ze <i>before mid</i>night"
    body = mail(text, "text/html; charset=utf-8")
    for chunk in range(1, 40):
        assert reader.phrases(body, chunk) == {PHRASE}


def parts(*bodies: bytes, head: bytes = PLAIN) -> bytes:
    """A mail of several texts."""
    pieces = b"".join(b"--b\r\n" + head + b"\r\n" + body + b"\r\n" for body in bodies)
    return TOP + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + pieces + b"--b--\r\n"


def test_across_parts(reader: Reader) -> None:
    """Texts are shown one below the other; the header is not."""
    assert reader.phrases(parts(b"claim your prize", b"before midnight")) == {PHRASE}
    pages = parts(b"claim your prize ", b" before midnight", head=b"Content-Type: text/html\r\n")
    assert reader.phrases(pages) == {PHRASE}
    assert reader.phrases(parts(b"hello", b"claim your prize before midnight")) == {PHRASE}
    assert reader.phrases(TOP.replace(b"hello", b"claim your prize") + b"\r\nbefore midnight\r\n") == set()


def test_in_the_second_text(reader: Reader) -> None:
    """What one text leaves open does not change the next."""
    for left in (b"<!-- ", b"<b title='", b"&#9", b"+AG", b"\xe2\x80", b"=", b"> "):
        for head in (PLAIN, b"Content-Type: text/html\r\n", b"Content-Type: text/plain; charset=utf-7\r\n"):
            assert reader.phrases(parts(left, PHRASE.encode(), head=head)) == {PHRASE}
