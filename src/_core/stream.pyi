from typing import Self

from bartizan._core.automaton import Automaton
from bartizan._core.entity import Part
from bartizan._core.mime import MimeParser

class MessageStream:
    def __new__(
        cls,
        automaton: Automaton | None = None,
        *,
        max_bytes: int,
        max_line: int = 0,
        normalize_bare: bool = False,
        keep: bool = False,
        max_depth: int = 20,
        max_parts: int = 1000,
        max_header: int = 65536,
        max_headers: int = 1048576,
        max_fields: int = 2000,
    ) -> Self: ...
    def feed(self, data: bytes | bytearray | memoryview) -> int: ...
    @property
    def automaton(self) -> Automaton | None: ...
    @property
    def received(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def too_big(self) -> bool: ...
    @property
    def ended(self) -> bool: ...
    @property
    def bare(self) -> bool: ...
    @property
    def eight_bit(self) -> bool: ...
    @property
    def line_too_long(self) -> bool: ...
    @property
    def longest_line(self) -> int: ...
    @property
    def received_lines(self) -> int: ...
    @property
    def raw(self) -> bytes | memoryview: ...
    @property
    def parts(self) -> list[Part]: ...
    @property
    def fields(self) -> tuple[tuple[int, int, int, int], ...]: ...
    @property
    def hits(self) -> list[tuple[int, int, int]]: ...
    @property
    def limits(self) -> list[tuple[str, str]]: ...
    @property
    def anomalies(self) -> tuple[str, ...]: ...

def parse(
    raw: bytes | bytearray | memoryview,
    automaton: Automaton | None = None,
    *,
    stored: bool = True,
    keep: bool = False,
    max_depth: int = 20,
    max_parts: int = 1000,
    max_header: int = 65536,
    max_headers: int = 1048576,
    max_fields: int = 2000,
) -> MimeParser: ...
