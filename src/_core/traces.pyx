# cython: language_level=3
"""What in a text points to something encoded, so that nobody has to look for what cannot be there.

In: the bytes of a text. Out: bits; one that is not set proves that what it stands for is not in the text.
Limits: linear, no branches but for the blocks, which compilers make wide.
Not here: finding what the bits point to (bartizan.message.carve and what it calls).
"""

from libc.stdint cimport uint8_t
from libc.string cimport memcpy, memset

cdef enum:
    BLOCK = 248         # bytes whose signs are counted in 8 bits
    AHEAD = 3           # bytes that are looked at behind each
    FEW_EQUALS = 6      # of the shortest run of encoded octets
    FEW_DIGITS = 20     # of a file that is spelled out: its text has more, and so have the headers of other types
    C_QUOTED = 1
    C_ESCAPED = 2
    C_CONTINUED = 4
    C_OCTETS = 8
    C_NUMBERS = 16
    C_DUMPED = 32
    C_FRAMED = 64
    C_TURNED = 128

QUOTED = C_QUOTED               # a line that begins with > or |
ESCAPED = C_ESCAPED             # %, & or a backslash
CONTINUED = C_CONTINUED         # backslash, ^ or ` in front of white space
OCTETS = C_OCTETS               # FEW_EQUALS signs of equality, or one in front of white space
NUMBERS = C_NUMBERS             # FEW_DIGITS digits
DUMPED = C_DUMPED               # a line that begins with 00
FRAMED = C_FRAMED               # <~
TURNED = C_TURNED               # http as rot13 or from its end


cdef struct Seen:
    uint8_t signs
    Py_ssize_t equals
    Py_ssize_t digits


def traces(const unsigned char[::1] data not None) -> int:
    """The bits of a text."""
    cdef Py_ssize_t n = data.shape[0], at = 0, rest
    cdef uint8_t[2 * AHEAD] end
    cdef Seen seen
    memset(&seen, 0, sizeof(seen))
    if n == 0:
        return 0
    # Proof: _look reads AHEAD bytes behind the last of its span, which ends AHEAD bytes before the end of what it gets.
    while at < n - AHEAD:
        _look(&data[at], min(BLOCK, n - AHEAD - at), &seen)
        at += BLOCK
    rest = min(n, AHEAD)
    memset(end, 0, sizeof(end))
    memcpy(end, &data[n - rest], rest)
    _look(end, rest, &seen)
    if seen.equals >= FEW_EQUALS:
        seen.signs |= C_OCTETS
    if seen.digits >= FEW_DIGITS:
        seen.signs |= C_NUMBERS
    return seen.signs


cdef void _look(const uint8_t* p, Py_ssize_t n, Seen* seen) noexcept nogil:
    """Add what p[:n] has, at most BLOCK bytes."""
    cdef Py_ssize_t k
    cdef uint8_t quoted = 0, escaped = 0, continued = 0, soft = 0, dumped = 0, framed = 0, turned = 0
    cdef uint8_t equals = 0, digits = 0, white
    for k in range(n):
        white = (p[k + 1] == 0x20) | (<uint8_t>(p[k + 1] - 9) < 5)
        quoted |= (p[k] == 0x0A) & ((p[k + 1] == 0x3E) | (p[k + 1] == 0x7C))
        dumped |= (p[k] == 0x0A) & (p[k + 1] == 0x30) & (p[k + 2] == 0x30)
        escaped |= (p[k] == 0x25) | (p[k] == 0x26) | (p[k] == 0x5C)
        continued |= ((p[k] == 0x5C) | (p[k] == 0x5E) | (p[k] == 0x60)) & white
        soft |= (p[k] == 0x3D) & white
        framed |= (p[k] == 0x3C) & (p[k + 1] == 0x7E)
        turned |= ((p[k] == 0x75) & (p[k + 1] == 0x67) & (p[k + 2] == 0x67) & (p[k + 3] == 0x63)) | (
            (p[k] == 0x70) & (p[k + 1] == 0x74) & (p[k + 2] == 0x74) & (p[k + 3] == 0x68)
        )
        equals += p[k] == 0x3D
        digits += <uint8_t>(p[k] - 0x30) < 10
    seen.signs |= (
        quoted * C_QUOTED | escaped * C_ESCAPED | continued * C_CONTINUED | soft * C_OCTETS
        | dumped * C_DUMPED | framed * C_FRAMED | turned * C_TURNED
    )
    seen.equals += equals
    seen.digits += digits
