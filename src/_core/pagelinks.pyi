_Spans = list[tuple[int, int]]

def page_links(data: bytes | bytearray | memoryview) -> tuple[bytes, _Spans, _Spans, _Spans, _Spans, bool, bool]:
    """(links, one a line; values with character references; texts and scripts with links in them; pages in attributes;
    addresses that links are relative to; does the text ask to be looked into; is this all), spans in the middle."""
