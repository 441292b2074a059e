"""Refusals out of event logs: reasons, sources, and partners that are not welcome any more."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bartizan.observe.rejects import read

BEFORE, SINCE, AFTER = "2026-11-23T10:00:00.000Z", "2026-11-24T00:00:00.000Z", "2026-11-24T10:00:00.000Z"


def event(kind: str, time: str, peer: str = "192.0.2.1", sender: str = "a@partner.example", **more: Any) -> bytes:
    """One line."""
    return json.dumps({"event": kind, "time": time, "peer": peer, "sender": sender, **more}).encode() + b"\n"


def accepted(time: str, **more: Any) -> bytes:
    """A message that went through."""
    return event("message", time, reply="250 2.0.0 Ok", coverage="complete", rule="", **more)


def refused(time: str, check: str = "sender_domain", **more: Any) -> bytes:
    """A refusal of the wall."""
    return event("refusal", time, check=check, reply="550 5.1.8 no", recipient="b@here.example", **more)


def test_counts() -> None:
    """What was refused since then, by check and reply; what came before does not count."""
    report = read([refused(BEFORE), refused(AFTER), refused(AFTER, check="helo_form"), accepted(AFTER)], SINCE)
    assert (report.refused, report.accepted) == (2, 1)
    assert report.reasons == {("sender_domain", "550 5.1.8 no"): 1, ("helo_form", "550 5.1.8 no"): 1}


def test_messages_that_policy_refused() -> None:
    """Count by their rule; those whose form was refused have told so already."""
    by_rule = event("message", AFTER, reply="550 5.7.1 no", coverage="complete", rule="default.toml:3 x")
    by_form = event("message", AFTER, reply="550 5.6.0 no", coverage="none", rule="")
    assert read([by_rule, by_form], SINCE).reasons == {("default.toml:3 x", "550 5.7.1 no"): 1}


def test_a_partner_that_is_not_welcome_any_more() -> None:
    """Is named, with when it began, what it was told and a sample."""
    lines = [accepted(BEFORE)] * 20 + [refused(AFTER)] * 6 + [accepted(AFTER, peer="198.51.100.1")] * 3
    [(key, source)] = read(lines, SINCE).abnormal()
    assert key == ("192.0.2.0/24", "partner.example")
    assert (source.accepted_before, source.refused, source.first) == (20, 6, AFTER)
    assert source.sample["reply"] == "550 5.1.8 no"
    assert source.sample["recipient"] == "b@here.example"


def test_who_is_not_abnormal() -> None:
    """Strangers, partners that were always refused as often, few refusals, and mostly accepted ones."""
    stranger = [refused(AFTER, peer="203.0.113.1")] * 50
    usual = [accepted(BEFORE, peer="198.51.100.1")] * 10 + [refused(BEFORE, peer="198.51.100.1")] * 20
    usual += [refused(AFTER, peer="198.51.100.1")] * 10
    few = [accepted(BEFORE)] * 20 + [refused(AFTER)] * 4
    mostly = [accepted(BEFORE, sender="b@c.example")] * 20 + [refused(AFTER, sender="b@c.example")] * 6
    mostly += [accepted(AFTER, sender="b@c.example")] * 30
    assert read(stranger + usual + few + mostly, SINCE).abnormal() == []


def test_networks() -> None:
    """Hosts of one /24 or /64 are one source."""
    lines = [refused(AFTER, peer=peer) for peer in ("192.0.2.1", "192.0.2.9", "2001:db8::1", "2001:db8::2", "odd")]
    assert {key[0] for key in read(lines, SINCE).sources} == {"192.0.2.0/24", "2001:db8::/64", "odd"}


@given(
    st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([b"{}", b"[]", b"1", b'{"event": 7}', refused(AFTER)])))
)
def test_anything(lines: list[bytes]) -> None:
    """Lines that are no events are counted and left out."""
    report = read(lines, SINCE)
    assert report.refused == lines.count(refused(AFTER))
