from typing import final

MAGIC: bytes
DIGEST_AT: int
FIELDS: tuple[str, ...]

@final
class Automaton:
    """Phrases of one memory-mapped file, immutable. Made by `open` only."""

    longest: int
    """Bytes of the longest folded phrase."""

    def __init__(self, *args: object, **kwargs: object) -> None: ...
    @staticmethod
    def open(path: str | int) -> Automaton:
        """Maps the file at `path`. Raises ValueError for a damaged or foreign file, OSError when it cannot be read."""

    def __len__(self) -> int: ...
    def phrase(self, index: int) -> tuple[str, float, str]:
        """The phrase as (text, weight, "file:line"). Raises IndexError."""

    def length(self, index: int) -> int:
        """Length of the folded phrase in bytes. Raises IndexError."""

    def find(self, data: bytes | bytearray | memoryview) -> list[tuple[int, int]]:
        """Every occurrence in folded bytes as (phrase index, offset after its last byte), in order of their ends."""
