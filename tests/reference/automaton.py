"""Twin of bartizan._core.automaton: every phrase looked for at every place."""

from __future__ import annotations


def occurrences(phrases: list[bytes], data: bytes) -> list[tuple[int, int]]:
    """(phrase index, offset after its last byte) of every occurrence."""
    return [
        (index, start + len(phrase))
        for index, phrase in enumerate(phrases)
        for start in range(len(data))
        if data.startswith(phrase, start)
    ]
