# cython: language_level=3
"""The value of a structured MIME header field: its main token and its parameters (RFC 2045 section 5.1).

In: the raw value, folded or not. Out: the token in lower case, the parameters in order, and flags for everything that is
not plain. Reads leniently and never raises: missing separators, comments, unbalanced quotes. Where a value has two
readings (a comment inside it, backslashes in a quoted string) both are listed, the standard's first.
Not here: RFC 2231 and RFC 2047 (bartizan.message.names), which reading a receiver would choose.
Limits: MAX_PARAMETERS parameters, the rest is flagged BAD.
"""

from libc.string cimport memchr

FLAG_COMMENT = COMMENT
FLAG_BAD = BAD

cdef enum:
    MAX_PARAMETERS = 200


cdef bytes unfold(bytes value):
    """The value without its line ends (RFC 5322 section 2.2.3), surrounding white space removed."""
    if b"\n" in value:
        value = value.replace(b"\r\n", b"").replace(b"\n", b"")
    return value.strip()


cdef inline bint _space(unsigned char c) noexcept nogil:
    return c == 0x20 or c == 0x09 or c == 0x0D or c == 0x0A


cdef Py_ssize_t _comment(const unsigned char* p, Py_ssize_t i, Py_ssize_t n) noexcept nogil:
    """The position after the comment that begins at i; n when it is not closed."""
    cdef int depth = 0
    while i < n:
        if p[i] == 0x5C:
            i += 1
        elif p[i] == 0x28:
            depth += 1
        elif p[i] == 0x29:
            depth -= 1
            if depth == 0:
                return i + 1
        i += 1
    return n


cdef Py_ssize_t _skip(const unsigned char* p, Py_ssize_t i, Py_ssize_t n, int* flags) noexcept nogil:
    """The position after white space and comments."""
    while i < n:
        if _space(p[i]):
            i += 1
        elif p[i] == 0x28:
            flags[0] |= COMMENT
            i = _comment(p, i, n)
        else:
            break
    return min(i, n)


cdef bytes _without_comments(bytes text):
    cdef const unsigned char* p = text
    cdef Py_ssize_t n = len(text)
    cdef Py_ssize_t i = 0
    cdef Py_ssize_t start
    cdef list pieces = []
    while i < n:
        if p[i] == 0x28:
            i = min(_comment(p, i, n), n)
            continue
        start = i
        while i < n and p[i] != 0x28:
            i += 1
        pieces.append(text[start:i])
    return b"".join(pieces).strip()


cdef Py_ssize_t _quoted_end(const unsigned char* p, Py_ssize_t i, Py_ssize_t n) noexcept nogil:
    """The position of the quote that closes the string whose content begins at i; n when there is none."""
    while i < n and p[i] != 0x22:
        i += 2 if p[i] == 0x5C else 1
    return min(i, n)


cdef bytes _unescape(bytes text):
    """The content of a quoted string with quoted pairs undone (RFC 5322 section 3.2.1)."""
    cdef const unsigned char* p = text
    cdef Py_ssize_t n = len(text)
    cdef Py_ssize_t i = 0
    cdef bytearray out = bytearray()
    while i < n:
        if p[i] == 0x5C and i + 1 < n:
            i += 1
        out.append(p[i])
        i += 1
    return bytes(out)


cdef tuple parse_value(bytes value):
    """(token, parameters, flags) of an unfolded value; see parse_field."""
    cdef const unsigned char* p = value
    cdef Py_ssize_t n = len(value)
    cdef Py_ssize_t i
    cdef Py_ssize_t start
    cdef Py_ssize_t end
    cdef int flags = 0
    cdef list parameters = []
    cdef bytes name
    cdef bytes text
    cdef bytes plain
    i = _skip(p, 0, n, &flags)
    start = i
    while i < n and p[i] != 0x3B and p[i] != 0x28 and not _space(p[i]):
        i += 1
    cdef bytes token = value[start:i].lower()
    i = _skip(p, i, n, &flags)
    if i < n and p[i] != 0x3B:
        flags |= BAD
    while i < n:
        while i < n and (p[i] == 0x3B or _space(p[i])):
            i += 1
        i = _skip(p, i, n, &flags)
        if i >= n:
            break
        if p[i] == 0x3B:
            continue
        if len(parameters) >= MAX_PARAMETERS:
            flags |= BAD
            break
        start = i
        while i < n and p[i] != 0x3D and p[i] != 0x3B and p[i] != 0x28 and not _space(p[i]):
            i += 1
        name = value[start:i].lower()
        i = _skip(p, i, n, &flags)
        if i >= n or p[i] != 0x3D or not name:
            # a name without a value, or junk where a parameter should be
            flags |= BAD
            if not name:
                i += 1
            continue
        i = _skip(p, i + 1, n, &flags)
        if i < n and p[i] == 0x22:
            end = _quoted_end(p, i + 1, n)
            text = value[i + 1:end]
            i = end + 1
            if end >= n:
                flags |= BAD
            elif i < n and p[i] != 0x3B and not _space(p[i]) and p[i] != 0x28:
                flags |= BAD
            if b"\\" in text:
                plain = _unescape(text)
                parameters.append((name, plain))
                if plain != text:
                    parameters.append((name, text))
            else:
                parameters.append((name, text))
            if i < n and p[i] != 0x3B:
                # what follows the string up to the next separator is skipped
                i = _skip(p, i, n, &flags)
                if i < n and p[i] != 0x3B and memchr(p + i, 0x3D, n - i) == NULL:
                    flags |= BAD
                    i = n
        else:
            start = i
            while i < n and p[i] != 0x3B:
                i += 1
            text = value[start:i].strip()
            if b"(" in text:
                flags |= COMMENT
                plain = _without_comments(text)
                if plain:
                    parameters.append((name, plain))
                parameters.append((name, text))
            else:
                parameters.append((name, text))
            if b" " in text or b"\t" in text or b'"' in text or b"=" in text:
                flags |= BAD
    return token, parameters, flags


def parse_field(bytes value not None) -> tuple:
    """(token, parameters, flags) of a raw field value such as Content-Type's.

    `token` is lower case, without comments; `parameters` are (name in lower case, value) with quoting undone.
    `flags`: FLAG_COMMENT, FLAG_BAD.
    """
    return parse_value(unfold(value))


cdef bytes parse_token(bytes value, int* flags):
    """The single token of a value such as Content-Transfer-Encoding's, in lower case; BAD when more follows it."""
    cdef const unsigned char* p = value
    cdef Py_ssize_t n = len(value)
    cdef Py_ssize_t i = _skip(p, 0, n, flags)
    cdef Py_ssize_t start = i
    while i < n and p[i] != 0x28 and not _space(p[i]) and p[i] != 0x3B:
        i += 1
    cdef bytes token = value[start:i].lower()
    if _skip(p, i, n, flags) < n:
        flags[0] |= BAD
    return token
