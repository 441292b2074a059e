# The content of one leaf, or of prose between parts. See body.pyx.

from bartizan._core.anomaly cimport Flags
from bartizan._core.automaton cimport Automaton
from bartizan._core.entity cimport Part
from bartizan._core.octets cimport Octets
from bartizan._core.text cimport TextView
from bartizan._core.transfer cimport Decoder


cdef class Body:
    cdef readonly list hits         # (phrase index, raw start, raw end) of all bodies
    cdef Automaton automaton
    cdef bint keep
    cdef Part part                  # None: prose
    cdef Decoder decoder
    cdef TextView view
    cdef object digest
    cdef Octets out                 # decoded bytes: all of the part's if they are kept, else those not yet hashed
    cdef Py_ssize_t hashed          # raw offset up to which an identity body is hashed

    cdef int begin(self, Part part) except -1
    cdef int feed(self, const unsigned char* p, Py_ssize_t n, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1
    cdef int catch_up(self, const unsigned char* base, Py_ssize_t fed) except -1
    cdef Flags end(self, const unsigned char* base, Py_ssize_t raw_end) except? 0
    cdef int _decoded(self, Py_ssize_t n, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1
