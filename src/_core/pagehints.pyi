_Spans = list[tuple[int, int]]

def page_hints(data: bytes | bytearray | memoryview) -> tuple[_Spans, _Spans, _Spans, _Spans, int]:
    """(tags that may hide what they hold, values of attributes that people read, style sheets, scripts, flags); all but
    the last as lists of spans. Flags: 1, letters or pieces of words stand in cells of their own; 2, the writing
    direction is overridden; 4, letters are written as references; 8, references to references; 16, the page has more
    spans than are told."""
