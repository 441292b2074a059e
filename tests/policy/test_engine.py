"""Deciding: first match per recipient, conditions, score, and what must never change a verdict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.config.load import load, read_rules
from bartizan.model.envelope import Direction, Envelope, Peer, Recipient
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.message import Examination
from bartizan.model.verdict import Action, Verdict
from bartizan.policy.engine import content_score, decide
from bartizan.policy.explain import explain
from bartizan.policy.load import build
from bartizan.policy.rules import Policy

SHIPPED = build(load().rules, Action.ACCEPT)


def envelope(*recipients: str, sender: str = "a@example.com", peer: str = "192.0.2.1") -> Envelope:
    """One transaction."""
    return Envelope("id1", Peer(peer), "helo", sender, tuple(map(Recipient, recipients or ("b@example.org",))))


def policy(text: str, default: Action = Action.ACCEPT) -> Policy:
    """The policy of a file of rules."""
    return build(read_rules(text, "r.toml", 5.0), default)


def actions(rules: Policy, message: Envelope, *findings: Finding, anomalies: tuple[str, ...] = ()) -> list[str]:
    """The action for each recipient."""
    return [v.action.value for v in decide(rules, message, Examination(findings, anomalies=anomalies), 0.0)]


def phrase(name: str, score: float = 5.0, part: str = "1") -> Finding:
    """A phrase finding."""
    return Finding(Kind.PHRASE, name, part, score)


FINDINGS = st.one_of(
    st.builds(gap, st.sampled_from(Reason), st.sampled_from(["1", "2/a.zip", "message"])),
    st.builds(
        Finding,
        st.sampled_from(Kind),
        st.sampled_from(["block:vbs", "report:html", "x", "y"]),
        st.sampled_from(["1", "2"]),
        st.floats(0, 10),
    ),
)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], ("accept", "policy.default")),
        ([gap(Reason.TIMEOUT, "message")], ("quarantine", "policy/default.toml:4 not examined")),
        ([Finding(Kind.SIGNATURE, "eicar", "1", 10.0)], ("quarantine", "policy/default.toml:9 signature")),
        ([Finding(Kind.ATTACHMENT, "block:vbs", "1")], ("quarantine", "policy/default.toml:14 blocked attachment")),
        ([Finding(Kind.ATTACHMENT, "report:html", "1")], ("accept", "policy.default")),
        ([phrase("x", 4.9)], ("accept", "policy.default")),
        ([phrase("x", 2.5), phrase("y", 2.5)], ("quarantine", "policy/default.toml:19 content score")),
        ([phrase("x", 2.5), phrase("x", 2.5, "2")], ("accept", "policy.default")),
    ],
)
def test_shipped_rules(findings: list[Finding], expected: tuple[str, str]) -> None:
    """What DESIGN promises without a configuration."""
    [verdict] = decide(SHIPPED, envelope(), Examination(tuple(findings)), 0.0)
    assert (verdict.action.value, verdict.rule) == expected


def test_each_recipient_has_its_own_verdict() -> None:
    """The first rule that matches decides, recipient by recipient."""
    rules = policy(
        """\
