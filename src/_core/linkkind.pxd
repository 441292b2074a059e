"""C face of the kinds of links."""

from libc.stdint cimport uint8_t

cdef enum:
    NORMAL = 0      # written as a client would write it
    ENCODED = 1     # some of its bytes are written as %41
    ODD = 2         # perhaps another link than it looks

cdef int link_kind(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil
cdef bint next_link(
    const uint8_t* p, Py_ssize_t* at, Py_ssize_t n, bint quoted, Py_ssize_t* start, Py_ssize_t* stop
) noexcept nogil
