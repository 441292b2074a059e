# cython: language_level=3
"""Whether a text asks for a second look; cheap enough to be asked of every mail.

In: a text as UTF-8, or anything that has ASCII as it is. Out: hints, never decisions: what they point at is read with
care elsewhere (bartizan.message.labels, .disguises, .letters).
Not here: pages (pagehints).
"""

from libc.stdint cimport uint8_t

from bartizan._core.disguise cimport disguised

cdef enum:
    BLOCK = 64          # bytes
    APART = 4           # letters
    GAP = 5             # characters between two of them
    LONGEST_NAME = 16   # of a reference


def letters_apart(const unsigned char[::1] data not None) -> bool:
    """Are there APART letters in a row that stand alone, with no more than GAP other characters between them?"""
    return _look(data, False)


def is_plain(const unsigned char[::1] data not None) -> bool:
    """Is there nothing in a text that could be read in two ways: ASCII without NUL, escapes and other controls, without
    the shifts of UTF-7 and HZ, no letters apart, and no words in disguise?"""
    return not _look(data, True)


cdef bint _look(const unsigned char[::1] data, bint odd):
    """Are there letters apart? With `odd`: or any byte that is not plain."""
    cdef const uint8_t* p
    cdef Py_ssize_t n = data.shape[0], at = 1, stop
    if n == 0:
        return False
    p = &data[0]
    if odd and (_odd(p, n) or disguised(p, n, NULL, 0, 0)):
        return True
    # Proof: 1 <= k < stop <= n - 4 in every round, and at most p[k + 4] is read.
    while at < n - 4:
        stop = min(at + BLOCK, n - 4)
        # Of a row that stands in two blocks, one has half of it.
        if _alone(p, at, stop) >= APART // 2 and _in_a_row(p, max(0, at - BLOCK), min(n, stop + BLOCK)):
            return True
        at = stop
    return False


cdef bint _odd(const uint8_t* p, Py_ssize_t n) noexcept nogil:
    """Is a byte among them that is not plain? Without branches, as _alone. The last three are not looked at for + and
    ~, which mean something by what follows them."""
    cdef Py_ssize_t k
    cdef uint8_t found = 0
    for k in range(n):
        found |= (<uint8_t>(p[k] - 32) > 94) & (p[k] != 0x0A) & (p[k] != 0x0D) & (p[k] != 0x09)
    for k in range(n - 3):
        found |= (p[k] == 0x7E) & ((p[k + 1] == 0x7B) | (p[k + 1] == 0x0A)) | (
            (p[k] == 0x2B) & _sextet(p[k + 1]) & _sextet(p[k + 2]) & _sextet(p[k + 3])
            & (letter(p[k + 1]) | letter(p[k + 2]) | letter(p[k + 3]))
        )
    return found


cdef inline uint8_t _sextet(uint8_t c) noexcept nogil:
    """Of the base64 alphabet?"""
    return letter(c) | (<uint8_t>(c - 48) < 10) | (c == 0x2B) | (c == 0x2F)


cdef int _alone(const uint8_t* p, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    """Letters, of any number of bytes, that have gaps on both sides. No branches: compilers make such a loop wide."""
    cdef Py_ssize_t k
    cdef uint8_t count = 0
    for k in range(start, stop):
        count += gap(p[k - 1]) & (
            (letter(p[k]) & gap(p[k + 1])) | ((p[k] >> 5 == 6) & gap(p[k + 2]))
            | ((p[k] >> 4 == 14) & gap(p[k + 3])) | ((p[k] >> 3 == 30) & gap(p[k + 4]))
        )
    return count


cdef bint _in_a_row(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Does p[at:stop] have such a row? Letters of several bytes count, and what is no ASCII is a letter; a named
    reference is a gap."""
    cdef int row = 0, width = 1, length
    while at < stop:
        if gap(p[at]):
            width += 1
            if p[at] == 0x26:
                length = 1
                while length < LONGEST_NAME and at + length < stop and letter(p[at + length]):
                    length += 1
                if at + length < stop and p[at + length] == 0x3B:
                    at += length
            if width > GAP:
                row = 0
            at += 1
            continue
        length = 1 if p[at] < 128 else 2 if p[at] >> 5 == 6 else 3 if p[at] >> 4 == 14 else 4
        if width and (at + length >= stop or gap(p[at + length])):
            row += 1
            if row >= APART:
                return True
        else:
            row = 0
        width = 0
        at += length
    return False
