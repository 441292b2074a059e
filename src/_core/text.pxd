"""C face of the text view: decoded bytes in, phrase hits with source spans out."""

from libc.stdint cimport uint8_t, uint32_t

from bartizan._core.automaton cimport Automaton, HitList

cdef struct Source:      # a piece of source that view bytes came from
    Py_ssize_t offset    # view offset of its first byte
    Py_ssize_t start     # raw span
    Py_ssize_t end

cdef class TextView:
    # TextView(charset: bytes, html: bool, automaton: Automaton | None, keep: bool = False)
    cdef public list hits            # (phrase index, raw start, raw end), each phrase once
    cdef readonly bint overflow      # hits were dropped

    # Decoded bytes of one source line (or a piece of it) that came from raw[raw_start:raw_end].
    cdef int feed(self, const unsigned char* p, Py_ssize_t n, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1
    cdef int finish(self) except -1
