QUOTED: int
ESCAPED: int
CONTINUED: int
OCTETS: int
NUMBERS: int
DUMPED: int
FRAMED: int
TURNED: int

def traces(data: bytes | bytearray | memoryview) -> int:
    """The bits of a text."""
