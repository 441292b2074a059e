# cython: language_level=3
"""The links of a page, from every attribute that holds one.

In: a page as UTF-8. Out: links, one a line; values to be read with care elsewhere (bartizan.detect.linktexts), as spans.
Tags are found as markup.pyx finds them, quotes and all, but what Outlook reads as page (<!--[if) is read as page.
An attribute that is not known is looked into for //.
Limits: linear; SPANS of each kind, which is told; a link that carries its content as base64 is cut (bartizan.message.carve reads it).
Known gaps: addresses that scripts put together, entities that a document type declares.
Not here: which of the links are odd (linkkind), text that a page shows as link without making it one.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t
from libc.stdlib cimport free, malloc
from libc.string cimport memchr, memcpy

from bartizan._core.hints cimport begins, is_tag, letter
from bartizan._core.linkkind cimport NORMAL, link_kind, next_link
from bartizan._core.pagehints cimport past_comment, raw_end, SPACE

cdef enum:
    CARRIED = 100       # bytes kept of a link with base64 content
    LONGEST_NAME = 16   # of an attribute
    SPANS = 100000      # of each kind

# Kinds of attributes.
cdef enum:
    OTHER = 0
    LINK = 1
    LINKS = 2           # more than one, or with something else around them
    REFRESH = 3
    STYLE = 4
    PAGE = 5
    TEXT = 6            # never a link

cdef tuple NAMES = (
    (LINK, b"href src action formaction background poster data cite longdesc lowsrc dynsrc codebase archive icon"),
    (LINK, b"classid manifest profile"),
    (LINKS, b"srcset imagesrcset ping values from to by"),
    (REFRESH, b"content"),
    (STYLE, b"style"),
    (PAGE, b"srcdoc"),
    (TEXT, b"class id width height align valign border bgcolor target lang dir type rel name colspan rowspan"),
    (TEXT, b"cellpadding cellspacing color face size role"),
)

cdef struct Name:
    uint8_t length
    uint8_t kind
    uint8_t[16] text

cdef Name[64] TABLE
cdef uint8_t[32] FIRST              # by length: where names of this length begin in TABLE


cdef int _fill_tables() except -1:
    cdef int count = 0, length
    cdef Py_ssize_t k
    cdef bytes name
    for length in range(LONGEST_NAME + 1):
        FIRST[length] = count
        for kind, names in NAMES:
            for name in names.split():
                if len(name) == length:
                    TABLE[count].length = length
                    TABLE[count].kind = kind
                    for k in range(length):
                        TABLE[count].text[k] = name[k]
                    count += 1
    FIRST[LONGEST_NAME + 1] = count
    return 0

_fill_tables()


cdef int _kind(const uint8_t* p, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    """The kind of the attribute whose name ends at `stop`."""
    cdef Py_ssize_t at = stop
    cdef int k
    while at > start and stop - at <= LONGEST_NAME and not SPACE[p[at - 1]] and (
        p[at - 1] != 0x2F and p[at - 1] != 0x22 and p[at - 1] != 0x27
    ):
        at -= 1
    if stop - at > 5 and begins(p, stop - 5, stop, b":href", 5):
        return LINK
    if stop - at > LONGEST_NAME:
        return OTHER
    if stop - at > 3 and p[at] | 32 == 0x6F and p[at + 1] | 32 == 0x6E:
        return LINKS
    for k in range(FIRST[stop - at], FIRST[stop - at + 1]):
        if begins(p, at, stop, <const char*>TABLE[k].text, TABLE[k].length):
            return TABLE[k].kind
    return OTHER


cdef bint _has_slashes(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Are there two slashes or backslashes in a row?"""
    cdef Py_ssize_t k
    cdef uint8_t found = 0
    for k in range(at, stop - 1):
        found |= ((p[k] == 0x2F) | (p[k] == 0x5C)) & ((p[k + 1] == 0x2F) | (p[k + 1] == 0x5C))
    return found


