"""Turn verdicts into a plan: one refusal for all, or who gets what. Pure.

A message has one reply for all recipients (RFC 5321 section 4.1.1.4). So one DEFER defers the message, a REJECT is
answered only when it is everybody's, and the copies of recipients rejected beside others are quarantined, never
dropped.

Not here: doing any of it (dispatch).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from bartizan.model.envelope import Envelope, Recipient
from bartizan.model.reply import DEFERRED, REJECTED, Reply, printable
from bartizan.model.verdict import Action, Verdict


@dataclass(frozen=True, slots=True)
class Send:
    """One transaction with the next hop: the recipients who get the same bytes. `tag`: the field to add, or None."""

    recipients: tuple[Recipient, ...]
    tag: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Keep:
    """One entry of the quarantine: the recipients whose copies one rule holds back."""

    recipients: tuple[Recipient, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. With `refusal` nothing is sent or kept; else `sends` and `keeps` name every recipient once."""

    refusal: Reply | None
    sends: tuple[Send, ...] = ()
    keeps: tuple[Keep, ...] = ()


def make_plan(envelope: Envelope, verdicts: tuple[Verdict, ...]) -> Plan:
    """The plan for `verdicts`, one for each recipient in the envelope's order. Raises ValueError if they do not fit."""
    if not verdicts or [r.address for r in envelope.recipients] != [v.recipient for v in verdicts]:
        raise ValueError("verdicts do not fit the envelope")
    for verdict in verdicts:
        if verdict.action is Action.DEFER:
            return Plan(_said(DEFERRED, verdict.text))
    if all(verdict.action is Action.REJECT for verdict in verdicts):
        return Plan(_said(REJECTED, verdicts[0].text))
    sends: dict[tuple[str, str] | None, list[Recipient]] = {}
    keeps: dict[tuple[Action, str], tuple[Verdict, list[Recipient]]] = {}
    for recipient, verdict in zip(envelope.recipients, verdicts, strict=True):
        match verdict.action:
            case Action.ACCEPT:
                sends.setdefault(None, []).append(recipient)
            case Action.TAG:
                sends.setdefault(_tag_of(verdict), []).append(recipient)
            case Action.QUARANTINE | Action.REJECT:
                keeps.setdefault((verdict.action, verdict.rule), (verdict, []))[1].append(recipient)
            case Action.DEFER:
                raise AssertionError("deferred above")
            case _:
                assert_never(verdict.action)
    return Plan(
        None,
        tuple(Send(tuple(recipients), tag) for tag, recipients in sends.items()),
        tuple(Keep(tuple(recipients), verdict) for verdict, recipients in keeps.values()),
    )


def _said(reply: Reply, text: str) -> Reply:
    """The table's reply, or the rule's text under its codes."""
    return Reply(reply.code, reply.enhanced, printable(text)) if text else reply


def _tag_of(verdict: Verdict) -> tuple[str, str]:
    if verdict.tag is None:
        raise ValueError("action tag without a tag")
    return verdict.tag
