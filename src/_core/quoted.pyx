# cython: language_level=3
"""The quoted-printable decoder (RFC 2045 section 6.7), streaming.

In: lines of a body in pieces, through transfer.pyx. Out: the decoded bytes; anomaly bits where another decoder might
read something else. Soft breaks count also with white space before the line end, and lower-case digits too; white space
at line ends and at the end of the body is removed; illegal escapes stay as they are.
Limits: a run of QP_HELD or more white-space bytes at a line end is kept and flagged, since all of it would have to be
held back until the line ends.
"""

from libc.stdint cimport uint8_t
from libc.string cimport memchr, memcpy

from bartizan._core.transfer cimport QP_BAD, QP_BARE, QP_HELD, Decoder

# States of the quoted-printable decoder: what is held back.
cdef enum:
    Q_TEXT = 0      # nothing
    Q_WHITE = 1     # white space
    Q_CR = 2        # white space (or none) and CR
    Q_LONG = 3      # nothing: inside a run of white space that is too long to be held
    Q_LONG_CR = 4   # CR after such a run
    Q_EQUALS = 5    # =
    Q_SOFT = 6      # = and white space
    Q_SOFT_CR = 7   # =, white space (or none) and CR
    Q_HEX = 8       # = and one digit

cdef uint8_t[256] DIGIT        # value of a hexadecimal digit, or 255


cdef void _fill_tables() noexcept:
    cdef int i
    for i in range(256):
        DIGIT[i] = 255
    for i in range(10):
        DIGIT[48 + i] = i
    for i in range(6):
        DIGIT[65 + i] = DIGIT[97 + i] = 10 + i

_fill_tables()


cdef inline unsigned char* _release(Decoder* d, unsigned char* o) noexcept nogil:
    memcpy(o, d.held, d.held_count)
    o += d.held_count
    d.held_count = 0
    return o


cdef inline void _hold(Decoder* d, unsigned char c, int state) noexcept nogil:
    # At most QP_HELD - 1 bytes are held before a call: _quoted_byte asks first where a run can grow.
    d.held[d.held_count] = c
    d.held_count += 1
    d.state = state


cdef unsigned char* _quoted_byte(Decoder* d, unsigned char c, unsigned char* o) noexcept nogil:
    """One byte through the state machine; used wherever a line cannot be handled as a whole."""
    cdef bint white = c == 0x20 or c == 0x09
    cdef int state
    while True:
        state = d.state
        if state == Q_WHITE or state == Q_SOFT:
            if white and d.held_count >= QP_HELD - 1:
                if state == Q_SOFT:
                    d.anomalies |= QP_BAD
                o = _release(d, o)
                d.state = Q_LONG
                continue
            if white:
                _hold(d, c, state)
                return o
        if state == Q_EQUALS and white:
            _hold(d, c, Q_SOFT)
            return o
        if state == Q_EQUALS and DIGIT[c] < 16:
            _hold(d, c, Q_HEX)
            return o
        if state == Q_HEX and DIGIT[c] < 16:
            o[0] = DIGIT[d.held[1]] << 4 | DIGIT[c]
            d.held_count = 0
            d.state = Q_TEXT
            return o + 1
        if state == Q_LONG and white:
            o[0] = c
            return o + 1
        if c == 0x0D:
            if state == Q_TEXT or state == Q_WHITE:
                _hold(d, c, Q_CR)
                return o
            if state == Q_EQUALS or state == Q_SOFT:
                _hold(d, c, Q_SOFT_CR)
                return o
            if state == Q_LONG:
                _hold(d, c, Q_LONG_CR)
                return o
        if c == 0x0A and state != Q_HEX:
            d.state = Q_TEXT
            d.held_count = 0
            if state == Q_LONG or state == Q_LONG_CR:
                d.anomalies |= QP_BAD
            if state == Q_EQUALS or state == Q_SOFT or state == Q_SOFT_CR:
                return o
            if state == Q_CR or state == Q_LONG_CR:
                o[0] = 0x0D
                o += 1
            o[0] = 0x0A
            return o + 1
        if state == Q_TEXT:
            if white:
                _hold(d, c, Q_WHITE)
            elif c == 0x3D:
                _hold(d, c, Q_EQUALS)
            else:
                o[0] = c
                o += 1
            return o
        # What was held turned out to be text; the byte is looked at again after it.
        if state >= Q_EQUALS:
            d.anomalies |= QP_BAD
        o = _release(d, o)
        d.state = Q_TEXT


cdef Py_ssize_t _line_tail(const unsigned char* src, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    """Where the white space and CR that end src[start:stop] begin."""
    if stop > start and src[stop - 1] == 0x0D:
        stop -= 1
    while stop > start and (src[stop - 1] == 0x20 or src[stop - 1] == 0x09):
        stop -= 1
    return stop


# Proof: 0 <= i <= text <= stop <= line < end <= n in every round (memchr searches [i, n) only, _line_tail stays
# within its bounds), and everything copied is at most what was read plus what was held (QP_HELD <= DECODE_ROOM).
cdef Py_ssize_t quoted(Decoder* d, const unsigned char* src, Py_ssize_t n, unsigned char* dst) noexcept nogil:
    cdef Py_ssize_t i = 0, end, stop, text, line
    cdef unsigned char* o = dst
    cdef const unsigned char* found
    cdef unsigned char bare = 0
    for end in range(n):
        bare |= (<unsigned char>(src[end] - 32) > 94) & (src[end] != 0x0A) & (src[end] != 0x0D) & (src[end] != 0x09)
    if bare:
        d.anomalies |= QP_BARE
    while i < n:
        if d.state != Q_TEXT or src[i] == 0x3D:
            o = _quoted_byte(d, src[i], o)
            i += 1
            continue
        found = <const unsigned char*>memchr(src + i, 0x3D, n - i)
        end = found - src if found != NULL else n
        while i < end:
            found = <const unsigned char*>memchr(src + i, 0x0A, end - i)
            if found == NULL:
                break
            line = found - src
            stop = line
            if stop > i and src[stop - 1] == 0x0D:
                stop -= 1
            text = _line_tail(src, i, line)
            if stop - text > QP_HELD - 1:
                d.anomalies |= QP_BAD
                text = stop
            memcpy(o, src + i, text - i)
            o += text - i
            if stop < line:
                o[0] = 0x0D
                o += 1
            o[0] = 0x0A
            o += 1
            i = line + 1
        # No line end in src[i:end]. Before an escape everything is text; at the end of the piece the tail may end a
        # line.
        text = end if end < n else _line_tail(src, i, end)
        memcpy(o, src + i, text - i)
        o += text - i
        for i in range(text, end):
            o = _quoted_byte(d, src[i], o)
        i = end
    return o - dst


cdef Py_ssize_t quoted_end(Decoder* d, unsigned char* dst) noexcept nogil:
    cdef int state = d.state
    d.state = Q_TEXT
    if state >= Q_EQUALS or state == Q_LONG:
        d.anomalies |= QP_BAD
    # A CR without its LF ends no line: what was held before it is text.
    if state == Q_CR or state == Q_LONG_CR or state == Q_HEX:
        return _release(d, dst) - dst
    d.held_count = 0
    return 0
