# cython: language_level=3
"""Rows of letters and digits that stand alone, with a few other characters between each two.

In: a text. Out: where the next row begins and ends. What is a letter or digit is what Unicode says; a row has APART of
them, no more than GAP other characters between two, and no letter or digit at either side.
Not here: what is written so (bartizan.message.letters), whether to look at all (hints).
"""

from cpython.unicode cimport (
    Py_UNICODE_ISALNUM, PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ,
)

cdef enum:
    APART = 4
    GAP = 4


def spaced_row(str text not None, Py_ssize_t at) -> tuple[int, int] | None:
    """The first row of `text` that begins at `at` or behind, as a span."""
    cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text), start = 0, end = 0
    cdef int kind = PyUnicode_KIND(text), row = 0, width = 0
    cdef void* data = PyUnicode_DATA(text)
    cdef bint before
    if at < 0:
        raise ValueError("a row begins in the text")
    # Proof: at < n where the character at `at` or at - 1 is read, and at > 0 for the latter.
    before = 0 < at < n and Py_UNICODE_ISALNUM(PyUnicode_READ(kind, data, at - 1))
    while at < n:
        if not Py_UNICODE_ISALNUM(PyUnicode_READ(kind, data, at)):
            width += 1
            at += 1
            before = False
            continue
        if before or (at + 1 < n and Py_UNICODE_ISALNUM(PyUnicode_READ(kind, data, at + 1))):
            # A word of several: it ends a row.
            if row >= APART:
                return start, end
            row = 0
            while at < n and Py_UNICODE_ISALNUM(PyUnicode_READ(kind, data, at)):
                at += 1
        else:
            if width > GAP and row >= APART:
                return start, end
            if row == 0 or width > GAP:
                start, row = at, 0
            row += 1
            at += 1
            end = at
        before = False
        width = 0
    return (start, end) if row >= APART else None
