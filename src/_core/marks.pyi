def find_mark(data: bytes | bytearray | memoryview, mark: bytes, at: int) -> int:
    """Where `mark`, which is not empty, is next at or behind `at`; -1 if it is not there."""

def has_low_bytes(data: bytes | bytearray | memoryview) -> bool:
    """Is there a byte below 7? Every mark of an archive has one, no text has."""
