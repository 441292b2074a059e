# The streaming MIME parser. See mime.pyx.

from bartizan._core.anomaly cimport Flags
from bartizan._core.body cimport Body
from bartizan._core.entity cimport ContentFields, Part


cdef class Level:
    cdef Part part                  # the multipart or message whose parts are being read
    cdef bytes boundary             # None: a message
    cdef str prefix                 # what the paths of its parts begin with
    cdef Py_ssize_t children
    cdef bint digest


cdef class MimeParser:
    # results
    cdef readonly list parts
    cdef readonly list limits       # (reason, part path)
    cdef readonly Py_ssize_t received_lines
    cdef Flags flags
    cdef Body body
    # settings
    cdef bint stored
    cdef Py_ssize_t max_depth, max_parts, max_header, max_headers, max_fields
    # where the parser is
    cdef const unsigned char* base
    cdef Py_ssize_t at              # start of the next line
    cdef Py_ssize_t searched        # no LF in [at, searched)
    cdef bint in_line               # the piece before `at` did not end its line
    cdef int state
    cdef Py_ssize_t fed             # body bytes up to here were given to `body`
    cdef list stack
    # the header block being read
    cdef bint top, default_message, any_field
    cdef bint folded                # a fold of the field begins like the name of one about content
    cdef Py_ssize_t header_start, field_start, name_end, field_end
    cdef ContentFields content
    cdef Py_ssize_t* offsets        # four for each top-level field
    cdef Py_ssize_t field_count, field_room

    cdef int advance(self, const unsigned char* base, Py_ssize_t length, bint final) except -1
    cdef int _body_line(self, Py_ssize_t start, Py_ssize_t end) except -1
    cdef int _finish(self, Py_ssize_t length) except -1
    cdef Py_ssize_t _delimiter(self, Py_ssize_t start, Py_ssize_t end, bint* closing)
    cdef int _near(self, Py_ssize_t start, Py_ssize_t end) except -1
    cdef int _at_delimiter(self, Py_ssize_t index, bint closing, Py_ssize_t start, Py_ssize_t end) except -1
    cdef int _leave(self, Py_ssize_t index, Py_ssize_t end, bint closed) except -1
    cdef int _begin_header(self, Py_ssize_t start, bint default_message) except -1
    cdef int _header_line(self, Py_ssize_t start, Py_ssize_t end) except -1
    cdef int _end_field(self) except -1
    cdef int _remember_field(self, Py_ssize_t start, Py_ssize_t name_end, Py_ssize_t value, Py_ssize_t end) except -1
    cdef int _end_header(self, Py_ssize_t header_end, Py_ssize_t body_start) except -1
    cdef int _enter(self, Part part, str prefix) except -1
    cdef int _begin_body(self, Part part, Py_ssize_t start) except -1
    cdef int _limit(self, str reason, str path) except -1
