# cython: language_level=3
"""IP addresses as numbers, from text and back.

In: ASCII text of any length. Out: 32 or 128 bits; an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) is the IPv4
address. Accepted are dotted decimal without leading zeros and the IPv6 forms of RFC 4291 section 2.2, nothing else: no
zone, no brackets, no white space.
Not here: networks from text (mapentries.pyx), look-up (lookup.pyx).
"""

from ipaddress import IPv6Address

from libc.string cimport memchr, memcpy
from libc.stdint cimport uint64_t

cdef extern from "arpa/inet.h" nogil:
    enum:
        AF_INET
        AF_INET6
    int inet_pton(int family, const char* text, void* out)
    const char* inet_ntop(int family, const void* address, char* out, unsigned int room)


cdef bint parse_address(const char* text, Py_ssize_t n, Address* out) noexcept nogil:
    """Whether these are the n characters of an address, which is then in `out`."""
    cdef char room[TEXT_MOST]
    cdef unsigned char octets[16]
    cdef int i
    if n < 2 or n >= TEXT_MOST or memchr(text, 0, n) != NULL:
        return False
    memcpy(room, text, n)
    room[n] = 0
    out.high = out.low = 0
    if memchr(text, c":", n) == NULL:
        if inet_pton(AF_INET, room, octets) != 1:
            return False
        out.bits = 32
        for i in range(4):
            out.low = out.low << 8 | octets[i]
        return True
    if inet_pton(AF_INET6, room, octets) != 1:
        return False
    for i in range(8):
        out.high = out.high << 8 | octets[i]
        out.low = out.low << 8 | octets[i + 8]
    out.bits = 128
    if out.high == 0 and out.low >> 32 == 0xFFFF:
        out.low &= 0xFFFFFFFFu
        out.bits = 32
    return True


cdef int host_bits(Address* address, int prefix, uint64_t* high, uint64_t* low) noexcept nogil:
    """Sets high and low to ones where a network of this prefix length leaves hosts free; 1 if the address has any there."""
    cdef int free = address.bits - prefix
    cdef uint64_t ones = 0
    ones -= 1
    if free >= 64:
        low[0] = ones
        high[0] = ones if free == 128 else ((<uint64_t>1) << (free - 64)) - 1
    else:
        low[0] = ((<uint64_t>1) << free) - 1
        high[0] = 0
    return 1 if address.high & high[0] or address.low & low[0] else 0


cdef str network_text(Address* address, int prefix):
    """The network as text, without a length when it is a single address."""
    cdef char room[TEXT_MOST]
    cdef unsigned char octets[16]
    cdef int i
    cdef str text
    if address.bits == 32:
        for i in range(4):
            octets[i] = <unsigned char>(address.low >> (24 - 8 * i) & 0xFF)
        inet_ntop(AF_INET, octets, room, TEXT_MOST)
    elif address.high == 0:     # some of these inet_ntop would write with dots
        text = str(IPv6Address(address.low))
        return text if prefix == 128 else f"{text}/{prefix}"
    else:
        for i in range(8):
            octets[i] = <unsigned char>(address.high >> (56 - 8 * i) & 0xFF)
            octets[i + 8] = <unsigned char>(address.low >> (56 - 8 * i) & 0xFF)
        inet_ntop(AF_INET6, octets, room, TEXT_MOST)
    text = (<bytes>room).decode("ascii")
    return text if prefix == address.bits else f"{text}/{prefix}"
