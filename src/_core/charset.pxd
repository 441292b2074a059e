"""C face of the charset decoders. See charset.pyx."""

from libc.stdint cimport uint8_t, uint32_t

cdef enum CharsetKind:
    CHARSET_UTF8 = 0        # also ASCII and unknown names
    CHARSET_TABLE = 1       # one byte a character
    CHARSET_UTF16 = 2
    CHARSET_UTF32 = 3
    CHARSET_UTF7 = 4
    CHARSET_CODEC = 5       # a Python codec's incremental decoder

cdef enum:
    CHARSET_BLOCK = 1024    # bytes that are converted at a time

cdef struct Charset:
    int kind
    int number              # of the table or codec
    bint ascii              # every byte below 128 is that character, wherever it stands
    int order               # of UTF-16 and UTF-32: 0 not known yet, 1 little-endian, 2 big-endian
    int held_count
    int bit_count           # of UTF-7: bits in `bits`; -1 outside of base64
    int started             # of UTF-7: characters since the +
    uint32_t bits
    uint32_t high           # a high surrogate that waits for its low one
    uint8_t[8] held         # bytes of an incomplete character
    uint8_t[4160] buffer

cdef void charset_find(Charset* charset, bytes name)

# A new decoder object for a charset of kind CHARSET_CODEC: decode(bytes, final) -> str.
cdef object charset_decoder(Charset* charset)

# Converts a first part of n bytes (kinds other than CHARSET_CODEC). Returns the bytes consumed, at least 1; *span
# points at *length bytes of complete, valid UTF-8, valid until the next call.
cdef Py_ssize_t charset_next(
    Charset* charset, const uint8_t* p, Py_ssize_t n, const uint8_t** span, Py_ssize_t* length
) noexcept nogil

# The end: what is left over.
cdef void charset_end(Charset* charset, const uint8_t** span, Py_ssize_t* length) noexcept nogil
