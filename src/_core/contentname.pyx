# cython: language_level=3
"""Fields about content that only lenient programs see: in a fold of another field, or with a sign behind the name.

In: the name or the value of a field, as it stands in the message. Out: is there anything like Content-Type,
Content-Transfer-Encoding or Content-Disposition in it? Lists of names of fields, as in DKIM-Signature, are none.
Linear. Not here: what such a field says (bartizan.message.shredder).
"""

from libc.string cimport memchr

from bartizan._core.hints cimport begins

cdef enum:
    SIGNS = 20      # between a name and its colon


cdef bint _has(const unsigned char* p, Py_ssize_t n, const char* word, int length) noexcept nogil:
    """Do these letters stand in p[0:n], in any case?"""
    cdef Py_ssize_t i
    for i in range(n):
        if begins(p, i, n, word, length):
            return True
    return False


cdef inline bint _of_name(unsigned char c) noexcept nogil:
    """A letter, a digit or a hyphen: all that names of fields have."""
    return 0x61 <= (c | 0x20) <= 0x7A or 0x30 <= c <= 0x39 or c == 0x2D


cdef inline bint _blank(unsigned char c) noexcept nogil:
    return c == 0x20 or c == 0x09 or c == 0x0D or c == 0x0A


cdef Py_ssize_t content_name(const unsigned char* p, Py_ssize_t n) noexcept nogil:
    """The length of the name of a field about content that begins here; 0 for another one."""
    if not begins(p, 0, n, b"content-", 8):
        return 0
    if begins(p, 8, n, b"type", 4):
        return 12
    if begins(p, 8, n, b"disposition", 11):
        return 19
    return 25 if begins(p, 8, n, b"transfer-encoding", 17) else 0


cdef bint has_sign_behind(const unsigned char* p, Py_ssize_t n) noexcept nogil:
    """Is the name p[0:n] that of a field about content, and a sign that belongs to no name?"""
    cdef Py_ssize_t end = content_name(p, n)
    return 0 < end < n and not _of_name(p[end])


cdef bint hides_field(const unsigned char* p, Py_ssize_t n) noexcept nogil:
    """Has the value p[0:n] a fold that would be a field about content without the blanks in front of it?"""
    cdef Py_ssize_t at = 0, end
    cdef const unsigned char* lf
    cdef bint listed = False
    while at < n:
        lf = <const unsigned char*>memchr(p + at, 0x0A, n - at)
        if lf == NULL:
            break
        at = lf - p + 1
        while at < n and (p[at] == 0x20 or p[at] == 0x09):
            at += 1
        end = content_name(p + at, n - at)
        if end == 0:
            continue
        at += end
        end = min(n, at + SIGNS)
        while at < end and not _of_name(p[at]) and p[at] != 0x3A:
            at += 1
        if at < end and p[at] == 0x3A:
            if _says_something(p + at + 1, n - at - 1):
                return True
            listed = True
    return listed and (_has(p, n, b"name=", 5) or _has(p, n, b"name*", 5) or _has(p, n, b"boundary=", 9))


cdef bint _says_something(const unsigned char* p, Py_ssize_t n) noexcept nogil:
    """Is this a value of such a field, and not the rest of a list of names?"""
    cdef Py_ssize_t at = 0, start
    while at < n and _blank(p[at]):
        at += 1
    start = at
    while at < n and _of_name(p[at]):
        at += 1
    if at < n and p[at] != 0x3B and not _blank(p[at]):
        return p[at] != 0x3A
    # A word like others: an encoding, a disposition.
    p += start
    n = at - start
    return (
        _has(p, n, b"64", 2) or _has(p, n, b"uu", 2) or _has(p, n, b"quoted", 6)
        or begins(p, 0, n, b"attachment", 10) or begins(p, 0, n, b"inline", 6)
    )
