"""What must be true of all mails after processes were killed: the oracle of the kill test.

A *copy* is one recipient's share of a mail. It is *at* a place when the next hop answered 250 for it or an entry of the
quarantine names the recipient. A client sends a mail until it has a 250, on a new connection after a lost one or a 4yz,
and stops then. So for each copy:

    loss        it is somewhere: at least 1. The last attempt got its 250.
    duplicate   it is at most 1 + (attempts in doubt) times somewhere, all places together. In doubt is an attempt whose
                connection was lost after the final dot may have been sent, and one answered 451 4.4.2 ("not
                confirmed"): the gateway may have had its receipt already. An attempt that was lost before the dot, and
                any other 4yz, leaves nothing anywhere. So a copy whose only attempt ended with 250 is there exactly
                once, at the next hop or in quarantine.
    invention   nothing is anywhere that no client sent.
    fail open   what is bad is never at the next hop, Bob's copies (held by a rule) never either.
    fail closed what is not bad is in quarantine only with a Gap that a killed scanner or child explains, Bob's aside.
    bytes       what is at the next hop ends with the bytes that were sent, what is in quarantine is these bytes.
    refusal     no mail was answered 5yz.

A provisional entry that a killed smtpd leaves behind stays, and its attempt was in doubt: allowed by `duplicate`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kill.letters import BOB, DOMAIN, Letter
from kill.sender import End, Story

EXPLAINED = frozenset({"crash", "timeout"})


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message that the next hop took."""

    sender: str
    recipients: tuple[str, ...]
    message: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """One entry of the quarantine: `gaps` are the reasons among its findings."""

    sender: str
    recipients: tuple[str, ...]
    sha256: str
    gaps: frozenset[str]


def judge(stories: Sequence[Story], delivered: Iterable[Delivered], held: Iterable[Held]) -> list[str]:
    """Everything that is not as it must be, in words."""
    known = {story.token + DOMAIN: story for story in stories}
    sent: set[tuple[str, str]] = set()
    at_hop: Counter[tuple[str, str]] = Counter()
    in_quarantine: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    for message in delivered:
        at_hop.update((message.sender, recipient) for recipient in message.recipients)
        story = known.get(message.sender)
        if story is not None and not message.message.endswith(story.letter.raw):
            wrong.append(f"{message.sender}: other bytes at the next hop")
    for entry in held:
        in_quarantine.update((entry.sender, recipient) for recipient in entry.recipients)
        story = known.get(entry.sender)
        if story is not None:
            wrong += _wrong_entry(story, entry)
    for story in stories:
        mail = story.letter
        sent.update((mail.sender, recipient) for recipient in mail.recipients)
        wrong += _wrong_story(story, mail, at_hop, in_quarantine)
    wrong += [f"{copy}: never sent" for copy in sorted((set(at_hop) | set(in_quarantine)) - sent)]
    return wrong


def _wrong_entry(story: Story, entry: Held) -> list[str]:
    wrong, mail = [], story.letter
    if hashlib.sha256(mail.raw).hexdigest() != entry.sha256:
        wrong.append(f"{entry.sender}: other bytes in quarantine")
    if not mail.bad and entry.recipients != (BOB,) and not entry.gaps & EXPLAINED:
        wrong.append(f"{entry.sender}: held without a reason, {sorted(entry.gaps)}")
    return wrong


def _wrong_story(
    story: Story, mail: Letter, at_hop: Counter[tuple[str, str]], in_quarantine: Counter[tuple[str, str]]
) -> list[str]:
    wrong = []
    if not story.ends or story.ends[-1] is not End.TAKEN:
        wrong.append(f"{mail.token}: never taken, {story.ends}")
    if End.REFUSED in story.ends:
        wrong.append(f"{mail.token}: refused")
    for recipient in mail.recipients:
        there, kept = at_hop[mail.sender, recipient], in_quarantine[mail.sender, recipient]
        name = f"{mail.token} ({mail.kind}) for {recipient.removesuffix(DOMAIN)}: {there} at the next hop, {kept} held"
        if there and (mail.bad or recipient == BOB):
            wrong.append(f"{name}: passed")
        if not there + kept:
            wrong.append(f"{name}: LOST")
        elif there + kept > 1 + story.doubts:
            wrong.append(f"{name}: {story.doubts} attempts in doubt")
    return wrong
