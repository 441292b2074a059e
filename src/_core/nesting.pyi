from collections.abc import Iterable, Iterator

def start_tags(page: bytes) -> Iterator[tuple[int, int]]:
    """The spans of all start tags, one after the other."""

def without(page: bytes, starts: Iterable[int]) -> tuple[bytes, bool]:
    """(the page without the elements whose start tags begin at `starts`, offsets in rising order; did all open ones
    have room)."""
