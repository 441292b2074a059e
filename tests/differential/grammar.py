"""Mails from a number: plain MIME, and up to four oddities that combine.

In: a seed. Out: a recipe, and the mail that it makes; the same seed gives the same mail. A recipe can be made smaller
without changing the rest of it: oddities and parts are left out.
Not here: the plain mail (plain), the table of oddities (oddities).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from differential.oddities import TABLE
from differential.plain import Plan, tree

ODDITIES = (0, 1, 1, 1, 1, 2, 2, 2, 3, 4)
"""How many a mail has, each as often as it stands here."""
HIDDEN = 0.15
"""How often a name that must not pass stands in a mail without an oddity of names."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """One oddity of a mail: its row, the part it is done to, and the seed of its choices."""

    row: str
    part: int
    seed: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides a mail: its plain tree, and what is done to that."""

    plan: Plan
    oddities: tuple[Oddity, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the table that are in the mail, sorted."""
        return tuple(sorted(oddity.row for oddity in self.oddities))


def draw(seed: int) -> Recipe:
    """The recipe of a seed."""
    chance = Random(f"{seed} oddities")
    parts = list(tree(Plan(seed)).walk())
    drawn: list[Oddity] = []
    blocked = -1
    for _ in range(chance.choice(ODDITIES)):
        group = chance.choice("HBEF")
        row = chance.choice([row for row in TABLE if row.startswith(group)])
        places = [part.number for part in parts if any(applies(part) for applies, _ in TABLE[row])]
        if group == "F" and blocked >= 0:
            places = [blocked]
        if not places:
            continue
        place = chance.choice(places)
        blocked = place if group == "F" else blocked
        drawn.append(Oddity(row, place, chance.randrange(1 << 30)))
    named = [part.number for part in parts if part.leaf and part.texts]
    if blocked < 0 and named and chance.random() < HIDDEN:
        blocked = chance.choice(named)
    return Recipe(Plan(seed, blocked), tuple(drawn))


def render(recipe: Recipe) -> bytes:
    """The mail of a recipe."""
    root = tree(recipe.plan)
    parts = {part.number: part for part in root.walk()}
    for oddity in recipe.oddities:
        part = parts.get(oddity.part)
        if part is None:
            continue
        chance = Random(f"{oddity.seed} {oddity.row}")
        changes = [change for applies, change in TABLE[oddity.row] if applies(part)]
        if changes:
            chance.choice(changes)(part, chance)
    return bytes(root)


def smaller(recipe: Recipe) -> list[Recipe]:
    """Recipes with one oddity or one part less."""
    less = [
        replace(recipe, oddities=recipe.oddities[:at] + recipe.oddities[at + 1 :]) for at in range(len(recipe.oddities))
    ]
    numbers = {part.number for part in tree(recipe.plan).walk()} - {0} - {oddity.part for oddity in recipe.oddities}
    plans = (replace(recipe.plan, without=recipe.plan.without | {number}) for number in sorted(numbers))
    return less + [replace(recipe, plan=plan) for plan in plans]
