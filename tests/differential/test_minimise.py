"""A mail in which something is missed gets as small as the miss allows."""

from __future__ import annotations

from differential import minimise, ours
from differential.grammar import draw, render
from differential.view import View


class Seer:
    """A parser that sees a mark of its own wherever some bytes stand."""

    name = "seer"

    def __init__(self, wanted: bytes) -> None:
        self._wanted = wanted

    def view(self, raw: bytes) -> View:
        """The mark, or nothing."""
        return View(frozenset((b"MKSEENBYSEER",)) if self._wanted in raw else frozenset())

    def close(self) -> None:
        """Nothing to end."""


def test_lines() -> None:
    """What is odd about the mail to us stays as it was; besides that, only the line that matters is left."""
    mail = b"Subject: s\r\n\r\n" + b"".join(b"line %d\r\n" % number for number in range(40))

    assert minimise.lines(mail, Seer(b"line 17"), "leaf") == b"\r\nline 17\r\n"


def test_line_ends_are_kept() -> None:
    """A bare CR divides no lines, so that it stays where it was."""
    small = minimise.lines(b"Subject: s\r\n\r\na\rb\r\nc\r\n", Seer(b"a\rb"), "leaf")

    assert small == b"\r\na\rb\r\n"


def test_oddities_and_parts() -> None:
    """Those that change nothing about the miss are left out."""
    whole = next(
        recipe
        for recipe in map(draw, range(2000))
        if len(recipe.oddities) > 2 and recipe.plan.blocked < 0 and not ours.view(render(recipe)).held
    )
    small = minimise.recipe(whole, Seer(b"From: a@example.org"), "leaf")

    assert small.oddities == ()
    assert len(render(small)) < len(render(whole))
