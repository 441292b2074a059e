# cython: language_level=3
"""Line discipline of mail data: reading it off the wire, and writing it canonically.

In: the bytes that follow the 354 reply. Out: the message with dots unstuffed and without its terminator.
Only CRLF.CRLF ends a message (RFC 5321 section 4.1.1.4 and 4.5.2); every other combination of CR, LF and dot is content.
Where bytes are counted instead (BDAT, RFC 3030) dots are content without exception, and `reader_finish` is the end.
Bare CR and bare LF are flagged, and kept or normalised as asked. The answer never depends on how the bytes were split.
Not here: limits (the caller counts), MIME.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.string cimport memchr, memcpy

# States of the reader: what the bytes just before the next one were.
cdef enum:
    START = 0       # CRLF, or the beginning of the message
    DOT = 1         # START and a dot, which is held back
    DOT_CR = 2      # START, a dot and CR, both held back
    TEXT = 3        # somewhere in a line
    CR = 4          # a CR in a line, held back


cdef void reader_init(LineReader* reader, bint normalize) noexcept nogil:
    reader.state = START
    reader.normalize = normalize
    reader.bare_cr = False
    reader.bare_lf = False
    reader.nul = False
    reader.eight_bit = False
    reader.ended = False
    reader.line = 0
    reader.longest = 0
    reader.counted = False


cdef Py_ssize_t reader_room(Py_ssize_t n) noexcept nogil:
    """How much room `read_lines` needs for n bytes: each LF may become CRLF, and two bytes may have been held back."""
    return 2 * n + 4


cdef inline unsigned char* _bare_cr(LineReader* reader, unsigned char* out) noexcept nogil:
    reader.bare_cr = True
    reader.line += 1
    out[0] = 0x20 if reader.normalize else 0x0D
    return out + 1


cdef inline unsigned char* _line_end(LineReader* reader, unsigned char* out, bint bare) noexcept nogil:
    if reader.line > reader.longest:
        reader.longest = reader.line
    reader.line = 0
    if not bare:
        out[0] = 0x0D
        out[1] = 0x0A
        return out + 2
    reader.bare_lf = True
    if reader.normalize:
        out[0] = 0x0D
        out += 1
    out[0] = 0x0A
    return out + 1


cdef unsigned char* _text(LineReader* reader, const unsigned char* p, Py_ssize_t n, unsigned char* out) noexcept nogil:
    """Copy n bytes that hold no LF and do not end in CR; CRs among them are bare."""
    cdef const unsigned char* end = p + n
    cdef const unsigned char* cr
    while p < end:
        cr = <const unsigned char*>memchr(p, 0x0D, end - p)
        if cr == NULL:
            cr = end
        memcpy(out, p, cr - p)
        out += cr - p
        reader.line += cr - p
        p = cr
        if p < end:
            out = _bare_cr(reader, out)
            p += 1
    return out


cdef void _flags(LineReader* reader, const unsigned char* p, Py_ssize_t n) noexcept nogil:
    cdef unsigned char seen = 0
    cdef Py_ssize_t i
    for i in range(n):
        seen |= p[i]
    if seen & 0x80:
        reader.eight_bit = True
    if not reader.nul and memchr(p, 0, n) != NULL:
        reader.nul = True


cdef Py_ssize_t read_lines(LineReader* reader, const unsigned char* source, Py_ssize_t n,
                           unsigned char* target, Py_ssize_t* written) noexcept nogil:
    """Read up to n bytes; put the content into target (room: reader_room(n)) and its length into written[0].

    Returns how many bytes belong to the message: n, or fewer when the terminator was among them (reader.ended).
    """
    cdef const unsigned char* p = source
    cdef const unsigned char* end = source + n
    cdef const unsigned char* lf
    cdef const unsigned char* stop
    cdef unsigned char* out = target
    cdef unsigned char c
    while p < end and not reader.ended:
        if reader.state == TEXT:
            lf = <const unsigned char*>memchr(p, 0x0A, end - p)
            stop = end if lf == NULL else lf
            if stop > p and stop[-1] == 0x0D:
                out = _text(reader, p, stop - 1 - p, out)
                reader.state = CR
            else:
                out = _text(reader, p, stop - p, out)
                if lf != NULL:
                    out = _line_end(reader, out, True)
                    stop += 1
            p = stop
            continue
        c = p[0]
        if reader.state == START:
            if c == 0x2E and not reader.counted:
                reader.state = DOT
                p += 1
            elif c == 0x0D:
                reader.state = CR
                p += 1
            else:
                reader.state = TEXT
        elif reader.state == CR:
            if c == 0x0A:
                out = _line_end(reader, out, False)
                reader.state = START
                p += 1
            else:
                out = _bare_cr(reader, out)
                reader.state = TEXT
        elif reader.state == DOT:
            # RFC 5321 4.5.2: a leading dot that other characters follow is deleted
            if c == 0x0D:
                reader.state = DOT_CR
                p += 1
            else:
                reader.state = TEXT
        else:  # DOT_CR
            if c == 0x0A:
                reader.ended = True
                p += 1
            else:
                out = _bare_cr(reader, out)
                reader.state = TEXT
    _flags(reader, source, p - source)
    written[0] = out - target
    return p - source


cdef Py_ssize_t reader_finish(LineReader* reader, unsigned char* target) noexcept nogil:
    """The last chunk is complete: put the CR that was held back, if any, and the CRLF that the last line may lack into
    target (room: 3 bytes). Returns how many bytes that is."""
    cdef unsigned char* out = target
    if reader.state == CR:
        out = _bare_cr(reader, out)
    if reader.line > 0:
        out = _line_end(reader, out, False)
    reader.ended = True
    return out - target


def encode_data(raw not None) -> bytes:
    """`raw` as it goes to a next hop: the canonical lines of RFC 5321 section 2.3.8, dot-stuffed (section 4.5.2).

    Every line ends with CRLF, a bare LF is a line end, a bare CR becomes a space; the last line is ended if it was not.
    The terminating ".\\r\\n" is not included; an empty message gives b"".
    """
    cdef const unsigned char[::1] view = raw
    cdef Py_ssize_t n = view.shape[0]
    if n == 0:
        return b""
    cdef const unsigned char* source = &view[0]
    cdef Py_ssize_t length = _encode(source, n, NULL)
    cdef bytes result = PyBytes_FromStringAndSize(NULL, length)
    _encode(source, n, <unsigned char*>PyBytes_AS_STRING(result))
    return result


cdef Py_ssize_t _encode(const unsigned char* source, Py_ssize_t n, unsigned char* target) noexcept nogil:
    """Length of the canonical form of source; written to target unless that is NULL (it then has exactly this room)."""
    cdef const unsigned char* p = source
    cdef const unsigned char* end = source + n
    cdef const unsigned char* lf
    cdef const unsigned char* stop
    cdef Py_ssize_t length = 0
    cdef Py_ssize_t i
    cdef Py_ssize_t size
    while p < end:
        lf = <const unsigned char*>memchr(p, 0x0A, end - p)
        stop = end if lf == NULL else lf
        size = stop - p
        if lf != NULL and size > 0 and p[size - 1] == 0x0D:
            size -= 1
        if size > 0 and p[0] == 0x2E:
            if target != NULL:
                target[length] = 0x2E
            length += 1
        if target != NULL:
            memcpy(target + length, p, size)
            if memchr(p, 0x0D, size) != NULL:
                for i in range(size):
                    if target[length + i] == 0x0D:
                        target[length + i] = 0x20
            target[length + size] = 0x0D
            target[length + size + 1] = 0x0A
        length += size + 2
        p = stop + 1
    return length
