TEXT: int
FONT: int
GAP: int
SPACE: int
MOVE: int
LINE: int

def pieces(data: bytes | bytearray | memoryview, most: int) -> list[tuple[int, bytes]]:
    """The pieces of a content stream; as many as `most`, or one more: there may be others."""
