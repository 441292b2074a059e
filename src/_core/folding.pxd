"""C face of folding. See folding.pyx."""

from libc.stdint cimport uint8_t

cdef struct Folder:
    bint space      # the last byte of the view is a space, or the view is empty

cdef enum:
    FOLD_ROOM = 32  # room that a few characters may need

# Folds characters from n bytes of complete, valid UTF-8 into out[:room] until either is used up; room >= FOLD_ROOM.
# Returns the bytes consumed, at least one character; *written are the bytes written.
cdef Py_ssize_t fold_next(
    Folder* folder, const uint8_t* p, Py_ssize_t n, uint8_t* out, Py_ssize_t room, Py_ssize_t* written
) noexcept nogil
