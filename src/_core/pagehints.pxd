"""C face of the hints of pages: how markup is passed over."""

from libc.stdint cimport uint8_t

cdef uint8_t[256] SPACE

cdef Py_ssize_t past_comment(const uint8_t* p, Py_ssize_t at, Py_ssize_t n) noexcept nogil
cdef Py_ssize_t raw_end(const uint8_t* p, Py_ssize_t at, Py_ssize_t n, const char* word, int length) noexcept nogil
