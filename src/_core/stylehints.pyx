# cython: language_level=3
"""Whether a style may hide what it is for, or turn it round; cheap enough to be asked of every tag.

In: the value of a `style` or `color` attribute as it stands. Out: yes or no; hints, never decisions: a style that is
written oddly may hide, and what it does is read with care elsewhere (bartizan.detect.styles).
"""

from libc.stdint cimport uint8_t
from libc.string cimport memchr

from bartizan._core.hints cimport begins, blank, letter

cdef uint8_t[256] BEGINS            # letters that a value of a style begins with which hides
cdef uint8_t[256] ENDS              # and those that the property ends with


cdef void _fill_tables() noexcept:
    cdef int byte
    for byte in b"nhctais":             # none, hidden, collapse, transparent, all, inset(, scale(
        BEGINS[byte] = 1
    for byte in b"yerphm":              # display, visibility, mso-hide, color, clip, clip-path, transform
        ENDS[byte] = 1

_fill_tables()


cdef bint is_light(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Does a colour begin like white?"""
    if at >= stop:
        return False
    return (
        begins(p, at, stop, b"white", 5) or begins(p, at, stop, b"snow", 4)
        or begins(p, at, stop, b"rgb", 3) or begins(p, at, stop, b"hsl", 3)
        or begins(p, at + (p[at] == 0x23), stop, b"fff", 3) or begins(p, at + (p[at] == 0x23), stop, b"fef", 3)
    )


cdef bint _has(
    const uint8_t* p, Py_ssize_t at, Py_ssize_t stop, uint8_t first, const char* rest, int length
) noexcept nogil:
    """Does this byte stand in p[at:stop], and these letters in any case behind it?"""
    cdef const uint8_t* found
    while at < stop:
        found = <const uint8_t*>memchr(p + at, first, stop - at)
        if found == NULL:
            return False
        at = found - p + 1
        if begins(p, at, stop, rest, length):
            return True
    return False


cdef bint _has_small(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Does a number in this declaration begin like one that is less than two?"""
    while at < stop and p[at] != 0x3B and p[at] != 0x3A:
        if (p[at] == 0x30 or p[at] == 0x31 or p[at] == 0x2E) and (
            blank(p[at - 1]) or p[at - 1] == 0x3A or p[at - 1] == 0x28 or p[at - 1] == 0x2B
        ):
            if p[at] != 0x31 or at + 1 < stop and not 48 <= p[at + 1] <= 57:
                return True
        at += 1
    return False


cdef bint _is_rewritten(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """May a style say something else than it seems to: by escapes, comments, exponents, references other than to
    quotes?"""
    cdef const uint8_t* found
    cdef Py_ssize_t k = at + 1
    if memchr(p + at, 0x5C, stop - at) != NULL or memchr(p + at, 0x2A, stop - at) != NULL:
        return True
    while at < stop:
        found = <const uint8_t*>memchr(p + at, 0x26, stop - at)
        if found == NULL:
            break
        at = found - p + 1
        if not (
            begins(p, at, stop, b"quot;", 5) or begins(p, at, stop, b"apos;", 5) or begins(p, at, stop, b"amp;", 4)
            or begins(p, at, stop, b"#39;", 4) or begins(p, at, stop, b"#34;", 4)
        ):
            return True
    while k + 1 < stop:
        found = <const uint8_t*>memchr(p + k, 0x2D, stop - 1 - k)
        if found == NULL:
            return False
        k = found - p + 1
        if p[k - 2] | 32 == 0x65 and 48 <= p[k] <= 57:
            return True
    return False


cdef bint turns(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Does a style override the writing direction?"""
    return _has(p, at, stop, 0x2D, b"override", 8)


cdef bint _is_function(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Does a value begin with the name of a function, other than an address?"""
    cdef Py_ssize_t k = at
    while k < stop and (letter(p[k]) or p[k] == 0x2D):
        k += 1
    return at < k < stop and p[k] == 0x28 and not begins(p, at, stop, b"url", 3)


cdef bint _is_about_one(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Is this 1 with any fraction and a unit that begins with p, or with an exponent?"""
    at += 1
    if at < stop and p[at] == 0x2E:
        at += 1
        while at < stop and 48 <= p[at] <= 57:
            at += 1
    return at + 1 < stop and (p[at] | 32 == 0x70 or p[at] | 32 == 0x65 and p[at + 1] | 32 != 0x6D)


cdef bint may_hide(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Could a style hide what it is for? A property that is nothing, hidden, transparent, white, or far away."""
    cdef const uint8_t* found
    cdef Py_ssize_t before, start = at
    cdef uint8_t c, last
    cdef int telling = -1
    cdef bint sized
    if _is_rewritten(p, at, stop):
        return True
    while at < stop:
        found = <const uint8_t*>memchr(p + at, 0x3A, stop - at)
        if found == NULL:
            return False
        before = found - p
        at = before + 1
        while before > start and blank(p[before - 1]):
            before -= 1
        while at < stop and blank(p[at]):
            at += 1
        if at >= stop:
            return False
        c = p[at]
        last = p[before - 1] | 32 if before > start else 0
        sized = last == 0x65 or last == 0x79 or last == 0x74 or last == 0x68     # size, opacity, height, width
        if last == 0x74 and before - start > 3 and begins(p, before - 4, stop, b"font", 4) and _has_small(p, at, stop):
            return True
        if last == 0x72 or last == 0x6D:
            # A colour and one behind it; what is drawn to another scale.
            if telling < 0:
                telling = (
                    _has(p, start, stop, 0x67, b"round", 5) or _has(p, start, stop, 0x47, b"round", 5)
                    or _has(p, start, stop, 0x73, b"cale", 4) or _has(p, start, stop, 0x53, b"cale", 4)
                )
            if telling:
                return True
        if sized and _is_function(p, at, stop):
            return True
        if c == 0x2D or c == 0x2E:                          # negative, or a fraction
            if at + (3 if c == 0x2D else 1) < stop and 48 <= p[at + 1] <= 57:
                return True
        elif c == 0x30:
            # not padding, margin, border
            if sized:
                return True
        elif c == 0x31:
            if sized and _is_about_one(p, at, stop):
                return True
        elif c == 0x2B:
            return True
        elif c == 0x23 or c | 32 == 0x77 or c | 32 == 0x72:     # a colour; rect(
            if (last == 0x72 or last == 0x70 or last == 0x64) and (is_light(p, at, stop) or c | 32 == 0x72):
                return True
        elif last == 0x72 and is_light(p, at, stop):
            return True
        elif BEGINS[c | 32] and ENDS[last]:
            return True
    return False
