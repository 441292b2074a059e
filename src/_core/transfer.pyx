# cython: language_level=3
"""Streaming decoders of content transfer encodings: base64, quoted-printable and classic uuencode.

In: the lines of a body with their line ends (CRLF or LF), in pieces of any size. Out: the decoded bytes of the primary
reading, and anomaly bits where another decoder might read something else. The answer never depends on the split.

base64 (RFC 2045 section 6.8): bytes outside the alphabet are skipped, white space silently, others flagged; after
padding a new quantum begins (concatenated base64); an incomplete last quantum gives the whole bytes it has.
quoted-printable (section 6.7): soft breaks also with white space before the line end; lower-case digits count; white
space at line ends and at the end of the body is removed; illegal escapes stay as they are. A run of more than QP_HELD
white-space bytes is kept and flagged, since it would have to be held back.
uuencode: `begin MODE NAME` to `end`, one data line after the other; what stands before `begin` is ignored, unless the
body's very first line is a flawless data line (begin was lost). Missing characters of a line count as blanks.

Not here: other readings of a flagged body (stopping at padding, the URL-safe alphabet); yEnc, BinHex, `begin-base64`;
the line end before a boundary delimiter, which the caller removes.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memchr, memcmp, memcpy

ENCODINGS = {
    b"base64": BASE64,
    b"quoted-printable": QP,
    b"uuencode": UU,
    b"x-uuencode": UU,
    b"x-uuencoded": UU,
    b"uue": UU,
    b"x-uue": UU,
    b"x-uu": UU,
    b"7bit": IDENTITY,
    b"8bit": IDENTITY,
    b"binary": IDENTITY,
}

ANOMALY_NAMES = {
    B64_JUNK: "base64-junk",
    B64_PADDING: "base64-padding",
    B64_TRUNCATED: "base64-truncated",
    QP_BAD: "qp-bad-escape",
    QP_BARE: "qp-unencoded",
    UU_BAD: "uu-bad",
    UU_TRUNCATED: "uu-truncated",
}

# Classes of bytes in base64 beyond the values 0-63.
cdef enum:
    PAD = 64
    WHITE = 65
    JUNK = 66

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

# States of the uuencode decoder.
cdef enum:
    U_FIRST = 0     # no line seen
    U_BEFORE = 1    # no begin line yet
    U_DATA = 2
    U_AFTER = 3     # after end

cdef uint8_t[256] SEXTET
cdef uint8_t[256] DIGIT
cdef uint32_t[256] FIRST, SECOND, THIRD, FOURTH     # a sextet at its place in the quantum, or BROKEN
cdef uint32_t BROKEN = 0x80000000


cdef void _fill_tables() noexcept:
    cdef int i
    cdef const unsigned char* alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for i in range(256):
        SEXTET[i] = JUNK
        DIGIT[i] = 255
    for i in range(64):
        SEXTET[alphabet[i]] = i
    SEXTET[0x3D] = PAD
    SEXTET[0x20] = SEXTET[0x09] = SEXTET[0x0D] = SEXTET[0x0A] = WHITE
    for i in range(256):
        if SEXTET[i] < 64:
            FIRST[i] = <uint32_t>SEXTET[i] << 18
            SECOND[i] = <uint32_t>SEXTET[i] << 12
            THIRD[i] = <uint32_t>SEXTET[i] << 6
            FOURTH[i] = SEXTET[i]
        else:
            FIRST[i] = SECOND[i] = THIRD[i] = FOURTH[i] = BROKEN
    for i in range(10):
        DIGIT[48 + i] = i
    for i in range(6):
        DIGIT[65 + i] = DIGIT[97 + i] = 10 + i

_fill_tables()


cdef void decoder_init(Decoder* d, int encoding) noexcept nogil:
    d.anomalies = 0
    d.encoding = encoding
    d.state = 0
    d.have = 0
    d.pads = 0
    d.quantum = 0
    d.held_count = 0


cdef Py_ssize_t decode(
    Decoder* d, const unsigned char* src, Py_ssize_t n, unsigned char* dst, Py_ssize_t room
) noexcept nogil:
    if n < 0 or room - DECODE_ROOM < n:
        return -1
    if n == 0:
        return 0
    if d.encoding == BASE64:
        return _base64(d, src, n, dst)
    if d.encoding == QP:
        return _quoted(d, src, n, dst)
    if d.encoding == UU:
        return _uu(d, src, n, dst)
    memcpy(dst, src, n)
    return n


cdef Py_ssize_t decode_end(Decoder* d, unsigned char* dst, Py_ssize_t room) noexcept nogil:
    if room < DECODE_ROOM:
        return -1
    if d.encoding == BASE64:
        return _base64_end(d, dst)
    if d.encoding == QP:
        return _quoted_end(d, dst)
    if d.encoding == UU:
        return _uu_end(d, dst)
    return 0


# Proof for the unchecked reads and writes of base64: i < n always where src[i] is read, i + 8 <= n where eight are;
# each output byte is paid for by at least one input byte of this or an earlier call (at most 2), and o + 3 <= room.
cdef Py_ssize_t _base64(Decoder* d, const unsigned char* src, Py_ssize_t n, unsigned char* dst) noexcept nogil:
    cdef Py_ssize_t i = 0
    cdef unsigned char* o = dst
    cdef uint32_t one, two
    cdef uint8_t value
    while i < n:
        if d.have == 0 and d.state == 0:
            while i + 8 <= n:
                one = FIRST[src[i]] | SECOND[src[i + 1]] | THIRD[src[i + 2]] | FOURTH[src[i + 3]]
                two = FIRST[src[i + 4]] | SECOND[src[i + 5]] | THIRD[src[i + 6]] | FOURTH[src[i + 7]]
                if (one | two) & BROKEN:
                    break
                o[0] = <uint8_t>(one >> 16)
                o[1] = <uint8_t>(one >> 8)
                o[2] = <uint8_t>one
                o[3] = <uint8_t>(two >> 16)
                o[4] = <uint8_t>(two >> 8)
                o[5] = <uint8_t>two
                o += 6
                i += 8
            if i + 4 <= n:
                one = FIRST[src[i]] | SECOND[src[i + 1]] | THIRD[src[i + 2]] | FOURTH[src[i + 3]]
                if not one & BROKEN:
                    o[0] = <uint8_t>(one >> 16)
                    o[1] = <uint8_t>(one >> 8)
                    o[2] = <uint8_t>one
                    o += 3
                    i += 4
                    continue
            if i >= n:
                break
        value = SEXTET[src[i]]
        i += 1
        if value < 64:
            if d.state:
                d.anomalies |= B64_PADDING
                d.state = 0
                d.pads = 0
            d.quantum = d.quantum << 6 | value
            d.have += 1
            if d.have == 4:
                o[0] = <uint8_t>(d.quantum >> 16)
                o[1] = <uint8_t>(d.quantum >> 8)
                o[2] = <uint8_t>d.quantum
                o += 3
                d.have = 0
                d.quantum = 0
        elif value == PAD:
            if d.have >= 2:
                d.pads = 3 - d.have
                o += _close_quantum(d, o)
                d.state = 1
            elif d.pads > 0:
                d.pads -= 1
            else:
                d.anomalies |= B64_PADDING
        elif value == JUNK:
            d.anomalies |= B64_JUNK
    return o - dst


cdef int _close_quantum(Decoder* d, unsigned char* o) noexcept nogil:
    """Writes the whole bytes of an incomplete quantum: 0, 1 or 2."""
    cdef int count = d.have - 1 if d.have else 0
    d.quantum <<= 6 * (4 - d.have)
    if count >= 1:
        o[0] = <uint8_t>(d.quantum >> 16)
    if count == 2:
        o[1] = <uint8_t>(d.quantum >> 8)
    d.have = 0
    d.quantum = 0
    return count


cdef Py_ssize_t _base64_end(Decoder* d, unsigned char* dst) noexcept nogil:
    if d.have or d.pads:
        d.anomalies |= B64_TRUNCATED
    return _close_quantum(d, dst)


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
cdef Py_ssize_t _quoted(Decoder* d, const unsigned char* src, Py_ssize_t n, unsigned char* dst) noexcept nogil:
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


cdef Py_ssize_t _quoted_end(Decoder* d, unsigned char* dst) noexcept nogil:
    cdef int state = d.state
    d.state = Q_TEXT
    if state >= Q_EQUALS or state == Q_LONG:
        d.anomalies |= QP_BAD
    # A CR without its LF ends no line: what was held before it is text.
    if state == Q_CR or state == Q_LONG_CR or state == Q_HEX:
        return _release(d, dst) - dst
    d.held_count = 0
    return 0


cdef bint _is_begin(const unsigned char* line, Py_ssize_t n) noexcept nogil:
    """`begin`, three or four octal digits, a name."""
    cdef Py_ssize_t i = 6
    if n < 6 or memcmp(line, b"begin ", 6) != 0:
        return False
    while i < n and i < 10 and 0x30 <= line[i] <= 0x37:
        i += 1
    return i >= 9 and i + 1 < n and line[i] == 0x20


cdef bint _is_flawless(const unsigned char* line, Py_ssize_t n) noexcept nogil:
    """A data line whose length fits its first character exactly."""
    cdef Py_ssize_t i
    if n < 2 or line[0] <= 32 or (line[0] - 32 & 63) == 0 or n - 1 != ((line[0] - 32 & 63) + 2) // 3 * 4:
        return False
    for i in range(n):
        if not 32 <= line[i] <= 96:
            return False
    return True


cdef Py_ssize_t _uu_line(
    Decoder* d, const unsigned char* line, Py_ssize_t n, bint whole, unsigned char* o
) noexcept nogil:
    """One line without its LF (`whole` False: longer than UU_LINE, the rest is missing). Writes at most 63 bytes."""
    cdef Py_ssize_t count, i, written = 0
    cdef uint32_t group
    cdef int k
    if n and line[n - 1] == 0x0D:
        n -= 1
    if n == 0:
        return 0
    if _is_begin(line, n):
        if d.state >= U_DATA:
            d.anomalies |= UU_BAD
        d.state = U_DATA
        return 0
    if d.state == U_FIRST and whole and _is_flawless(line, n):
        d.anomalies |= UU_BAD
        d.state = U_DATA
    if d.state != U_DATA:
        if d.state == U_FIRST:
            d.state = U_BEFORE
        return 0
    if n >= 3 and memcmp(line, b"end", 3) == 0 and (n == 3 or line[3] == 0x20 or line[3] == 0x09):
        d.state = U_AFTER
        return 0
    if not 32 <= line[0] <= 96:
        d.anomalies |= UU_BAD
        return 0
    count = line[0] - 32 & 63
    if not whole or n - 1 < (count * 4 + 2) // 3 or n - 1 > (count + 2) // 3 * 4 + 1:
        if count or n > 2:
            d.anomalies |= UU_BAD
    i = 1
    while written < count:
        group = 0
        for k in range(4):
            group <<= 6
            if i < n:
                if not 32 <= line[i] <= 96:
                    d.anomalies |= UU_BAD
                group |= line[i] - 32 & 63
            i += 1
        for k in range(16, -1, -8):
            if written < count:
                o[written] = <uint8_t>(group >> k)
                written += 1
    return written


# Proof: held_count <= UU_LINE always; a line taken from src lies in [i, stop) with stop < n.
cdef Py_ssize_t _uu(Decoder* d, const unsigned char* src, Py_ssize_t n, unsigned char* dst) noexcept nogil:
    cdef Py_ssize_t i = 0, stop, take, part
    cdef unsigned char* o = dst
    cdef const unsigned char* found
    while i < n:
        found = <const unsigned char*>memchr(src + i, 0x0A, n - i)
        stop = found - src if found != NULL else n
        if found != NULL and d.held_count == 0 and stop - i <= UU_LINE:
            o += _uu_line(d, src + i, stop - i, True, o)
        else:
            part = stop - i
            take = min(part, UU_LINE - d.held_count)
            memcpy(d.held + d.held_count, src + i, take)
            d.held_count += take
            d.have |= take < part
            if found != NULL:
                o += _uu_line(d, d.held, d.held_count, not d.have, o)
                d.held_count = 0
                d.have = 0
        i = stop + 1
    return o - dst


cdef Py_ssize_t _uu_end(Decoder* d, unsigned char* dst) noexcept nogil:
    cdef Py_ssize_t written = 0
    if d.held_count:
        written = _uu_line(d, d.held, d.held_count, not d.have, dst)
        d.held_count = 0
    if d.state == U_DATA:
        d.anomalies |= UU_TRUNCATED
    elif d.state != U_AFTER:
        d.anomalies |= UU_BAD
    return written


def decode_all(str encoding not None, const unsigned char[::1] data not None):
    """The primary reading of a whole body and its anomaly bits. An unknown encoding is the identity."""
    cdef int kind = ENCODINGS.get(encoding.strip().lower().encode("ascii", "replace"), IDENTITY)
    cdef tuple answer = decode_pieces(kind, [data])
    return answer


def decode_pieces(int kind, list pieces):
    """What a stream of pieces decodes to: (bytes, anomaly bits). `kind` is a value of ENCODINGS."""
    cdef Decoder d
    cdef Py_ssize_t n, written
    cdef bytes chunk
    cdef const unsigned char[::1] piece
    cdef list out = []
    cdef const unsigned char* start
    decoder_init(&d, kind)
    for piece in pieces:
        n = piece.shape[0]
        start = &piece[0] if n else NULL
        chunk = PyBytes_FromStringAndSize(NULL, n + DECODE_ROOM)
        written = decode(&d, start, n, <unsigned char*>PyBytes_AS_STRING(chunk), n + DECODE_ROOM)
        out.append(chunk[:written])
    chunk = PyBytes_FromStringAndSize(NULL, DECODE_ROOM)
    written = decode_end(&d, <unsigned char*>PyBytes_AS_STRING(chunk), DECODE_ROOM)
    out.append(chunk[:written])
    return b"".join(out), d.anomalies
