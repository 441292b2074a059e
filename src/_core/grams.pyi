class Grams:
    """The literals, by their number in the list that it was made of."""

    def __new__(cls, literals: list[bytes]) -> Grams:
        """ValueError for a literal that is shorter than four bytes or not in lower case."""

    def __len__(self) -> int: ...
    def find(self, data: bytes | bytearray | memoryview) -> list[int]:
        """The numbers of the literals that are in `data`, each once, in no order."""
