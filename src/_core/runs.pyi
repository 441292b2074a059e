def base64_runs(data: bytes | bytearray | memoryview, least: int) -> list[tuple[int, int]]:
    """The spans of all runs with at least `least` characters of the alphabet, in order."""
