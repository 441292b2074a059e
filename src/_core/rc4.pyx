# cython: language_level=3
"""RC4, with which old documents are encrypted (ISO 32000-2 section 7.6.3): keys of any length, which libraries refuse.

In: a key of 1 to 256 bytes, content. Out: the content the other way. Linear. Not here: what keys are.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize


def rc4(const unsigned char[::1] key not None, const unsigned char[::1] data not None) -> bytes:
    """The content encrypted, or decrypted, which is the same."""
    cdef unsigned char[256] state
    cdef Py_ssize_t size = key.shape[0], n = data.shape[0], k
    cdef int i, j = 0
    cdef unsigned char swap
    if not 1 <= size <= 256:
        raise ValueError("a key has 1 to 256 bytes")
    cdef bytes found = PyBytes_FromStringAndSize(NULL, n)
    cdef unsigned char* out = <unsigned char*>PyBytes_AS_STRING(found)
    for i in range(256):
        state[i] = <unsigned char>i
    for i in range(256):
        j = (j + state[i] + key[i % size]) & 255
        swap = state[i]
        state[i] = state[j]
        state[j] = swap
    i = j = 0
    for k in range(n):
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        swap = state[i]
        state[i] = state[j]
        state[j] = swap
        out[k] = data[k] ^ state[(state[i] + state[j]) & 255]
    return found
