# ruff: noqa: RUF001
"""Phrase files: what they may say, and what is said about mistakes."""

from __future__ import annotations

from pathlib import Path

import ahocorasick
import pytest

from bartizan._core.automaton import Automaton
from bartizan._core.text import fold
from bartizan.detect.phrases import DEFAULT_WEIGHT, LONGEST, build, read
from bartizan.model.errors import ConfigError


def written(path: Path, content: bytes | str) -> Path:
    """A phrase file."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_phrases_and_weights(tmp_path: Path) -> None:
    """One phrase a line, a weight after a tab; comments, empty lines, CRLF and a byte order mark."""
    content = "\ufeffAct now\t2.5\r\n\r\n# a comment\r\n#\r\n#hashtag\r\n  Free  money \r\n"
    found = read([written(tmp_path / "list", content)])
    assert [(p.text, p.folded, p.weight, p.line) for p in found] == [
        ("Act now", b"act now", 2.5, 1),
        ("#hashtag", b"#hashtag", DEFAULT_WEIGHT, 5),
        ("Free  money", b"free money", DEFAULT_WEIGHT, 6),
    ]


def test_a_phrase_listed_twice_keeps_its_highest_weight(tmp_path: Path) -> None:
    """Phrases that fold to the same are the same, across files."""
    one = written(tmp_path / "one", "Straße\t1\nother\t9\n")
    two = written(tmp_path / "two", "STRASSE\t3\nother\t2\n")
    found = read([one, two])
    assert [(p.text, p.weight, Path(p.file).name) for p in found] == [("STRASSE", 3.0, "two"), ("other", 9.0, "one")]


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    """File and line of each, and what was expected."""
    lines = [
        b"good",
        b"caf\xe9",
        b"x",
        "\u200b\u00ad".encode(),
        b"bad\tweight",
        b"bad\tnan",
        b"y" * (LONGEST + 1),
        b"good too",
    ]
    file = written(tmp_path / "list", b"\n".join(lines))
    with pytest.raises(ConfigError) as caught:
        read([file, tmp_path / "absent"])
    assert [(Path(p.file).name, p.key) for p in caught.value.problems] == [
        *[("list", f"line {n}") for n in (2, 3, 4, 5, 6, 7)],
        ("absent", ""),
    ]
    assert caught.value.problems[0].expected == "UTF-8"


def test_build_writes_a_file_that_finds_the_phrases(tmp_path: Path) -> None:
    """From the list to a hit."""
    target = tmp_path / "phrases.bin"
    assert build([written(tmp_path / "list", "Click HERE\t4\nДобрый день\n")], target) == 2
    automaton = Automaton.open(str(target))
    found = {automaton.phrase(index)[0] for index, _ in automaton.find(fold("click  here, ДОБРЫЙ ДЕНЬ"))}
    assert found == {"Click HERE", "Добрый день"}
    text, weight, source = automaton.phrase(0)
    assert (text, weight, source) == ("Click HERE", 4.0, f"{tmp_path / 'list'}:1")


def test_no_files_at_all(tmp_path: Path) -> None:
    """The automaton file is there even without phrases."""
    assert build([], tmp_path / "phrases.bin") == 0
    assert len(Automaton.open(str(tmp_path / "phrases.bin"))) == 0


def test_bad_lists_write_nothing(tmp_path: Path) -> None:
    """An error leaves no file behind."""
    with pytest.raises(ConfigError):
        build([written(tmp_path / "list", "x\n")], tmp_path / "phrases.bin")
    assert not (tmp_path / "phrases.bin").exists()


def test_a_hundred_thousand_phrases_are_small(tmp_path: Path) -> None:
    """The file with everything in it takes at most a third of what pyahocorasick needs for its trie."""
    words = [f"{k * 7919 % 100003:x} words of {k:o}" for k in range(100_000)]
    count = build([written(tmp_path / "list", "\n".join(words))], tmp_path / "phrases.bin")
    trie = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for k, word in enumerate(words):
        trie.add_word(word, k)
    trie.make_automaton()
    assert count == 100_000
    assert (tmp_path / "phrases.bin").stat().st_size * 3 <= trie.get_stats()["total_size"]
    automaton = Automaton.open(str(tmp_path / "phrases.bin"))
    assert automaton.phrase(54_321)[0] == words[54_321]
    assert [index for index, _ in automaton.find(words[99_999].encode())] == [99_999]
