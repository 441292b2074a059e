# cython: language_level=3
"""SipHash-2-4, the hash of table keys (Aumasson and Bernstein, 2012): who does not know its key cannot make collisions.

In: 16 octets of key as two little-endian numbers, any bytes. Out: 64 bits. Not here: tables (lookup.pyx).
"""

from libc.stdint cimport uint64_t


cdef inline uint64_t _turn(uint64_t x, int by) noexcept nogil:
    return x << by | x >> (64 - by)


cdef inline void _rounds(uint64_t* v, int count) noexcept nogil:
    cdef int i
    for i in range(count):
        v[0] += v[1]
        v[2] += v[3]
        v[1] = _turn(v[1], 13) ^ v[0]
        v[3] = _turn(v[3], 16) ^ v[2]
        v[0] = _turn(v[0], 32)
        v[2] += v[1]
        v[0] += v[3]
        v[1] = _turn(v[1], 17) ^ v[2]
        v[3] = _turn(v[3], 21) ^ v[0]
        v[2] = _turn(v[2], 32)


cdef uint64_t key_hash(uint64_t k0, uint64_t k1, const unsigned char* data, Py_ssize_t n) noexcept nogil:
    """The hash of n bytes under the key k0, k1."""
    cdef uint64_t v[4]
    cdef uint64_t word
    cdef Py_ssize_t i = 0
    cdef int j
    v[0] = k0 ^ 0x736F6D6570736575u
    v[1] = k1 ^ 0x646F72616E646F6Du
    v[2] = k0 ^ 0x6C7967656E657261u
    v[3] = k1 ^ 0x7465646279746573u
    while n - i >= 8:
        word = 0
        for j in range(8):
            word |= <uint64_t>data[i + j] << (8 * j)
        v[3] ^= word
        _rounds(v, 2)
        v[0] ^= word
        i += 8
    word = <uint64_t>(n & 0xFF) << 56
    for j in range(<int>(n - i)):
        word |= <uint64_t>data[i + j] << (8 * j)
    v[3] ^= word
    _rounds(v, 2)
    v[0] ^= word
    v[2] ^= 0xFF
    _rounds(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def siphash(key: bytes, data: bytes) -> int:
    """The hash of `data` under 16 octets of key. Raises ValueError for a key of another length."""
    if len(key) != 16:
        raise ValueError("the key has 16 octets")
    return key_hash(int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little"), data, len(data))
