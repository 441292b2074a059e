def disguise_kinds(data: bytes | bytearray | memoryview) -> int:
    """Which of these are in a text: 1, parted words; 2, digits for letters; 4, hyphens where lines end."""

def unparted(data: bytes | bytearray | memoryview) -> bytes:
    """The text with blanks for the signs that part words."""

def lettered(data: bytes | bytearray | memoryview, l: bool = False) -> bytes:
    """The text with letters for the digits in words; 1 is an i, or with `l` an l."""