[[rule]]
name = "abuse"
who.recipient = "abuse@example.org"
action = "accept"
[[rule]]
name = "lab"
who.recipient = ".lab.example.org"
action = "tag"
tag = { name = "X-Seen", value = "yes" }
[[rule]]
name = "gaps"
what.kind = "gap"
action = "reject"
text = "Not readable"
""",
        Action.QUARANTINE,
    )
    message = envelope("abuse@example.org", "x@a.lab.example.org", "c@example.org")
    verdicts = decide(rules, message, Examination((gap(Reason.ENCRYPTED, "1"),)), 0.0)
    assert verdicts == (
        Verdict("abuse@example.org", Action.ACCEPT, "r.toml:1 abuse", 0.0),
        Verdict("x@a.lab.example.org", Action.TAG, "r.toml:5 lab", 0.0, "", ("X-Seen", "yes")),
        Verdict("c@example.org", Action.REJECT, "r.toml:10 gaps", 0.0, "Not readable"),
    )
    assert actions(rules, message) == ["accept", "tag", "quarantine"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('who.direction = "inbound"', True),
        ('who.direction = ["outbound", "internal"]', False),
        ('who.sender = "<>"', False),
        ('who.sender = ["<>", "*@example.com"]', True),
        ('who.peer = "192.0.2.0/24"', True),
        ('who.peer = "198.51.100.0/24"', False),
        ('what.kind = "phrase"', True),
        ('what = { kind = "phrase", name = "block:*" }', False),
        ('what = { kind = "attachment", name = "BLOCK:*", part = "2/*" }', True),
        ('what = { kind = "phrase", min_score = 3 }', True),
        ('what = { kind = "phrase", min_score = 3.1 }', False),
        ("what.min_total = 3", True),
        ("what.min_total = 4", False),
        ('what.anomalies = "nul*"', True),
        ('what.anomalies = "bare*"', False),
        ('who.direction = "inbound"\nwhat.min_total = 4', False),
    ],
)
def test_condition(condition: str, expected: bool) -> None:
    """Each condition alone, and two that must both hold; explain says the same."""
    rules = policy(f'[[rule]]\nname = "a"\naction = "defer"\n{condition}\n')
    found = phrase("x", 3.0), Finding(Kind.ATTACHMENT, "block:vbs", "2/a.zip!/b.vbs")
    examination = Examination(found, anomalies=("nul-byte",))
    [verdict] = explain(rules, envelope(), examination, 0.0)
    assert (verdict.action is Action.DEFER) is expected
    assert verdict.trace[0].startswith("r.toml:1 a: matches" if expected else "r.toml:1 a: no: ")


def test_trace_names_every_rule_looked_at() -> None:
    """The trace ends with the rule that decided."""
    [verdict] = explain(SHIPPED, envelope(), Examination((phrase("x"),)), 0.0)
    assert verdict.trace == (
        "policy/default.toml:4 not examined: no: no finding with kind gap",
        "policy/default.toml:9 signature: no: no finding with kind signature",
        "policy/default.toml:14 blocked attachment: no: no finding with kind attachment, name block:*",
        "policy/default.toml:19 content score: matches: quarantine because of content score 5 is at least 5",
    )


@given(st.lists(FINDINGS, max_size=8), st.randoms())
def test_order_of_findings_never_matters(findings: list[Finding], random: object) -> None:
    """Scanners may find things in any order; the verdicts and their traces are the same, twice."""
    mixed = list(findings)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    first = explain(SHIPPED, envelope(), Examination(tuple(findings)), 0.0)
    assert explain(SHIPPED, envelope(), Examination(tuple(mixed)), 1.0) == first
    assert tuple(v.action for v in decide(SHIPPED, envelope(), Examination(tuple(mixed)), 2.0)) == (first[0].action,)


@given(st.lists(FINDINGS, max_size=8), st.sampled_from(Reason))
def test_a_gap_never_frees(findings: list[Finding], reason: Reason) -> None:
    """Under the shipped rules one more gap always means quarantine."""
    assert actions(SHIPPED, envelope(), *findings, gap(reason, "1")) == ["quarantine"]


@given(st.lists(FINDINGS, max_size=8), FINDINGS)
def test_more_findings_never_free(findings: list[Finding], more: Finding) -> None:
    """Under the shipped rules nothing that is found turns quarantine into accept."""
    if actions(SHIPPED, envelope(), *findings) == ["quarantine"]:
        assert actions(SHIPPED, envelope(), *findings, more) == ["quarantine"]


def test_gaps_count_nothing() -> None:
    """The content score is about content."""
    assert content_score([Finding(Kind.GAP, "timeout", "1", 9.0), phrase("x", 1.5)]) == 1.5


def test_outbound() -> None:
    """The direction comes from the envelope."""
    rules = policy('[[rule]]\nname = "o"\naction = "defer"\nwho.direction = "outbound"\n')
    message = Envelope("i", Peer("::1"), "", "", (Recipient("b@c.d"),), direction=Direction.OUTBOUND)
    assert actions(rules, message) == ["defer"]
