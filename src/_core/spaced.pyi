def spaced_row(text: str, at: int) -> tuple[int, int] | None:
    """The first row of letters that stand alone in `text` that begins at `at` or behind, as a span."""
