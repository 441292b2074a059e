# What is not plain RFC 5322 or 2045 in a message: bit numbers of the parser's flags. See anomaly.pyx.

cpdef enum Anomaly:
    BARE_CR
    BARE_LF
    NUL
    LONG_LINE
    HEADER_8BIT
    HEADER_CONTROL
    HEADER_JUNK
    HEADER_NAME
    HEADER_BLANK
    HEADER_FOLD
    NO_HEADER
    MISSING_BLANK_LINE
    DUPLICATE_CONTENT_TYPE
    DUPLICATE_ENCODING
    DUPLICATE_DISPOSITION
    BAD_CONTENT_TYPE
    BAD_ENCODING
    BAD_DISPOSITION
    COMMENT
    UNKNOWN_ENCODING
    ENCODED_MULTIPART
    STRAY_BOUNDARY
    MISSING_BOUNDARY
    DUPLICATE_BOUNDARY
    LONG_BOUNDARY
    REPEATED_BOUNDARY
    NEAR_BOUNDARY
    BOUNDARY_IN_HEADER
    MISSING_END
    PREAMBLE
    EPILOGUE
    BASE64_JUNK
    BASE64_PADDING
    BASE64_TRUNCATED
    QP_BAD
    QP_BARE
    UU_BAD
    UU_TRUNCATED

ctypedef unsigned long long Flags

cdef inline Flags bit(int anomaly) noexcept nogil:
    return (<Flags>1) << anomaly

cpdef tuple names(Flags flags)
