# cython: language_level=3
"""Finds what looks like base64 in the middle of a text, wherever it stands and whatever announces it; long words.

In: any bytes. Out: spans [start, end) of runs. A run is made of words of the base64 alphabet (the URL-safe one too),
each at least WORD long, with nothing but a little white space between them; a shorter word ends it if it stands on the
next line or carries padding. Words of prose are shorter than WORD.
Limits: MAX_RUNS runs are told at a time; the next call goes on behind them.
Not here: what a run decodes to (bartizan.message.carve).
"""

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memset

cdef enum:
    WORD = 16
    GAP = 6             # bytes of white space between two words
    MAX_RUNS = 1000
    SHORTEST = 24       # characters of a run that may be a piece of a longer one
    SIGNS = 8           # different ones in the first SIGNS_IN characters of base-85, and more
    SIGNS_IN = 300

cdef uint8_t[256] LETTER        # 1: of the alphabet, 2: padding, 3: white space


cdef void _fill_table() noexcept:
    cdef const unsigned char* alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
    cdef int i
    memset(LETTER, 0, 256)
    for i in range(66):
        LETTER[alphabet[i]] = 1
    LETTER[0x3D] = 2
    LETTER[0x20] = LETTER[0x09] = LETTER[0x0D] = LETTER[0x0A] = 3

_fill_table()


def base64_runs(const unsigned char[::1] data not None, Py_ssize_t least, Py_ssize_t at = 0) -> list:
    """The spans of the next runs from `at` on with at least `least` characters of the alphabet, in order.

    `at` is 0 or where a run of the last call ended; there are no more runs when the answer is empty.
    """
    cdef Py_ssize_t n = data.shape[0], i = max(at, 0), start, stop, begin = -1, end = 0, letters = 0
    cdef list found = []
    cdef bint padded
    while i < n and len(found) < MAX_RUNS:
        if begin < 0:
            # A word that counts has a letter at each multiple of WORD from here on: nothing else need be looked at.
            stop = i + WORD - 1
            if stop >= n:
                break
            if LETTER[data[stop]] != 1:
                i = stop + 1
                continue
            start = stop
            while start > i and LETTER[data[start - 1]] == 1:
                start -= 1
        else:
            start = stop = i
        while stop < n and LETTER[data[stop]] == 1:
            stop += 1
        if begin < 0 and stop - start < WORD:
            i = stop
            continue
        padded = stop < n and stop > start and LETTER[data[stop]] == 2
        if begin < 0 or stop - start >= WORD or stop > start and (padded or data[start - 1] == 0x0A):
            if begin < 0:
                begin = start
            letters += stop - start
            end = stop
            while end < n and LETTER[data[end]] == 2:
                end += 1
            i = end
            if stop - start >= WORD and not padded:
                while i < n and i - end < GAP and LETTER[data[i]] == 3:
                    i += 1
                if i > end and i < n and LETTER[data[i]] == 1:
                    continue
        else:
            i = max(stop, i + 1)
        if letters >= least:
            found.append((begin, end))
        begin = -1
        letters = 0
    if begin >= 0 and letters >= least and len(found) < MAX_RUNS:
        found.append((begin, end))
    return found


def longest_run(const unsigned char[::1] data not None) -> int:
    """Bytes of the longest run, with the white space in it; 0 where none has SHORTEST characters."""
    cdef Py_ssize_t at = 0, longest = 0, start, end
    while spans := base64_runs(data, SHORTEST, at):
        for start, end in spans:
            longest = max(longest, end - start)
        at = spans[len(spans) - 1][1]
    return longest


cdef bint _odd(const unsigned char[::1] data, Py_ssize_t start, Py_ssize_t end) noexcept:
    """Is a word neither an address nor a style: has it no :// and no colon, or many different signs?"""
    cdef uint64_t seen = 0
    cdef int signs = 0
    cdef bint colon = False
    cdef Py_ssize_t i
    cdef uint8_t c
    for i in range(start, min(end, start + SIGNS_IN)):
        c = data[i]
        if LETTER[c] == 1 and c != 0x2B and c != 0x2D and c != 0x2F and c != 0x5F:
            continue
        if c == 0x3A:
            colon = True
            if i + 2 < end and data[i + 1] == 0x2F and data[i + 2] == 0x2F:
                return False
        # Signs are 0x21 to 0x7E: those above 0x5A share bits with letters and digits, which are no signs.
        if not seen >> (c & 63) & 1:
            seen |= <uint64_t>1 << (c & 63)
            signs += 1
    return not colon or signs >= SIGNS


def next_word(const unsigned char[::1] data not None, Py_ssize_t at, Py_ssize_t least) -> tuple | None:
    """The span of the next `least` or more visible characters of ASCII in a row at or behind `at`; None without one.

    Addresses and styles are passed over: what has :// in it, or a colon but few different signs.
    """
    cdef Py_ssize_t n = data.shape[0], i = max(at, 0), start, stop
    least = max(least, 1)
    while i + least <= n:
        stop = i + least - 1
        if not 0x21 <= data[stop] <= 0x7E:
            i = stop + 1
            continue
        start = stop
        while start > i and 0x21 <= data[start - 1] <= 0x7E:
            start -= 1
        if start > i:
            # What is behind `start` is known to be visible up to `stop`.
            i = start
            if i + least > n:
                return None
        while stop < n and 0x21 <= data[stop] <= 0x7E:
            stop += 1
        if stop - start >= least and _odd(data, start, stop):
            return start, stop
        i = stop + 1
    return None
