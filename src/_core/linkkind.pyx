# cython: language_level=3
"""Which links of a text are not written as a client would write them; cheap enough to be asked of every mail.

In: a text as UTF-8, or a list of links, one a line. Out: the odd ones as spans; those that only have bytes written as
%41 (also as %2541) decoded, since newsletters are full of them. What an odd link means is read with care elsewhere
(bartizan.message.links).
A link of a text begins with a scheme, as //host in quotes, as \\\\host, or is a host with a path; it ends at a blank, a
quotation mark or an angle bracket.
Limits: BACK bytes in front of the first slash are looked at; linear.
Not here: attributes of pages (pagelinks).
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t
from libc.string cimport memchr, memset

from bartizan._core.hints cimport begins, letter

cdef enum:
    BLOCK = 64          # bytes
    BACK = 300          # bytes
    LONGEST_SCHEME = 12

# Classes of bytes.
cdef enum:
    HOST = 1            # letters, digits, - and _
    ASKS = 2            # may make a path odd
    ENDS = 4            # ends a link in a text
    BEGINS = 8          # stands in front of a link in a text
    TRAILS = 16         # at the end of a link it belongs to the sentence

cdef uint8_t[256] CLASS
cdef uint8_t[256] HEX           # the value of a hexadecimal digit, 255 for others


cdef void _fill_tables() noexcept:
    cdef int k
    cdef bytes signs
    memset(CLASS, 0, 256)
    memset(HEX, 255, 256)
    for k in range(256):
        if k < 128 and (letter(<uint8_t>k) or 48 <= k <= 57 or k == 0x2D or k == 0x5F):
            CLASS[k] |= HOST
        if k < 0x20 or k >= 0x7F:
            CLASS[k] |= ASKS
        if k <= 0x20 or k == 0x7F:
            CLASS[k] |= ENDS | BEGINS
    for signs, bit in ((b"%\\/:H_", ASKS), (b"<>\"`", ENDS | BEGINS), (b"()[]{}'=,;|*", BEGINS), (b".,;:!?)]}'*_", TRAILS)):
        for k in signs:
            CLASS[k] |= <uint8_t>bit
    for k in range(10):
        HEX[0x30 + k] = k
    for k in range(6):
        HEX[0x41 + k] = HEX[0x61 + k] = 10 + k

_fill_tables()


cdef bint _is_web(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Is p[at:stop] a scheme whose links have a host?"""
    if stop - at == 4:
        return begins(p, at, stop, b"http", 4) or begins(p, at, stop, b"file", 4) or begins(p, at, stop, b"ftps", 4)
    if stop - at == 5:
        return begins(p, at, stop, b"https", 5)
    if stop - at == 3:
        return begins(p, at, stop, b"ftp", 3) or begins(p, at, stop, b"wss", 3)
    return stop - at == 2 and begins(p, at, stop, b"ws", 2)


