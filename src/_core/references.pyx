# cython: language_level=3
"""Character references of HTML, resumable at any byte.

In: what follows an ampersand. Out: the text that the reference stands for, in Markup.small: HTML 5's names with and
without semicolon (the longest that fits), numbers in decimal and hexadecimal, windows-1252 for 128-159; what is no
reference stays as it stands (HTML standard, sections 13.2.5.72 to 80).
"""

from html.entities import html5

from libc.stdint cimport uint8_t, uint32_t
from libc.stdlib cimport calloc
from libc.string cimport memcmp, memcpy

from bartizan._core.markup cimport Markup, name_hash

# States, numbered to fit between those of markup.pyx.
cdef enum:
    TEXT = 0
    AMP = 1             # &
    AMP_HASH = 2        # &#
    AMP_X = 3           # &#x
    DECIMAL = 4
    HEX = 5
    NAMED = 6

# Classes of ASCII.
cdef enum:
    LETTER = 1
    DIGIT = 2
    SPACE = 4

cdef enum:
    LONGEST_NAME = 32   # of an entity
    SLOTS = 8192        # of the hash table of entities; a power of two

cdef struct Entity:
    uint8_t length              # 0: empty slot
    bint bare                   # also without semicolon
    uint8_t[33] name
    uint8_t value_length
    uint8_t[8] value            # UTF-8

cdef Entity* ENTITIES
cdef uint8_t[256] CLASS
cdef uint8_t[32][4] C1          # 128-159 as windows-1252: a length and bytes


cdef Entity* _slot(const uint8_t* name, int n) noexcept nogil:
    """The entity's slot, or the empty one where it belongs. The table is never full."""
    cdef uint32_t at = name_hash(name, n) & SLOTS - 1
    while ENTITIES[at].length and (ENTITIES[at].length != n or memcmp(ENTITIES[at].name, name, n) != 0):
        at = at + 1 & SLOTS - 1
    return &ENTITIES[at]


cdef int _fill_tables() except -1:
    cdef int k
    cdef Entity* entity
    cdef bytes name, value
    global ENTITIES
    ENTITIES = <Entity*>calloc(SLOTS, sizeof(Entity))
    if ENTITIES == NULL:
        raise MemoryError
    for key, text in html5.items():
        name = key.rstrip(";").encode("ascii")
        value = text.encode()
        if len(name) > LONGEST_NAME or len(value) > 8:
            raise RuntimeError("an entity is longer than its table entry")
        entity = _slot(name, len(name))
        entity.length = len(name)
        memcpy(entity.name, <const char*>name, len(name))
        entity.value_length = len(value)
        memcpy(entity.value, <const char*>value, len(value))
        entity.bare |= not key.endswith(";")
    for k in range(128):
        CLASS[k] = DIGIT if 48 <= k <= 57 else LETTER if 97 <= k | 32 <= 122 else 0
    CLASS[9] = CLASS[10] = CLASS[12] = CLASS[13] = CLASS[32] = SPACE
    for k in range(32):
        single = bytes([128 + k])
        try:
            value = single.decode("cp1252").encode()
        except UnicodeDecodeError:
            value = single.decode("latin-1").encode()
        C1[k][0] = len(value)
        memcpy(&C1[k][1], <const char*>value, len(value))
    return 0

_fill_tables()


cdef void reference_begin(Markup* markup) noexcept nogil:
    markup.state = AMP


cdef Py_ssize_t reference_end(Markup* markup) noexcept nogil:
    cdef Py_ssize_t length = _resolve(markup, False)
    markup.state = TEXT
    return length


