"""Globs, addresses and networks."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.policy.predicates import AddressPattern, Glob, canonical, in_networks, network


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_glob_means_what_fnmatch_means(pattern: str, text: str) -> None:
    """With the one wild card the answers are those of the standard library."""
    assert Glob(pattern).matches(text) == fnmatch.fnmatchcase(text, pattern)


def test_glob_is_linear() -> None:
    """A pattern that ruins backtracking matchers is answered at once."""
    assert not Glob("a*" * 1000 + "b").matches("a" * 100_000)


@pytest.mark.parametrize(
    ("pattern", "address", "expected"),
    [
        ("*", "", True),
        ("*", "postmaster", True),
        ("<>", "", True),
        ("<>", "a@b.org", False),
        ("b.org", "a@B.ORG", True),
        ("b.org", "a@b.org.", True),
        ("b.org", "a@c.b.org", False),
        (".b.org", "a@c.b.org", True),
        (".b.org", "a@b.org", False),
        ("*.b.org", "a@c.b.org", True),
        ("*b.org", "", False),
        ("a@b.org", "A@b.org", True),
        ("*@b.org", '"x@c.org"@b.org', True),
        ("c.org", '"x@c.org"@b.org', False),
        ("bücher.example", "a@xn--bcher-kva.example", True),
        ("xn--bcher-kva.example", "a@BÜCHER.example", True),
    ],
)
def test_address_pattern(pattern: str, address: str, expected: bool) -> None:
    """Addresses, domains, what lies below a domain, the null sender, both spellings of international domains."""
    assert AddressPattern(pattern).matches(canonical(address)) is expected


@given(st.text(max_size=60))
def test_canonical_takes_anything(address: str) -> None:
    """Nothing a peer sends as an address is an error."""
    assert "A" not in canonical(address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("192.0.2.7", True), ("::ffff:192.0.2.7", True), ("192.0.3.7", False), ("2001:db8::1", True), ("", False)],
)
def test_networks(address: str, expected: bool) -> None:
    """IPv4 inside IPv6 counts as IPv4; a message without a peer is in no network."""
    assert in_networks(address, (network("192.0.2.0/24"), network("2001:db8::/32"))) is expected
