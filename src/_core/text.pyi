from typing import final

from bartizan._core.automaton import Automaton

@final
class TextView:
    """One text as it streams by; fed from C only."""

    hits: list[tuple[int, int, int]]
    """(phrase index, raw start, raw end), each phrase once; the span is that of the source lines the phrase lies on."""
    overflow: bool
    """There were more phrases than are recorded."""

    def __new__(cls, charset: bytes, html: bool, automaton: Automaton | None, keep: bool = False) -> TextView: ...

def scan_text(
    data: bytes | bytearray | memoryview, charset: str, html: bool, automaton: Automaton
) -> list[tuple[int, int, int]]:
    """Phrases in a text: (phrase index, start, end), each at most once; the span is that of the lines it lies on."""

def view(data: bytes | bytearray | memoryview, charset: str, html: bool) -> bytes:
    """The text view of a whole text, as phrases see it."""

def scan_pieces(
    pieces: list[tuple[bytes, int, int]], charset: bytes, html: bool, automaton: Automaton | None
) -> tuple[bytes, list[tuple[int, int, int]]]:
    """The view and the hits of a text that comes as (bytes, raw start, raw end), for tests."""

def fold(text: str) -> bytes:
    """The view of a plain text: what phrases are compiled from."""
