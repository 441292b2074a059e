def decode(data: bytes | bytearray | memoryview, most: int, early: bool = True) -> bytes:
    """What the codes in `data` say until the first fault, once `most` bytes are passed no more."""

def run_lengths(data: bytes | bytearray | memoryview, most: int) -> bytes:
    """What `data` says up to its end marker, once `most` bytes are passed no more."""
