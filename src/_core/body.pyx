# cython: language_level=3
"""The content of one leaf after another: transfer decoding, sha256, and the text view with its phrases.

In: the body's bytes in order, a line or a piece of one at a time. Out: size, sha256 and (if kept) content in the Part,
phrase hits. Prose (a preamble or epilogue) is matched as plain text and gives no part.
Limits: MAX_HITS phrase hits a message.
"""

from hashlib import sha256

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.memoryview cimport PyMemoryView_FromMemory

from bartizan._core.anomaly cimport Anomaly, Flags, bit
from bartizan._core.octets cimport Octets
from bartizan._core.transfer cimport (
    B64_JUNK, B64_PADDING, B64_TRUNCATED, DECODE_ROOM, IDENTITY, QP_BAD, QP_BARE, UU_BAD, UU_TRUNCATED,
    decode, decode_end, decoder_init,
)

cdef extern from "Python.h":
    int PyBUF_READ

cdef enum:
    BLOCK = 32768       # bytes gathered before they are hashed
    MAX_HITS = 100000


cdef object _memory(const unsigned char* p, Py_ssize_t n):
    return PyMemoryView_FromMemory(<char*>p, n, PyBUF_READ)


cdef class Body:
    """Decodes one body at a time; the object and its buffer are used again for the next."""

    def __cinit__(self, Automaton automaton, bint keep):
        self.automaton = automaton if automaton is not None and len(automaton) else None
        self.keep = keep
        self.hits = []
        self.out = Octets()

    cdef int begin(self, Part part) except -1:
        """A body begins: of the leaf `part`, or prose when that is None."""
        self.part = part
        self.out.length = 0
        self.view = None
        if part is None:
            if self.automaton is not None:
                self.view = TextView(b"", False, self.automaton)
            return 0
        self.digest = None
        self.hashed = part.body_start
        if part.transfer != IDENTITY:
            decoder_init(&self.decoder, part.transfer)
            self.digest = sha256()
        if self.automaton is not None and part.is_text():
            self.view = TextView(part.charset, part.is_html(), self.automaton)
        return 0

    cdef int feed(self, const unsigned char* p, Py_ssize_t n, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1:
        """n more bytes of the body, which lie on the source line raw[raw_start:raw_end]."""
        cdef Py_ssize_t count
        if self.part is None or self.part.transfer == IDENTITY:
            if self.view is not None:
                self.view.feed(p, n, raw_start, raw_end)
            return 0
        self.out.make_room(n + DECODE_ROOM)
        count = decode(&self.decoder, p, n, self.out.data + self.out.length, self.out.room - self.out.length)
        return self._decoded(count, raw_start, raw_end)

    cdef int _decoded(self, Py_ssize_t n, Py_ssize_t raw_start, Py_ssize_t raw_end) except -1:
        if self.view is not None and n:
            self.view.feed(self.out.data + self.out.length, n, raw_start, raw_end)
        self.out.length += n
        self.part.size += n
        if self.out.length >= BLOCK and not self.keep:
            self.digest.update(_memory(self.out.data, self.out.length))
            self.out.length = 0
        return 0

    cdef int catch_up(self, const unsigned char* base, Py_ssize_t fed) except -1:
        """Hash what has arrived of a large body that is not encoded, so that its end costs no more than any piece."""
        if self.part is not None and self.part.transfer == IDENTITY and fed - self.hashed >= BLOCK:
            if self.digest is None:
                self.digest = sha256()
            self.digest.update(_memory(base + self.hashed, fed - self.hashed))
            self.hashed = fed
        return 0

    cdef Flags end(self, const unsigned char* base, Py_ssize_t raw_end) except? 0:
        """The body ends at raw offset `raw_end` of the message at `base`: complete the part; its anomalies."""
        cdef Part part = self.part
        cdef Flags flags = 0
        cdef Py_ssize_t count
        if part is not None:
            part.body_end = raw_end
            if part.transfer == IDENTITY:
                part.size = raw_end - part.body_start
                if self.digest is None:
                    self.digest = sha256()
                self.digest.update(_memory(base + self.hashed, raw_end - self.hashed))
            else:
                self.out.make_room(DECODE_ROOM)
                count = decode_end(&self.decoder, self.out.data + self.out.length, self.out.room - self.out.length)
                self._decoded(count, raw_end, raw_end)
                self.digest.update(_memory(self.out.data, self.out.length))
                if self.keep:
                    part.content = PyBytes_FromStringAndSize(<char*>self.out.data, self.out.length)
                flags = _decoder_flags(self.decoder.anomalies)
            part.sha256 = self.digest.hexdigest()
        if self.view is not None:
            self.view.finish()
            if len(self.hits) < MAX_HITS:
                self.hits += self.view.hits
            self.view = None
        self.part = None
        return flags


cdef Flags _decoder_flags(unsigned int found) noexcept:
    """The decoder's anomalies as the message's."""
    cdef Flags flags = 0
    if found & B64_JUNK:
        flags |= bit(Anomaly.BASE64_JUNK)
    if found & B64_PADDING:
        flags |= bit(Anomaly.BASE64_PADDING)
    if found & B64_TRUNCATED:
        flags |= bit(Anomaly.BASE64_TRUNCATED)
    if found & QP_BAD:
        flags |= bit(Anomaly.QP_BAD)
    if found & QP_BARE:
        flags |= bit(Anomaly.QP_BARE)
    if found & UU_BAD:
        flags |= bit(Anomaly.UU_BAD)
    if found & UU_TRUNCATED:
        flags |= bit(Anomaly.UU_TRUNCATED)
    return flags
