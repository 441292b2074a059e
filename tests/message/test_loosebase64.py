"""Base64 with faults: every meaning that another program gives to padding, junk and a lost beginning."""

from __future__ import annotations

import base64

import pytest

from bartizan.message.loosebase64 import LARGE, PADDINGS, loose_base64

CONTENT = b"A text that is long enough to be told from noise, and then somewhat longer to be sure of it.\r\n"
BODY = base64.b64encode(CONTENT)


def said(text: bytes, start: int = 0, *, encoded: bool = True) -> list[bytes]:
    """All that the text says."""
    return [content for content, _ in loose_base64(text, (start,), encoded=encoded)]


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        BODY[:7] + b"=" + BODY[7:],
        BODY[:7] + b"====" + BODY[7:60] + b"==\n" + BODY[60:],
        BODY.replace(b"A", b"="),
        b"A==\n" + BODY,
        b"A.=.=." + b".".join(BODY[at : at + 1] for at in range(len(BODY))),
        BODY[:8] + b"-" + BODY[8:40] + b"\n=\n" + BODY[40:],
        b"#".join(BODY[at : at + 4] for at in range(0, len(BODY), 4)),
    ],
)
def test_content_is_found(text: bytes) -> None:
    """Padding ends something, fills up a group, or is nothing; signs that are none are passed over."""
    assert any(content.startswith(CONTENT[:80]) or CONTENT[20:80] in content for content in said(text))


def test_short_content() -> None:
    """Only where a header says so."""
    short = base64.b64encode(b"twelve bytes")
    assert b"twelve bytes" in said(short)
    assert said(short, encoded=False) == []


def test_noise() -> None:
    """Where a header says so it is told, and all of it where padding stands inside."""
    noise = base64.b64encode(bytes(range(92)))
    assert said(noise) == [bytes(range(92))]
    assert len(set(said(noise[:41] + b"=" + noise[41:]))) > 2
    assert said(noise, encoded=False) == []


def test_behind_empty_lines() -> None:
    """Wherever it begins."""
    assert CONTENT in said(b"X: y\n\nprose\n\n" + BODY, encoded=False)


def test_limits() -> None:
    """A large text, or one of padding only, is read in fewer ways."""
    large = base64.b64encode(bytes(LARGE))
    assert len(said(large[:5] + b"=" + large[5:])) == 1
    assert len(said(b"QUI=" * (PADDINGS + 1))) == 1
