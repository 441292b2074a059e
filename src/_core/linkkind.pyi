def links_in_lines(data: bytes | bytearray | memoryview) -> tuple[list[tuple[int, int]], bytes]:
    """Of links, one a line: (the odd ones as spans, those with encoded bytes decoded, one a line)."""

def links_in_text(
    data: bytes | bytearray | memoryview, quoted: bool = False
) -> tuple[list[tuple[int, int]], bytes, bytes]:
    """Of the links in a text: (the odd ones as spans, those with encoded bytes decoded, with `quoted` the others; both
    one a line). `quoted`: of a script or a style sheet, where //host is a link too."""
