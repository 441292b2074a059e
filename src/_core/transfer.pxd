"""C face of the streaming transfer decoders: plain structs, no Python objects, state survives any split."""

cdef enum Encoding:
    IDENTITY = 0
    BASE64 = 1
    QP = 2
    UU = 3

cdef enum:
    # Room that `dst` must have beyond the length of the input: what earlier calls may have held back
    # (white space that may turn out to end a quoted-printable line, one uuencoded line).
    DECODE_ROOM = 4224

    # Bits of Decoder.anomalies.
    B64_JUNK = 1         # a byte that is neither alphabet, padding nor white space
    B64_PADDING = 2      # padding in the middle, in excess, or followed by data
    B64_TRUNCATED = 4    # ends inside a quantum
    QP_BAD = 8           # illegal escape, or a soft break that ends the body
    QP_BARE = 16         # octets that quoted-printable must encode (controls, above 126)
    UU_BAD = 32          # no begin line, or a line that contradicts its length
    UU_TRUNCATED = 64    # no end line

    QP_HELD = 4096
    UU_LINE = 128

cdef struct Decoder:
    unsigned int anomalies
    int encoding
    int state            # of the encoding's state machine
    int have             # base64: sextets of the open quantum; uu: bytes in held
    int pads             # base64: padding characters still allowed
    unsigned int quantum
    Py_ssize_t held_count
    unsigned char[4096] held   # QP_HELD

cdef void decoder_init(Decoder* d, int encoding) noexcept nogil

# Decodes n bytes of src into dst and returns the number of bytes written. `room` is the size of dst: at least
# n + DECODE_ROOM, else nothing is done and -1 is returned. src and dst do not overlap.
cdef Py_ssize_t decode(
    Decoder* d, const unsigned char* src, Py_ssize_t n, unsigned char* dst, Py_ssize_t room
) noexcept nogil

# The end of the body: flushes what was held back (at most DECODE_ROOM bytes); sets the last anomalies.
cdef Py_ssize_t decode_end(Decoder* d, unsigned char* dst, Py_ssize_t room) noexcept nogil