cdef Py_ssize_t reference_next(Markup* markup, const uint8_t* p, Py_ssize_t n, Py_ssize_t* length) noexcept nogil:
    """Reads on in a character reference; the text it stands for goes to markup.small."""
    cdef Py_ssize_t i = 0
    cdef uint8_t c, kind
    cdef int digit
    while i < n:
        c = p[i]
        kind = CLASS[c]
        if markup.state == NAMED:
            if (kind == LETTER or kind == DIGIT) and markup.name_length < LONGEST_NAME:
                markup.name[markup.name_length] = c
                markup.name_length += 1
                i += 1
                continue
        elif markup.state == AMP:
            if c == 0x23:
                markup.state = AMP_HASH
                i += 1
                continue
            if kind == LETTER or kind == DIGIT:
                markup.state = NAMED
                markup.name_length = 0
                continue
        else:
            if markup.state == AMP_HASH and c | 32 == 0x78:
                markup.state = AMP_X
                i += 1
                continue
            digit = -1
            if kind == DIGIT:
                digit = c - 48
            elif kind == LETTER and c | 32 <= 0x66 and (markup.state == AMP_X or markup.state == HEX):
                digit = (c | 32) - 87
            if digit >= 0:
                if markup.state == AMP_HASH or markup.state == AMP_X:
                    markup.state = DECIMAL if markup.state == AMP_HASH else HEX
                    markup.number = 0
                markup.number = markup.number * (10 if markup.state == DECIMAL else 16) + digit
                if markup.number > 0x110000:
                    markup.number = 0x110000
                i += 1
                continue
        length[0] = _resolve(markup, c == 0x3B)
        if c == 0x3B and markup.state != AMP and markup.state != AMP_HASH and markup.state != AMP_X and markup.closing:
            i += 1
        markup.state = TEXT
        return i
    return i


cdef Py_ssize_t _resolve(Markup* markup, bint semicolon) noexcept nogil:
    """Writes what the reference stands for to markup.small; markup.closing says whether its semicolon belongs to it."""
    cdef uint8_t* o = markup.small
    cdef uint32_t number = markup.number
    cdef Entity* entity
    cdef int k
    markup.number = 0
    markup.closing = True
    if markup.state == DECIMAL or markup.state == HEX:
        return _put_number(o, number)
    if markup.state == NAMED:
        entity = _slot(markup.name, markup.name_length)
        if semicolon and entity.length:
            memcpy(o, entity.value, entity.value_length)
            return entity.value_length
        markup.closing = False
        for k in range(markup.name_length, 1, -1):
            entity = _slot(markup.name, k)
            if entity.length and entity.bare:
                memcpy(o, entity.value, entity.value_length)
                o += entity.value_length
                memcpy(o, markup.name + k, markup.name_length - k)
                return o + markup.name_length - k - markup.small
    o[0] = 0x26
    o += 1
    if markup.state == NAMED:
        memcpy(o, markup.name, markup.name_length)
        return markup.name_length + 1
    if markup.state == AMP_HASH or markup.state == AMP_X:
        o[0] = 0x23
        o += 1
    if markup.state == AMP_X:
        o[0] = 0x78
        o += 1
    return o - markup.small


cdef Py_ssize_t _put_number(uint8_t* o, uint32_t number) noexcept nogil:
    """A number as UTF-8 (HTML standard, section 13.2.5.80); nothing for control characters but white space."""
    if 0 < number < 32 and CLASS[number] != SPACE:
        return 0
    if number == 0 or number > 0x10FFFF or number & 0x1FF800 == 0xD800:
        number = 0xFFFD
    if 0x80 <= number < 0xA0:
        memcpy(o, &C1[number - 0x80][1], 3)
        return C1[number - 0x80][0]
    if number < 0x80:
        o[0] = number
        return 1
    if number < 0x800:
        o[0] = 0xC0 | number >> 6
        o[1] = 0x80 | number & 63
        return 2
    if number < 0x10000:
        o[0] = 0xE0 | number >> 12
        o[1] = 0x80 | number >> 6 & 63
        o[2] = 0x80 | number & 63
        return 3
    o[0] = 0xF0 | number >> 18
    o[1] = 0x80 | number >> 12 & 63
    o[2] = 0x80 | number >> 6 & 63
    o[3] = 0x80 | number & 63
    return 4
