from collections.abc import Iterable

def assemble(
    items: Iterable[tuple[str, int]], nodes: int, entries: list[tuple[str, float, str, int]], dense_bytes: int = ...
) -> bytes:
    """The bytes of an automaton file.

    `items` yields (key, index) for every phrase, in the order of the trie: each character of the key is one byte of the
    folded phrase, 1 to 65,535 of them, and `entries[index]` its (text, weight, file, line). `nodes` is the number of
    the trie's nodes with the root. Rows take at most `dense_bytes`, but for the root's. Raises ValueError when items
    and nodes do not fit together.
    """
