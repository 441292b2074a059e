from libc.stdint cimport uint64_t, uint8_t

cdef enum:
    TEXT_MOST = 64          # room for the text of an address or network; longer text is neither

cdef struct Address:
    uint64_t high           # IPv6: the first 8 octets; 0 for IPv4
    uint64_t low            # the rest, or the IPv4 address
    uint8_t bits            # 32 or 128

cdef bint parse_address(const char* text, Py_ssize_t n, Address* out) noexcept nogil
cdef int host_bits(Address* address, int prefix, uint64_t* high, uint64_t* low) noexcept nogil
cdef str network_text(Address* address, int prefix)
