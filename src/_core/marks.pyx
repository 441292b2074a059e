# cython: language_level=3
"""Looks for marks of archives in the middle of any bytes, without a copy of them.

In: any bytes. Out: where a mark is; whether there can be one at all. Linear.
Not here: what the marks are of (bartizan.message.archives).
"""

cdef extern from "string.h" nogil:
    void* memmem(const void* data, size_t n, const void* mark, size_t length)


def find_mark(const unsigned char[::1] data not None, bytes mark not None, Py_ssize_t at) -> int:
    """Where `mark`, which is not empty, is next at or behind `at`; -1 if it is not there."""
    cdef Py_ssize_t n = data.shape[0]
    cdef const unsigned char* wanted = mark
    cdef const unsigned char* found
    at = max(at, 0)
    if at >= n or len(mark) == 0:
        return -1
    found = <const unsigned char*>memmem(&data[at], n - at, wanted, len(mark))
    return -1 if found == NULL else found - &data[0]


def has_low_bytes(const unsigned char[::1] data not None) -> bool:
    """Is there a byte below 7? Every mark of an archive has one, no text has."""
    cdef Py_ssize_t n = data.shape[0], i
    cdef const unsigned char* p
    cdef unsigned char found = 0
    if n == 0:
        return False
    p = &data[0]
    # Proof: i < n.
    for i in range(n):
        found |= p[i] < 7
    return found != 0
