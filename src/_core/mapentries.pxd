from libc.stdint cimport uint8_t, uint32_t

from bartizan._core.address cimport Address
from bartizan._core.octets cimport Octets

cdef struct Net:
    Address address             # the first one
    uint32_t value              # number of the text
    uint32_t line
    uint8_t prefix

cdef struct Name:
    uint32_t at                 # in `keys`
    uint32_t length
    uint32_t value
    uint32_t line

cdef class MapEntries:
    cdef Net* nets
    cdef Py_ssize_t net_count, net_room
    cdef Name* names
    cdef Py_ssize_t name_count, name_room
    cdef Octets keys
    cdef dict numbers           # text of a value: its number
    cdef list texts
    cdef bytes last
    cdef uint32_t last_number
    cdef uint32_t _number(self, const unsigned char* value, Py_ssize_t n) except? 0xFFFFFFFFu
    cdef int _add_net(self, Address* address, int prefix, uint32_t value, uint32_t line) except -1
    cdef int _add_name(self, const unsigned char* key, Py_ssize_t n, uint32_t value, uint32_t line) except -1
    cdef bint _entry(self, const unsigned char* key, Py_ssize_t n, const unsigned char* value, Py_ssize_t value_n,
                     uint32_t line) except -1
