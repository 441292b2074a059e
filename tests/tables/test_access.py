"""The most specific entry answers, whatever the peer writes."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.tables.access import Match
from reference.tables import Model
from tables.compiled import pair, table

LIST = """
192.0.2.0/24 net
192.0.2.7 host
2001:db8::/32 six
example.com exact
.example.com below
.mail.example.com deeper
ann@example.com ann
ann@ anywhere
postmaster@
<> null
xn--bcher-kva.example books
"""
FOUND = table(LIST)

ADDRESSES = {
    "192.0.2.7": ("192.0.2.7", "host"),
    "192.0.2.8": ("192.0.2.0/24", "net"),
    "::ffff:192.0.2.8": ("192.0.2.0/24", "net"),
    "192.0.3.0": None,
    "192.0.1.255": None,
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff": ("2001:db8::/32", "six"),
    "2001:db8::1%eth0": ("2001:db8::/32", "six"),
    "2001:db9::": None,
    "2001:db7:ffff::": None,
    "": None,
    "192.0.2.7 ": None,
    "192.0.2.7\0": None,
    "192.0.02.7": None,
    "\u0661\u0669\u0662.0.2.7": None,
    "%" * 1000: None,
}
DOMAINS = {
    "example.com": ("example.com", "exact"),
    "EXAMPLE.com.": ("example.com", "exact"),
    "a.example.com": (".example.com", "below"),
    "mail.example.com": (".mail.example.com", "deeper"),
    "x.y.mail.example.com": (".mail.example.com", "deeper"),
    "badexample.com": None,
    "com": None,
    "": None,
    ".": None,
    "b\u00fccher.example": ("xn--bcher-kva.example", "books"),
    "a.b\u00fccher.example": None,
    "\uff45xample\u3002com": ("example.com", "exact"),
    "\udc80.example.com": (".example.com", "below"),
    "\u00fc" * 200 + ".example.com": (".example.com", "below"),
    "\u00fc." * 400 + "example.com": (".example.com", "below"),
    "..example.com": (".example.com", "below"),
    "a" * 5000 + ".example.com": (".example.com", "below"),
    "my_host .example.com": (".example.com", "below"),
    "[192.0.2.7]": ("192.0.2.7", "host"),
    "192.0.2.7": ("192.0.2.7", "host"),
    "192.0.2.7.": ("192.0.2.7", "host"),
    "[IPv6:2001:db8::1]": ("2001:db8::/32", "six"),
    "[192.0.2.7": None,
}
MAILBOXES = {
    "ann@example.com": ("ann@example.com", "ann"),
    "Ann@Example.COM.": ("ann@example.com", "ann"),
    '"ann"@example.com': ("ann@example.com", "ann"),
    '"a\\nn"@example.com': ("ann@example.com", "ann"),
    "bob@example.com": ("example.com", "exact"),
    "ann@mail.example.com": (".mail.example.com", "deeper"),
    "ann@example.org": ("ann@", "anywhere"),
    "ann": ("ann@", "anywhere"),
    "Postmaster": ("postmaster@", ""),
    "bob@example.org": None,
    "x" * 5000 + "@example.com": ("example.com", "exact"),
    "ann@" + "x" * 5000: ("ann@", "anywhere"),
    '"x@y"@example.com': ("example.com", "exact"),
    "ann@b@example.com": ("example.com", "exact"),
    "ann@[192.0.2.9]": ("192.0.2.0/24", "net"),
    "": ("<>", "null"),
    "<>": ("<>", "null"),
    "@": None,
    "@example.com": ("example.com", "exact"),
    "\udcff@example.com": ("example.com", "exact"),
}


@pytest.mark.parametrize(("text", "found"), ADDRESSES.items())
def test_address(text: str, found: tuple[str, str] | None) -> None:
    """The longest prefix answers; IPv4-mapped is IPv4."""
    assert pair(FOUND.find_address(text)) == found


@pytest.mark.parametrize(("text", "found"), DOMAINS.items())
def test_domain(text: str, found: tuple[str, str] | None) -> None:
    """The name, then what is below it, then below each domain above."""
    assert pair(FOUND.find_domain(text)) == found


@pytest.mark.parametrize(("text", "found"), MAILBOXES.items())
def test_mailbox(text: str, found: tuple[str, str] | None) -> None:
    """The mailbox, then its domain, then its local part."""
    assert pair(FOUND.find_mailbox(text)) == found


def test_all_addresses() -> None:
    """0.0.0.0/0 is all of IPv4 and nothing of IPv6, ::/0 the other way round."""
    four, six = table("0.0.0.0/0"), table("::/0")
    assert four.find_address("255.255.255.255") == four.find_address("0.0.0.0") == Match("0.0.0.0/0", "")
    assert six.find_address("ffff:" * 7 + "ffff") == six.find_address("::") == Match("::/0", "")
    assert [four.find_address("::1"), six.find_address("192.0.2.1"), six.find_address("::ffff:192.0.2.1")] == [None] * 3


LABEL = st.sampled_from(["a", "b", "c", "com", "x-1"])
DOMAIN = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
LOCAL = st.sampled_from(["ann", "bob", "a.b"])
NAME = st.one_of(DOMAIN, DOMAIN.map(".".__add__), st.tuples(LOCAL, DOMAIN).map("@".join), LOCAL.map("{}@".format))
BITS = st.integers(0, 15)


def four(bits: int) -> str:
    """An IPv4 address, of few, at both ends."""
    return f"{(0, 10, 255, 255)[bits >> 2]}.{(0, 255)[bits & 1]}.{255 if bits > 12 else 0}.{(0, 128, 255)[bits % 3]}"


def six(bits: int) -> str:
    """An IPv6 address, of few, at both ends and around the halves."""
    if bits < 8:
        return f"{('::', '2001:db8::')[bits & 1]}{bits:x}"
    return (
        f"{('2001:db8:0:ffff:', 'ffff:ffff:ffff:ffff:')[bits & 1]}{('a:b:c:d', 'ffff:ffff:ffff:ffff')[bits >> 1 & 1]}"
    )


@st.composite
def network(draw: st.DrawFn) -> str:
    """A network around one of the addresses, of any length."""
    address = draw(st.one_of(BITS.map(four), BITS.map(six)))
    length = draw(st.integers(0, 128 if ":" in address else 32))
    return str(ipaddress.ip_network((address, length), strict=False))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(NAME, network()), max_size=40, unique=True), st.lists(st.one_of(NAME, DOMAIN), max_size=10))
def test_like_the_model(keys: list[str], names: list[str]) -> None:
    """Any list answers as the plain twin does, entry and value."""
    entries = {key.removesuffix("/32") if ":" not in key else key: str(k) for k, key in enumerate(keys)}
    model = Model(entries.items())
    found = table("\n".join(map(" ".join, entries.items())))
    for address in [f(k) for k in range(16) for f in (four, six)]:
        assert pair(found.find_address(address)) == model.address(address)
    for name in names:
        assert pair(found.find_domain(name.lstrip("."))) == model.domain(name.lstrip("."))
        if "@" in name:
            assert pair(found.find_mailbox(name)) == model.mailbox(name)


@settings(max_examples=300)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    """Any text at all is looked up without an exception."""
    for find in (FOUND.find_address, FOUND.find_domain, FOUND.find_mailbox):
        match = find(text)
        assert match is None or match.entry in LIST
