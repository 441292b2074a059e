import enum

class Anomaly(enum.IntFlag):
    BARE_CR: int
    BARE_LF: int
    NUL: int
    LONG_LINE: int
    HEADER_8BIT: int
    HEADER_CONTROL: int
    HEADER_JUNK: int
    HEADER_NAME: int
    HEADER_BLANK: int
    NO_HEADER: int
    MISSING_BLANK_LINE: int
    DUPLICATE_CONTENT_TYPE: int
    DUPLICATE_ENCODING: int
    DUPLICATE_DISPOSITION: int
    BAD_CONTENT_TYPE: int
    BAD_ENCODING: int
    BAD_DISPOSITION: int
    COMMENT: int
    UNKNOWN_ENCODING: int
    ENCODED_MULTIPART: int
    STRAY_BOUNDARY: int
    MISSING_BOUNDARY: int
    DUPLICATE_BOUNDARY: int
    LONG_BOUNDARY: int
    REPEATED_BOUNDARY: int
    NEAR_BOUNDARY: int
    BOUNDARY_IN_HEADER: int
    MISSING_END: int
    PREAMBLE: int
    EPILOGUE: int
    BASE64_JUNK: int
    BASE64_PADDING: int
    BASE64_TRUNCATED: int
    QP_BAD: int
    QP_BARE: int
    UU_BAD: int
    UU_TRUNCATED: int

ANOMALIES: tuple[str, ...]

def names(flags: int) -> tuple[str, ...]: ...
