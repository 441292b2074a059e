"""C face of character references. See references.pyx."""

from libc.stdint cimport uint8_t

from bartizan._core.markup cimport Markup

# An ampersand was read: markup.state is from now on one of references.pyx until the reference is complete.
cdef void reference_begin(Markup* markup) noexcept nogil

# Reads on from n >= 1 bytes and returns how many it took. *length bytes of markup.small are text when it is complete.
cdef Py_ssize_t reference_next(Markup* markup, const uint8_t* p, Py_ssize_t n, Py_ssize_t* length) noexcept nogil

# The end of the text: what the unfinished reference stands for, as bytes in markup.small.
cdef Py_ssize_t reference_end(Markup* markup) noexcept nogil
