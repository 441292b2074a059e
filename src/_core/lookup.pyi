from os import PathLike
from typing import final

MAGIC: bytes
DIGEST_AT: int
SECTIONS: tuple[tuple[str, int], ...]

@final
class TableFile:
    """One compiled file, immutable. Made by `open` only."""

    def __init__(self, *args: object, **kwargs: object) -> None: ...
    @staticmethod
    def open(source: str | PathLike[str] | int | bytes) -> TableFile:
        """The file at a path, of a descriptor (which stays open and may then be closed), or these bytes.

        Raises ValueError for a damaged or foreign file, OSError when it cannot be read.
        """

@final
class NetworkTable:
    """The networks of a table file."""

    def __init__(self, file: TableFile) -> None: ...
    def __len__(self) -> int:
        """Number of ranges."""

    def find(self, address: str) -> tuple[str, str] | None:
        """The network with the longest prefix around an address, as (network, value); None too for what is no
        address."""

@final
class NameTable:
    """The names of a table file."""

    def __init__(self, file: TableFile) -> None: ...
    def __len__(self) -> int:
        """Number of entries."""

    def find(self, key: bytes) -> tuple[str, str] | None:
        """The entry that is exactly this, as (entry, value)."""

    def find_domain(self, name: bytes) -> tuple[str, str] | None:
        """The most specific entry for a domain, as (entry, value): NAME, then .NAME, then a dot and each domain above
        it."""
