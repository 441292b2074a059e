"""Paths of RFC 5321; the dialogues hold the examples, these are the borders."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.smtpd.address import Path, parse_path
from pace import seconds


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("<>", ""),
        ("<POSTMASTER>", "POSTMASTER"),
        ("<a@b>", "a@b"),
        ('<""@b>', '""@b'),
        ('<"\\ "@b>', '"\\ "@b'),
        ('<"<a@b>"@c>', '"<a@b>"@c'),
        ("<@x:a@b>", "a@b"),
        ("<a@[x-tag:any.thing]>", "a@[x-tag:any.thing]"),
        ("<ünï@bücher.example>", "ünï@bücher.example"),
        (f"<{'a' * 255}@b>", "a" * 255 + "@b"),
    ],
)
def test_valid(text: str, mailbox: str) -> None:
    """The mailbox as sent."""
    assert parse_path("FROM:" + text + " SIZE=1", 5) == Path(mailbox, 5 + len(text), text.startswith("<@"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<",
        "<postmaster",
        "<postmaster@>",
        "<a@b",
        '<"@b>',
        '<"a"b@c>',
        "<a.@b>",
        "<a@b->",
        "<@x,@y:>",
        "<@x:@y:a@b>",
        "<a@[]>",
        "<a@[1.2.3]>",
        "<a@[::1]>",
        "<a@[tag-:x]>",
        "<a@[1.2.3.4>",
        "<a@b c>",
        f"<{'a' * 256}@b>",
        f"<{'ü' * 128}@b>",
        f"<a@{'b.' * 128}b>",
        f"<a@{'b' * 64}>",
    ],
)
def test_invalid(text: str) -> None:
    """None."""
    assert parse_path(text) is None


@given(st.text(st.characters(min_codepoint=32, exclude_characters="\x7f"), max_size=40))
def test_what_comes_out_is_safe(text: str) -> None:
    """A mailbox that is accepted can stand between brackets again, and means the same there."""
    path = parse_path("<" + text)
    if path is not None:
        assert parse_path(f"<{path.mailbox}>") == Path(path.mailbox, len(path.mailbox) + 2)


def test_no_slow_path() -> None:
    """No text of a command's length keeps the parser busy."""
    for text in ("<" + "a" * 4000, "<" + "a." * 2000, "<a@" + "b." * 2000, '<"' + "\\a" * 2000, "<" + "@a," * 1300):
        assert parse_path(text) is None
        assert seconds(partial(parse_path, text), enough=0.1) < 0.1
