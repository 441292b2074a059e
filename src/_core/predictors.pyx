# cython: language_level=3
"""Undoing the predictors of compressed streams (ISO 32000-2 section 7.4.4.4): those of PNG, row by row, and TIFF's.

In: rows as they were compressed. Out: rows as they were meant; what is missing of the last row stays missing.
Rows have `row` bytes, pixels `pixel` bytes (both at least 1). Not here: TIFF's predictor for samples of other than 8 bits.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize


cdef inline int _paeth(int a, int b, int c) noexcept:
    """The neighbour that is nearest to left + above - corner (PNG specification section 9.4)."""
    cdef int p = a + b - c
    cdef int pa = abs(p - a), pb = abs(p - b), pc = abs(p - c)
    if pa <= pb and pa <= pc:
        return a
    return b if pb <= pc else c


def png(const unsigned char[::1] data not None, Py_ssize_t row, Py_ssize_t pixel) -> bytes:
    """The rows, each of which begins with a byte that tells its predictor."""
    if row < 1 or pixel < 1:
        raise ValueError("a row and a pixel have at least one byte")
    cdef Py_ssize_t n = data.shape[0]
    cdef Py_ssize_t rows = n // (row + 1) if row < n else 0
    rows += 1 if n > rows * (row + 1) else 0
    cdef bytes found = PyBytes_FromStringAndSize(NULL, n - rows)
    cdef unsigned char* out = <unsigned char*>PyBytes_AS_STRING(found)
    cdef Py_ssize_t i = 0, at = 0, k, count
    cdef int kind, left, above, corner, add
    while i < n:
        kind = data[i]
        i += 1
        count = min(row, n - i)
        for k in range(count):
            # `at` counts what was written: at + k - row is not negative from the second row on.
            left = out[at + k - pixel] if k >= pixel else 0
            above = out[at + k - row] if at >= row else 0
            corner = out[at + k - row - pixel] if k >= pixel and at >= row else 0
            if kind == 1:
                add = left
            elif kind == 2:
                add = above
            elif kind == 3:
                add = (left + above) >> 1
            elif kind == 4:
                add = _paeth(left, above, corner)
            else:
                add = 0
            out[at + k] = <unsigned char>((data[i + k] + add) & 255)
        i += count
        at += count
    return found


def tiff(const unsigned char[::1] data not None, Py_ssize_t row, Py_ssize_t pixel) -> bytes:
    """The rows, in which each byte was told as the difference to that of the pixel on its left."""
    if row < 1 or pixel < 1:
        raise ValueError("a row and a pixel have at least one byte")
    cdef Py_ssize_t n = data.shape[0], i
    cdef bytes found = PyBytes_FromStringAndSize(NULL, n)
    cdef unsigned char* out = <unsigned char*>PyBytes_AS_STRING(found)
    for i in range(n):
        out[i] = <unsigned char>((data[i] + (out[i - pixel] if i % row >= pixel else 0)) & 255)
    return found
