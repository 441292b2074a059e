"""C face of the quoted-printable decoder. See quoted.pyx; room and answers are those of transfer.decode."""

from bartizan._core.transfer cimport Decoder

cdef Py_ssize_t quoted(
    Decoder* d, const unsigned char* src, Py_ssize_t n, unsigned char* dst
) noexcept nogil
cdef Py_ssize_t quoted_end(Decoder* d, unsigned char* dst) noexcept nogil
