# cython: language_level=3
"""The decoder of LZW, as documents use it (ISO 32000-2 section 7.4.4), and of run lengths (7.4.5).

In: encoded bytes, up to their end marker or their end. Out: what is decoded until the first fault (a code that is not
defined yet). Codes have 9 to 12 bits, the highest first; they get longer one code early unless `early` is 0.
Limits: no more than `most` bytes and the rest of one code come out; linear.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.stdint cimport uint8_t, uint16_t, uint32_t

cdef enum:
    CLEAR = 256
    END = 257
    CODES = 4096


cdef class _Out:
    """Bytes that grow."""

    cdef uint8_t* at
    cdef Py_ssize_t size
    cdef Py_ssize_t room

    def __dealloc__(self):
        PyMem_Free(self.at)

    cdef int more(self, Py_ssize_t count) except -1:
        """Room for `count` more bytes."""
        cdef Py_ssize_t room = self.room
        cdef void* grown
        if self.size + count <= room:
            return 0
        while self.size + count > room:
            room = 2 * room + 4096
        grown = PyMem_Realloc(self.at, room)
        if grown == NULL:
            raise MemoryError
        self.at = <uint8_t*>grown
        self.room = room
        return 0


def decode(const unsigned char[::1] data not None, Py_ssize_t most, bint early=True) -> bytes:
    """What the codes in `data` say until the first fault, once `most` bytes are passed no more."""
    cdef uint16_t[CODES] prefix
    cdef uint16_t[CODES] length
    cdef uint8_t[CODES] last
    cdef uint8_t[CODES] first
    cdef Py_ssize_t n = data.shape[0], i = 0
    cdef uint32_t bits = 0
    cdef int have = 0, width = 9, code, previous = -1, next = 258, walk
    cdef Py_ssize_t k
    cdef _Out out = _Out()
    for code in range(256):
        prefix[code] = 0
        length[code] = 1
        last[code] = first[code] = <uint8_t>code
    while out.size <= most:
        while have < width and i < n:
            bits = (bits << 8 | data[i]) & 0xFFFFFF
            have += 8
            i += 1
        if have < width:
            break
        have -= width
        code = bits >> have & ((1 << width) - 1)
        if code == CLEAR:
            width, next, previous = 9, 258, -1
            continue
        if code == END:
            break
        if previous < 0:
            if code > 255:
                break
        elif code > next or (code == next and next == CODES):
            break
        elif next < CODES:
            prefix[next] = <uint16_t>previous
            length[next] = length[previous] + 1
            first[next] = first[previous]
            last[next] = first[previous] if code == next else first[code]
            next += 1
        # Below `next` every code but the two of control is defined, and a prefix is smaller than its code.
        out.more(length[code])
        walk = code
        for k in range(length[code] - 1, -1, -1):
            out.at[out.size + k] = last[walk]
            walk = prefix[walk]
        out.size += length[code]
        previous = code
        if width < 12 and next + early >= 1 << width:
            width += 1
    return PyBytes_FromStringAndSize(<char*>out.at, out.size) if out.size else b""


def run_lengths(const unsigned char[::1] data not None, Py_ssize_t most) -> bytes:
    """What `data` says up to its end marker, once `most` bytes are passed no more."""
    cdef Py_ssize_t n = data.shape[0], i = 0, k, count
    cdef _Out out = _Out()
    while i < n and out.size <= most and data[i] != 128:
        if data[i] < 128:
            count = min(<Py_ssize_t>data[i] + 1, n - i - 1)
            out.more(count)
            for k in range(count):
                out.at[out.size + k] = data[i + 1 + k]
            i += 1 + count
        else:
            if i + 1 >= n:
                break
            count = 257 - <Py_ssize_t>data[i]
            out.more(count)
            for k in range(count):
                out.at[out.size + k] = data[i + 1]
            i += 2
        out.size += count
    return PyBytes_FromStringAndSize(<char*>out.at, out.size) if out.size else b""
