"""C face of the text view: decoded bytes in, phrase hits with source spans out."""

from libc.stdint cimport uint8_t

from bartizan._core.automaton cimport Automaton, HitList
from bartizan._core.charset cimport Charset
from bartizan._core.folding cimport Folder
from bartizan._core.markup cimport Markup

cdef struct Source:      # a piece of source that view bytes came from
    Py_ssize_t offset    # view offset of its first byte
    Py_ssize_t start     # its raw span
    Py_ssize_t end

cdef enum:
    SOURCES = 256        # pieces that are remembered; a power of two
    VIEW_ROOM = 4096     # bytes of view that are gathered before they are matched

cdef class TextView:
    # TextView(charset: bytes, html: bool, automaton: Automaton | None, keep: bool = False)
    cdef public list hits            # (phrase index, raw start, raw end), each phrase once
    cdef readonly bint overflow      # there were more than HITS_CAP phrases: the rest was dropped
    cdef Automaton automaton
    cdef object decoder              # of a CHARSET_CODEC
    cdef TextView other              # the same bytes read as UTF-8, where the charset would hide ASCII
    cdef bytearray kept              # the view so far, or None
    cdef bint html
    cdef bint line_start             # of plain text: nothing but blanks and > since the line began
    cdef int state                   # of the automaton
    cdef Py_ssize_t offset           # view bytes matched so far
    cdef Py_ssize_t count            # view bytes in `room`
    cdef Py_ssize_t sources          # pieces so far
    cdef Py_ssize_t construct_start  # raw start of the piece in which an open markup construct began
    cdef HitList found
    cdef Folder folder
    cdef Source[256] source          # SOURCES
    cdef Markup markup
    cdef Charset charset
    cdef uint8_t[4096] room          # VIEW_ROOM

    # Decoded bytes of one source line (or a piece of it) that came from raw[raw_start:raw_end].
    cdef int feed(self, const unsigned char* p, Py_ssize_t n, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1
    cdef int finish(self) except -1

    cdef int _decoded(self, bytes piece, bint final, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1
    cdef int _text(self, const uint8_t* p, Py_ssize_t n, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1
    cdef int _unquoted(self, const uint8_t* p, Py_ssize_t n) except -1
    cdef int _fold(self, const uint8_t* p, Py_ssize_t n) except -1
    cdef int _match(self) except -1
    cdef void _remember(self, Py_ssize_t raw_start, Py_ssize_t raw_end) noexcept
    cdef Source* _source_of(self, Py_ssize_t offset) noexcept
