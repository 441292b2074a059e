# cython: language_level=3
"""Where a page asks for a second look: what may be hidden, what attributes say, how letters and words are split.

In: a page as UTF-8. Out: spans and flags; hints, never decisions: bartizan.detect.pages reads with care what they point
at. Tags are found as markup.pyx finds them, quotes and all.
Limits: SPANS spans in all, behind which a page is not looked at (FULL).
Not here: plain text (hints), what a style may do (stylehints).
"""

from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memchr

from bartizan._core.hints cimport begins, is_tag, letter
from bartizan._core.stylehints cimport is_light, may_hide, turns

cdef enum:
    SPANS = 1000000
    LONGEST_NAME = 16   # of an attribute that is looked at
    APART = 4           # letters in cells of their own

# What page_hints tells of a page.
cdef enum:
    CELLS = 1           # letters or pieces of words stand in cells of their own
    TURNED = 2          # the writing direction is overridden
    LETTERS = 4         # letters are written as references
    DOUBLE = 8          # references to references
    FULL = 16           # there are more than SPANS spans

# Kinds of attributes.
cdef enum:
    OTHER = 0
    STYLE = 1
    SPOKEN = 2          # its value is shown or read out
    COLOUR = 3

cdef tuple NAMES = (
    (b"style", STYLE), (b"alt", SPOKEN), (b"title", SPOKEN), (b"placeholder", SPOKEN),
    (b"aria-label", SPOKEN), (b"value", SPOKEN), (b"label", SPOKEN), (b"summary", SPOKEN), (b"color", COLOUR),
)

cdef struct Name:
    uint8_t length
    uint8_t kind
    uint8_t[16] text

cdef Name[16] TABLE
cdef int NAME_COUNT = 0
cdef uint8_t[256] END_OF_NAME       # letters that a name of TABLE ends with


cdef int _fill_tables() except -1:
    cdef bytes name
    global NAME_COUNT
    for name, kind in NAMES:
        TABLE[NAME_COUNT].length = len(name)
        TABLE[NAME_COUNT].kind = kind
        for at, byte in enumerate(name):
            TABLE[NAME_COUNT].text[<Py_ssize_t>at] = byte
        END_OF_NAME[name[len(name) - 1]] = 1
        NAME_COUNT += 1
    for byte in (9, 10, 12, 13, 32):
        SPACE[<Py_ssize_t>byte] = 1
    return 0

_fill_tables()


