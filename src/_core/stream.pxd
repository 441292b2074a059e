# One message received in one pass. See stream.pyx.

from bartizan._core.automaton cimport Automaton
from bartizan._core.lines cimport LineReader
from bartizan._core.mime cimport MimeParser
from bartizan._core.octets cimport Octets


cdef class MessageStream:
    cdef LineReader reader
    cdef MimeParser parser
    cdef Octets octets
    cdef object raw_
    cdef Py_ssize_t max_bytes, max_line
    cdef readonly Automaton automaton   # the phrases that were looked for
    cdef readonly Py_ssize_t received   # wire bytes taken, discarded ones included
    cdef readonly Py_ssize_t size       # bytes of the message (dots unstuffed)
    cdef readonly bint too_big
    cdef Py_ssize_t _take(self, const unsigned char[::1] view) except -2
    cdef int _took(self, Octets octets, Py_ssize_t written) except -1
