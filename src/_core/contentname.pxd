# Names of fields about content where they are hard to see. See contentname.pyx.

cdef Py_ssize_t content_name(const unsigned char* p, Py_ssize_t n) noexcept nogil
cdef bint has_sign_behind(const unsigned char* p, Py_ssize_t n) noexcept nogil
cdef bint hides_field(const unsigned char* p, Py_ssize_t n) noexcept nogil
