# cython: language_level=3
"""Streaming MIME structure: header blocks, nested multiparts and messages (RFC 5322, RFC 2045, RFC 2046).

In: a buffer that grows, read line by line without an object per line. Out: the part table with spans, the top-level
fields, anomaly flags, limits reached; bodies go to `body`. This is one strict reading; where it had to choose, a flag
says so. Content never raises.
The answer depends on the bytes alone, never on how they were split: a line longer than PIECE is read in pieces of PIECE.
Limits: depth, parts, bytes of a field and of a header block, number of fields; each is reported in `limits`.
Known gaps: other readings of ambiguous syntax.
"""

from libc.stdlib cimport free, realloc
from libc.string cimport memchr, memcmp

from bartizan._core.anomaly cimport Anomaly, bit, names
from bartizan._core.automaton cimport Automaton
from bartizan._core.contentname cimport content_name, has_sign_behind, hides_field

cdef enum:
    PIECE = 65536       # longest run of bytes without a line end that is looked at as one line
    LONG = 1000         # RFC 5322 section 2.1.1: 998 and CRLF
    MAX_PATH = 400      # characters of a part path
    MAX_BOUNDARY = 70   # RFC 2046 section 5.1.1
    MAX_NOTES = 100     # limits reported

cdef enum:
    HEADER = 0
    LEAF = 1
    PREAMBLE = 2
    EPILOGUE = 3


