"""What peers may do in a minute, and what changes under stress."""

from __future__ import annotations

from collections.abc import Iterator
from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model.check import Check
from bartizan.model.envelope import Peer
from bartizan.model.rates import RateSettings, StressSettings
from bartizan.smtpd.admission import Admission
from bartizan.smtpd.office import Office
from bartizan.smtpd.rates import Rates, What
from bartizan.smtpd.settings import Caps

A, B = Peer("192.0.2.1"), Peer("192.0.2.2")
MAIL = b"MAIL FROM:<a@b.example>\r\n"


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    """A loop whose time is ours."""
    loop = VirtualLoop()
    yield loop
    loop.close()


def rig(loop: VirtualLoop, office: Office | None = None, peer: str = "192.0.2.1", **words: object) -> Rig:
    """A session that has said HELO, if it was let in."""
    pipeline = Pipeline(settings_of(**words))
    rig = Rig(loop, pipeline, office, peer)
    rig.send(b"HELO c\r\n")
    return rig


def test_a_minutes_worth() -> None:
    """May come at once, and fills again evenly; one peer's is not another's."""
    rates = Rates(RateSettings(messages=6))
    assert [rates.take(A, What.MESSAGES, 0.0) for _ in range(7)] == [True] * 6 + [False]
    assert rates.take(B, What.MESSAGES, 0.0)
    assert not rates.take(A, What.MESSAGES, 9.9)
    assert rates.take(A, What.MESSAGES, 10.1)
    assert not rates.take(A, What.MESSAGES, 10.2)


def test_spent_afterwards() -> None:
    """What is only known later can overdraw, by a minute's worth at most."""
    rates = Rates(RateSettings(bytes=600))
    assert not rates.spend(A, What.BYTES, 0.0, 1_000_000)
    assert not rates.spend(A, What.BYTES, 59.0, 0)
    assert rates.spend(A, What.BYTES, 61.0, 0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.254", False),
    ],
)
def test_who_is_a_peer(one: str, other: str, same: bool) -> None:
    """An IPv4 address, an IPv6 /64."""
    rates = Rates(RateSettings(connections=1))
    assert rates.take(Peer(one), What.CONNECTIONS, 0.0)
    assert rates.take(Peer(other), What.CONNECTIONS, 0.0) is not same


def test_prefixes() -> None:
    """As the operator says."""
    rates = Rates(RateSettings(connections=1, ipv4_prefix=24))
    assert rates.take(A, What.CONNECTIONS, 0.0)
    assert not rates.take(B, What.CONNECTIONS, 0.0)


def test_memory_is_bounded() -> None:
    """The least recently seen peer is forgotten."""
    rates = Rates(RateSettings(connections=1, peers=2))
    for number in range(1000):
        assert rates.take(Peer(f"10.0.{number >> 8}.{number & 255}"), What.CONNECTIONS, 0.0)
    assert rates.take(A, What.CONNECTIONS, 0.0)
    assert not rates.take(A, What.CONNECTIONS, 0.0)


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(1, 5)), max_size=60))
def test_never_more_than_the_rate(wishes: list[tuple[float, int]]) -> None:
    """Over any time, no more than a minute's worth and what fills meanwhile."""
    rates = Rates(RateSettings(recipients=10))
    now, got = 0.0, 0
    for wait, count in wishes:
        now += wait
        got += count if rates.take(A, What.RECIPIENTS, now, count) else 0
    assert got <= 10 + now * 10 / 60 + 1e-6


def test_connections(loop: VirtualLoop) -> None:
    """One too many is answered 421."""
    first = rig(loop, connections=1)
    second = Rig(loop, first.pipeline, first.office)
    assert second.read() == b"421 4.7.0 Too much at a time, closing channel\r\n"
    assert [refusal.check for refusal in first.pipeline.refused] == [Check.RATE]


def test_messages_recipients_bytes(loop: VirtualLoop) -> None:
    """Each is answered 450, and goes again later."""
    one = rig(loop)
    one.office.admission.rates = Rates(RateSettings(messages=2, recipients=2, bytes=1000))
    assert one.send(MAIL) == b"250 2.1.0 Ok\r\n"
    recipients = one.send(b"RCPT TO:<a@b.example>\r\n" * 3).splitlines()
    assert [line[:3] for line in recipients] == [b"250", b"250", b"450"]
    one.send(b"DATA\r\n")
    assert one.send(b"x" * 990 + b"\r\n" + b"y" * 990 + b"\r\n.\r\n") == b"250 2.0.0 Ok\r\n"
    assert one.send(MAIL) == b"450 4.7.1 Too much at a time, try again later\r\n"
    loop.sleep(61)
    assert one.send(MAIL) == b"250 2.1.0 Ok\r\n"


def test_errors_of_many_sessions(loop: VirtualLoop) -> None:
    """End the session that makes the last one, and keep out the next."""
    first = rig(loop, unknown=100)
    office = Office(settings_of(), first.pipeline.services(), loop)
    office.admission.rates = Rates(RateSettings(errors=4))
    first, second = rig(loop, office), rig(loop, office)
    assert first.send(b"RCPT\r\n" * 3).count(b"503") == 3
    assert second.send(b"RCPT\r\n") == b"421 4.7.0 Too many errors, closing channel\r\n"
    assert Rig(loop, first.pipeline, office).read().startswith(b"421")


def test_trusted_peers_have_no_limit(loop: VirtualLoop) -> None:
    """They are ours."""
    from ipaddress import ip_network

    one = rig(loop, messages=1, trusted=(ip_network("192.0.2.0/24"),))
    for _ in range(5):
        assert one.send(b"RSET\r\n" + MAIL).endswith(b"250 2.1.0 Ok\r\n")


def test_stress_begins_and_ends() -> None:
    """At the share of sessions or memory, and ends a tenth below it."""
    admission = Admission(Caps(sessions=10), 1000, stress=StressSettings(sessions=0.5, memory=0.8))
    accounts = [admission.enter(Peer(f"192.0.2.{n}"), False) for n in range(5)]
    assert admission.stressed
    assert accounts[0] is not None
    admission.leave(accounts[0])
    assert not admission.stressed
    admission.notice(0.85)
    assert admission.stressed
    admission.notice(0.75)
    assert admission.stressed
    admission.notice(0.7)
    assert not admission.stressed


def test_stress_is_strict(loop: VirtualLoop) -> None:
    """Errors, waiting and sessions of a peer: less is borne, of those who are not trusted."""
    one = rig(loop)
    one.office.admission.notice(1.0)
    assert one.send(b"RCPT\r\n" * 3).splitlines()[-1] == b"421 4.7.0 Too many errors, closing channel"
    two = rig(loop, one.office)
    loop.sleep(11)
    assert two.read().splitlines()[-1] == b"421 4.4.2 Timeout, closing channel"
    one.office.admission.notice(0.0)
    three = rig(loop, one.office)
    three.read()
    loop.sleep(60)
    assert three.read() == b""
