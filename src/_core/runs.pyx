# cython: language_level=3
"""Finds what looks like base64 in the middle of a text, wherever it stands and whatever announces it.

In: any bytes. Out: spans [start, end) of runs. A run is made of words of the base64 alphabet (the URL-safe one too),
each at least WORD long, with nothing but a little white space between them; a shorter word ends it if it stands on the
next line or carries padding. Words of prose are shorter than WORD.
Limits: MAX_RUNS runs are told.
Not here: what a run decodes to (bartizan.message.carve).
"""

from libc.stdint cimport uint8_t
from libc.string cimport memset

cdef enum:
    WORD = 16
    GAP = 6             # bytes of white space between two words
    MAX_RUNS = 1000

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


def base64_runs(const unsigned char[::1] data not None, Py_ssize_t least) -> list:
    """The spans of all runs with at least `least` characters of the alphabet, in order."""
    cdef Py_ssize_t n = data.shape[0], i = 0, start, stop, begin = -1, end = 0, letters = 0
    cdef list found = []
    cdef bint padded
    while i < n and len(found) < MAX_RUNS:
        # Every word that counts has a letter at each multiple of WORD; between those nothing need be looked at.
        if begin < 0 and i + WORD - 1 < n and LETTER[data[i + WORD - 1]] != 1:
            i += WORD
            continue
        start = i
        if begin < 0:
            while start > 0 and LETTER[data[start - 1]] == 1:
                start -= 1
        stop = max(i, start)
        while stop < n and LETTER[data[stop]] == 1:
            stop += 1
        if begin < 0 and stop == i:
            i += 1
            continue
        padded = stop < n and stop > start and LETTER[data[stop]] == 2
        if stop - start >= WORD or begin >= 0 and stop > start and (padded or data[start - 1] == 0x0A):
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
            if begin < 0:
                continue
        if letters >= least:
            found.append((begin, end))
        begin = -1
        letters = 0
    if begin >= 0 and letters >= least and len(found) < MAX_RUNS:
        found.append((begin, end))
    return found
