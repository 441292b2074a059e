# Memory that grows. See octets.pyx.

cdef class Octets:
    cdef unsigned char* data
    cdef Py_ssize_t length, room

    cdef int make_room(self, Py_ssize_t n) except -1
