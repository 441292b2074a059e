"""What a string needs is in everything that libyara finds it in."""

from __future__ import annotations

import pytest
import yara  # type: ignore[import-not-found]
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.detect.rule_source import rules_of, tokens_of
from bartizan.detect.rule_strings import Needs, folded, strings_of


def source(string: str) -> str:
    """A rule of one string."""
    return f'rule a {{ meta: b = "wide" strings: $s = {string} condition: $s }}'


def needs(string: str) -> Needs:
    """What it needs."""
    (rule,) = rules_of(list(tokens_of(source(string))))
    return strings_of(rule)["$s"][0]


@pytest.mark.parametrize(
    ("string", "needed"),
    [
        ('"Hello"', [{b"hello"}]),
        ('"Hello" nocase fullword', [{b"hello"}]),
        ('"Hi there" wide', [{b"h\0i\0 \0t\0h\0e\0r\0e\0"}]),
        ('"Hi" wide', [{b"h\0i\0"}]),
        ('"Hi there" wide ascii', [{b"h\0i\0 \0t\0h\0e\0r\0e\0", b"hi there"}]),
        ('"Hi" wide ascii', []),
        ('"abc"', []),
        ('"a\\"b\\\\c\\n\\xff"', [{b'a"b\\c\n\xff'}]),
        ('"Hello" xor', []),
        ('"Hello" xor(0x01-0xff)', []),
        ('"Hello" base64', []),
        ('"Hello" base64wide("!@#$%^&*(){}[].,|ABCDEFGHIJ\\x09LMNOPQRSTUVWXYZabcdefghijklmnopqrstu")', []),
        ("{ 41 42 43 44 ?? 45 46 47 48 49 }", [{b"abcd"}, {b"efghi"}]),
        ("{ 4142 4344 [2-4] 45 4? 47 48 49 4A }", [{b"abcd"}, {b"ghij"}]),
        ("{ 41 42 ( 43 44 45 46 | 47 ) 48 49 4A 4B }", [{b"hijk"}]),
        ("{ 41 42 43 44 /* 45 */ 45 // 46\n 46 }", [{b"abcdef"}]),
        ("{ 41 42 43 ~44 45 46 47 }", []),
        ("/abcd[0-9]+efgh/", [{b"abcd"}, {b"efgh"}]),
        ("/abcde?fghi/", [{b"abcd"}, {b"fghi"}]),
        ("/abcd+efgh/", [{b"abcd"}, {b"efgh"}]),
        ("/abcx{3}defg/", [{b"abcxxx"}, {b"defg"}]),
        ("/abcx{0,3}defg/", [{b"defg"}]),
        ("/abcx*defg/", [{b"defg"}]),
        ("/abcd(efgh|ij)klmn/", [{b"abcd"}, {b"klmn"}]),
        ("/ab(efgh|ijkl)mn/", [{b"efgh", b"ijkl"}]),
        ("/ab(efgh|ijkl)?mn/", []),
        ("/abcd|ef/", []),
        ("/abcd|efgh/ wide ascii", [{b"abcd", b"efgh", b"a\0b\0c\0d\0", b"e\0f\0g\0h\0"}]),
        ("/ab\\.c\\x41\\/[\\]x]d\\nefg/i", [{b"ab.ca/"}, {b"d\nefg"}]),
        ("/^abcd$\\befgh\\w/s", [{b"abcd"}, {b"efgh"}]),
    ],
)
def test_needs(string: str, needed: list[set[bytes]]) -> None:
    """One by one."""
    yara.compile(source=source(string))
    assert [set(literals) for literals in needs(string)] == needed


ATOM = st.sampled_from(
    ["a", "b", "ab", "abba", "baab", "[ab]", ".", "\\x61", "\\.", "\\w", "B", "[^a]", "aaaa", "bbbb", "bbab"]
)
QUANTITY = st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,3}", "??", "+?"])
EXPRESSION = st.recursive(
    st.builds(lambda a, q: f"({a}){q}" if len(a) > 1 and a[0] not in "[\\" and q else a + q, ATOM, QUANTITY),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4).map("".join)
        | st.builds(lambda a, b, q: f"({a}|{b}){q}", inner, inner, QUANTITY)
    ),
    max_leaves=8,
)
DATA = st.lists(
    st.sampled_from([b"a", b"b", b"ab", b"abba", b"baab", b".", b"B", b"aaaa", b"x", b"a\0b\0", b"b\0", b"a\0"]),
    max_size=14,
).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(EXPRESSION, st.sampled_from(["", " nocase", " wide", " wide ascii"]), st.lists(DATA, min_size=1, max_size=8))
def test_expressions(expression: str, modifiers: str, texts: list[bytes]) -> None:
    """Any, over data of the same letters."""
    string = f"/{expression}/{modifiers}"
    try:
        rules = yara.compile(source=source(string))
        found = [data for data in texts if rules.match(data=data)]
    except yara.Error:
        return  # one that YARA does not take, or gives up
    for data in found:
        assert all(any(literal in folded(data) for literal in literals) for literals in needs(string)), data


TOKEN = st.sampled_from(["61", "62", "6?", "??", "[1-2]", "( 61 | 62 62 )", "61 62 62 61", "62 61 61 62"])


@settings(max_examples=300, deadline=None)
@given(st.lists(TOKEN, max_size=5), st.lists(DATA, min_size=1, max_size=8))
def test_hexadecimal(tokens: list[str], texts: list[bytes]) -> None:
    """Any, over data of the same bytes."""
    string = "{ 61 " + " ".join(tokens) + " 62 }"
    rules = yara.compile(source=source(string))
    for data in texts:
        if rules.match(data=data):
            assert all(any(literal in folded(data) for literal in literals) for literals in needs(string)), data
