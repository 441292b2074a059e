"""C face of the hints of styles."""

from libc.stdint cimport uint8_t

cdef bint is_light(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil
cdef bint turns(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil
cdef bint may_hide(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil
