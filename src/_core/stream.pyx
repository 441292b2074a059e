# cython: language_level=3
"""MessageStream: the one-pass path over a message's bytes, as they arrive.

In: network chunks of any size that follow the 354 reply, or the octets of BDAT commands (RFC 3030). Out: the raw message
and everything MimeParser found, complete at the moment the terminator is seen or the last chunk is finished. The same
result for every split of the same bytes, and for both commands.
Limits: max_bytes (what comes after is counted, not kept), and MimeParser's.
Not here: replies, deciding what a flag means.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.string cimport memchr

from bartizan._core.anomaly cimport Anomaly, bit
from bartizan._core.automaton cimport Automaton
from bartizan._core.lines cimport read_lines, reader_finish, reader_init, reader_room
from bartizan._core.mime cimport MimeParser
from bartizan._core.octets cimport Octets

cdef enum:
    SMALL = 65536       # a raw message up to this size is handed out as bytes, a larger one as a view of our memory


cdef class MessageStream:
    """One message being received. Sizes in bytes; see bartizan.model.limits.Limits for what the limits mean.

    `automaton`: phrases to look for in the text view, or None. `normalize_bare`: bare LF is read as CRLF and bare CR as a
    space; otherwise both are kept and flagged. `keep`: decoded contents of the parts are kept.
    """

    def __cinit__(self, Automaton automaton=None, *, Py_ssize_t max_bytes, Py_ssize_t max_line=0,
                  bint normalize_bare=False, bint keep=False, Py_ssize_t max_depth=20, Py_ssize_t max_parts=1000,
                  Py_ssize_t max_header=65536, Py_ssize_t max_headers=1048576, Py_ssize_t max_fields=2000):
        reader_init(&self.reader, normalize_bare)
        self.automaton = automaton
        self.octets = Octets()
        self.max_bytes = max_bytes
        self.max_line = max_line
        self.parser = MimeParser(
            automaton, keep=keep, stored=False, max_depth=max_depth, max_parts=max_parts, max_header=max_header,
            max_headers=max_headers, max_fields=max_fields,
        )

    def feed(self, data not None) -> int:
        """Take the next bytes. -1: the message goes on; else how many of them belong to it, its CRLF.CRLF included."""
        return self._take(data)

    def feed_counted(self, data not None) -> None:
        """Take octets of a BDAT command: every one of them is content, dots are not unstuffed, nothing ends the message
        but `finish`. Not for a message that `feed` was given anything of."""
        self.reader.counted = True
        self._take(data)

    def finish(self) -> None:
        """The last BDAT command is complete. A message whose last line has no CRLF gets one: it must be sent on with
        DATA, which cannot do without (DKIM signatures are made as if it were there, RFC 6376 section 3.4)."""
        cdef Octets octets = self.octets
        cdef Py_ssize_t written
        if self.reader.ended:
            return
        octets.make_room(3)
        written = reader_finish(&self.reader, octets.data + octets.length)
        self._took(octets, written)
        self._complete()

    cdef Py_ssize_t _take(self, const unsigned char[::1] view) except -2:
        cdef Py_ssize_t n = view.shape[0]
        cdef Py_ssize_t taken
        cdef Py_ssize_t written = 0
        cdef Octets octets = self.octets
        if self.reader.ended:
            return 0
        if n == 0:
            return -1
        if self.too_big:
            # from here on bytes are counted and dropped
            self.octets = octets = Octets()
        octets.make_room(reader_room(n))
        taken = read_lines(&self.reader, &view[0], n, octets.data + octets.length, &written)
        self.received += taken
        self._took(octets, written)
        if not self.reader.ended:
            return -1
        self._complete()
        return taken

    cdef int _took(self, Octets octets, Py_ssize_t written) except -1:
        self.size += written
        octets.length += written
        if self.size > self.max_bytes:
            self.too_big = True
        if not self.too_big:
            self.parser.advance(octets.data, octets.length, self.reader.ended)
        return 0

    def _complete(self):
        if self.reader.bare_cr:
            self.parser.flags |= bit(Anomaly.BARE_CR)
        if self.reader.bare_lf:
            self.parser.flags |= bit(Anomaly.BARE_LF)
        if self.reader.nul:
            self.parser.flags |= bit(Anomaly.NUL)
        if self.too_big:
            self.octets = Octets()
            self.raw_ = b""
        elif self.octets.length <= SMALL:
            self.raw_ = PyBytes_FromStringAndSize(<char*>self.octets.data, self.octets.length)
            self.octets = None
        else:
            self.raw_ = memoryview(self.octets)

    @property
    def ended(self):
        """The terminator was seen, or the message finished."""
        return self.reader.ended

    @property
    def bare(self):
        """A bare CR or LF was seen."""
        return self.reader.bare_cr or self.reader.bare_lf

    @property
    def eight_bit(self):
        """A byte above 127 was seen."""
        return self.reader.eight_bit

    @property
    def line_too_long(self):
        """A line above max_line (when that is set) was seen."""
        return self.max_line > 0 and self.reader.longest > self.max_line

    @property
    def longest_line(self):
        """The longest line in bytes, without its line end."""
        return self.reader.longest

    @property
    def received_lines(self):
        """Number of top-level Received: fields."""
        return self.parser.received_lines

    @property
    def raw(self):
        """The message, once ended: bytes, or a read-only memoryview of a large one; b"" when it was too big."""
        return self.raw_

    @property
    def parts(self):
        """The part table, in the order of the message: bartizan._core.entity.Part."""
        return self.parser.parts

    @property
    def fields(self):
        """Top-level header fields as (name start, name end, value start, value end)."""
        return self.parser.fields

    @property
    def hits(self):
        """Phrase hits as (phrase index, start, end)."""
        return self.parser.hits

    @property
    def limits(self):
        """Limits that were reached, as (reason, part path)."""
        return self.parser.limits

    @property
    def anomalies(self):
        """Names of the raised anomaly flags."""
        return self.parser.anomalies


def parse(raw not None, Automaton automaton=None, *, bint stored=True, bint keep=False, Py_ssize_t max_depth=20,
          Py_ssize_t max_parts=1000, Py_ssize_t max_header=65536, Py_ssize_t max_headers=1048576,
          Py_ssize_t max_fields=2000):
    """Read a whole message that is already in memory; the MimeParser with its results.

    `stored`: as a mail store would mean it, LF line ends and a leading mbox From_ line are no anomaly.
    """
    cdef const unsigned char[::1] view = raw
    cdef Py_ssize_t n = view.shape[0]
    cdef const unsigned char* base = &view[0] if n else <const unsigned char*>b""
    cdef MimeParser parser = MimeParser(
        automaton, keep=keep, stored=stored, max_depth=max_depth, max_parts=max_parts, max_header=max_header,
        max_headers=max_headers, max_fields=max_fields,
    )
    if n:
        _line_flags(parser, base, n, stored)
    parser.advance(base, n, True)
    return parser


cdef int _line_flags(MimeParser parser, const unsigned char* base, Py_ssize_t n, bint stored) except -1:
    """Flags of the line discipline for bytes that did not come over SMTP."""
    cdef const unsigned char* p = base
    cdef const unsigned char* end = base + n
    cdef const unsigned char* found
    if memchr(base, 0, n) != NULL:
        parser.flags |= bit(Anomaly.NUL)
    while p < end:
        found = <const unsigned char*>memchr(p, 0x0D, end - p)
        if found == NULL:
            break
        if found + 1 == end or found[1] != 0x0A:
            parser.flags |= bit(Anomaly.BARE_CR)
            break
        p = found + 2
    p = base
    while not stored and p < end:
        found = <const unsigned char*>memchr(p, 0x0A, end - p)
        if found == NULL:
            break
        if found == base or found[-1] != 0x0D:
            parser.flags |= bit(Anomaly.BARE_LF)
            break
        p = found + 1
    return 0
