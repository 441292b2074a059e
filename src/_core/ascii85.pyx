# cython: language_level=3
"""The decoder of ASCII base-85, as documents use it (ISO 32000-2 section 7.4.3).

In: encoded bytes, up to `~` or their end. Out: what is decoded until the first fault: a character that is none of the
alphabet nor white space, `z` within a group, a group above 2**32 - 1.
Limits: no more than `most` bytes and the rest of a group come out; linear.
Not here: the frame that other programs put around it (<~).
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t, uint64_t


cdef Py_ssize_t _decode(const unsigned char[::1] data, Py_ssize_t most, unsigned char* out) noexcept:
    """How many bytes come out; they go to `out` if it is not NULL."""
    cdef Py_ssize_t n = data.shape[0], i, written = 0
    cdef uint64_t group = 0
    cdef int count = 0, left, k
    cdef unsigned char c
    for i in range(n):
        if written > most:
            return written
        c = data[i]
        if 0x21 <= c <= 0x75:
            group = group * 85 + (c - 0x21)
            count += 1
            if count < 5:
                continue
        elif c == 0x7A and count == 0:
            pass
        elif c == 0x20 or 9 <= c <= 13 or c == 0:
            continue
        else:
            break
        if group > 0xFFFFFFFF:
            return written
        if out != NULL:
            for k in range(4):
                out[written + k] = <uint8_t>(group >> (24 - 8 * k) & 255)
        written += 4
        group = 0
        count = 0
    if count > 1:
        left = count - 1
        for k in range(count, 5):
            group = group * 85 + 84
        if group > 0xFFFFFFFF:
            return written
        if out != NULL:
            for k in range(left):
                out[written + k] = <uint8_t>(group >> (24 - 8 * k) & 255)
        written += left
    return written


def decode(const unsigned char[::1] data not None, Py_ssize_t most) -> bytes:
    """What `data` says until its first fault, once `most` bytes are passed no more."""
    cdef bytes found = PyBytes_FromStringAndSize(NULL, _decode(data, most, NULL))
    _decode(data, most, <unsigned char*>PyBytes_AS_STRING(found))
    return found
