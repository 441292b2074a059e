# cython: language_level=3
"""Which of many literals stand in some bytes, with letters of ASCII in either case.

In: literals of four bytes and more, in lower case; then any bytes. Out: the numbers of those that are there. Of each
literal the four bytes that are rarest by RARE are its gram; at every place of the data the next four bytes are looked
up in a table of one bit a hash, and behind a bit in a table of grams; then the whole literal is compared.
Limits: literals together up to 2 GiB; linear but for data that is made of grams, which costs a comparison for each of
their literals at each place; no literal is told twice.
Not here: what the literals are for (bartizan.detect.router).
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

cdef enum:
    WIDTH = 4
    BITS = 18                   # of a hash: a bit for each fits a cache of the first level
    SHIFT = 32 - BITS
    MULTIPLIER = 0x9E3779B1

cdef uint8_t[256] FOLD
cdef uint8_t[256] RARE          # the higher, the rarer in mails


cdef void _fill_tables() noexcept:
    cdef const unsigned char* common = b" etaoinsrhldcumfpgwybvk\n.,-=/<>0123456789\r\"':;_xjqz"
    cdef int i
    for i in range(256):
        FOLD[i] = i + 0x20 if 0x41 <= i <= 0x5A else i
        RARE[i] = 100
    for i in range(len(common)):
        RARE[common[i]] = i + 1
    RARE[0] = 60                # every other byte of a wide literal: rare in mails, not in documents

_fill_tables()


cdef struct Literal:
    uint32_t start, length, gram, next      # of the text; where in it the gram is; the next literal of this gram + 1


cdef class Grams:
    """The literals, by their number in the list that it was made of."""

    cdef uint64_t* bits
    cdef uint32_t* slots        # of a table of hashes: the first literal of a gram + 1
    cdef uint32_t slots_mask
    cdef Literal* literals
    cdef uint8_t* text
    cdef Py_ssize_t count

    def __cinit__(self, list literals not None):
        """ValueError for a literal that is shorter than four bytes or not in lower case."""
        cdef Py_ssize_t length = sum(map(len, literals)), at = 0, n
        cdef uint32_t number = 0, slot
        cdef uint64_t room = 16
        cdef const unsigned char* p
        cdef Literal* literal
        if length >= 1 << 31:
            raise ValueError("too many literals")
        self.count = len(literals)
        while room < 2 * <uint64_t>self.count:
            room *= 2
        self.slots_mask = room - 1
        self.bits = <uint64_t*>PyMem_Malloc((1 << BITS) // 8)
        self.slots = <uint32_t*>PyMem_Malloc(room * sizeof(uint32_t))
        self.literals = <Literal*>PyMem_Malloc(max(1, self.count) * sizeof(Literal))
        self.text = <uint8_t*>PyMem_Malloc(max(1, length))
        if self.bits == NULL or self.slots == NULL or self.literals == NULL or self.text == NULL:
            raise MemoryError
        memset(self.bits, 0, (1 << BITS) // 8)
        memset(self.slots, 0, room * sizeof(uint32_t))
        for text in literals:
            n = len(text)
            if n < WIDTH or text != text.lower():
                raise ValueError("a literal of four bytes and more, in lower case")
            p = text
            memcpy(self.text + at, p, n)
            literal = &self.literals[number]
            literal.start = at
            literal.length = n
            literal.gram = _rarest(p, n)
            slot = self._slot(_load(p + literal.gram))
            literal.next = self.slots[slot]
            self.slots[slot] = number + 1
            self._set_bit(_load(p + literal.gram))
            at += n
            number += 1

    def __dealloc__(self):
        PyMem_Free(self.bits)
        PyMem_Free(self.slots)
        PyMem_Free(self.literals)
        PyMem_Free(self.text)

    def __len__(self):
        return self.count

    def find(self, const unsigned char[::1] data not None) -> list:
        """The numbers of the literals that are in `data`, each once, in no order."""
        cdef Py_ssize_t n = data.shape[0], at
        cdef const uint8_t* p
        cdef uint32_t gram = 0, hash, number
        cdef bytearray seen
        cdef uint8_t* told
        cdef list found = []
        if n < WIDTH or self.count == 0:
            return found
        p = &data[0]
        seen = bytearray(self.count)
        told = seen
        for at in range(WIDTH - 1):
            gram = gram >> 8 | <uint32_t>FOLD[p[at]] << 24
        # Proof: WIDTH - 1 <= at < n; a literal is compared only if all of it lies in p[:n].
        for at in range(WIDTH - 1, n):
            gram = gram >> 8 | <uint32_t>FOLD[p[at]] << 24
            hash = <uint32_t>(gram * <uint32_t>MULTIPLIER) >> SHIFT
            if self.bits[hash >> 6] >> (hash & 63) & 1 == 0:
                continue
            number = self.slots[self._slot(gram)]
            while number:
                if not told[number - 1] and self._stands(&self.literals[number - 1], p, at - (WIDTH - 1), n):
                    told[number - 1] = 1
                    found.append(number - 1)
                number = self.literals[number - 1].next
        return found

    cdef bint _stands(self, const Literal* literal, const uint8_t* p, Py_ssize_t at, Py_ssize_t n) noexcept nogil:
        """Is this the literal whose gram stands at p[at]?"""
        cdef Py_ssize_t start = at - literal.gram, i
        cdef const uint8_t* text = self.text + literal.start
        if start < 0 or start + literal.length > n:
            return False
        for i in range(literal.length):
            if FOLD[p[start + i]] != text[i]:
                return False
        return True

    cdef uint32_t _slot(self, uint32_t gram) noexcept nogil:
        """The slot of a gram, or the free one that it gets."""
        cdef uint32_t slot = <uint32_t>(gram * <uint32_t>0x85EBCA6B) >> 7 & self.slots_mask
        cdef Literal* literal
        while self.slots[slot]:
            literal = &self.literals[self.slots[slot] - 1]
            if _load(self.text + literal.start + literal.gram) == gram:
                break
            slot = slot + 1 & self.slots_mask
        return slot

    cdef void _set_bit(self, uint32_t gram) noexcept nogil:
        cdef uint32_t hash = <uint32_t>(gram * <uint32_t>MULTIPLIER) >> SHIFT
        self.bits[hash >> 6] |= <uint64_t>1 << (hash & 63)


cdef inline uint32_t _load(const uint8_t* p) noexcept nogil:
    """Four bytes, as `find` reads them."""
    return p[0] | <uint32_t>p[1] << 8 | <uint32_t>p[2] << 16 | <uint32_t>p[3] << 24


cdef uint32_t _rarest(const uint8_t* p, Py_ssize_t n) noexcept nogil:
    """Where the rarest gram of a literal is."""
    cdef Py_ssize_t i
    cdef uint32_t best = 0
    cdef int rare, most = -1
    for i in range(n - WIDTH + 1):
        rare = RARE[p[i]] + RARE[p[i + 1]] + RARE[p[i + 2]] + RARE[p[i + 3]]
        if rare > most:
            most, best = rare, i
    return best
