# cython: language_level=3
"""Streaming decoders of content transfer encodings: base64, quoted-printable and classic uuencode.

In: the lines of a body with their line ends (CRLF or LF), in pieces of any size. Out: the decoded bytes of the primary
reading, and anomaly bits where another decoder might read something else. The answer never depends on the split.

base64 (RFC 2045 section 6.8): bytes outside the alphabet are skipped, white space silently, others flagged; after
padding a new quantum begins (concatenated base64); an incomplete last quantum gives the whole bytes it has.
quoted-printable: quoted.pyx; uuencode: uuencode.pyx.

Not here: other readings of a flagged body (stopping at padding, the URL-safe alphabet); yEnc, BinHex, `begin-base64`;
the line end before a boundary delimiter, which the caller removes.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memcpy

from bartizan._core.quoted cimport quoted, quoted_end
from bartizan._core.uuencode cimport uuencode, uuencode_end

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

cdef uint8_t[256] SEXTET
cdef uint32_t[256] FIRST, SECOND, THIRD, FOURTH     # a sextet at its place in the quantum, or BROKEN
cdef uint32_t BROKEN = 0x80000000


cdef void _fill_tables() noexcept:
    cdef int i
    cdef const unsigned char* alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for i in range(256):
        SEXTET[i] = JUNK
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
        return quoted(d, src, n, dst)
    if d.encoding == UU:
        return uuencode(d, src, n, dst)
    memcpy(dst, src, n)
    return n


cdef Py_ssize_t decode_end(Decoder* d, unsigned char* dst, Py_ssize_t room) noexcept nogil:
    if room < DECODE_ROOM:
        return -1
    if d.encoding == BASE64:
        return _base64_end(d, dst)
    if d.encoding == QP:
        return quoted_end(d, dst)
    if d.encoding == UU:
        return uuencode_end(d, dst)
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
