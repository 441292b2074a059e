def assemble(
    nodes: list[tuple[int, int]],
    edges: list[tuple[int, bytes, int]],
    fails: list[tuple[int, int]],
    folded: list[bytes],
    entries: list[tuple[str, float, str, int]],
    dense_bytes: int = ...,
) -> bytes:
    """The bytes of an automaton file.

    `nodes`, `edges` and `fails` are what ahocorasick.Automaton.dump() gives, `folded` the phrases as they were added (each
    once, 1 to 65,535 bytes), `entries` their (text, weight, file, line). Rows take at most `dense_bytes`, but for the root's.
    Raises ValueError when the dump is inconsistent.
    """
