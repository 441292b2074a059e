# cython: language_level=3
"""The decoder of classic uuencode, streaming.

In: lines of a body in pieces, through transfer.pyx. Out: the decoded bytes; anomaly bits for what should not be so.
From `begin MODE NAME` to `end`, one data line after the other; what stands before `begin` is ignored, up to a flawless
data line that is the body's very first one or a full one (begin was lost, or cannot be read). Missing characters of a line count as blanks.
Limits: UU_LINE bytes of a line are looked at.
Not here: `begin-base64`, uuencoded files within prose.
"""

from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memchr, memcmp, memcpy

from bartizan._core.transfer cimport UU_BAD, UU_LINE, UU_TRUNCATED, Decoder

# States of the uuencode decoder.
cdef enum:
    U_FIRST = 0     # no line seen
    U_BEFORE = 1    # no begin line yet
    U_DATA = 2
    U_AFTER = 3     # after end

    U_FULL = 0x4D   # M, the length of all data lines but the last


cdef bint _is_begin(const unsigned char* line, Py_ssize_t n) noexcept nogil:
    """`begin`, three or four octal digits, a name."""
    cdef Py_ssize_t i = 6
    if n < 6 or memcmp(line, b"begin ", 6) != 0:
        return False
    while i < n and i < 10 and 0x30 <= line[i] <= 0x37:
        i += 1
    return i >= 9 and i + 1 < n and line[i] == 0x20


cdef bint _is_flawless(const unsigned char* line, Py_ssize_t n) noexcept nogil:
    """A data line whose length fits its first character exactly."""
    cdef Py_ssize_t i
    if n < 2 or line[0] <= 32 or (line[0] - 32 & 63) == 0 or n - 1 != ((line[0] - 32 & 63) + 2) // 3 * 4:
        return False
    for i in range(n):
        if not 32 <= line[i] <= 96:
            return False
    return True


cdef Py_ssize_t _uu_line(
    Decoder* d, const unsigned char* line, Py_ssize_t n, bint whole, unsigned char* o
) noexcept nogil:
    """One line without its LF (`whole` False: longer than UU_LINE, the rest is missing). Writes at most 63 bytes."""
    cdef Py_ssize_t count, i, written = 0
    cdef uint32_t group
    cdef int k
    if n and line[n - 1] == 0x0D:
        n -= 1
    if n == 0:
        return 0
    if _is_begin(line, n):
        if d.state >= U_DATA:
            d.anomalies |= UU_BAD
        d.state = U_DATA
        return 0
    if whole and (d.state == U_FIRST or (d.state == U_BEFORE and line[0] == U_FULL)) and _is_flawless(line, n):
        d.anomalies |= UU_BAD
        d.state = U_DATA
    if d.state != U_DATA:
        if d.state == U_FIRST:
            d.state = U_BEFORE
        return 0
    if n >= 3 and memcmp(line, b"end", 3) == 0 and (n == 3 or line[3] == 0x20 or line[3] == 0x09):
        d.state = U_AFTER
        return 0
    if not 32 <= line[0] <= 96:
        d.anomalies |= UU_BAD
        return 0
    count = line[0] - 32 & 63
    if not whole or n - 1 < (count * 4 + 2) // 3 or n - 1 > (count + 2) // 3 * 4 + 1:
        if count or n > 2:
            d.anomalies |= UU_BAD
    i = 1
    while written < count:
        group = 0
        for k in range(4):
            group <<= 6
            if i < n:
                if not 32 <= line[i] <= 96:
                    d.anomalies |= UU_BAD
                group |= line[i] - 32 & 63
            i += 1
        for k in range(16, -1, -8):
            if written < count:
                o[written] = <uint8_t>(group >> k)
                written += 1
    return written


# Proof: held_count <= UU_LINE always; a line taken from src lies in [i, stop) with stop < n.
cdef Py_ssize_t uuencode(Decoder* d, const unsigned char* src, Py_ssize_t n, unsigned char* dst) noexcept nogil:
    cdef Py_ssize_t i = 0, stop, take, part
    cdef unsigned char* o = dst
    cdef const unsigned char* found
    while i < n:
        found = <const unsigned char*>memchr(src + i, 0x0A, n - i)
        stop = found - src if found != NULL else n
        if found != NULL and d.held_count == 0 and stop - i <= UU_LINE:
            o += _uu_line(d, src + i, stop - i, True, o)
        else:
            part = stop - i
            take = min(part, UU_LINE - d.held_count)
            memcpy(d.held + d.held_count, src + i, take)
            d.held_count += take
            d.have |= take < part
            if found != NULL:
                o += _uu_line(d, d.held, d.held_count, not d.have, o)
                d.held_count = 0
                d.have = 0
        i = stop + 1
    return o - dst


cdef Py_ssize_t uuencode_end(Decoder* d, unsigned char* dst) noexcept nogil:
    cdef Py_ssize_t written = 0
    if d.held_count:
        written = _uu_line(d, d.held, d.held_count, not d.have, dst)
        d.held_count = 0
    if d.state == U_DATA:
        d.anomalies |= UU_TRUNCATED
    elif d.state != U_AFTER:
        d.anomalies |= UU_BAD
    return written
