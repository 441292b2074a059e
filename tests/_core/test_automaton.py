"""The phrase automaton: against a naive search and against pyahocorasick, in pieces, and from damaged files."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import ahocorasick
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan._core.assemble import assemble
from bartizan._core.automaton import Automaton
from bartizan._core.text import scan_pieces
from reference.automaton import occurrences

MAGIC_SIZE = 24
DIGEST_END = MAGIC_SIZE + 32
ALL_DENSE, ONE_ROW = 1 << 20, 1


def compiled(words: list[bytes], dense_bytes: int) -> bytes:
    """An automaton file of the words."""
    trie = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for index, word in enumerate(words):
        trie.add_word(word.decode("latin-1"), index)
    entries = [(word.decode("latin-1"), float(k), f"list{k % 3}", k + 1) for k, word in enumerate(words)]
    return assemble(trie.items(), trie.get_stats()["nodes_count"], entries, dense_bytes)


def opened(tmp: Path, content: bytes) -> Automaton:
    """The automaton of a file with this content."""
    file = tmp / "phrases.bin"
    file.unlink(missing_ok=True)
    file.write_bytes(content)
    return Automaton.open(str(file))


@pytest.fixture(scope="module")
def tmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for the files of one module's tests."""
    return tmp_path_factory.mktemp("automaton")


WORDS = st.lists(
    st.text("ab\xe9", min_size=1, max_size=6).map(lambda t: t.encode("latin-1")), min_size=1, max_size=12, unique=True
)


@settings(max_examples=300, deadline=None)
@given(words=WORDS, text=st.text("ab\xe9x", max_size=60), dense=st.sampled_from([ALL_DENSE, ONE_ROW, 40]))
def test_every_occurrence_is_found(tmp: Path, words: list[bytes], text: str, dense: int) -> None:
    """Nested and overlapping phrases, in dense and in sparse states, as a naive search and pyahocorasick find them."""
    data = text.encode("latin-1")
    automaton = opened(tmp, compiled(words, dense))
    found = automaton.find(data)
    trie = ahocorasick.Automaton()
    for index, word in enumerate(words):
        trie.add_word(word.decode("latin-1"), index)
    trie.make_automaton()
    assert sorted(found) == sorted(occurrences(words, data))
    assert sorted(found) == sorted((index, end + 1) for end, index in trie.iter(text))
    assert [end for _, end in found] == sorted(end for _, end in found)


@settings(deadline=None)
@given(words=WORDS, text=st.text("abx", max_size=60), dense=st.sampled_from([ALL_DENSE, ONE_ROW, 40]))
def test_the_state_survives_every_split(tmp: Path, words: list[bytes], text: str, dense: int) -> None:
    """Byte by byte the same phrases are found as at once."""
    automaton = opened(tmp, compiled(words, dense))
    data = text.encode()
    found = {index for index, _ in automaton.find(data)}
    _, hits = scan_pieces([(data[k : k + 1], k, k + 1) for k in range(len(data))], b"utf-8", False, automaton)
    assert {index for index, _, _ in hits} == found
    for index, start, end in hits:
        assert data[start:end] == words[index]


def test_what_is_known_of_a_phrase(tmp: Path) -> None:
    """Text, weight, place and length; numbers out of range are an IndexError."""
    automaton = opened(tmp, compiled([b"one", b"three", b"caf\xe9"], ALL_DENSE))
    assert (len(automaton), automaton.longest) == (3, 5)
    assert [automaton.phrase(k) for k in range(3)] == [
        ("one", 0.0, "list0:1"),
        ("three", 1.0, "list1:2"),
        ("café", 2.0, "list2:3"),
    ]
    assert [automaton.length(k) for k in range(3)] == [3, 5, 4]
    for index in (-1, 3):
        with pytest.raises(IndexError):
            automaton.phrase(index)
        with pytest.raises(IndexError):
            automaton.length(index)


def test_the_same_phrases_give_the_same_file() -> None:
    """Files can be told apart by their content's hash."""
    words = [b"one", b"two", b"thirty", b"on"]
    assert compiled(words, ALL_DENSE) == compiled(words, ALL_DENSE)


