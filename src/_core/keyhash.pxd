from libc.stdint cimport uint64_t

cdef uint64_t key_hash(uint64_t k0, uint64_t k1, const unsigned char* data, Py_ssize_t n) noexcept nogil
