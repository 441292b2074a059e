"""The oracle itself: it sees every kind of wrong, and nothing where all is well."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from kill.letters import ALICE, BOB, Letter, letter
from kill.oracle import Delivered, Held, judge
from kill.sender import End, Story


def find(kind: str) -> Letter:
    """A mail of this kind."""
    return next(mail for number in range(1000) if (mail := letter(f"t{number}")).kind == kind)


PLAIN, VIRUS, SPLIT = find("plain"), find("virus"), find("split")


def story(mail: Letter, *ends: End) -> Story:
    """A mail with its attempts, the last of which was taken."""
    return Story(mail.token, [*ends, End.TAKEN])


def at_hop(mail: Letter, *recipients: str) -> Delivered:
    """It arrived, with a field in front."""
    return Delivered(mail.sender, recipients or (ALICE,), b"Received: x\r\n" + mail.raw)


def held(mail: Letter, *recipients: str, gaps: frozenset[str] = frozenset()) -> Held:
    """It lies in quarantine."""
    return Held(mail.sender, recipients or (ALICE,), hashlib.sha256(mail.raw).hexdigest(), gaps)


CRASH = frozenset({"crash"})


@pytest.mark.parametrize(
    ("told", "delivered", "kept"),
    [
        (story(PLAIN), [at_hop(PLAIN)], []),
        (story(PLAIN, End.BROKEN, End.DEFERRED), [at_hop(PLAIN)], []),
        (story(PLAIN, End.DOUBT), [at_hop(PLAIN), at_hop(PLAIN)], []),
        (story(PLAIN, End.UNKNOWN), [at_hop(PLAIN)], [held(PLAIN, gaps=CRASH)]),
        (story(PLAIN), [], [held(PLAIN, gaps=CRASH)]),
        (story(VIRUS), [], [held(VIRUS)]),
        (story(SPLIT), [at_hop(SPLIT)], [held(SPLIT, BOB)]),
        (story(SPLIT, End.DOUBT), [at_hop(SPLIT)], [held(SPLIT, BOB), held(SPLIT, BOB)]),
    ],
)
def test_all_is_well(told: Story, delivered: list[Delivered], kept: list[Held]) -> None:
    """What DESIGN section 5 allows is not complained about."""
    assert judge([told], delivered, kept) == []


@pytest.mark.parametrize(
    ("told", "delivered", "kept", "complaint"),
    [
        (story(PLAIN), [], [], "LOST"),
        (story(SPLIT), [at_hop(SPLIT)], [], "LOST"),
        (story(SPLIT), [], [held(SPLIT, BOB)], "LOST"),
        (story(PLAIN), [at_hop(PLAIN)] * 2, [], "in doubt"),
        (story(PLAIN, End.BROKEN), [at_hop(PLAIN)] * 2, [], "in doubt"),
        (story(PLAIN, End.DEFERRED), [at_hop(PLAIN)], [held(PLAIN, gaps=CRASH)], "in doubt"),
        (story(PLAIN, End.DOUBT), [at_hop(PLAIN)] * 3, [], "in doubt"),
        (story(VIRUS), [], [held(VIRUS)] * 2, "in doubt"),
        (story(VIRUS), [at_hop(VIRUS)], [], "passed"),
        (story(SPLIT), [at_hop(SPLIT, ALICE, BOB)], [], "passed"),
        (story(PLAIN), [], [held(PLAIN)], "without a reason"),
        (story(PLAIN, End.REFUSED), [at_hop(PLAIN)], [], "refused"),
        (Story(PLAIN.token, [End.DEFERRED]), [at_hop(PLAIN)], [], "never taken"),
        (story(PLAIN), [at_hop(PLAIN), at_hop(VIRUS)], [], "never sent"),
        (story(PLAIN), [replace(at_hop(PLAIN), message=PLAIN.raw[:-1])], [], "other bytes"),
        (story(VIRUS), [], [replace(held(VIRUS), sha256="0")], "other bytes"),
    ],
)
def test_what_is_wrong(told: Story, delivered: list[Delivered], kept: list[Held], complaint: str) -> None:
    """Each kind of wrong is named."""
    assert [wrong for wrong in judge([told], delivered, kept) if complaint in wrong]


def test_letters_are_made_again() -> None:
    """A token alone gives the same bytes; two tokens never do."""
    assert letter("a").raw == letter("a").raw
    assert len({letter(f"t{number}").raw for number in range(100)}) == 100