def test_no_phrases(tmp: Path) -> None:
    """An empty list is an automaton that finds nothing."""
    automaton = opened(tmp, assemble([], 1, []))
    assert (len(automaton), automaton.find(b"anything" * 100)) == (0, [])


def test_what_is_no_trie_is_refused() -> None:
    """Phrases out of the trie's order, twice, empty or missing."""
    entry = ("x", 5.0, "list", 1)
    wrong: list[tuple[list[tuple[str, int]], int]] = [
        ([("ab", 0), ("c", 1), ("ad", 2)], 5),
        ([("ab", 0), ("ab", 1), ("c", 2)], 4),
        ([("", 0), ("a", 1), ("c", 2)], 3),
        ([("ab", 0), ("c", 1)], 4),
        ([("ab", 0), ("ac", 0), ("c", 1)], 5),
        ([("ab", 0), ("ac", 1), ("c", 3)], 5),
    ]
    for items, nodes in wrong:
        with pytest.raises(ValueError, match="phrase"):
            assemble(items, nodes, [entry] * 3)


def test_every_byte_but_one(tmp: Path) -> None:
    """255 different bytes fit, 256 are refused."""
    words = [bytes([k, k ^ 1]) for k in range(256) if k not in (0, 1)] + [b"\x01"]
    data = bytes(range(256)) * 2
    assert sorted(opened(tmp, compiled(words, ALL_DENSE)).find(data)) == sorted(occurrences(words, data))
    with pytest.raises(ValueError, match="every byte"):
        compiled([bytes([k]) for k in range(256)], ALL_DENSE)


def test_large_input_is_searched_whole(tmp: Path) -> None:
    """Above 64 KiB, where the GIL is released."""
    automaton = opened(tmp, compiled([b"needle"], ONE_ROW))
    assert automaton.find(b"hay" * 100_000 + b"needle") == [(0, 300_006)]


def test_it_is_made_by_open_only(tmp: Path) -> None:
    """An empty shell cannot be had."""
    with pytest.raises(TypeError):
        Automaton()
    with pytest.raises(OSError, match="absent"):
        Automaton.open(str(tmp / "absent"))


@pytest.mark.parametrize("content", [b"", b"x", b"bartizan phrases" * 200, bytes(5000)])
def test_foreign_files_are_refused(tmp: Path, content: bytes) -> None:
    """Files that are something else."""
    with pytest.raises(ValueError, match=r"phrases\.bin"):
        opened(tmp, content)


def test_every_cut_and_flip_is_noticed(tmp: Path) -> None:
    """A file that is not exactly as it was written is refused."""
    content = compiled([b"one", b"two", b"thirty", b"on"], 100)
    for k in range(0, len(content), 7):
        with pytest.raises(ValueError, match=r"phrase file|damaged|empty"):
            opened(tmp, content[:k])
        with pytest.raises(ValueError, match=r"phrase file|damaged"):
            opened(tmp, content[:k] + bytes([content[k] ^ 0x11]) + content[k + 1 :])


@settings(max_examples=500, deadline=None)
@given(
    dense=st.sampled_from([ALL_DENSE, ONE_ROW, 100]),
    changes=st.lists(
        st.tuples(
            st.integers(DIGEST_END, 4000), st.sampled_from([0, 1, 2, 3, 5, 8, 255, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_a_forged_file_does_no_harm(tmp: Path, dense: int, changes: list[tuple[int, int]]) -> None:
    """With a right digest over wrong numbers: refused, or usable without a crash."""
    content = bytearray(compiled([b"one", b"two", b"thirty", b"on", b"ty"], dense))
    for at, value in changes:
        place = at % (len(content) - DIGEST_END - 4) // 4 * 4 + DIGEST_END
        content[place : place + 4] = struct.pack("=I", value)
    content[MAGIC_SIZE:DIGEST_END] = hashlib.sha256(content[DIGEST_END:]).digest()
    try:
        automaton = opened(tmp, bytes(content))
    except ValueError:
        return
    automaton.find(b"one two thirty on one tytwotwoone" * 10)
    for index in range(len(automaton)):
        automaton.phrase(index)
        automaton.length(index)
