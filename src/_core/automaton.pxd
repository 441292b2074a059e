"""C face of the phrase automaton."""

from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t

cdef enum:
    HITS_CAP = 100000

cdef struct Hit:
    int phrase           # index of the phrase
    Py_ssize_t end       # offset in the scanned stream: base + position after the last byte

cdef struct HitList:     # zero-initialised by the owner; freed by hitlist_free
    Hit* items
    Py_ssize_t count
    Py_ssize_t room
    Py_ssize_t cap       # hits that are kept at most; 0: HITS_CAP
    uint8_t* seen        # NULL, or one bit a phrase: phrases already recorded, which are not recorded again
    int overflow         # more hits than cap: the rest was dropped

cdef void hitlist_free(HitList* hits) noexcept nogil

cdef class Automaton:
    cdef object mapping              # mmap of the file, kept open
    cdef const uint8_t[::1] view     # of all of it
    cdef dict fields                 # the header: name -> value
    cdef const uint8_t* classes      # [256] byte -> class, 0 for bytes in no phrase
    cdef const uint32_t* dense       # [dense_states * width] codes of the next states
    cdef const uint32_t* first       # [states / 256 + 1] first child of every 256th state; children are neighbours
    cdef const uint16_t* offset      # [states + 1] how much further on the first child of each state is
    cdef const uint8_t* label        # [states] class that leads to the state
    cdef const uint32_t* fail        # [states] longest proper suffix that is a state
    cdef const uint32_t* out_state   # [outs] states at which a phrase ends, ascending
    cdef const uint32_t* out_first   # [outs] index of its longest phrase in the chain
    cdef const int32_t* chain_phrase # [phrases]
    cdef const int32_t* chain_next   # [phrases] next shorter phrase, or -1
    cdef const uint16_t* lengths     # [phrases] bytes of each folded phrase
    cdef uint32_t states, dense_states, width, outs, phrases
    cdef readonly int longest        # bytes of the longest folded phrase

    cdef const void* _section(self, str name)
    cdef const char* _check(self) noexcept nogil
    cdef int _record(self, uint32_t s, Py_ssize_t end, HitList* out) noexcept nogil

    # Runs over n bytes. *state starts at 0 and carries over to the next piece of the same stream.
    # Returns 0, or -1 when memory for hits ran out.
    cdef int scan(self, int* state, const unsigned char* p, Py_ssize_t n, Py_ssize_t base, HitList* out) noexcept nogil

    # Makes `out` record each phrase only once. Returns -1 when there is no memory.
    cdef int unique(self, HitList* out) noexcept nogil
