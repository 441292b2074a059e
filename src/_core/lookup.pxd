from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef enum:
    NOTHING = 0xFFFFFFFFu       # the value of a range that no entry covers

cdef struct Wide:
    uint64_t high
    uint64_t low

cdef struct Slot:
    uint32_t tag                # upper half of the hash
    uint32_t entry              # number of the key + 1; 0: free

cdef class TableFile:
    cdef object mapping
    cdef const unsigned char[::1] view
    cdef uint64_t k0, k1
    cdef Py_ssize_t narrow, wide, names, slots, key_bytes, texts, text_bytes
    cdef const uint32_t* narrow_start
    cdef const uint32_t* narrow_value
    cdef const uint8_t* narrow_prefix
    cdef const Wide* wide_start
    cdef const uint32_t* wide_value
    cdef const uint8_t* wide_prefix
    cdef const Slot* slot
    cdef const uint32_t* key_at
    cdef const uint32_t* key_value
    cdef const unsigned char* keys
    cdef const uint32_t* text_at
    cdef const unsigned char* texts_b
    cdef const void* _section(self, list numbers, int which)
    cdef str text(self, uint32_t which)

cdef class NetworkTable:
    cdef TableFile file

cdef class NameTable:
    cdef TableFile file
    cdef Py_ssize_t _find(self, const unsigned char* key, Py_ssize_t n) noexcept
    cdef tuple _match(self, Py_ssize_t entry)
