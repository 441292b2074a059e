# cython: language_level=3
"""Words of a plain text that people read and a search does not find: with.signs.between.them, w1th d1gits for letters.

In: a text as UTF-8, or anything that has ASCII as it is; also a page, whose tags are passed over. Out: the text with
blanks for the signs, or with letters for the digits, as long as before; or which of these there is.
Words are looked at between blanks, brackets and quotes. Words that are parted have WORDS or more between the same sign,
. or _, and nothing else in them, and are no address and no host that begins with www. Digits stand for letters if some
are between letters, and nothing but such digits and letters is in the word; if there is such a word, those at either
end of others do as well.
Limits: words with digits have LONGEST bytes; linear. Known gaps: two words with one sign between them, which are names
of hosts and files; words with a hyphen.
Not here: letters that stand alone (spaced), digits for letters of other alphabets.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t
from libc.string cimport memset

from bartizan._core.hints cimport begins, letter

cdef enum:
    LONGEST = 64        # bytes
    WORDS = 3

# Classes of bytes.
cdef enum:
    ENDS = 1            # stands around words
    TRAILS = 2          # belongs to the sentence at either end of a word
    SIGN = 4            # may stand in a disguised word

cdef uint8_t[256] CLASS
cdef uint8_t[256] LETTER        # what a digit stands for


cdef void _fill_tables() noexcept:
    cdef int k
    memset(CLASS, 0, 256)
    memset(LETTER, 0, 256)
    for k in range(0x21):
        CLASS[k] = ENDS
    for k in b"<>()[]{}\"'`,;|":
        CLASS[k] = ENDS
    for k in b".!?:*_":
        CLASS[k] = TRAILS
    for k in b"._-013457@$":
        CLASS[k] |= SIGN
    for k, c in zip(b"01345 7@$", b"oieas tas"):
        if k != 0x20:
            LETTER[k] = c

_fill_tables()


cdef inline bint _asks(uint8_t before, uint8_t c, uint8_t behind) noexcept nogil:
    """May c, a SIGN, disguise the word that goes on behind it? Of more than one digit the first."""
    if not letter(before):
        return False
    return behind < 0x21 if c == 0x2D else letter(behind) or behind > 0x7F or LETTER[behind]


cdef int _kind(const uint8_t* p, Py_ssize_t at, Py_ssize_t stop, bint wide) noexcept nogil:
    """What p[at:stop] is, which has no signs of the sentence at its ends; `wide`: digits may stand at its ends."""
    cdef Py_ssize_t k, word = at
    cdef int signs = 0, figures = 0
    cdef bint lettered = False, long_word = False, digits = True, address = False
    cdef uint8_t sign = 0
    if begins(p, at, stop, b"www", 3) and at + 3 < stop and p[at + 3] == 0x2E:
        return 0
    for k in range(at, stop):
        if p[k] == 0x2E or p[k] == 0x5F:
            if sign and p[k] != sign or not lettered:
                return 0
            sign = p[k]
            signs += 1
            long_word = long_word or k - word > 1
            word = k + 1
            lettered = False
        elif letter(p[k]) or p[k] > 0x7F:
            lettered = True
        elif not LETTER[p[k]]:
            return 0
        else:
            address = address or p[k] == 0x40
            figures += 1
            digits = digits and k > at and k + 1 < stop
    if signs:
        return PARTED if not address and signs + 1 >= WORDS and lettered and (long_word or stop - word > 1) else 0
    digits = digits or wide and stop - at - figures > 1
    return DIGITS if figures and digits and lettered and stop - at <= LONGEST else 0


cdef int disguised(const uint8_t* p, Py_ssize_t n, uint8_t* into, int kind, uint8_t one) noexcept nogil:
    """The kinds of disguises in a text. `into`: a copy of it, in which those of one kind are undone, 1 as `one`."""
    cdef bint wide = into != NULL and kind == DIGITS
    cdef Py_ssize_t at = not wide, floor = 0, stop, start, k, end
    cdef int found = 0, word
    # Proof: 1 <= at < n - 1 where p[at - 1] to p[at + 1] are read; `start` >= floor >= 0, end <= n.
    while at < n - (not wide):
        if not CLASS[p[at]] & SIGN or not wide and not _asks(p[at - 1], p[at], p[at + 1]):
            at += 1
            continue
        if p[at] == 0x2D:
            end = at + 1
            while end < n and (p[end] == 0x20 or p[end] == 0x09):
                end += 1
            if end < n and (p[end] == 0x0A or p[end] == 0x0D):
                found |= BROKEN
            at = end
            continue
        start = at
        while start > floor and not CLASS[p[start - 1]] & ENDS:
            start -= 1
        end = at
        while end < n and not CLASS[p[end]] & ENDS:
            end += 1
        at = floor = end
        # The value of an attribute is none.
        if start > 1 and p[start - 2] == 0x3D and (p[start - 1] == 0x22 or p[start - 1] == 0x27):
            continue
        while start < end and CLASS[p[start]] & TRAILS:
            start += 1
        stop = end
        while stop > start and CLASS[p[stop - 1]] & TRAILS:
            stop -= 1
        word = _kind(p, start, stop, wide)
        found |= word
        if word == kind and into != NULL:
            for k in range(start, stop):
                if kind == PARTED:
                    if p[k] == 0x2E or p[k] == 0x5F:
                        into[k] = 0x20
                elif LETTER[p[k]]:
                    into[k] = one if p[k] == 0x31 else LETTER[p[k]]
    return found


cdef bytes _undone(const uint8_t* p, Py_ssize_t n, int kind, uint8_t one):
    cdef bytes text = PyBytes_FromStringAndSize(<const char*>p, n)
    disguised(p, n, <uint8_t*>(<char*>text), kind, one)
    return text


def disguise_kinds(const unsigned char[::1] data not None) -> int:
    """Which of these are in a text: 1, parted words; 2, digits for letters; 4, hyphens where lines end."""
    return disguised(&data[0], data.shape[0], NULL, 0, 0) if data.shape[0] else 0


def unparted(const unsigned char[::1] data not None) -> bytes:
    """The text with blanks for the signs that part words."""
    return _undone(&data[0], data.shape[0], PARTED, 0) if data.shape[0] else b""


def lettered(const unsigned char[::1] data not None, bint l=False) -> bytes:
    """The text with letters for the digits in words; 1 is an i, or with `l` an l."""
    return _undone(&data[0], data.shape[0], DIGITS, 0x6C if l else 0x69) if data.shape[0] else b""
