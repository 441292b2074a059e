"""Counters and relaying; sessions test how they are used."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from bartizan.model.envelope import Peer, Recipient, peer_key
from bartizan.model.reply import RELAY_DENIED
from bartizan.smtpd.admission import Admission, Relaying, peer_at
from bartizan.smtpd.settings import Caps
from bartizan.wall.own import canonical_domain


def test_peers_are_networks() -> None:
    """An IPv6 peer is its /64: one host has as many addresses as it likes."""
    assert peer_key(Peer("2001:db8::1")) == peer_key(Peer("2001:db8::ffff:1:2"))
    assert peer_key(Peer("2001:db8::1")) != peer_key(Peer("2001:db8:0:1::1"))
    assert peer_key(Peer("192.0.2.1")) == "192.0.2.1"


@pytest.mark.parametrize(
    ("host", "address"),
    [("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::1%eth0", "fe80::1"), ("2001:DB8::1", "2001:db8::1"), ("/run/x", "")],
)
def test_peer_at(host: str, address: str) -> None:
    """One form for each address."""
    assert peer_at(host, 25) == Peer(address, 25 if address else 0)


def test_trusted_peers_are_not_capped() -> None:
    """A relay of our own may open as many sessions as the process takes."""
    admission = Admission(Caps(sessions=3, sessions_per_peer=1, in_flight_bytes_per_peer=1), 10)
    peer = Peer("10.0.0.1")
    accounts = [admission.enter(peer, trusted=True) for _ in range(4)]
    assert [account is not None for account in accounts] == [True, True, True, False]
    assert accounts[0] is accounts[1]
    assert accounts[0] is not None
    assert admission.room(accounts[0], 1000)


def test_a_trusted_host_vouches_for_itself() -> None:
    """Its neighbours in the same /64 are counted and capped as if it were not there."""
    admission = Admission(Caps(sessions_per_peer=1), 10)
    assert admission.enter(Peer("2001:db8::1"), trusted=True) is not None
    assert admission.enter(Peer("2001:db8::2"), trusted=False) is not None
    assert admission.enter(Peer("2001:db8::3"), trusted=False) is None
    assert admission.enter(Peer("2001:db8::1"), trusted=True) is not None


def test_an_account_lives_while_it_holds_something() -> None:
    """A commit that outlives its session is still counted for the peer that comes back."""
    admission = Admission(Caps(in_flight_bytes_per_peer=1), 10)
    account = admission.enter(Peer("192.0.2.1"), trusted=False)
    assert account is not None
    assert admission.take(account, 20)
    admission.leave(account)
    again = admission.enter(Peer("192.0.2.1"), trusted=False)
    assert again is account
    assert not admission.room(account, 1)
    admission.give(account, 20)
    admission.leave(account)
    assert admission.enter(Peer("192.0.2.1"), trusted=False) is not account


def test_relaying() -> None:
    """Domains in any case and either label form; trusted networks may go anywhere."""
    relaying = Relaying(("Ours.Example", "bücher.example"), (ip_network("10.0.0.0/8"),))
    assert relaying.refuse(Recipient("a@OURS.example"), trusted=False) is None
    assert relaying.refuse(Recipient("a@xn--bcher-kva.example"), trusted=False) is None
    assert relaying.refuse(Recipient("a@BÜCHER.example"), trusted=False) is None
    assert relaying.refuse(Recipient("a@other.example"), trusted=False) is RELAY_DENIED
    assert relaying.refuse(Recipient("a@other.example"), trusted=True) is None
    assert relaying.refuse(Recipient("a@" + "ü" * 70 + ".example"), trusted=False) is RELAY_DENIED
    assert relaying.trusts(Peer("10.1.2.3"))
    assert not relaying.trusts(Peer("11.1.2.3"))
    assert not relaying.trusts(Peer("2001:db8::1"))
    assert not relaying.trusts(Peer(""))


@pytest.mark.parametrize(
    "mailbox",
    [
        "user%theirs.example@ours.example",
        "theirs.example!user@ours.example",
        '"user@theirs.example"@ours.example',
        '"user%theirs.example"@ours.example',
        '"@ours.example:user@theirs.example"@ours.example',
        "user%theirs.example%ours.example@ours.example",
        "a!b!user@ours.example",
        "%@ours.example",
    ],
)
def test_no_routes_through_us(mailbox: str) -> None:
    """What a next hop could take for a route on is refused to strangers, and is our own hosts' business."""
    relaying = Relaying(("ours.example",), ())
    assert relaying.refuse(Recipient(mailbox), trusted=False) == RELAY_DENIED
    assert relaying.refuse(Recipient(mailbox), trusted=True) is None
    assert relaying.refuse(Recipient("user+theirs.example=b@ours.example"), trusted=False) is None
    assert Relaying(None, ()).refuse(Recipient(mailbox), trusted=False) is None


def test_any_domain() -> None:
    """None is any; no domains at all is none."""
    assert Relaying(None, ()).refuse(Recipient("a@b.example"), trusted=False) is None
    assert Relaying((), ()).refuse(Recipient("a@b.example"), trusted=False) is RELAY_DENIED


def test_a_name_that_is_no_domain() -> None:
    """Told at start."""
    with pytest.raises(ValueError, match="label"):
        canonical_domain("ü" * 70)
