ENCODINGS: dict[bytes, int]
"""Transfer encoding tokens in lower case -> kind of decoder; a token that is not here is the identity."""
ANOMALY_NAMES: dict[int, str]
"""Anomaly bit -> its name, e.g. "base64-junk"."""

def decode_all(encoding: str, data: bytes | bytearray | memoryview) -> tuple[bytes, int]:
    """The primary reading of a whole body and its anomaly bits. An unknown encoding is the identity."""

def decode_pieces(kind: int, pieces: list[bytes]) -> tuple[bytes, int]:
    """What a stream of pieces decodes to: (bytes, anomaly bits). `kind` is a value of ENCODINGS."""
