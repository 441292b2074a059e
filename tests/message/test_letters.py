"""Phrases whose letters stand apart are found, and looking for them costs no more for two lists in turn."""

from __future__ import annotations

import time
from pathlib import Path

from bartizan._core.automaton import Automaton
from bartizan.detect import phrases
from bartizan.message.letters import find
from pace import seconds


def automaton(file: Path, *more: str) -> Automaton:
    """Many phrases, and these."""
    file.with_suffix(".txt").write_text(
        "".join(f"number {at} of many\n" for at in range(3000)) + "\n".join(more) + "\n"
    )
    phrases.build([file.with_suffix(".txt")], file)
    return Automaton.open(str(file))


def test_two_lists_in_turn(tmp_path: Path) -> None:
    """As the walk and the detector of phrases have them."""
    one, other = automaton(tmp_path / "one.bin", "claim now"), automaton(tmp_path / "other.bin", "crown jewels")
    began = time.process_time()
    assert len(find(one, b"so c l a i m n o w here")[0]) == 1
    first = time.process_time() - began
    assert len(find(other, b"c.r.o.w.n j e w e l s")[0]) == 1
    assert find(one, b"so c l a i m t h e n")[0] == set()
    assert seconds(lambda: (find(one, b"so c l a i m n o w"), find(other, b"c r o w n j e w e l s"))) < first / 5
