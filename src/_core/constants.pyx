# cython: language_level=3
"""Finds the bytes that a script spells out: lists of numbers, runs of escapes, strings in pieces.

In: the text of a script. Out: runs with the bytes they stand for, the text with its strings joined.
A list is made of numbers up to 255, decimal or with 0x in front, with commas between them. Escapes are %41, \\x41 and
&#x41; of any mixture. Strings are joined where only + or & stands between two of them.
Limits: GAP white space around a comma or between strings; the answer is never longer than the text; linear.
Not here: what the bytes are (bartizan.message.carve). Known gaps: arithmetic, numbers in octal, variables.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t
from libc.string cimport memchr, memset

cdef enum:
    GAP = 8

cdef uint8_t[256] HEX           # the value of a hexadecimal digit, 255 for others
cdef uint8_t[256] CLASS         # bits: 1 white space, 2 letter, digit or underscore, 4 quote, 8 of base64 or white space
cdef uint8_t[256] ESCAPE        # bytes in front of the two digits, by the first byte of an escape


cdef void _fill_tables() noexcept:
    cdef const unsigned char* word = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
    cdef int i
    memset(HEX, 255, 256)
    memset(CLASS, 0, 256)
    memset(ESCAPE, 0, 256)
    for i in range(10):
        HEX[0x30 + i] = i
    for i in range(6):
        HEX[0x41 + i] = HEX[0x61 + i] = 10 + i
    for i in range(63):
        CLASS[word[i]] = 2 | (8 if i < 62 else 0)
    for i in (0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D):
        CLASS[i] = 1 | 8
    for i in (0x2B, 0x2F, 0x3D):
        CLASS[i] |= 8
    CLASS[0x22] = CLASS[0x27] = 4
    ESCAPE[0x25] = 1
    ESCAPE[0x5C] = 2
    ESCAPE[0x26] = 3

_fill_tables()


cdef inline Py_ssize_t _behind_white(const unsigned char[::1] data, Py_ssize_t at) noexcept:
    """Behind up to GAP white space."""
    cdef Py_ssize_t stop = min(at + GAP, data.shape[0])
    while at < stop and CLASS[data[at]] & 1:
        at += 1
    return at


cdef inline Py_ssize_t _number(const unsigned char[::1] data, Py_ssize_t at, uint8_t* value) noexcept:
    """Behind the number up to 255 that begins at `at`; -1 where there is none."""
    cdef Py_ssize_t n = data.shape[0], start
    cdef int found = 0
    cdef int base = 10
    if at + 1 < n and data[at] == 0x30 and data[at + 1] | 0x20 == 0x78:
        base = 16
        at += 2
    start = at
    while at < n and HEX[data[at]] < base and at - start < 3:
        found = found * base + HEX[data[at]]
        at += 1
    if at == start or found > 255 or at < n and CLASS[data[at]] & 2:
        return -1
    value[0] = <uint8_t>found
    return at


cdef Py_ssize_t _list(
    const unsigned char[::1] data, Py_ssize_t at, unsigned char* out, Py_ssize_t* count
) noexcept:
    """Behind the list of numbers that begins at `at`, `count` of them; they go to `out` if it is not NULL."""
    cdef Py_ssize_t end = at, stop
    cdef uint8_t value = 0
    count[0] = 0
    while True:
        stop = _number(data, at, &value)
        if stop < 0:
            return end
        if out != NULL:
            out[count[0]] = value
        count[0] += 1
        end = stop
        at = _behind_white(data, stop)
        if at >= data.shape[0] or data[at] != 0x2C:
            return end
        at = _behind_white(data, at + 1)


def next_numbers(const unsigned char[::1] data not None, Py_ssize_t at, Py_ssize_t least) -> tuple | None:
    """The next list of at least `least` numbers at or behind `at`: its span and its bytes; None without one."""
    cdef Py_ssize_t n = data.shape[0], start, end, count
    cdef const unsigned char* comma
    cdef bytes found
    at = max(at, 0)
    while at < n:
        # A list has a comma behind its first number.
        comma = <const unsigned char*>memchr(&data[at], 0x2C, n - at)
        if comma == NULL:
            return None
        start = end = comma - &data[0]
        while start > at and end - start < GAP and CLASS[data[start - 1]] & 1:
            start -= 1
        end = start
        while start > at and end - start < 6 and CLASS[data[start - 1]] & 2:
            start -= 1
        if start == end or start > at and CLASS[data[start - 1]] & 2:
            at = (comma - &data[0]) + 1
            continue
        end = _list(data, start, NULL, &count)
        if count >= least:
            found = PyBytes_FromStringAndSize(NULL, count)
            _list(data, start, <unsigned char*>PyBytes_AS_STRING(found), &count)
            return start, end, found
        at = max(end, (comma - &data[0]) + 1)
    return None


cdef Py_ssize_t _run(
    const unsigned char[::1] data, Py_ssize_t at, unsigned char* out, Py_ssize_t* count
) noexcept:
    """Behind the run of escapes that begins at `at`, `count` of them; they go to `out` if it is not NULL."""
    cdef Py_ssize_t n = data.shape[0], digits
    count[0] = 0
    while at < n:
        digits = at + ESCAPE[data[at]]
        if digits == at or digits + 1 >= n or HEX[data[digits]] > 15 or HEX[data[digits + 1]] > 15:
            break
        if digits - at > 1 and data[digits - 1] | 0x20 != 0x78 or digits - at == 3 and data[at + 1] != 0x23:
            break
        if out != NULL:
            out[count[0]] = HEX[data[digits]] << 4 | HEX[data[digits + 1]]
        count[0] += 1
        at = digits + 2
        if at < n and data[at] == 0x3B:
            at += 1
    return at


def next_escapes(const unsigned char[::1] data not None, Py_ssize_t at, Py_ssize_t least) -> tuple | None:
    """The next run of at least `least` escapes at or behind `at`: its span and its bytes; None without one."""
    cdef Py_ssize_t n = data.shape[0], end, count
    cdef bytes found
    at = max(at, 0)
    while True:
        while at < n and ESCAPE[data[at]] == 0:
            at += 1
        if at >= n:
            return None
        end = _run(data, at, NULL, &count)
        if count >= least:
            found = PyBytes_FromStringAndSize(NULL, count)
            _run(data, at, <unsigned char*>PyBytes_AS_STRING(found), &count)
            return at, end, found
        at = max(end, at + 1)


cdef inline Py_ssize_t _next_string(const unsigned char[::1] data, Py_ssize_t at) noexcept:
    """Behind the quote that opens the string joined to the one that ends at `at`; -1 where there is none."""
    cdef Py_ssize_t n = data.shape[0]
    at = _behind_white(data, at + 1)
    if at >= n or data[at] != 0x2B and data[at] != 0x26:
        return -1
    at = _behind_white(data, at + 1)
    return at + 1 if at < n and CLASS[data[at]] & 4 else -1


cdef Py_ssize_t _join(const unsigned char[::1] data, unsigned char* out) noexcept:
    """The length of the text with its strings joined; it goes to `out` if it is not NULL."""
    cdef Py_ssize_t n = data.shape[0], i = 0, behind, written = 0
    while i < n:
        behind = _next_string(data, i) if CLASS[data[i]] & 4 else -1
        if behind >= 0:
            i = behind
            continue
        if out != NULL:
            out[written] = data[i]
        written += 1
        i += 1
    return written


def joined(const unsigned char[::1] data not None) -> bytes | None:
    """The text with its strings joined; None when there is nothing to join."""
    cdef Py_ssize_t written = _join(data, NULL)
    cdef bytes found
    if written == data.shape[0]:
        return None
    found = PyBytes_FromStringAndSize(NULL, written)
    _join(data, <unsigned char*>PyBytes_AS_STRING(found))
    return found


cdef Py_ssize_t _clean(const unsigned char[::1] data, unsigned char* out) noexcept:
    """The length of the text without junk; it goes to `out` if it is not NULL."""
    cdef Py_ssize_t n = data.shape[0], i = 0, written = 0
    cdef const unsigned char* end
    while i < n:
        if CLASS[data[i]] & 8:
            if out != NULL:
                out[written] = data[i]
            written += 1
            i += 1
        else:
            end = <const unsigned char*>memchr(&data[i], 0x0A, n - i)
            if end == NULL:
                break
            i = end - &data[0]
    return written


def without_junk(const unsigned char[::1] data not None) -> bytes:
    """The text without what is neither of base64 nor white space, and all that follows such a byte on its line."""
    cdef bytes found = PyBytes_FromStringAndSize(NULL, _clean(data, NULL))
    _clean(data, <unsigned char*>PyBytes_AS_STRING(found))
    return found
