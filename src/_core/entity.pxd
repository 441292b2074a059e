# One MIME entity and its content fields. See entity.pyx.

from bartizan._core.anomaly cimport Flags


cdef class Part:
    cdef readonly str path
    cdef readonly bytes declared
    cdef readonly bytes encoding
    cdef readonly bytes charset
    cdef readonly bytes disposition
    cdef readonly list type_parameters
    cdef readonly list disposition_parameters
    cdef readonly Py_ssize_t header_start, header_end, body_start, body_end
    cdef readonly Py_ssize_t size
    cdef readonly str sha256
    cdef readonly bint leaf
    cdef readonly bytes content
    cdef bytes boundary             # of a multipart; None otherwise
    cdef int transfer               # how the body is decoded: bartizan._core.transfer.Encoding

    cdef bint is_message(self)
    cdef bint is_text(self)
    cdef bint is_html(self)


cdef class ContentFields:
    cdef list types, encodings, dispositions

    cdef int add(self, const unsigned char* name, Py_ssize_t size, const unsigned char* value, Py_ssize_t length) except -1
    cdef Flags describe(self, Part part, bint default_message) except? 0
    cdef Flags _syntax(self, int found, int bad) noexcept
    cdef Flags _type(self, Part part, bint default_message) except? 0
    cdef Flags _encoding(self, Part part) except? 0
    cdef Flags _disposition(self, Part part) except? 0
