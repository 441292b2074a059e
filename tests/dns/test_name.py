"""Names: what may be asked for, what is a host name, what is an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.dns.name import address, askable, host_name
from pace import seconds


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Example.ORG", "example.org"),
        ("example.org.", "example.org"),
        ("_dmarc.example.org", "_dmarc.example.org"),
        ("a+b=c.example", "a+b=c.example"),
        ("4.3.2.1.in-addr.arpa", "4.3.2.1.in-addr.arpa"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER。example", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
    ],
)
def test_is_asked_for(name: str, expected: str) -> None:
    """Lower case, no last dot, A-labels."""
    assert askable(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", ".example", "a..example", "example..", "a b.example", "a\tb", "a\0b.example", "a\n.example",
        "example.org\n", "a\\.example", 'a".example', "[192.0.2.1]", "192.0.2.1", "1", "a.1", "a@b.example", "a;b",
        "a" * 64 + ".example", ".".join(["a" * 60] * 5), "\u00fc" * 300, "\ud800.example", "a\u200b\u2060.\u202e",
        "xn--\u00fc.example", "a\u0378.example", "\x7f.example",
    ],
)  # fmt: skip
def test_is_not_asked_for(name: str) -> None:
    """What cannot be in the DNS."""
    assert askable(name) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("MX.Example.org", "mx.example.org"),
        ("mx_1.example.org.", "mx_1.example.org"),
        ("a", "a"),
        ("", None),
        (".", None),
        ("-a.example", None),
        ("a-.example", None),
        ("a b.example", None),
        ("a\\032b.example", None),
        ("192.0.2.1", None),
        ("<script>.example", None),
        ("a" * 64, None),
        (b"\xff.example", None),
        (None, None),
    ],
)
def test_host_name(name: object, expected: str | None) -> None:
    """Names from records are believed only as far as they are names of hosts."""
    assert host_name(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("192.0.2", "None"),
        ("", "None"),
        ("%", "None"),
        ("1" * 100_000, "None"),
    ],
)
def test_address(text: str, expected: str) -> None:
    """One form for each address."""
    assert str(address(text)) == expected


@given(st.text(max_size=300))
def test_any_text(name: str) -> None:
    """Never raises; what may be asked for is ASCII of at most 253 octets and stays what it is."""
    asked = askable(name)
    if asked is not None:
        assert asked.isascii()
        assert len(asked) <= 253
        assert askable(asked) == asked
    host = host_name(name)
    assert host is None or askable(host) == host
    address(name)


@pytest.mark.parametrize("unit", ["a.", "1.", "\u00fc", "-", "a-", "\ud800", "xn--"])
def test_long_names_cost_nothing(unit: str) -> None:
    """10 MB are refused for their length alone."""
    name = unit * (10_000_000 // len(unit))
    assert askable(name) is host_name(name) is None
    assert seconds(lambda: (askable(name), host_name(name)), enough=0.5) < 0.5
