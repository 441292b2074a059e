"""C face of disguised words."""

from libc.stdint cimport uint8_t

cdef enum:
    PARTED = 1      # words with.a.sign.between.them
    DIGITS = 2      # w0rds with d1gits for letters
    BROKEN = 4      # words with a hy-
                    # phen where a line ends

cdef int disguised(const uint8_t* p, Py_ssize_t n, uint8_t* into, int kind, uint8_t one) noexcept nogil
