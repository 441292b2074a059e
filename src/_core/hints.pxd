"""C face of the hints: classes of ASCII, without tables and branches, so that loops over them become wide."""

from libc.stdint cimport uint8_t


cdef inline uint8_t letter(uint8_t c) noexcept nogil:
    return <uint8_t>((c | 32) - 97) < 26


# ASCII that is neither letter nor digit.
cdef inline uint8_t gap(uint8_t c) noexcept nogil:
    return (c < 128) & (<uint8_t>((c | 32) - 97) >= 26) & (<uint8_t>(c - 48) >= 10)
