FLAG_COMMENT: int
FLAG_BAD: int

def parse_field(value: bytes) -> tuple[bytes, list[tuple[bytes, bytes]], int]: ...
