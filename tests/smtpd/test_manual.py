"""The page about the dialogue is the one that the tables give."""

from __future__ import annotations

import re
from pathlib import Path

from bartizan.model import reply
from bartizan.model.reply import Reply
from bartizan.smtpd import manual
from bartizan.smtpd.transaction import VERBS, State, Transaction

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dialogue.md"


def test_the_page_is_up_to_date() -> None:
    """What lies in docs is what the command writes."""
    assert PAGE.read_text(encoding="utf-8") == manual.page(), f"run: {manual.COMMAND}"


def test_the_page_says_what_a_session_does() -> None:
    """A cell is 503 exactly where the table refuses the verb."""
    rows = dict(re.findall(r"^\| ([A-Z]+) \| (.*) \|(?: last)? *\|$", manual.page(), re.MULTILINE))
    assert set(rows) == set(VERBS)
    for name, row in rows.items():
        for state, cell in zip(State, row.split(" | "), strict=True):
            transaction = Transaction()
            transaction.state = state
            refused = transaction.refuse(VERBS[name], "x", 10) is reply.BAD_SEQUENCE
            assert (cell == "503") is refused, f"{name} when {state.value}"


def test_every_reply_is_there() -> None:
    """The whole table."""
    table = {one for one in vars(reply).values() if isinstance(one, Reply)}
    told = manual.page().partition("## Replies")[2]
    assert [one for one in table if f"| {one.code} {one.enhanced} | {one.text} |" not in told] == []
