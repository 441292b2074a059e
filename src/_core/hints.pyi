def letters_apart(data: bytes | bytearray | memoryview) -> bool:
    """Are there four letters in a row that stand alone, with no more than five other characters between them?"""

def is_plain(data: bytes | bytearray | memoryview) -> bool:
    """Is there nothing in a text that could be read in two ways: ASCII without NUL, escapes and other controls, without
    the shifts of UTF-7 and HZ, no letters apart, and no words in disguise?"""
