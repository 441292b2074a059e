# Values of structured MIME header fields. See headers.pyx.

cdef enum:
    COMMENT = 1     # a comment was found
    BAD = 2         # not plain RFC 2045 syntax

cdef bytes unfold(bytes value)
cdef tuple parse_value(bytes value)
cdef bytes parse_token(bytes value, int* flags)
