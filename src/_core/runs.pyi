def base64_runs(data: bytes | bytearray | memoryview, least: int, at: int = 0) -> list[tuple[int, int]]:
    """The spans of the next runs from `at` on with at least `least` characters of the alphabet, in order.

    `at` is 0 or where a run of the last call ended; there are no more runs when the answer is empty.
    """

def longest_run(data: bytes | bytearray | memoryview) -> int:
    """Bytes of the longest run, with the white space in it; 0 where none has 24 characters."""

def next_word(data: bytes | bytearray | memoryview, at: int, least: int) -> tuple[int, int] | None:
    """The span of the next `least` or more visible characters of ASCII in a row at or behind `at`; None without one.

    Addresses and styles are passed over: what has :// in it, or a colon but few different signs.
    """
