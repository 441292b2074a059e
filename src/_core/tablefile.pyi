from bartizan._core.mapentries import MapEntries

def table_file(entries: MapEntries) -> tuple[bytes, list[tuple[int, int, str]]]:
    """The compiled file of these entries, and which of them contradict an earlier one.

    Contradictions are (line, earlier line, entry), at most 1,000; the earlier entry counts. The same entry again, with
    the same value, is none. Raises ValueError for more than 2**31 - 1 names or networks.
    """
