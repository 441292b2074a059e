# The line discipline of SMTP DATA, resumable at any byte. See lines.pyx.

cdef struct LineReader:
    int state
    bint normalize          # bare LF becomes CRLF, bare CR a space; else both are kept and flagged
    bint bare_cr
    bint bare_lf
    bint nul
    bint eight_bit
    bint ended              # CRLF.CRLF was seen, or the last chunk is complete
    Py_ssize_t line         # length of the line being read, without its line end
    Py_ssize_t longest      # the longest line so far
    bint counted            # the end is known by counting: dots mean nothing

cdef void reader_init(LineReader* reader, bint normalize) noexcept nogil
cdef Py_ssize_t reader_room(Py_ssize_t n) noexcept nogil
cdef Py_ssize_t read_lines(LineReader* reader, const unsigned char* source, Py_ssize_t n,
                           unsigned char* target, Py_ssize_t* written) noexcept nogil
cdef Py_ssize_t reader_finish(LineReader* reader, unsigned char* target) noexcept nogil
