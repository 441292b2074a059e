# cython: language_level=3
"""Memory that grows while bytes arrive, and can then be read through the buffer protocol.

Whoever appends asks for room, writes behind `length`, and counts what was written. Nothing may be appended while a
buffer of it is in use.
"""

from cpython.buffer cimport PyBuffer_FillInfo
from libc.stdlib cimport free, realloc


cdef class Octets:
    """`length` bytes at `data`, in memory of `room` bytes."""

    def __cinit__(self):
        self.data = NULL

    def __dealloc__(self):
        free(self.data)

    def __getbuffer__(self, Py_buffer* buffer, int flags):
        PyBuffer_FillInfo(buffer, self, self.data, self.length, 1, flags)

    cdef int make_room(self, Py_ssize_t n) except -1:
        """Room for n more bytes; what is there may move."""
        cdef unsigned char* grown
        cdef Py_ssize_t wanted = self.length + n
        if wanted > self.room:
            wanted += wanted // 2
            grown = <unsigned char*>realloc(self.data, wanted)
            if grown == NULL:
                raise MemoryError
            self.data = grown
            self.room = wanted
        return 0