cdef int _kind(const uint8_t* p, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    """The kind of the attribute whose name ends at `stop`."""
    cdef Py_ssize_t at = stop
    cdef int k, j
    cdef Name* name
    while at > start and not SPACE[p[at - 1]] and p[at - 1] != 0x2F and p[at - 1] != 0x22 and p[at - 1] != 0x27:
        at -= 1
        if stop - at > LONGEST_NAME:
            return OTHER
    for k in range(NAME_COUNT):
        name = &TABLE[k]
        if name.length == stop - at:
            for j in range(name.length):
                if p[at + j] | 32 != name.text[j] | 32:
                    break
            else:
                return name.kind
    return OTHER


def page_hints(const unsigned char[::1] data not None):
    """(tags that may hide what they hold, values of attributes that people read, style sheets, scripts, CELLS | TURNED |
    LETTERS | DOUBLE | FULL); all but the last as lists of spans."""
    cdef list hiding = [], spoken = [], sheets = [], scripts = []
    cdef const uint8_t* p
    cdef const uint8_t* found
    cdef Py_ssize_t n = data.shape[0], at = 0, tag, text, name, equals, value, stop, region
    cdef int kind, run = 0
    cdef int flags = 0
    cdef bint hides, edge = False, turned = False, endless = False
    cdef uint8_t quote
    if n == 0:
        return hiding, spoken, sheets, scripts, flags
    p = &data[0]
    # Proof: at <= n always, and every index below is tested against n or a `stop` <= n.
    while at < n:
        text = at
        found = <const uint8_t*>memchr(p + at, 0x3C, n - at)
        if found == NULL:
            break
        if len(hiding) + len(spoken) + len(sheets) + len(scripts) >= SPANS:
            flags |= FULL
            break
        tag = found - p
        at = tag + 1
        if at >= n:
            break
        # The text in front of the tag: a letter alone, blank, or more.
        if tag - text == 1 and (letter(p[text]) or 48 <= p[text] <= 57) or tag - text == 2 and p[text] >> 5 == 6:
            run += 1
            if run >= APART:
                flags |= CELLS
        elif tag - text > 0 and not (tag - text < 100 and _blank(p, text, tag)):
            run = 0
        if p[at] == 0x21 and at + 2 < n and p[at + 1] == 0x2D and p[at + 2] == 0x2D:
            if not endless:
                stop = past_comment(p, at + 3, n)
                endless = stop < 0
            if not endless:
                at = stop
            continue
        name = at
        if p[name] != 0x2F and not letter(p[name]):
            continue
        if begins(p, name, n, b"/td", 3) or begins(p, name, n, b"/th", 3):
            edge = tag > text and p[tag - 1] > 0x20
        elif p[name] != 0x2F and (tag > text or not begins(p, name, n, b"td", 2) and not begins(p, name, n, b"th", 2)):
            edge = False
        # The attributes, up to the > that is in no quotes.
        hides = is_tag(p, name, n, b"template", 8) or is_tag(p, name, n, b"noscript", 8)
        while True:
            region = at
            stop = _stop(p, at, n)          # of the next = or >
            if stop - region >= 7 and not hides and p[name] != 0x2F and _hidden(p, region, stop):
                hides = True
            if stop >= n or p[stop] == 0x3E:
                at = min(stop + 1, n)
                break
            equals = stop
            while stop > region and SPACE[p[stop - 1]]:
                stop -= 1
            kind = _kind(p, region, stop) if stop > region and END_OF_NAME[p[stop - 1] | 32] else OTHER
            value = equals + 1
            while value < n and SPACE[p[value]]:
                value += 1
            if value >= n:
                at = n
                break
            quote = p[value]
            if quote == 0x22 or quote == 0x27:
                value += 1
                found = <const uint8_t*>memchr(p + value, quote, n - value)
                stop = found - p if found != NULL else n
                at = min(stop + 1, n)
            else:
                stop = value
                while stop < n and not SPACE[p[stop]] and p[stop] != 0x3E:
                    stop += 1
                at = stop
            if kind == SPOKEN:
                if stop > value:
                    spoken.append((value, stop))
            elif kind == STYLE:
                hides = hides or may_hide(p, value, stop)
                turned = turned or turns(p, value, stop)
            elif kind == COLOUR and not hides:
                hides = is_light(p, value, stop)
        if hides:
            hiding.append((tag, at))
        if p[name] != 0x2F and edge and at < n and p[at] > 0x20 and p[at] != 0x3C:
            flags |= CELLS
        if is_tag(p, name, n, b"bdo", 3):
            turned = True
        if is_tag(p, name, n, b"style", 5):
            stop = raw_end(p, at, n, b"</style", 7)
            sheets.append((at, stop))
            at = stop
        elif is_tag(p, name, n, b"script", 6):
            stop = raw_end(p, at, n, b"</script", 8)
            if stop > at:
                scripts.append((at, stop))
            at = stop
    flags |= _references(p, n)
    if turned:
        flags |= TURNED
    return hiding, spoken, sheets, scripts, flags


cdef int _references(const uint8_t* p, Py_ssize_t n) noexcept nogil:
    """What references say that are not for what they are made for: letters, an override of the writing direction,
    other references."""
    cdef const uint8_t* found
    cdef Py_ssize_t at = 0
    cdef uint32_t point
    cdef bint sixteen
    cdef int flags = 0
    while at < n:
        found = <const uint8_t*>memchr(p + at, 0x26, n - at)
        if found == NULL:
            break
        at = found - p + 1
        if begins(p, at, n, b"amp;", 4) and at + 4 < n and p[at + 4] == 0x23:
            flags |= DOUBLE
        if at >= n or p[at] != 0x23:
            continue
        at += 1
        sixteen = at < n and p[at] | 32 == 0x78
        at += sixteen
        point = 0
        while at < n and point < 0x10000 and (48 <= p[at] <= 57 or sixteen and letter(p[at]) and p[at] | 32 <= 0x66):
            point = point * (16 if sixteen else 10) + ((p[at] | 32) - 87 if letter(p[at]) else p[at] - 48)
            at += 1
        if point == 0x202E:
            flags |= TURNED
        elif point < 128 and letter(point):
            flags |= LETTERS
    return flags


cdef bint _blank(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    while at < stop:
        if not SPACE[p[at]]:
            return False
        at += 1
    return True


cdef Py_ssize_t _stop(const uint8_t* p, Py_ssize_t at, Py_ssize_t n) noexcept nogil:
    while at < n and p[at] != 0x3D and p[at] != 0x3E:
        at += 1
    return at


cdef bint _hidden(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Does the attribute `hidden` stand between at and stop?"""
    while at + 7 <= stop:
        if (SPACE[p[at]] or p[at] == 0x2F) and begins(p, at + 1, stop, b"hidden", 6):
            if at + 7 == stop or SPACE[p[at + 7]] or p[at + 7] == 0x2F:
                return True
        at += 1
    return False


cdef Py_ssize_t past_comment(const uint8_t* p, Py_ssize_t at, Py_ssize_t n) noexcept nogil:
    """Where the text goes on behind a comment; -1 if none ends any more."""
    cdef const uint8_t* found
    if at < n and p[at] == 0x3E:
        return at + 1
    if at + 1 < n and p[at] == 0x2D and p[at + 1] == 0x3E:
        return at + 2
    while at + 2 < n:
        found = <const uint8_t*>memchr(p + at, 0x2D, n - 2 - at)
        if found == NULL:
            break
        at = found - p
        if p[at + 1] == 0x2D and p[at + 2] == 0x3E:
            return at + 3
        if p[at + 1] == 0x2D and p[at + 2] == 0x21 and at + 3 < n and p[at + 3] == 0x3E:
            return at + 4
        at += 1
    return -1


cdef Py_ssize_t raw_end(const uint8_t* p, Py_ssize_t at, Py_ssize_t n, const char* word, int length) noexcept nogil:
    """Where a raw text element ends, or n."""
    cdef const uint8_t* found
    while at < n:
        found = <const uint8_t*>memchr(p + at, 0x3C, n - at)
        if found == NULL:
            return n
        at = found - p
        if is_tag(p, at, n, word, length):
            return at
        at += 1
    return n
