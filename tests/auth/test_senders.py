"""Which sender addresses a login may use."""

from __future__ import annotations

import pytest

from bartizan.auth.senders import Senders
from bartizan.model.auth import AuthSettings, LoginSenders

NAMED = (
    LoginSenders("Scanner@example.org", ("scans@example.org", "@Copiers.example.org")),
    LoginSenders("list", ("*",)),
    LoginSenders("ann", ("ann@example.org",)),
    LoginSenders("ANN", ("info@example.org",)),
)


@pytest.mark.parametrize(
    ("login", "sender", "allowed"),
    [
        ("bob@example.org", "bob@example.org", True),
        ("bob@example.org", "Bob@EXAMPLE.org", True),
        ("bob@example.org", "carol@example.org", False),
        ("bob@example.org", "bob+x@example.org", False),
        ("bob@example.org", "bob@example.org.example.com", False),
        ("bob@example.org", "bob", False),
        ("bob@example.org", "", True),
        ("bob", "anybody@example.com", True),
        ("scanner@example.org", "SCANS@example.org", True),
        ("scanner@example.org", "any@copiers.example.org", True),
        ("scanner@example.org", "any@x.copiers.example.org", False),
        ("scanner@example.org", '"@copiers.example.org"@example.com', False),
        ("scanner@example.org", "scanner@example.org", False),
        ("scanner@example.org", "", True),
        ("List", "anybody@example.com", True),
        ("ann", "ann@example.org", True),
        ("ann", "info@example.org", True),
        ("ann", "bob@example.org", False),
        ("j\u00fcrgen@example.org", "ju\u0308rgen@example.org", True),
        ("stra\u00dfe@example.org", "strasse@example.org", False),
    ],
)
def test_allowed(login: str, sender: str, allowed: bool) -> None:
    """What is named for a login, else its own address, else anything; notifications always."""
    assert Senders(AuthSettings(senders=NAMED)).allow(login, sender) is allowed


def test_without_own_address() -> None:
    """Only what is named is held to it."""
    senders = Senders(AuthSettings(senders=NAMED, own_address=False))
    assert senders.allow("bob@example.org", "carol@example.org")
    assert not senders.allow("ann", "carol@example.org")


@pytest.mark.parametrize("addresses", [(), ("example.org",), ("ann@",), ("",)])
def test_what_no_address_is(addresses: tuple[str, ...]) -> None:
    """A domain needs its @, or one would think that it allows what it does not."""
    with pytest.raises(ValueError, match="address"):
        LoginSenders("ann", addresses)
