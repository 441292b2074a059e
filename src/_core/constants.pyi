def next_numbers(data: bytes | bytearray | memoryview, at: int, least: int) -> tuple[int, int, bytes] | None:
    """The next list of at least `least` numbers at or behind `at`: its span and its bytes; None without one."""

def next_escapes(data: bytes | bytearray | memoryview, at: int, least: int) -> tuple[int, int, bytes] | None:
    """The next run of at least `least` escapes at or behind `at`: its span and its bytes; None without one."""

def joined(data: bytes | bytearray | memoryview) -> bytes | None:
    """The text with its strings joined; None when there is nothing to join."""

def without_junk(data: bytes | bytearray | memoryview) -> bytes:
    """The text without what is neither of base64 nor white space, and all that follows such a byte on its line."""
