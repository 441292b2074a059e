# cython: language_level=3
"""The text view: what phrases are matched on, and where in the source it came from.

In: the decoded bytes of a text, piece by piece, each with the span of the source line it came from. Through charset
(charset.pyx), markup (markup.pyx) and folding (folding.pyx) to the view, and over the view runs the phrase automaton.
Of plain text, the marks > in front of quoted lines are no part of the view.
Out: each phrase once, with the span of the source lines it lies on. View and phrases do not depend on how the bytes are
split; spans are those of the pieces.

Where the charset lets ASCII mean something else (UTF-16, UTF-7, ISO 2022, EBCDIC ...), the bytes are also read as
UTF-8, since the label may be wrong; the view itself is the labelled reading.
Limits: SOURCES pieces with text are remembered, a phrase that begins earlier is given the oldest; HITS_CAP phrases.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from libc.stdint cimport uint8_t
from libc.string cimport memchr

from bartizan._core.automaton cimport Automaton, hitlist_free
from bartizan._core.charset cimport (
    CHARSET_CODEC, charset_decoder, charset_end, charset_find, charset_next,
)
from bartizan._core.folding cimport FOLD_ROOM, fold_next
from bartizan._core.markup cimport markup_end, markup_free, markup_init, markup_next

cdef enum:
    PIECE = 65536       # longest piece of a line that scan_text feeds


cdef class TextView:
    """One text as it streams by. See text.pxd for its C methods."""

    def __cinit__(self, bytes charset not None, bint html, Automaton automaton, bint keep=False):
        self.hits = []
        self.html = html
        self.automaton = automaton
        self.kept = bytearray() if keep else None
        self.folder.space = True
        self.line_start = True
        markup_init(&self.markup)
        charset_find(&self.charset, charset)
        if self.charset.kind == CHARSET_CODEC:
            self.decoder = charset_decoder(&self.charset)
        if not self.charset.ascii and automaton is not None:
            self.other = TextView(b"utf-8", html, automaton)
        if automaton is not None and automaton.unique(&self.found) < 0:
            raise MemoryError

    def __dealloc__(self):
        markup_free(&self.markup)
        hitlist_free(&self.found)

    cdef int feed(self, const unsigned char* p, Py_ssize_t n, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1:
        cdef const uint8_t* span
        cdef Py_ssize_t used, length
        if n <= 0:
            return 0
        if self.other is not None:
            self.other.feed(p, n, raw_start, raw_end)
        self._remember(raw_start, raw_end)
        if self.decoder is not None:
            self._decoded(PyBytes_FromStringAndSize(<const char*>p, n), False, raw_start, raw_end)
        else:
            while n > 0:
                used = charset_next(&self.charset, p, n, &span, &length)
                if length:
                    self._text(span, length, raw_start, raw_end)
                p += used
                n -= used
        return self._match()

    cdef int finish(self) except -1:
        """The end of the text: what was held back is matched too."""
        cdef const uint8_t* span
        cdef Py_ssize_t length
        cdef Py_ssize_t start = 0, end = 0
        if self.sources:
            start = self.source[self.sources - 1 & SOURCES - 1].start
            end = self.source[self.sources - 1 & SOURCES - 1].end
        if self.decoder is not None:
            self._decoded(b"", True, start, end)
        else:
            charset_end(&self.charset, &span, &length)
            if length:
                self._text(span, length, start, end)
        if self.html:
            markup_end(&self.markup, &span, &length)
            if length:
                if self.markup.replayed:
                    self._remember(self.construct_start, end)
                self._fold(span, length)
        self._match()
        if self.other is not None:
            self.other.finish()
            seen = {index for index, _, _ in self.hits}
            self.hits += [hit for hit in self.other.hits if hit[0] not in seen]
            self.overflow |= self.other.overflow
            self.other = None
        return 0

    cdef int _decoded(self, bytes piece, bint final, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1:
        """Bytes through the Python codec."""
        cdef bytes content
        try:
            text = self.decoder.decode(piece, final)
        except UnicodeError:
            # The codec's own buffer overflowed on a malformed escape sequence: begin anew.
            self.decoder.reset()
            text = piece.decode("latin-1")
        content = text.encode("utf-8", "replace")
        if content:
            self._text(<const uint8_t*>PyBytes_AS_STRING(content), PyBytes_GET_SIZE(content), raw_start, raw_end)
        return 0

    cdef int _text(self, const uint8_t* p, Py_ssize_t n, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1:
        """Valid UTF-8 through markup removal."""
        cdef const uint8_t* span
        cdef Py_ssize_t used, length
        if not self.html:
            return self._unquoted(p, n)
        while n > 0:
            used = markup_next(&self.markup, p, n, &span, &length)
            if used < 0:
                raise MemoryError
            if self.markup.opened:
                self.construct_start = raw_start
                self.markup.opened = False
            if self.markup.replayed:
                self._remember(self.construct_start, raw_end)
                self._fold(span, length)
                self._remember(raw_start, raw_end)
            elif length:
                self._fold(span, length)
            p += used
            n -= used
        return 0

    cdef int _unquoted(self, const uint8_t* p, Py_ssize_t n) except -1:
        """Plain text without the > in front of quoted lines."""
        cdef const uint8_t* found
        cdef Py_ssize_t at = 0, stop, back
        # Proof: at <= back <= stop <= n in every round, and p[back - 1] is read for back > at only.
        while at < n:
            found = <const uint8_t*>memchr(p + at, 0x3E, n - at)
            stop = found - p if found != NULL else n
            back = stop
            while back > at and (p[back - 1] == 0x20 or p[back - 1] == 0x09):
                back -= 1
            if back > at:
                self.line_start = p[back - 1] == 0x0A or p[back - 1] == 0x0D
            if found == NULL:
                return self._fold(p + at, n - at)
            self._fold(p + at, stop + (not self.line_start) - at)
            at = stop + 1
        return 0

    cdef int _fold(self, const uint8_t* p, Py_ssize_t n) except -1:
        cdef Py_ssize_t used, written
        while n > 0:
            if self.count > VIEW_ROOM - FOLD_ROOM:
                self._match()
            used = fold_next(&self.folder, p, n, self.room + self.count, VIEW_ROOM - self.count, &written)
            self.count += written
            p += used
            n -= used
        return 0

    cdef int _match(self) except -1:
        """Runs the automaton over the gathered view bytes and lets them go."""
        cdef Py_ssize_t k, end
        cdef int phrase
        if self.count == 0:
            return 0
        if self.kept is not None:
            self.kept += self.room[: self.count]
        if self.automaton is not None:
            k = self.found.count
            if self.automaton.scan(&self.state, self.room, self.count, self.offset, &self.found) < 0:
                raise MemoryError
            for k in range(k, self.found.count):
                phrase = self.found.items[k].phrase
                end = self.found.items[k].end
                self.hits.append((
                    phrase,
                    self._source_of(end - self.automaton.lengths[phrase]).start,
                    self._source_of(end - 1).end,
                ))
            self.overflow = self.found.overflow
        self.offset += self.count
        self.count = 0
        return 0

    cdef void _remember(self, Py_ssize_t raw_start, Py_ssize_t raw_end) noexcept:
        """View bytes from here on come from raw[raw_start:raw_end]. A piece that gave none is forgotten again."""
        cdef Source* latest = &self.source[self.sources - 1 & SOURCES - 1]
        if self.sources and raw_start >= raw_end:
            return          # bytes that the decoder had held back: they belong to the piece before
        if self.sources == 0 or latest.offset != self.offset + self.count:
            self.sources += 1
            latest = &self.source[self.sources - 1 & SOURCES - 1]
        latest.offset = self.offset + self.count
        latest.start = raw_start
        latest.end = raw_end

    cdef Source* _source_of(self, Py_ssize_t offset) noexcept:
        """The piece that the view byte at `offset` came from, or the oldest one remembered."""
        cdef Py_ssize_t k = self.sources - 1, oldest = max(0, self.sources - SOURCES)
        while k > oldest and self.source[k & SOURCES - 1].offset > offset:
            k -= 1
        return &self.source[k & SOURCES - 1]


cdef int _feed_lines(TextView view, const unsigned char[::1] data) except -1:
    """Feeds data line by line, offsets as spans."""
    cdef Py_ssize_t at = 0, stop, n = data.shape[0]
    cdef const unsigned char* found
    cdef const unsigned char* p
    if n:
        p = &data[0]
        while at < n:
            stop = min(n, at + PIECE)
            found = <const unsigned char*>memchr(p + at, 0x0A, stop - at)
            if found != NULL:
                stop = found - p + 1
            view.feed(p + at, stop - at, at, stop)
            at = stop
    return view.finish()


def scan_text(const unsigned char[::1] data not None, str charset not None, bint html, Automaton automaton not None):
    """Phrases in a text: (phrase index, start, end), each at most once; the span is that of the lines it lies on."""
    cdef TextView view = TextView(charset.encode("utf-8", "replace"), html, automaton)
    _feed_lines(view, data)
    return view.hits


def view(const unsigned char[::1] data not None, str charset not None, bint html):
    """The text view of a whole text, as phrases see it."""
    cdef TextView made = TextView(charset.encode("utf-8", "replace"), html, None, True)
    _feed_lines(made, data)
    return bytes(made.kept)


def scan_pieces(list pieces not None, bytes charset not None, bint html, Automaton automaton):
    """The view and the hits of a text that comes as (bytes, raw start, raw end), for tests."""
    cdef TextView made = TextView(charset, html, automaton, True)
    cdef bytes piece
    for piece, start, end in pieces:
        made.feed(<const unsigned char*>PyBytes_AS_STRING(piece), len(piece), start, end)
    made.finish()
    return bytes(made.kept), made.hits


def fold(str text not None):
    """The view of a plain text: what phrases are compiled from."""
    return view(text.encode("utf-8", "replace"), "utf-8", False)
