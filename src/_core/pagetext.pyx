# cython: language_level=3
"""The strings that a page's content shows, in order, with what moves between them (ISO 32000-2 section 9.4).

In: a content stream. Out: pieces (kind, bytes): TEXT a string as it is encoded, FONT the name of the font from here on
(as it is written), and where the text goes on elsewhere: GAP by a narrow and SPACE by a wide gap in a TJ array, MOVE on
the same line, LINE on another one; between two strings the strongest of them, that is the greatest. Strings with none
between are one piece.
What is damaged is passed over: a string without end hides what follows, as it does from readers.
Limits: `most` pieces; linear.
Known gaps: positions are not computed, so that text keeps the order in which it is drawn.
Not here: what the codes in strings mean (unpack/pdffonts).
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Free, PyMem_Malloc

TEXT = 0
FONT = 1
GAP = 2
MOVE = 3
SPACE = 4
LINE = 5

cdef double NARROW = -140
cdef double WIDE = -230
"""Thousandths of the font's size; a space has 250 or more."""
cdef Py_ssize_t NUMBERS = 6

cdef tuple _APART = ((2, b""), (3, b""), (4, b""), (5, b""))

cdef bint[256] _WHITE
cdef bint[256] _DELIMITER
for _c in tuple(b"\0\t\n\f\r "):
    _WHITE[<int>_c] = True
for _c in tuple(b"()<>[]{}/%"):
    _DELIMITER[<int>_c] = True


cdef inline int _digit(unsigned char c) noexcept:
    """The value of a hexadecimal digit, or -1."""
    if 48 <= c <= 57:
        return c - 48
    c |= 32
    return c - 87 if 97 <= c <= 102 else -1