cdef bint _blank(const unsigned char* p, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(n):
        if p[i] != 0x20 and p[i] != 0x09 and p[i] != 0x0D and p[i] != 0x0A:
            return False
    return True


cdef Py_ssize_t _indent(const unsigned char* p, Py_ssize_t n) noexcept nogil:
    """Blanks in front of a line."""
    cdef Py_ssize_t i = 0
    while i < n and (p[i] == 0x20 or p[i] == 0x09):
        i += 1
    return i


cdef Py_ssize_t _hyphens(const unsigned char* p, Py_ssize_t n) noexcept nogil:
    """Hyphens in front of a line."""
    cdef Py_ssize_t i = 0
    while i < n and p[i] == 0x2D:
        i += 1
    return i


cdef class Level:
    """A multipart or message whose parts are being read."""


cdef class MimeParser:
    """Reads one message. Results: parts, fields, hits, anomalies, limits, received_lines."""

    def __cinit__(self, Automaton automaton, *, bint keep, bint stored, Py_ssize_t max_depth, Py_ssize_t max_parts,
                  Py_ssize_t max_header, Py_ssize_t max_headers, Py_ssize_t max_fields):
        self.body = Body(automaton, keep)
        self.stored = stored
        self.max_depth = max_depth
        self.max_parts = max_parts
        self.max_header = max_header
        self.max_headers = max_headers
        self.max_fields = max_fields
        self.parts = []
        self.limits = []
        self.stack = []
        self.offsets = NULL
        self.top = True
        self._begin_header(0, False)

    def __dealloc__(self):
        free(self.offsets)

    @property
    def anomalies(self):
        """Names of the raised anomaly flags, in the order of ANOMALIES."""
        return names(self.flags)

    @property
    def hits(self):
        """Phrase hits as (phrase index, start, end); the span covers the source lines that the phrase lies on."""
        return self.body.hits

    @property
    def fields(self):
        """Top-level header fields as (name start, name end, value start, value end)."""
        cdef Py_ssize_t i
        cdef Py_ssize_t* f = self.offsets
        return tuple([(f[4 * i], f[4 * i + 1], f[4 * i + 2], f[4 * i + 3]) for i in range(self.field_count)])

    cdef int _limit(self, str reason, str path) except -1:
        if len(self.limits) < MAX_NOTES and (reason, path) not in self.limits:
            self.limits.append((reason, path))
        return 0

    # ---- lines -------------------------------------------------------------------------------------------------

    cdef int advance(self, const unsigned char* base, Py_ssize_t length, bint final) except -1:
        """Read every complete line of base[0:length], and everything when final. base may move between calls."""
        cdef Py_ssize_t start, end, limit, from_, level
        cdef const unsigned char* lf
        cdef bint closing = False
        self.base = base
        while self.at < length:
            start = self.at
            limit = min(length, start + PIECE)
            from_ = max(self.searched, start)
            lf = NULL
            if from_ < limit:
                lf = <const unsigned char*>memchr(base + from_, 0x0A, limit - from_)
            if lf != NULL:
                end = lf - base + 1
            elif limit - start == PIECE:
                end = limit - 1 if base[limit - 1] == 0x0D else limit
            elif final:
                end = length
            else:
                self.searched = length
                break
            self.searched = end
            self.at = end
            if end - start > LONG:
                self.flags |= bit(Anomaly.LONG_LINE)
            if self.state == HEADER:
                self._header_line(start, end)
            else:
                level = -1
                if not self.in_line and end - start > 2 and base[start] == 0x2D and base[start + 1] == 0x2D:
                    level = self._delimiter(start, end, &closing)
                if level >= 0:
                    self._at_delimiter(level, closing, start, end)
                else:
                    if not self.in_line and self.stack and end - start > 3 and base[start + 1] == 0x2D == base[start + 2]:
                        self._near(start, end)
                    self._body_line(start, end)
            self.in_line = base[end - 1] != 0x0A
        if final:
            self._finish(length)
        else:
            self.body.catch_up(base, self.fed)
        return 0

    cdef int _body_line(self, Py_ssize_t start, Py_ssize_t end) except -1:
        """A line of a body. Its line end is held back: it belongs to the delimiter, should one follow."""
        cdef Py_ssize_t stop = end
        if self.base[stop - 1] == 0x0A:
            stop -= 1
            if stop > start and self.base[stop - 1] == 0x0D:
                stop -= 1
        if self.state != LEAF and not _blank(self.base + start, stop - start):
            self.flags |= bit(Anomaly.PREAMBLE if self.state == PREAMBLE else Anomaly.EPILOGUE)
        if stop > self.fed:
            self.body.feed(self.base + self.fed, stop - self.fed, start, stop)
            self.fed = stop
        return 0

    cdef int _finish(self, Py_ssize_t length) except -1:
        while self.state == HEADER:
            self._end_header(length, length)
        if self.fed < length:
            self.body.feed(self.base + self.fed, length - self.fed, self.fed, length)
            self.fed = length
        self.flags |= self.body.end(self.base, length)
        if self.stack:
            self._leave(0, length, False)
        return 0

    # ---- delimiters and levels ---------------------------------------------------------------------------------

    cdef Py_ssize_t _delimiter(self, Py_ssize_t start, Py_ssize_t end, bint* closing):
        """The stack index of the multipart whose delimiter the line is, innermost first; -1 for none.

        RFC 2046 section 5.1.1 wants only the beginning of the line compared; a line that is exactly a delimiter of some
        level goes to that level all the same.
        """
        cdef const unsigned char* p = self.base + start + 2
        cdef Py_ssize_t n = end - start - 2
        cdef Py_ssize_t i, size
        cdef Py_ssize_t near = -1
        cdef bint near_closing = False
        cdef Level level
        for i in range(len(self.stack) - 1, -1, -1):
            level = <Level>self.stack[i]
            if level.boundary is None:
                continue
            size = len(level.boundary)
            if n < size or memcmp(p, <const char*>level.boundary, size) != 0:
                continue
            closing[0] = n >= size + 2 and p[size] == 0x2D and p[size + 1] == 0x2D
            if closing[0]:
                size += 2
            if _blank(p + size, n - size):
                return i
            if near < 0:
                near = i
                near_closing = closing[0]
        if near >= 0:
            self.flags |= bit(Anomaly.NEAR_BOUNDARY)
        closing[0] = near_closing
        return near

    cdef int _near(self, Py_ssize_t start, Py_ssize_t end) except -1:
        """A line that is no delimiter: flag it if it is one behind its first character or behind more hyphens."""
        cdef Py_ssize_t skip, size
        cdef const unsigned char* p
        cdef Level level
        cdef Py_ssize_t hyphens = _hyphens(self.base + start + 1, end - start - 1)
        for level in self.stack:
            if level.boundary is None:
                continue
            p = <const unsigned char*><const char*>level.boundary
            size = len(level.boundary)
            skip = start + 1 + hyphens - _hyphens(p, size)
            if skip >= start + 3 and end - skip > size and memcmp(self.base + skip, p, size) == 0:
                self.flags |= bit(Anomaly.NEAR_BOUNDARY)
        return 0

    cdef int _at_delimiter(self, Py_ssize_t index, bint closing, Py_ssize_t start, Py_ssize_t end) except -1:
        """The line [start, end) is a delimiter of the multipart at `index`: what is open inside it ends."""
        cdef Level level
        while self.state == HEADER:
            # a delimiter ends the entity being read, even inside its header
            self.flags |= bit(Anomaly.MISSING_BLANK_LINE)
            self._end_header(start, start)
        if index >= len(self.stack):
            # that header was one part too many: no level is left, and the line is content of what became the last leaf
            return self._body_line(start, end)
        self.flags |= self.body.end(self.base, self.fed)
        self._leave(index + 1, start, False)
        if closing:
            self._leave(index, start, True)
            self.state = EPILOGUE
            return self._begin_body(None, end)
        level = <Level>self.stack[index]
        level.children += 1
        return self._begin_header(end, level.digest)

    cdef int _leave(self, Py_ssize_t index, Py_ssize_t end, bint closed) except -1:
        """Every level from `index` on ends at `end`."""
        cdef Level level
        cdef Py_ssize_t i
        for i in range(index, len(self.stack)):
            level = <Level>self.stack[i]
            level.part.body_end = end
            if level.boundary is not None and not closed:
                self.flags |= bit(Anomaly.MISSING_END)
        del self.stack[index:]
        return 0

    cdef int _enter(self, Part part, str prefix) except -1:
        """`part` holds others: read its parts from body_start on."""
        cdef Level level = Level.__new__(Level)
        cdef Level outer
        level.part = part
        level.boundary = part.boundary
        level.prefix = prefix
        level.digest = part.declared == b"multipart/digest"
        if level.boundary is None:
            self.stack.append(level)
            return self._begin_header(part.body_start, False)
        if len(level.boundary) > MAX_BOUNDARY:
            self.flags |= bit(Anomaly.LONG_BOUNDARY)
        for outer in self.stack:
            if outer.boundary is not None and (
                outer.boundary.startswith(level.boundary) or level.boundary.startswith(outer.boundary)
            ):
                self.flags |= bit(Anomaly.REPEATED_BOUNDARY)
        self.stack.append(level)
        self.state = PREAMBLE
        return self._begin_body(None, part.body_start)

    cdef int _begin_body(self, Part part, Py_ssize_t start) except -1:
        self.fed = start
        return self.body.begin(part)

    # ---- header blocks -----------------------------------------------------------------------------------------

    cdef int _begin_header(self, Py_ssize_t start, bint default_message) except -1:
        self.state = HEADER
        self.header_start = start
        self.default_message = default_message
        self.field_start = -1
        self.any_field = False
        self.content = ContentFields.__new__(ContentFields)
        return 0

    cdef int _header_line(self, Py_ssize_t start, Py_ssize_t end) except -1:
        cdef const unsigned char* base = self.base
        cdef Py_ssize_t stop = end
        cdef Py_ssize_t level
        cdef bint closing = False
        cdef const unsigned char* colon
        cdef Py_ssize_t indent
        if base[stop - 1] == 0x0A:
            stop -= 1
            if stop > start and base[stop - 1] == 0x0D:
                stop -= 1
        if self.in_line:
            # a later piece of an over-long line belongs to the field that it began
            if self.field_start >= 0:
                self.field_end = stop
            return 0
        if stop == start:
            return self._end_header(start, end)
        if base[start] == 0x2D and stop - start > 2 and base[start + 1] == 0x2D:
            level = self._delimiter(start, end, &closing)
            if level >= 0:
                self.flags |= bit(Anomaly.BOUNDARY_IN_HEADER)
                return self._at_delimiter(level, closing, start, end)
        if base[start] == 0x20 or base[start] == 0x09:
            if self.field_start >= 0:
                self.field_end = stop
                indent = _indent(base + start, stop - start)
                self.folded |= content_name(base + start + indent, stop - start - indent) > 0
            else:
                self.flags |= bit(Anomaly.HEADER_JUNK)
            if _blank(base + start, stop - start):
                self.flags |= bit(Anomaly.HEADER_BLANK)
            return 0
        if self.stored and start == 0 and (
            (stop >= 5 and memcmp(base, b"From ", 5) == 0) or (stop >= 6 and memcmp(base, b">From ", 6) == 0)
        ):
            self.header_start = end
            return 0
        colon = <const unsigned char*>memchr(base + start, 0x3A, stop - start)
        if colon != NULL and colon != base + start:
            self._end_field()
            self.field_start = start
            self.folded = False
            self.name_end = colon - base
            self.field_end = stop
            return 0
        if self.any_field or self.field_start >= 0:
            self.flags |= bit(Anomaly.HEADER_JUNK)
            return self._end_field()
        # no header at all: what stands here is the body
        self.flags |= bit(Anomaly.NO_HEADER)
        self._end_header(start, start)
        if self.state != HEADER:
            self._body_line(start, end)
        return 0

    cdef int _end_field(self) except -1:
        """The field that was being read is complete: keep it if it is wanted."""
        cdef const unsigned char* base = self.base
        cdef Py_ssize_t start = self.field_start
        cdef Py_ssize_t name_end = self.name_end
        cdef Py_ssize_t value = name_end + 1
        cdef Py_ssize_t i
        if start < 0:
            return 0
        self.field_start = -1
        self.any_field = True
        while name_end > start and (base[name_end - 1] == 0x20 or base[name_end - 1] == 0x09):
            name_end -= 1
            self.flags |= bit(Anomaly.HEADER_NAME)
        for i in range(start, name_end):
            if base[i] <= 0x20 or base[i] >= 0x7F:
                self.flags |= bit(Anomaly.HEADER_NAME)
                break
        if has_sign_behind(base + start, name_end - start):
            self.flags |= bit(Anomaly.HEADER_NAME)
        if self.folded and hides_field(base + value, self.field_end - value):
            self.flags |= bit(Anomaly.HEADER_FOLD)
        if self.field_end - start > self.max_header or self.field_end - self.header_start > self.max_headers:
            self._limit("limit:header", "message")
        if self.top:
            self._remember_field(start, name_end, value, self.field_end)
        if name_end - start >= 12 and (base[start] | 0x20) == 0x63:
            self.content.add(base + start, name_end - start, base + value, min(self.field_end - value, self.max_header))
        return 0

    cdef int _remember_field(self, Py_ssize_t start, Py_ssize_t name_end, Py_ssize_t value, Py_ssize_t end) except -1:
        cdef Py_ssize_t* grown
        cdef const unsigned char* p = self.base + start
        cdef int i
        if self.field_count >= self.max_fields:
            return self._limit("limit:header", "message")
        if self.field_count == self.field_room:
            self.field_room = 2 * self.field_room + 32
            grown = <Py_ssize_t*>realloc(self.offsets, 4 * self.field_room * sizeof(Py_ssize_t))
            if grown == NULL:
                raise MemoryError
            self.offsets = grown
        grown = self.offsets + 4 * self.field_count
        grown[0] = start
        grown[1] = name_end
        grown[2] = value
        grown[3] = end
        self.field_count += 1
        if name_end - start == 8:
            for i in range(8):
                if (p[i] | 0x20) != (<const unsigned char*>b"received")[i]:
                    return 0
            self.received_lines += 1
        return 0

    cdef int _end_header(self, Py_ssize_t header_end, Py_ssize_t body_start) except -1:
        """The header block ends: make the part that it describes, and decide how its body is read."""
        cdef Part part = Part.__new__(Part)
        cdef Level outer = <Level>self.stack[-1] if self.stack else None
        cdef str prefix = ""
        cdef Py_ssize_t i
        cdef unsigned char c
        cdef unsigned char seen = 0
        cdef bint control = False
        self._end_field()
        self.top = False
        for i in range(self.header_start, header_end):
            c = self.base[i]
            seen |= c
            control |= (c < 0x20 and c != 0x0D and c != 0x0A and c != 0x09) or c == 0x7F
        if seen & 0x80:
            self.flags |= bit(Anomaly.HEADER_8BIT)
        if control:
            self.flags |= bit(Anomaly.HEADER_CONTROL)
        part.header_start = self.header_start
        part.header_end = header_end
        part.body_start = body_start
        part.body_end = body_start
        part.sha256 = ""
        self.flags |= self.content.describe(part, self.default_message)
        if outer is not None:
            prefix = outer.prefix
            if outer.boundary is not None and len(prefix) < MAX_PATH:
                prefix = f"{prefix}.{outer.children}" if prefix else str(outer.children)
        part.path = prefix
        if len(self.parts) >= self.max_parts:
            # everything from here on is one opaque leaf: no level is left whose delimiters could end it
            self._limit("limit:parts", "message")
            self._leave(0, body_start, True)
            part.path = "overflow"
        elif part.boundary is not None or part.is_message():
            if len(self.stack) < self.max_depth:
                if part.boundary is None and not prefix:
                    part.path = prefix = "1"
                self.parts.append(part)
                return self._enter(part, prefix)
            self._limit("limit:depth", prefix or "message")
        if outer is None or outer.boundary is None:
            # the only part of a message is its part 1 (RFC 9051 section 6.4.5)
            part.path = f"{prefix}.1" if prefix else "1"
        part.leaf = True
        self.parts.append(part)
        self.state = LEAF
        return self._begin_body(part, body_start)