cdef bint _is_address(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Is p[at:stop] an IPv4 address in four decimal numbers?"""
    cdef int numbers = 0
    cdef Py_ssize_t start = at
    while at <= stop:
        if at == stop or p[at] == 0x2E:
            if not 0 < at - start < 4 or p[start] == 0x30 and at - start > 1:
                return False
            numbers += 1
            start = at + 1
        elif not 48 <= p[at] <= 57:
            return False
        at += 1
    return numbers == 4


cdef int link_kind(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    cdef Py_ssize_t k = at, slashes
    # Proof: k < stop wherever p[k] is read, here and below; p[k + 1] after a test of its own.
    while k < stop and k - at < LONGEST_SCHEME and letter(p[k]):
        k += 1
    if k < stop and k > at and p[k] == 0x3A:
        if _is_web(p, at, k):
            slashes = k + 1
            while slashes < stop and p[slashes] == 0x2F:
                slashes += 1
            return _from_host(p, slashes, stop) if slashes - k == 3 else ODD
        if begins(p, at, k, b"cid", 3) or begins(p, at, k, b"mailto", 6) or begins(p, at, k, b"tel", 3):
            return _from_path(p, k + 1, stop)
        return ODD
    if at >= stop or p[at] == 0x23:
        return NORMAL
    if p[at] != 0x2F and p[at] != 0x5C:
        return _from_host(p, at, stop)
    if at + 1 == stop or p[at + 1] != 0x2F and p[at + 1] != 0x5C:
        return _from_path(p, at, stop)
    return _from_host(p, at + 2, stop) if p[at] == 0x2F and p[at + 1] == 0x2F else ODD


cdef int _from_host(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """The kind of a link from its host on."""
    cdef int worst = NORMAL, kind
    cdef Py_ssize_t label, k
    while True:
        k = label = at
        while k < stop and p[k] != 0x2F and p[k] != 0x3F and p[k] != 0x23:
            if p[k] == 0x2E:
                if k == label:
                    return ODD
                label = k + 1
            elif not CLASS[p[k]] & HOST:
                return ODD
            elif p[k] == 0x2D and k == label + 2 and begins(p, label, k, b"xn", 2):
                return ODD
            k += 1
        if k == label:
            return NORMAL if k == at == stop else ODD
        if 48 <= p[label] <= 57 and not _is_address(p, at, k):
            return ODD
        kind = _path(p, &k, stop)
        if kind == ODD:
            return ODD
        if kind > worst:
            worst = kind
        if k >= stop:
            return worst
        at = k          # the host of a link in this one


cdef int _from_path(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """The kind of a link from its path on."""
    cdef int kind = _path(p, &at, stop), inner
    if at >= stop or kind == ODD:
        return kind
    inner = _from_host(p, at, stop)
    return inner if inner > kind else kind


cdef int _path(const uint8_t* p, Py_ssize_t* at, Py_ssize_t stop) noexcept nogil:
    """The kind of path, query and fragment; *at is their end, or behind the :// of a link in them."""
    cdef Py_ssize_t start = at[0], k = at[0]
    cdef int kind = NORMAL
    cdef uint8_t c
    while k < stop:
        c = p[k]
        if not CLASS[c] & ASKS:
            k += 1
            continue
        if c == 0x25:
            if k + 2 < stop and HEX[p[k + 1]] < 16 and HEX[p[k + 2]] < 16:
                kind = ENCODED
        elif c == 0x2F:
            if k + 1 < stop:
                if p[k + 1] == 0x2F:
                    if k == start or p[k - 1] != 0x3A:
                        return ODD
                    at[0] = k + 2
                    return kind
                if p[k + 1] == 0x2E and (
                    k + 2 == stop or p[k + 2] == 0x2F or p[k + 2] == 0x2E or p[k + 2] == 0x3F or p[k + 2] == 0x23
                ):
                    return ODD
        elif c == 0x3A:
            # http: in a link, and not two slashes behind it.
            if (k + 2 >= stop or p[k + 1] != 0x2F or p[k + 2] != 0x2F) and (
                k - start >= 4 and begins(p, k - 4, k, b"http", 4) or k - start >= 5 and begins(p, k - 5, k, b"https", 5)
            ):
                return ODD
        elif c == 0x48:
            # base64 of http
            if k > start and p[k - 1] == 0x61 and k + 3 < stop and (
                p[k + 1] == 0x52 and p[k + 2] == 0x30 and p[k + 3] == 0x63
            ):
                return ODD
        elif c == 0x5F:
            # https-3A__ as a rewriting gateway writes it
            if k - start >= 3 and p[k - 1] == 0x41 and p[k - 2] == 0x33 and p[k - 3] == 0x2D:
                return ODD
        else:
            return ODD
        k += 1
    at[0] = k
    return kind


cdef inline bint _is_dot(const uint8_t* p) noexcept nogil:
    """Are these three bytes an encoded dot, or one of the signs that are taken for a dot?"""
    if p[0] == 0x25:
        return p[1] == 0x32 and p[2] | 32 == 0x65
    if p[0] == 0xE3:
        return p[1] == 0x80 and p[2] == 0x82
    if p[0] == 0xEF:
        return p[1] == 0xBC and p[2] == 0x8E or p[1] == 0xBD and p[2] == 0xA1
    return p[0] == 0xE2 and p[1] == 0x80 and p[2] == 0xA4


cdef inline Py_ssize_t _slash(const uint8_t* p, Py_ssize_t at, Py_ssize_t n) noexcept nogil:
    """The next slash or backslash, or n. Whole blocks are looked at without branches: compilers make such a loop wide."""
    cdef uint8_t found
    cdef int k
    while at + BLOCK <= n:
        found = 0
        for k in range(BLOCK):
            found |= (p[at + k] == 0x2F) | (p[at + k] == 0x5C)
        if found:
            break
        at += BLOCK
    while at < n and p[at] != 0x2F and p[at] != 0x5C:
        at += 1
    return at


cdef bint next_link(
    const uint8_t* p, Py_ssize_t* at, Py_ssize_t n, bint quoted, Py_ssize_t* start, Py_ssize_t* stop
) noexcept nogil:
    """The next link of a text from *at on, which goes behind it; `quoted`: also //host behind a sign."""
    cdef Py_ssize_t floor = at[0], slash, begin, end, k, label
    cdef bint dot
    while True:
        slash = _slash(p, at[0], n)
        if slash >= n:
            at[0] = n
            return False
        begin = slash
        while begin > floor and slash - begin < BACK and not CLASS[p[begin - 1]] & BEGINS:
            begin -= 1
        if begin == slash:
            # //host or \\host
            if slash + 2 >= n or p[slash + 1] != p[slash] or not (p[slash] == 0x5C or quoted) or (
                CLASS[p[slash + 2]] & ENDS or p[slash + 2] == p[slash]
            ):
                at[0] = slash + 1
                floor = at[0]
                continue
        elif p[slash - 1] == 0x3A:
            k = slash - 1
            while k > begin and letter(p[k - 1]):
                k -= 1
            if not _is_web(p, k, slash - 1):
                at[0] = slash + 1
                floor = at[0]
                continue
            begin = k
        else:
            dot = False
            label = begin
            for k in range(begin, slash):
                if p[k] == 0x2E:
                    label = k + 1
                    dot = True
                elif (p[k] == 0x25 or p[k] >= 0xE0) and k + 2 < slash and _is_dot(p + k):
                    dot = True
            if not dot or p[slash] == 0x5C or p[begin] == 0x2E or label >= slash and p[begin] < 0x41 or (
                label < slash and 48 <= p[label] <= 57 or p[begin] == 0x25
            ):
                at[0] = slash + 1
                floor = at[0]
                continue
        end = slash
        while end < n and not CLASS[p[end]] & ENDS and not (quoted and p[end] == 0x27):
            end += 1
        at[0] = end
        while end > slash + 1 and CLASS[p[end - 1]] & TRAILS:
            end -= 1
        start[0] = begin
        stop[0] = end
        return True


cdef Py_ssize_t _decoded(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop, uint8_t* into) noexcept nogil:
    """Writes p[at:stop] with %41 and %2541 decoded, controls as blanks; how much was written."""
    cdef Py_ssize_t count = 0, k
    while at < stop:
        into[count] = p[at]
        if p[at] == 0x25:
            k = at + 1
            while k + 1 < stop and p[k] == 0x32 and p[k + 1] == 0x35:
                k += 2
            if k + 1 < stop and HEX[p[k]] < 16 and HEX[p[k + 1]] < 16:
                into[count] = HEX[p[k]] << 4 | HEX[p[k + 1]]
                at = k + 1
            elif k > at + 1:
                at = k - 1
            if into[count] < 0x20:
                into[count] = 0x20
        count += 1
        at += 1
    return count


cdef class _Lines:
    """Links, one a line."""

    cdef bytearray kept

    def __cinit__(self):
        self.kept = bytearray()

    cdef int add(self, const uint8_t* p, Py_ssize_t start, Py_ssize_t stop, bint decode) except -1:
        cdef bytes line = PyBytes_FromStringAndSize(<const char*>p + start, stop - start)
        cdef bytearray made
        cdef uint8_t[::1] into
        if decode:
            made = bytearray(line)
            into = made
            self.kept += made[: _decoded(p, start, stop, &into[0])] if stop > start else b""
        else:
            self.kept += line
        self.kept += b"\n"
        return 0


def links_in_lines(const unsigned char[::1] data not None):
    """Of links, one a line: (the odd ones as spans, those with encoded bytes decoded, one a line)."""
    cdef list odd = []
    cdef _Lines encoded = _Lines()
    cdef Py_ssize_t at = 0, stop, n = data.shape[0]
    cdef const uint8_t* p
    cdef const uint8_t* found
    cdef int kind
    if n:
        p = &data[0]
        while at < n:
            found = <const uint8_t*>memchr(p + at, 0x0A, n - at)
            stop = found - p if found != NULL else n
            kind = link_kind(p, at, stop)
            if kind == ODD:
                odd.append((at, stop))
            elif kind == ENCODED:
                encoded.add(p, at, stop, True)
            at = stop + 1
    return odd, bytes(encoded.kept)


def links_in_text(const unsigned char[::1] data not None, bint quoted=False):
    """Of the links in a text: (the odd ones as spans, those with encoded bytes decoded, with `quoted` the others; both
    one a line). `quoted`: of a script or a style sheet, where //host is a link too."""
    cdef list odd = []
    cdef _Lines encoded = _Lines(), others = _Lines()
    cdef Py_ssize_t at = 0, start = 0, stop = 0, n = data.shape[0]
    cdef const uint8_t* p
    cdef int kind
    if n:
        p = &data[0]
        while next_link(p, &at, n, quoted, &start, &stop):
            kind = link_kind(p, start, stop)
            if kind == ODD:
                odd.append((start, stop))
            elif kind == ENCODED:
                encoded.add(p, start, stop, True)
            elif quoted:
                others.add(p, start, stop, False)
    return odd, bytes(encoded.kept), bytes(others.kept)
