def siphash(key: bytes, data: bytes) -> int:
    """The hash of `data` under 16 octets of key. Raises ValueError for a key of another length."""
