def base64_runs(data: bytes | bytearray | memoryview, least: int) -> list[tuple[int, int]]:
    """The spans of all runs with at least `least` characters of the alphabet, in order."""

def has_low_bytes(data: bytes | bytearray | memoryview) -> bool:
    """Is there a byte below 7? Every mark of an archive has one, no text has."""
