from typing import final

ODD_MOST: int
"""Lines that are not plain, at most, at a time."""

@final
class MapEntries:
    """The entries of one list, in the order in which they were added."""

    def __init__(self) -> None: ...
    def __len__(self) -> int: ...
    def add_lines(
        self, data: bytes | bytearray | memoryview, first: int, at: int = 0
    ) -> tuple[list[tuple[int, bytes, bytes]], int, int]:
        """Adds the plain entries among the lines from octet `at` on, the first of which has the number `first`.

        Gives the other lines that are not blank as (line, key, value), and the number and offset of the line that would
        follow: when there are ODD_MOST of the others, the rest has not been read.
        """

    def add_plain(self, key: bytes, value: bytes, line: int) -> bool:
        """Adds one entry if its key is plain, and says whether it is; the value is anything short."""

    def add_name(self, key: bytes, value: bytes, line: int) -> None:
        """Adds a name as it is."""