cdef class _Content:
    """One content stream: `i` is where it is read, `text` holds `size` bytes shown since the last piece, `apart` is how
    they stand apart from it, `some`: there was text already, `endless`: no image ends from here on."""

    cdef const unsigned char[::1] data
    cdef Py_ssize_t n, i, size, most
    cdef unsigned char* text
    cdef list found
    cdef double[6] numbers
    cdef Py_ssize_t count
    cdef double y, scale
    cdef int apart
    cdef bint full, some, endless

    def __cinit__(self, const unsigned char[::1] data, Py_ssize_t most):
        self.data = data
        self.n = data.shape[0]
        self.most = most
        self.found = []
        self.scale = 1
        # No string is longer than what it is written as, and each is emptied once: `n` bytes are enough.
        self.text = <unsigned char*>PyMem_Malloc(self.n + 1)
        if self.text == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.text)

    cdef void ends(self):
        """The text so far is a piece."""
        if self.size:
            if self.apart:
                self.found.append(_APART[self.apart - 2])
            self.apart = 0
            self.found.append((0, PyBytes_FromStringAndSize(<char*>self.text, self.size)))
            self.size = 0
            self.some = True
        if len(self.found) >= self.most:
            self.full = True

    cdef void goes_on(self, int kind):
        """What comes next stands apart from the text so far."""
        self.ends()
        if self.some:
            self.apart = max(self.apart, kind)

    cdef void moved(self, double x, double y):
        """The text goes on somewhere else."""
        if y:
            self.goes_on(5)
        elif x:
            self.goes_on(3)

    cdef void literal(self):
        """The string whose parenthesis is before `i`."""
        cdef int depth = 1, k, code
        cdef unsigned char c
        cdef Py_ssize_t start = self.size
        while self.i < self.n:
            c = self.data[self.i]
            self.i += 1
            if c == 0x28:
                depth += 1
            elif c == 0x29:
                depth -= 1
                if depth == 0:
                    return
            elif c == 0x5C:
                if self.i >= self.n:
                    break
                c = self.data[self.i]
                self.i += 1
                if 48 <= c <= 55:
                    code = c - 48
                    for k in range(2):
                        if self.i < self.n and 48 <= self.data[self.i] <= 55:
                            code = code * 8 + self.data[self.i] - 48
                            self.i += 1
                        else:
                            break
                    c = <unsigned char>(code & 255)
                elif c == 0x6E:
                    c = 10
                elif c == 0x72:
                    c = 13
                elif c == 0x74:
                    c = 9
                elif c == 0x62:
                    c = 8
                elif c == 0x66:
                    c = 12
                elif c == 10:
                    continue
                elif c == 13:
                    if self.i < self.n and self.data[self.i] == 10:
                        self.i += 1
                    continue
            self.text[self.size] = c
            self.size += 1
        self.size = start

    cdef void hexadecimal(self):
        """The digits behind a <."""
        cdef int high = -1, digit
        cdef unsigned char c
        while self.i < self.n:
            c = self.data[self.i]
            self.i += 1
            if c == 0x3E:
                break
            digit = _digit(c)
            if digit < 0:
                continue
            if high < 0:
                high = digit
            else:
                self.text[self.size] = <unsigned char>(high << 4 | digit)
                self.size += 1
                high = -1
        if high >= 0:
            self.text[self.size] = <unsigned char>(high << 4)
            self.size += 1

    cdef void number(self, Py_ssize_t start, Py_ssize_t end):
        """Keep a number as the last operand."""
        cdef double value = 0, place = 0
        cdef bint negative = False
        cdef Py_ssize_t k
        cdef unsigned char c
        for k in range(start, end):
            c = self.data[k]
            if 48 <= c <= 57:
                if place:
                    value += (c - 48) * place
                    place /= 10
                elif value < 1e15:
                    value = value * 10 + (c - 48)
            elif c == 0x2E:
                place = 0.1
            elif c == 0x2D:
                negative = True
        if self.count == NUMBERS:
            for k in range(NUMBERS - 1):
                self.numbers[k] = self.numbers[k + 1]
            self.count -= 1
        self.numbers[self.count] = -value if negative else value
        self.count += 1

    cdef double last(self, Py_ssize_t back):
        """An operand, counted from the last one (1)."""
        return self.numbers[self.count - back] if self.count >= back else 0

    cdef void image(self):
        """Skip the bytes of an image in the content, up to the operator that ends it."""
        cdef Py_ssize_t k
        if self.endless:
            return
        for k in range(self.i + 1, self.n - 1):
            if (
                self.data[k] == 0x45
                and self.data[k + 1] == 0x49
                and _WHITE[self.data[k - 1]]
                and (k + 2 >= self.n or _WHITE[self.data[k + 2]])
            ):
                self.i = k + 2
                return
        self.endless = True

    cdef list read(self):
        """All pieces."""
        cdef unsigned char c, d
        cdef Py_ssize_t start, name_at = 0, name_end = 0, shown = 0
        cdef bint array = False
        cdef double value
        # Strings are written into `text` at once, and taken back (`shown`) if no operator shows them.
        while self.i < self.n and not self.full:
            c = self.data[self.i]
            if _WHITE[c]:
                self.i += 1
                continue
            start = self.i
            self.i += 1
            if c == 0x28:
                if not array:
                    self.size = shown
                self.literal()
                continue
            if c == 0x3C:
                if self.i < self.n and self.data[self.i] == 0x3C:
                    self.i += 1
                    continue
                if not array:
                    self.size = shown
                self.hexadecimal()
                continue
            if c == 0x5B:
                array = True
                self.size = shown
                self.count = 0
                continue
            if c == 0x5D:
                array = False
                continue
            if c == 0x25:
                while self.i < self.n and self.data[self.i] != 10 and self.data[self.i] != 13:
                    self.i += 1
                continue
            if _DELIMITER[c] and c != 0x2F:
                continue
            while self.i < self.n and not _WHITE[self.data[self.i]] and not _DELIMITER[self.data[self.i]]:
                self.i += 1
                if c != 0x2F and (self.data[self.i - 1] == 0x27 or self.data[self.i - 1] == 0x22):
                    break
            if c == 0x2F:
                name_at, name_end = start + 1, self.i
                continue
            if 48 <= c <= 57 or c == 0x2D or c == 0x2E or c == 0x2B:
                self.number(start, self.i)
                if array:
                    value = self.numbers[self.count - 1]
                    self.count = 0
                    if value <= WIDE:
                        self.goes_on(4)
                        shown = 0
                    elif value <= NARROW:
                        self.goes_on(2)
                        shown = 0
                continue
            array = False
            d = self.data[start + 1] if self.i == start + 2 else 0
            if c == 0x54 and (d == 0x6A or d == 0x4A):  # Tj TJ
                shown = self.size
            elif self.i == start + 1 and (c == 0x27 or c == 0x22):  # ' and "
                self.before(shown)
                shown = self.size
            else:
                self.size = shown
                if c == 0x54 and d == 0x66:  # Tf
                    self.ends()
                    self.found.append((1, bytes(self.data[name_at:name_end])))
                    shown = 0
                elif c == 0x54 and (d == 0x64 or d == 0x44):  # Td TD
                    self.y += self.last(1) * self.scale
                    self.moved(self.last(2), self.last(1))
                    shown = self.size
                elif c == 0x54 and d == 0x6D:  # Tm
                    self.scale = self.last(3)
                    self.moved(1, self.last(1) - self.y)
                    self.y = self.last(1)
                    shown = self.size
                elif c == 0x54 and d == 0x2A:  # T*
                    self.goes_on(5)
                    shown = 0
                elif c == 0x45 and d == 0x54:  # ET
                    self.goes_on(3)
                    shown = 0
                elif c == 0x49 and d == 0x44:  # ID
                    self.image()
            self.count = 0
        self.size = shown
        self.ends()
        return self.found

    cdef void before(self, Py_ssize_t shown):
        """Put the end of a line between what was shown and the string that comes now."""
        cdef Py_ssize_t k, size = self.size - shown
        self.size = shown
        self.goes_on(5)
        if shown:
            for k in range(size):
                self.text[k] = self.text[shown + k]
        self.size = size


def pieces(const unsigned char[::1] data not None, Py_ssize_t most) -> list:
    """The pieces of a content stream; as many as `most`, or one more: there may be others."""
    return _Content(data, most).read()
