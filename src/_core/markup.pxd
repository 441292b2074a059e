"""C face of HTML removal. See markup.pyx."""

from libc.stdint cimport uint8_t, uint32_t

cdef enum:
    MARKUP_CAP = 65536          # bytes of one tag, comment, script or style before it is taken for text

cdef struct Markup:
    int state
    bint closing                # of a tag: </; of a reference: its semicolon belongs to it
    bint opened                 # set when a construct begins; the caller clears it
    bint replayed               # the span is a construct that turned out to be text
    int raw                     # the element whose content is raw text: 0 none, else its kind
    int name_length             # of a tag, of a raw text element's end tag, or of an entity
    uint32_t number             # of a numeric entity
    Py_ssize_t construct        # bytes of the open construct so far
    Py_ssize_t held_room
    uint8_t* held               # what earlier spans had of the open construct; malloc'ed, freed by markup_free
    uint8_t[40] name
    uint8_t[64] small           # spans that are not part of the input

cdef void markup_init(Markup* markup) noexcept nogil
cdef void markup_free(Markup* markup) noexcept nogil

# Reads a first part of n >= 1 bytes of complete, valid UTF-8. Returns the bytes consumed (0 is possible, but not
# twice in a row), or -1 when there is no memory. *span points at *length bytes of text, valid until the next call.
cdef Py_ssize_t markup_next(
    Markup* markup, const uint8_t* p, Py_ssize_t n, const uint8_t** span, Py_ssize_t* length
) noexcept nogil

# The end: what was unfinished, as text.
cdef void markup_end(Markup* markup, const uint8_t** span, Py_ssize_t* length) noexcept nogil

# Where the name of an element or entity stands in its table (FNV-1a, folded).
cdef inline uint32_t name_hash(const uint8_t* name, int n) noexcept nogil:
    cdef uint32_t value = 2166136261u
    cdef int k
    for k in range(n):
        value = (value ^ name[k]) * 16777619u
    return value ^ value >> 15
