def next_spelled(data: bytes | bytearray | memoryview, at: int, least: int) -> tuple[int, int, list[bytes]] | None:
    """The next run of at least `least` bytes at or behind `at`: its span, and its bytes in each way of reading it.

    None without one. Go on at the end of the span.
    """

def needless_escapes(data: bytes | bytearray | memoryview) -> tuple[int, int]:
    """How many letters and digits are written as escapes, and how many long words of base64 have escapes in them."""
