# cython: language_level=3
"""One MIME entity, and what its Content-* fields say about it (RFC 2045 sections 5 and 6, RFC 2183).

In: the raw values of Content-Type, Content-Transfer-Encoding and Content-Disposition. Out: a described Part, and flags.
Of several fields, or several boundary or charset parameters, the first wins; file names are taken from all of them.
Not here: names (bartizan.message.names), where a part begins and ends (mime).
Limits: MAX_REPEATS fields of a kind are looked at.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize

from bartizan._core.anomaly cimport Anomaly, Flags, bit
from bartizan._core.headers cimport BAD, COMMENT, parse_token, parse_value, unfold
from bartizan._core.transfer cimport BASE64, IDENTITY, QP, UU

cdef enum:
    MAX_REPEATS = 20

# MIME's ways of saying "as it is", and every name of the encodings that are decoded
cdef dict ENCODINGS = {
    b"": IDENTITY, b"7bit": IDENTITY, b"8bit": IDENTITY, b"binary": IDENTITY,
    b"base64": BASE64, b"quoted-printable": QP,
    b"uuencode": UU, b"x-uuencode": UU, b"x-uue": UU, b"uue": UU, b"x-uu": UU,
    b"uu": UU, b"uuencoded": UU, b"x-uuencoded": UU,
}
cdef frozenset MESSAGES = frozenset([b"message/rfc822", b"message/global", b"message/news"])
cdef frozenset MARKUP = frozenset(
    [
        b"text/html", b"text/xhtml", b"text/xml", b"text/enriched", b"text/richtext", b"application/xhtml+xml",
        b"application/xml",
    ]
)


cdef class Part:
    """One entity; see bartizan.model.message.Part. Bytes as they stand in the message, names not yet decoded.

    `content` is the decoded body when it was kept and differs from the body's own bytes, else None.
    """

    cdef bint is_message(self):
        return self.declared in MESSAGES and self.transfer == IDENTITY

    cdef bint is_text(self):
        return self.declared.startswith(b"text/") or self.declared in MARKUP

    cdef bint is_html(self):
        return self.declared in MARKUP


cdef bint _is(const unsigned char* name, Py_ssize_t size, const unsigned char* lower, Py_ssize_t n) noexcept nogil:
    """Is `name` the lower-case name `lower`, in any case?"""
    cdef Py_ssize_t i
    cdef unsigned char c
    if size != n:
        return False
    for i in range(n):
        c = name[i]
        if 0x41 <= c <= 0x5A:
            c += 32
        if c != lower[i]:
            return False
    return True


cdef class ContentFields:
    """The Content-* fields of one header block."""

    cdef int add(self, const unsigned char* name, Py_ssize_t size, const unsigned char* value, Py_ssize_t length) except -1:
        """Keep the field if it is one of the three; `length` is already bounded by the caller."""
        cdef list kept
        if _is(name, size, b"content-type", 12):
            if self.types is None:
                self.types = []
            kept = self.types
        elif _is(name, size, b"content-transfer-encoding", 25):
            if self.encodings is None:
                self.encodings = []
            kept = self.encodings
        elif _is(name, size, b"content-disposition", 19):
            if self.dispositions is None:
                self.dispositions = []
            kept = self.dispositions
        else:
            return 0
        if len(kept) < MAX_REPEATS:
            kept.append(PyBytes_FromStringAndSize(<const char*>value, length))
        return 0

    cdef Flags describe(self, Part part, bint default_message) except? 0:
        """Fill in what the fields say; `default_message`: without a type it is a message (multipart/digest)."""
        cdef Flags flags = self._type(part, default_message)
        flags |= self._encoding(part)
        return flags | self._disposition(part)

    cdef Flags _syntax(self, int found, int bad) noexcept:
        cdef Flags flags = 0
        if found & BAD:
            flags |= bit(bad)
        if found & COMMENT:
            flags |= bit(Anomaly.COMMENT)
        return flags

    cdef Flags _type(self, Part part, bint default_message) except? 0:
        cdef Flags flags = 0
        cdef list parameters = []
        cdef bytes token = None
        cdef bytes name, value, first
        cdef list found
        cdef int syntax
        part.type_parameters = parameters
        part.charset = b""
        if self.types is None:
            part.declared = b"message/rfc822" if default_message else b"text/plain"
            return 0
        if len(self.types) > 1:
            flags |= bit(Anomaly.DUPLICATE_CONTENT_TYPE)
        for field in self.types:
            first, found, syntax = parse_value(unfold(field))
            if token is None:
                token = first
            parameters += found
            flags |= self._syntax(syntax, Anomaly.BAD_CONTENT_TYPE)
        if token.count(b"/") != 1 or token.startswith(b"/") or token.endswith(b"/"):
            flags |= bit(Anomaly.BAD_CONTENT_TYPE)
            token = b"text/plain"
        part.declared = token
        for name, value in parameters:
            if name == b"charset" and not part.charset:
                part.charset = value.lower()
            elif name == b"boundary":
                value = value.rstrip()
                if part.boundary is None:
                    part.boundary = value
                elif part.boundary != value:
                    flags |= bit(Anomaly.DUPLICATE_BOUNDARY)
            elif name.startswith(b"boundary*"):
                flags |= bit(Anomaly.DUPLICATE_BOUNDARY)
        if not token.startswith(b"multipart/"):
            if part.boundary is not None:
                flags |= bit(Anomaly.STRAY_BOUNDARY)
            part.boundary = None
        elif not part.boundary:
            flags |= bit(Anomaly.MISSING_BOUNDARY)
            part.boundary = None
        return flags

    cdef Flags _encoding(self, Part part) except? 0:
        cdef Flags flags = 0
        cdef int syntax = 0
        part.encoding = b""
        part.transfer = IDENTITY
        if self.encodings is None:
            return 0
        if len(self.encodings) > 1:
            flags |= bit(Anomaly.DUPLICATE_ENCODING)
        part.encoding = parse_token(unfold(self.encodings[0]), &syntax)
        flags |= self._syntax(syntax, Anomaly.BAD_ENCODING)
        if part.encoding not in ENCODINGS:
            flags |= bit(Anomaly.UNKNOWN_ENCODING)
        elif not part.encoding:
            flags |= bit(Anomaly.BAD_ENCODING)
        part.transfer = ENCODINGS.get(part.encoding, IDENTITY)
        if part.transfer != IDENTITY and part.boundary is not None:
            # RFC 2045 section 6.4 forbids it: a multipart is read as it stands
            flags |= bit(Anomaly.ENCODED_MULTIPART)
        return flags

    cdef Flags _disposition(self, Part part) except? 0:
        cdef Flags flags = 0
        cdef list parameters = []
        cdef list found
        cdef int syntax
        part.disposition = b""
        part.disposition_parameters = parameters
        if self.dispositions is None:
            return 0
        if len(self.dispositions) > 1:
            flags |= bit(Anomaly.DUPLICATE_DISPOSITION)
        for field in self.dispositions:
            token, found, syntax = parse_value(unfold(field))
            if b"=" in token:
                # parameters without the kind that should stand before them
                token, found, syntax = parse_value(b";" + unfold(field))
                syntax |= BAD
            if not part.disposition:
                part.disposition = token
            parameters += found
            flags |= self._syntax(syntax, Anomaly.BAD_DISPOSITION)
        return flags
