"""A link in the forms that it can be listed in; what is too much is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.links import INNER, LONGEST, ROUNDS, decoded, forms, joined, unescaped


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("HTTP:\\/ann:pw@shop.example\\a/.././/b?c", "http://shop.example/b?c"),
        ("//shop.example:443/a", "https://shop.example/a"),
        ("shop.example:8080/a", "https://shop.example:8080/a"),
        ("https://shop.example/a%2", "https://shop.example/a%2"),
        ("https://shop.example/a/b/..", "https://shop.example/a/"),
        ("https://a@b@shop.example", "https://shop.example"),
        ("https://www.example/?to=http%3A%2F%2F3221225985/a", "http://192.0.2.1/a"),
        ("https://www.example/?to=//3221225985/a", "https://192.0.2.1/a"),
        ("https://www.example/aHR0cDovLzMyMjEyMjU5ODUv/x", "http://192.0.2.1/"),
        ("https://www.example/?a=aHR0cDovL3Nob3AuZXhhbXBsZS9hPz8/Pz8=", "http://shop.example/a?????"),
        ("https://www.example/?u=http-3A__shop.example_a-2Db&d=D", "http://shop.example/a-b"),
        ("javascript:location='\\x2f\\x2f3221225985/'", "https://192.0.2.1/"),
        ("(http://3221225985)", "http://192.0.2.1"),
        ("http://3221225985'+x", "http://192.0.2.1"),
        ("http://192.0.2.1\N{FRACTION SLASH}a", "http://192.0.2.1/a"),
    ],
)
def test_forms(written: str, form: str) -> None:
    """As a browser would open it, or one of the links in it."""
    found = forms(written)
    assert form in found.links
    assert found.complete


@pytest.mark.parametrize("written", ["", "mailto:ann@example.com", "/a/b", "#a", "cid:1@example", "about:blank"])
def test_no_host(written: str) -> None:
    """What has no host is no link to somewhere."""
    assert forms(written).links == ()


@pytest.mark.parametrize(
    ("base", "link", "whole"),
    [
        ("https://a.example/x/y?z", "b", "https://a.example/x/b"),
        ("https://a.example", "b", "https://a.example/b"),
        ("https://a.example/x/y", "/b", "https://a.example/b"),
        ("https://a.example/x", "?b", "https://a.example/x?b"),
        ("//a.example/x/", "../b", "//a.example/x/../b"),
        ("https://a.example/", "http://b.example", "http://b.example"),
        ("https://a.example/", "\\/b.example", "\\/b.example"),
        ("https://a.example/", "#b", "#b"),
        ("", "b", "/b"),
    ],
)
def test_joined(base: str, link: str, whole: str) -> None:
    """Relative links are written out."""
    assert joined(base, link) == whole


def test_decoded() -> None:
    """Encoded bytes of encoded bytes too; a sign of percent stays one."""
    assert decoded("100% a%20b%2520c%252520d%%34%31") == "100% a b c dA"


def test_unescaped() -> None:
    """Escapes in the strings of scripts; others stay."""
    assert unescaped(r"\/\x61\u0062\u{63}\"\d") == r"""/abc"\d"""


def test_too_long() -> None:
    """The beginning of a link that is too long is read, and the rest told of."""
    found = forms("https://u@shop.example/" + "a" * LONGEST)
    assert any(link.startswith("https://shop.example/a") for link in found.links)
    assert not found.complete


def test_too_many_inside() -> None:
    """So are links in one link."""
    assert forms("http://a.example/" * (INNER - 1)).complete
    assert not forms("http://a.example/" * (2 * INNER)).complete


def test_too_often_encoded() -> None:
    """So is what is encoded again and again, in ways that one look does not undo."""
    text = "%61"
    for rounds in range(1, ROUNDS + 1):
        assert decoded(text) == "a"
        assert forms(f"https://shop.example/{text}").complete
        digits = text.lstrip("%")
        text = f"{'%' * (rounds + 1)}{ord(digits[0]):02x}{digits[1:]}"
    assert not forms(f"https://shop.example/{text}").complete


@given(st.text(st.sampled_from("htps:/\\.@%25?#=&'aHR0c -_3A[]0\u2044\u3002\ud800\n"), max_size=120))
def test_any_text(written: str) -> None:
    """Never raises, and no form says nothing."""
    assert "" not in forms(written).links
    joined(written, written[::-1])
