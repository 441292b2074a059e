def sniff(data: bytes | bytearray | memoryview) -> str:
    """The type of `data` (any bytes-like object) as a token; "" when it is unknown."""
