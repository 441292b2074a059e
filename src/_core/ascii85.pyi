def decode(data: bytes | bytearray | memoryview, most: int) -> bytes:
    """What `data` says until its first fault, once `most` bytes are passed no more."""
