"""C face of the phrase automaton."""

from libc.stdint cimport int32_t, uint8_t, uint32_t

cdef enum:
    HITS_CAP = 100000

cdef struct Hit:
    int phrase           # index of the phrase
    Py_ssize_t end       # offset in the scanned stream: base + position after the last byte

cdef struct HitList:     # zero-initialised by the owner; freed by hitlist_free
    Hit* items
    Py_ssize_t count
    Py_ssize_t room
    uint8_t* seen        # NULL, or one bit a phrase: phrases already recorded, which are not recorded again
    int overflow         # more than HITS_CAP hits: the rest was dropped

cdef void hitlist_free(HitList* hits) noexcept nogil

cdef class Automaton:
    cdef object mapping              # mmap of the file, kept open
    cdef object view                 # its exported buffer
    cdef const uint8_t* base
    cdef Py_ssize_t size
    cdef const uint8_t* classes      # [256] byte -> class
    cdef const int32_t* dense        # [dense_states][width]
    cdef const int32_t* child        # [states + 1] first child of each state
    cdef const uint8_t* label        # [states] class that leads to the state
    cdef const int32_t* fail         # [states]
    cdef const int32_t* out_state    # [outputs] states that end a phrase, ascending
    cdef const int32_t* out_phrase   # [outputs]
    cdef const int32_t* out_next     # [outputs] next shorter output or -1
    cdef int states, dense_states, width, outputs, phrases
    cdef readonly int longest        # bytes of the longest folded phrase

    # Runs over n bytes. *state starts at 0 and carries over to the next piece of the same stream.
    # Returns 0, or -1 when memory for hits ran out.
    cdef int scan(self, int* state, const unsigned char* p, Py_ssize_t n, Py_ssize_t base, HitList* out) noexcept nogil

    # Makes `out` record each phrase only once. Returns -1 when there is no memory.
    cdef int unique(self, HitList* out) noexcept nogil
