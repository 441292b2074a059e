def png(data: bytes | bytearray | memoryview, row: int, pixel: int) -> bytes:
    """The rows, each of which begins with a byte that tells its predictor."""

def tiff(data: bytes | bytearray | memoryview, row: int, pixel: int) -> bytes:
    """The rows, in which each byte was told as the difference to that of the pixel on its left."""