cdef bint _refers(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Is there a character reference other than &amp;?"""
    cdef const uint8_t* found
    cdef Py_ssize_t k
    while at < stop:
        found = <const uint8_t*>memchr(p + at, 0x26, stop - at)
        if found == NULL:
            return False
        at = k = found - p + 1
        if at < stop and p[at] == 0x23:
            return True
        while k < stop and k - at < 32 and (letter(p[k]) or 48 <= p[k] <= 57):
            k += 1
        if k < stop and p[k] == 0x3B and not (k - at == 3 and begins(p, at, stop, b"amp", 3)):
            return True
    return False


cdef class _Page:
    """What was found in a page so far."""

    cdef const uint8_t* p
    cdef uint8_t* room              # as long as the page: a link is shorter than its attribute
    cdef Py_ssize_t count
    cdef list referring, texts, pages, bases
    cdef bint asks, full

    def __dealloc__(self):
        free(self.room)

    cdef int keep(self, list spans, Py_ssize_t at, Py_ssize_t stop) except -1:
        """A span, if there are not too many."""
        if len(spans) < SPANS:
            spans.append((at, stop))
        else:
            self.full = True
        return 0

    cdef int link(self, Py_ssize_t at, Py_ssize_t stop) except -1:
        """A link as a line, without the tabs and line ends in it."""
        cdef const uint8_t* p = self.p
        cdef const uint8_t* comma
        cdef Py_ssize_t k
        cdef uint8_t odd = 0
        while at < stop and p[at] <= 0x20:
            at += 1
        while at < stop and p[stop - 1] <= 0x20:
            stop -= 1
        if begins(p, at, stop, b"data:", 5):
            comma = <const uint8_t*>memchr(p + at, 0x2C, stop - at)
            if comma != NULL and comma - p - at > 12 and begins(p, comma - p - 6, stop, b"base64", 6):
                stop = min(stop, at + CARRIED)
        for k in range(at, stop):
            odd |= (p[k] < 0x20) | (p[k] == 0x26)
        if not odd:
            memcpy(self.room + self.count, p + at, stop - at)
            self.count += stop - at
        elif _refers(p, at, stop):
            return self.keep(self.referring, at, stop)
        else:
            while at < stop:
                if p[at] != 9 and p[at] != 10 and p[at] != 13:
                    self.room[self.count] = p[at]
                    self.count += 1
                at += 5 if p[at] == 0x26 and begins(p, at, stop, b"&amp;", 5) else 1
        self.room[self.count] = 10
        self.count += 1
        return 0

    cdef int value(self, int kind, Py_ssize_t at, Py_ssize_t stop, bint base) except -1:
        """The value of an attribute."""
        cdef const uint8_t* p = self.p
        if kind == REFRESH:
            kind = OTHER
            at = _behind_blanks(p, at, stop)
            if at < stop and (48 <= p[at] <= 57 or p[at] == 0x2E):
                while at < stop and (48 <= p[at] <= 57 or p[at] == 0x2E):
                    at += 1
                at = _behind_blanks(p, at, stop)
                if at < stop and (p[at] == 0x3B or p[at] == 0x2C):
                    at = _behind_blanks(p, at + 1, stop)
                    if begins(p, at, stop, b"url", 3):
                        at = _behind_blanks(p, at + 3, stop)
                        if at < stop and p[at] == 0x3D:
                            at = _behind_blanks(p, at + 1, stop)
                    if at < stop and (p[at] == 0x22 or p[at] == 0x27):
                        at += 1
                        if p[stop - 1] == p[at - 1]:
                            stop -= 1
                    kind = LINK
        if kind == LINK:
            self.link(at, stop)
            if base:
                self.keep(self.bases, at, stop)
        elif kind == PAGE:
            self.keep(self.pages, at, stop)
        elif kind == STYLE:
            if memchr(p + at, 0x28, stop - at) != NULL and memchr(p + at, 0x2F, stop - at) != NULL:
                self.keep(self.texts, at, stop)
        elif kind == LINKS or kind == OTHER and stop - at > 6 and _has_slashes(p, at, stop):
            self.keep(self.texts, at, stop)
        return 0

    cdef int walk(self, Py_ssize_t at, Py_ssize_t n, bint inside) except -1:
        """All tags between `at` and n; `inside`: of a comment that Outlook reads."""
        cdef const uint8_t* p = self.p
        cdef const uint8_t* found
        cdef Py_ssize_t text, tag, name, region, stop, equals, value
        cdef uint8_t quote
        cdef bint endless = False
        # Proof: at <= n always, and every index below is tested against n or a `stop` <= n.
        while at < n:
            text = at
            found = <const uint8_t*>memchr(p + at, 0x3C, n - at)
            tag = found - p if found != NULL else n
            if tag - text > 7 and not self.asks and not inside:
                self.asks = _asks(p, text, tag, n)
            at = min(tag + 1, n)
            if at >= n:
                break
            name = at
            if p[at] == 0x21 and at + 2 < n and p[at + 1] == 0x2D and p[at + 2] == 0x2D:
                if not endless:
                    stop = past_comment(p, at + 3, n)
                    endless = stop < 0
                if not endless:
                    if not inside and begins(p, at + 3, stop, b"[if", 3):
                        self.walk(at + 3, max(at + 3, stop - 3), True)
                    at = stop
                continue
            if not letter(p[name]) and p[name] != 0x2F:
                continue
            while True:
                region = at
                while at < n and p[at] != 0x3D and p[at] != 0x3E:
                    at += 1
                if at >= n or p[at] == 0x3E:
                    at = min(at + 1, n)
                    break
                stop = equals = at
                while stop > region and SPACE[p[stop - 1]]:
                    stop -= 1
                value = _behind_blanks(p, equals + 1, n)
                if value >= n:
                    at = n
                    break
                quote = p[value]
                if quote == 0x22 or quote == 0x27:
                    value += 1
                    found = <const uint8_t*>memchr(p + value, quote, n - value)
                    at = found - p if found != NULL else n
                else:
                    at = value
                    while at < n and not SPACE[p[at]] and p[at] != 0x3E:
                        at += 1
                if at > value:
                    self.value(_kind(p, region, stop), value, at, is_tag(p, name, n, b"base", 4))
                if at < n and p[at] == quote and (quote == 0x22 or quote == 0x27):
                    at += 1
            stop = at
            if is_tag(p, name, n, b"style", 5):
                stop = raw_end(p, at, n, b"</style", 7)
            elif is_tag(p, name, n, b"script", 6):
                stop = raw_end(p, at, n, b"</script", 8)
            if stop > at and _has_slashes(p, at, stop):
                self.keep(self.texts, at, stop)
            at = stop
        return 0


cdef inline Py_ssize_t _behind_blanks(const uint8_t* p, Py_ssize_t at, Py_ssize_t n) noexcept nogil:
    while at < n and SPACE[p[at]]:
        at += 1
    return at


cdef bint _asks(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop, Py_ssize_t n) noexcept nogil:
    """Is there an odd link in the text between two tags, or one that the tag behind it may cut?"""
    cdef Py_ssize_t begin = at, start = at, end = at
    while next_link(p, &at, stop, False, &start, &end):
        if link_kind(p, start, end) != NORMAL:
            return True
        if at == stop and stop < n and not (
            begins(p, stop, n, b"</a", 3) or begins(p, stop, n, b"</p", 3) or begins(p, stop, n, b"</t", 3)
            or begins(p, stop, n, b"<br", 3) or begins(p, stop, n, b"</div", 5) or begins(p, stop, n, b"</li", 4)
        ):
            return True
    return stop - begin > 5 and (
        begins(p, stop - 5, stop, b"http:", 5) or begins(p, stop - 6, stop, b"https:", 6)
    )


cdef bint _spells(const uint8_t* p, Py_ssize_t n) noexcept nogil:
    """Are signs and digits of links written as character references?"""
    cdef const uint8_t* found
    cdef Py_ssize_t at = 0
    cdef int point
    cdef bint sixteen
    while at < n:
        found = <const uint8_t*>memchr(p + at, 0x26, n - at)
        if found == NULL:
            break
        at = found - p + 1
        if at < n and p[at] == 0x23:
            at += 1
            sixteen = at < n and p[at] | 32 == 0x78
            at += sixteen
            point = 0
            while at < n and point < 0x10000 and (48 <= p[at] <= 57 or sixteen and 0x61 <= p[at] | 32 <= 0x66):
                point = point * (16 if sixteen else 10) + ((p[at] | 32) - 87 if letter(p[at]) else p[at] - 48)
                at += 1
            # % . / digits : @ and the backslash
            if point == 0x25 or 0x2E <= point <= 0x3A or point == 0x40 or point == 0x5C:
                return True
        elif (
            begins(p, at, n, b"sol;", 4) or begins(p, at, n, b"bsol;", 5) or begins(p, at, n, b"colon;", 6)
            or begins(p, at, n, b"period;", 7) or begins(p, at, n, b"percnt;", 7) or begins(p, at, n, b"commat;", 7)
        ):
            return True
    return False


def page_links(const unsigned char[::1] data not None):
    """(links, one a line; values with character references; texts and scripts with links in them; pages in attributes;
    addresses that links are relative to; does the text ask to be looked into; is this all), spans in the middle."""
    cdef _Page page = _Page()
    cdef Py_ssize_t n = data.shape[0]
    page.referring, page.texts, page.pages, page.bases = [], [], [], []
    if n:
        page.room = <uint8_t*>malloc(n + 1)
        if page.room == NULL:
            raise MemoryError
        page.p = &data[0]
        page.walk(0, n, False)
    links = PyBytes_FromStringAndSize(<const char*>page.room, page.count)
    return links, page.referring, page.texts, page.pages, page.bases, bool(page.asks or n and _spells(page.p, n)), not page.full
