from typing import final

@final
class MapEntries:
    """The entries of one list, in the order in which they were added."""

    def __init__(self) -> None: ...
    def __len__(self) -> int: ...
    def add_lines(self, data: bytes | bytearray | memoryview, first: int) -> tuple[int, list[tuple[int, bytes, bytes]]]:
        """Adds the plain entries among these lines, counted from `first`.

        Gives the number of the line that would follow, and the other lines that are not blank as (line, key, value).
        """

    def add_plain(self, key: bytes, value: bytes, line: int) -> bool:
        """Adds one entry if its key is plain, and says whether it is; the value is anything short."""

    def add_name(self, key: bytes, value: bytes, line: int) -> None:
        """Adds a name as it is."""
