def rc4(key: bytes | bytearray | memoryview, data: bytes | bytearray | memoryview) -> bytes:
    """The content encrypted, or decrypted, which is the same."""
