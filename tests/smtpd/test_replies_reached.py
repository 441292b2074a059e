"""Every reply of the table is reached by a dialogue."""

from __future__ import annotations

from smtpd.script import steps, unescape
from smtpd.test_dialogues import FILES

from bartizan.model import reply
from bartizan.model.reply import Reply


def line(key: str, rest: str) -> str | None:
    """The whole line that a step expects of the server; a pattern is none."""
    return rest if key == "S:" else rest.partition(" ")[2] if key == "S*" else None


def test_every_reply_is_reached() -> None:
    """As a whole line, word for word."""
    expected = [line(key, rest) for path in FILES for _, key, rest in steps(path.read_text(encoding="utf-8"))]
    lines = {unescape(text) + b"\r\n" for text in expected if text is not None}
    replies = {name: one for name, one in vars(reply).items() if isinstance(one, Reply)}
    assert {name for name, one in replies.items() if one.encode() not in lines} == set()
