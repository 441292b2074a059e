"""The grammar of the differential runs: the same mails from the same numbers, all rows, plain mails that are plain."""

from __future__ import annotations

from collections import Counter

from differential import compare, ours
from differential.grammar import Oddity, Recipe, draw, render, smaller
from differential.oddities import NOT_HERE, TABLE
from differential.plain import Plan, tree
from differential.view import MARK, View, marks

ROWS = {"H": 28, "B": 32, "E": 29, "F": 22}
"""The last row of each group in the evasion table."""


def test_a_number_is_a_mail() -> None:
    """The same one each time."""
    first = [render(draw(seed)) for seed in range(200)]

    assert [render(draw(seed)) for seed in range(200)] == first
    assert len(set(first)) == 200


def test_every_row_has_an_oddity_or_a_reason() -> None:
    """Of the groups about MIME."""
    rows = {f"{group}{number:02}" for group, last in ROWS.items() for number in range(1, last + 1)}

    assert sorted(rows - set(TABLE) - set(NOT_HERE)) == []
    assert sorted(set(TABLE) & set(NOT_HERE)) == []


def test_every_oddity_is_drawn_and_changes_mails() -> None:
    """In a few thousand mails, each one of them does something."""
    drawn: Counter[str] = Counter()
    for seed in range(4000):
        recipe = draw(seed)
        for oddity in recipe.oddities:
            if render(Recipe(recipe.plan, (oddity,))) != bytes(tree(recipe.plan)):
                drawn[oddity.row] += 1

    assert sorted(set(TABLE) - set(drawn)) == []


def test_a_plain_mail_is_seen_whole() -> None:
    """Without oddities nothing is held, and all marks and names are found."""
    for seed in range(150):
        parts = [part for part in tree(Plan(seed)).walk() if part.leaf]
        seen = ours.view(render(Recipe(Plan(seed), ())))

        assert seen.held == frozenset(), seed
        assert {mark for part in parts for mark in marks(part.payload, zipped=True)} <= seen.marks, seed
        assert {part.name.decode() for part in parts if part.texts} <= seen.names, seed


def test_marks_are_unique() -> None:
    """Two in each leaf, those of a zip inside it."""
    for seed in range(100):
        found = [mark for part in tree(Plan(seed)).walk() for mark in marks(part.payload, zipped=True)]

        assert len(found) == len(set(found)) == 2 * sum(part.leaf for part in tree(Plan(seed)).walk())
        assert all(MARK.fullmatch(mark) for mark in found)


def test_a_recipe_gets_smaller() -> None:
    """By one oddity or one part, and in the end by nothing."""
    recipe = next(recipe for recipe in map(draw, range(1000)) if len(recipe.oddities) == 3)
    steps = 0
    while less := [one for one in smaller(recipe) if render(one) != render(recipe)]:
        recipe = less[0]
        steps += 1

    assert recipe.oddities == ()
    assert steps >= 3


def test_what_a_peer_sees_more_is_missed() -> None:
    """Marks, and names that must not pass; nothing is missed in a mail that is held."""
    mine = View(frozenset((b"MKAAAAAAAAAA",)), frozenset(("a.txt", "B.EXE")))
    theirs = View(frozenset((b"MKAAAAAAAAAA", b"MKBBBBBBBBBB")), frozenset(("c.pdf", "x/b.exe", "d.js.")))

    assert compare.misses(mine, "peer", theirs) == [
        compare.Miss("peer", "leaf", frozenset(("MKBBBBBBBBBB",))),
        compare.Miss("peer", "name", frozenset(("d.js",))),
    ]
    assert compare.misses(View(held=frozenset(("ambiguous",))), "peer", theirs) == []


def test_the_list_of_explained_differences_is_sound() -> None:
    """Each has a reason, and rows that are in the table."""
    for one in compare.explanations():
        assert one.reason
        assert one.kind in ("leaf", "name")
        assert one.rows <= set(TABLE)


def test_an_explanation_covers_its_cause() -> None:
    """The peer, the kind, and all of its rows."""
    one = compare.Explanation("a", "name", frozenset(("F11",)), "why")
    miss = compare.Miss("a", "name", frozenset(("x.exe",)))

    assert one.covers(miss, ("F11", "H01"))
    assert not one.covers(miss, ("H01",))
    assert not one.covers(compare.Miss("b", "name", miss.what), ("F11",))
    assert not one.covers(compare.Miss("a", "leaf", miss.what), ("F11",))


def test_an_oddity_of_a_part_that_is_left_out_does_nothing() -> None:
    """A recipe whose oddities name other parts is still a mail."""
    assert render(Recipe(Plan(1), (Oddity("H22", 999, 1),))) == bytes(tree(Plan(1)))
