"""C face of the hints: classes of ASCII, without tables and branches, so that loops over them become wide; words; names
of tags."""

from libc.stdint cimport uint8_t


cdef inline uint8_t letter(uint8_t c) noexcept nogil:
    return <uint8_t>((c | 32) - 97) < 26


# White space of HTML.
cdef inline uint8_t blank(uint8_t c) noexcept nogil:
    return (c == 0x20) | (<uint8_t>(c - 9) < 5) & (c != 11)


# ASCII that is neither letter nor digit.
cdef inline uint8_t gap(uint8_t c) noexcept nogil:
    return (c < 128) & (<uint8_t>((c | 32) - 97) >= 26) & (<uint8_t>(c - 48) >= 10)


# Does p[at:stop] begin with this word, in any case? Signs in it are compared loosely.
cdef inline bint begins(
    const uint8_t* p, Py_ssize_t at, Py_ssize_t stop, const char* word, int length
) noexcept nogil:
    cdef int k
    if stop - at < length:
        return False
    for k in range(length):
        if p[at + k] | 32 != <uint8_t>word[k] | 32:
            return False
    return True


# Is p[at:stop], or what it begins with, the name of this tag, in any case?
cdef inline bint is_tag(
    const uint8_t* p, Py_ssize_t at, Py_ssize_t stop, const char* word, int length
) noexcept nogil:
    if not begins(p, at, stop, word, length):
        return False
    at += length
    # White space, / and >; the data may end here.
    return at >= stop or blank(p[at]) or p[at] == 0x2F or p[at] == 0x3E
