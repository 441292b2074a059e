"""Every literal dialogue of dialogues/, over real sockets, on both loops."""

from __future__ import annotations

import asyncio
from pathlib import Path
from smtpd.dialogue import Player
from smtpd.script import steps, unescape

import pytest
import uvloop

FILES = sorted((Path(__file__).parent / "dialogues").glob("*.smtp"))


@pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop], ids=["uvloop", "asyncio"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_dialogue(path: Path, loop: object) -> None:
    """The server answers as the file says, and notes no problem."""
    with asyncio.Runner(loop_factory=loop) as runner:  # type: ignore[arg-type]
        runner.run(Player(path.read_text(encoding="utf-8")).play())


def test_a_wrong_dialogue_fails() -> None:
    """The runner notices an answer that is not the expected one, and says where."""
    with pytest.raises(AssertionError, match="line 2: S: 220 nobody"):
        asyncio.run(Player("# who is it?\nS: 220 nobody\n").play())


def test_no_step() -> None:
    """A line that is no step is an error, not a comment."""
    with pytest.raises(ValueError, match="line 1: no step"):
        steps("c: hello")


def test_unescape() -> None:
    """Escapes become bytes, other text is UTF-8."""
    assert unescape("a\\r\\n\\x00\\\\é") == b"a\r\n\x00\\\xc3\xa9"
