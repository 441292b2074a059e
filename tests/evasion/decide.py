"""What the gateway does with a mail under the shipped policy, and whether that is what a sample asks for."""

from __future__ import annotations

from pathlib import Path

from bartizan.config.load import load
from bartizan.config.resolve import Flags
from bartizan.config.schema import Settings
from bartizan.model.envelope import Envelope, Peer, Recipient
from bartizan.model.finding import Finding, Kind
from bartizan.model.message import Examination
from bartizan.model.verdict import Action
from bartizan.policy import engine
from bartizan.policy.load import build
from bartizan.policy.rules import Policy
from evasion.sample import EVIL, RULE, Expect, Hides, Sample

ENVELOPE = Envelope("evasion", Peer("192.0.2.1", 25), "", "ann@example.com", (Recipient("bob@example.org"),))


def settings(folder: Path) -> Settings:
    """The embedded defaults, with the marker's signature and the listed phrases, which are written to `folder`."""
    phrases, signatures = folder / "phrases.txt", folder / "evasion.yar"
    phrases.write_text(f"{EVIL.phrase}\n{EVIL.link}\n{EVIL.address}\n", encoding="utf-8")
    signatures.write_text(RULE, encoding="utf-8")
    return load(None, Flags(phrases=(str(phrases),), signatures=(str(signatures),), best_effort=True))


def policy(of: Settings) -> Policy:
    """The policy of these settings."""
    return build(of.rules, of.policy.default)


def action(examination: Examination, rules: Policy) -> Action:
    """What becomes of a mail."""
    return engine.decide(rules, ENVELOPE, examination, 0.0)[0].action


def delivered(examination: Examination, rules: Policy) -> bool:
    """It was examined completely, and is passed on."""
    return examination.complete and action(examination, rules) is Action.ACCEPT


def passes(sample: Sample, examination: Examination, rules: Policy) -> bool:
    """The mail is stopped for what it hides, or for the stated reason; or what it hides is told, if that is asked."""
    if sample.expect is Expect.TOLD:
        return any(finding.name == sample.told for finding in examination.findings)
    if action(examination, rules) is Action.ACCEPT:
        return False
    seen = any(_is(finding, sample.hides) for finding in examination.findings)
    gaps = {finding.name for finding in examination.findings if finding.kind is Kind.GAP}
    is_held = not gaps.isdisjoint(sample.reasons)
    if sample.expect is Expect.EITHER:
        return seen or is_held
    return seen if sample.expect is Expect.FOUND else is_held and not seen


def observed(sample: Sample, examination: Examination, rules: Policy) -> str:
    """One word, or the gaps: what was made of a mail."""
    if sample.expect is Expect.TOLD and passes(sample, examination, rules):
        return "told"
    if any(_is(finding, sample.hides) for finding in examination.findings):
        return "found"
    gaps = sorted({finding.name for finding in examination.findings if finding.kind is Kind.GAP})
    if gaps:
        return f"held: {', '.join(gaps)}"
    other = sorted({f"{finding.kind} {finding.name}" for finding in examination.findings})
    return "accepted" if action(examination, rules) is Action.ACCEPT else f"stopped: {', '.join(other)}"


def _is(finding: Finding, hides: Hides) -> bool:
    match hides:
        case Hides.MARKER:
            return finding.kind is Kind.SIGNATURE and finding.name == "Evasion"
        case Hides.EICAR:
            return finding.kind is Kind.SIGNATURE and finding.name == "EICAR_Test_File"
        case Hides.NAME:
            return finding.kind is Kind.ATTACHMENT and finding.name.startswith("block:")
        case Hides.PHRASE:
            return finding.kind is Kind.PHRASE
