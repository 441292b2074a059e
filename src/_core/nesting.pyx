# cython: language_level=3
"""A page without some of its elements, each of which ends where browsers end it.

In: a page, and where the start tags stand of elements to be left out. Out: the rest of the page.
Ends are those of the tree construction of HTML (section 13.2.6) as far as they decide what is inside an element: tags
that close others with them, paragraphs that end at a block, cells whose content cannot close what is around them, and
end tags of letters' styles among blocks. What is never closed goes on to the end of the page.
Limits: DEPTH open elements, as in browsers; what is deeper is told. Linear: some steps a tag and level.
Known gaps: forms, frames, foreign content, what browsers move out of tables.
Not here: which elements (bartizan.detect.pages); tags and quotes are found as pagehints finds them.
"""

from libc.stdint cimport uint8_t, uint16_t
from libc.string cimport memchr

from bartizan._core.hints cimport is_tag, letter
from bartizan._core.pagehints cimport past_comment, raw_end, SPACE

cdef enum:
    DEPTH = 512
    NAME = 24           # of an element; what is longer is compared by its beginning

# Kinds of elements, by what their tags do.
cdef enum:
    PLAIN = 0           # is closed by its own end tag, if no block is open in it
    VOID = 1            # has no content
    BLOCK = 2           # closes what is open in it; ends a paragraph
    SCOPE = 4           # what is in it closes nothing around it
    STYLED = 8          # letters: its end tag leaves blocks open that are in it
    AGAIN = 16          # ends where the next of its kind begins

cdef dict _KINDS = {
    **dict.fromkeys(b"area base br col embed hr img input link meta source track wbr".split(), VOID),
    **dict.fromkeys(
        b"address article aside blockquote body button center details dialog dir div dl fieldset figcaption figure "
        b"footer form h1 h2 h3 h4 h5 h6 header hgroup html iframe listing main menu nav ol p pre search section "
        b"select summary tbody tfoot thead tr ul xmp".split(), BLOCK),
    **dict.fromkeys(b"dd dt li".split(), BLOCK | AGAIN),
    **dict.fromkeys(b"caption table template object marquee applet".split(), BLOCK | SCOPE),
    **dict.fromkeys(b"td th".split(), BLOCK | SCOPE | AGAIN),
    **dict.fromkeys(b"a b big code em font i nobr s small strike strong tt u".split(), STYLED),
    b"option": AGAIN,
}
cdef frozenset _TABLES = frozenset(b"table tbody td tfoot th thead tr caption".split())


cdef struct Open:
    int name            # number of its name
    int kind


cdef class _Names:
    """Names of elements by number, and what is known of them."""

    cdef dict numbers
    cdef list kinds, tables

    def __cinit__(self):
        self.numbers = {}
        self.kinds = []
        self.tables = []

    cdef int number(self, const uint8_t* p, Py_ssize_t at, Py_ssize_t n):
        cdef Py_ssize_t stop = at
        cdef bytes name
        while stop < n and stop - at < NAME and not SPACE[p[stop]] and p[stop] != 0x2F and p[stop] != 0x3E:
            stop += 1
        name = p[at:stop].lower()
        known = self.numbers.get(name)
        if known is None:
            known = self.numbers[name] = len(self.kinds)
            self.kinds.append(_KINDS.get(name, PLAIN))
            self.tables.append(name in _TABLES)
        return known


cdef Py_ssize_t _past_tag(const uint8_t* p, Py_ssize_t at, Py_ssize_t n) noexcept nogil:
    """Where a tag ends: behind the first > that is in no quotes, or n."""
    cdef const uint8_t* found
    cdef uint8_t quote
    while at < n:
        if p[at] == 0x3E:
            return at + 1
        at += 1
        if p[at - 1] != 0x3D:
            continue
        while at < n and SPACE[p[at]]:
            at += 1
        if at >= n:
            break
        quote = p[at]
        if quote == 0x22 or quote == 0x27:
            found = <const uint8_t*>memchr(p + at + 1, quote, n - at - 1)
            if found == NULL:
                break
            at = found - p + 1
        else:
            while at < n and not SPACE[p[at]] and p[at] != 0x3E:
                at += 1
    return n


cdef class _Stack:
    """The open elements: `hidden` is the place of the outermost one that is left out, or -1; `full`: there were more
    than have room, and where the others end is not sure."""

    cdef Open[512] open
    cdef int size, hidden
    cdef bint full

    def __cinit__(self):
        self.size = 0
        self.hidden = -1
        self.full = False

    cdef void push(self, int name, int kind, bint out):
        if self.size < DEPTH:
            self.open[self.size] = Open(name, kind)
            if out and self.hidden < 0:
                self.hidden = self.size
            self.size += 1
        else:
            self.full = True

    cdef void cut(self, int size):
        """Close all but the first `size`."""
        self.size = size
        if self.hidden >= size:
            self.hidden = -1

    cdef int find(self, int name, int stops):
        """The place of the innermost open element of this name, -1 if none is or one of the kinds `stops` is nearer."""
        cdef int at = self.size - 1
        while at >= 0:
            if self.open[at].name == name:
                return at
            if self.open[at].kind & stops:
                return -1
            at -= 1
        return -1

    cdef void start(self, int name, int kind, int paragraph):
        """What a start tag closes."""
        cdef int at
        if kind & BLOCK and not kind & SCOPE:
            at = self.find(paragraph, SCOPE)
            if at >= 0:
                self.cut(at)
        if kind & AGAIN and self.size and self.open[self.size - 1].name == name:
            self.cut(self.size - 1)

    cdef void end(self, int name, int kind, bint table):
        """What an end tag closes."""
        cdef int at, block
        at = self.find(name, 0 if table else SCOPE if kind & (BLOCK | STYLED) else BLOCK)
        if at < 0:
            return
        block = at + 1
        if kind & STYLED:
            while block < self.size and not self.open[block].kind & BLOCK:
                block += 1
        if kind & STYLED and block < self.size:
            # The letters end, and what is between them and the first block in them; the block stays open.
            if at <= self.hidden < block:
                self.hidden = -1
            elif self.hidden >= block:
                self.hidden -= block - at
            while block < self.size:
                self.open[at] = self.open[block]
                at += 1
                block += 1
            self.size = at
        else:
            self.cut(at)


cdef class _Tags:
    """The tags of a page, one after the other: `tag` is where one begins and `past` where it ends, `closing` what kind
    it is. Comments, style sheets and scripts are passed over."""

    cdef bytes page
    cdef const uint8_t* p
    cdef Py_ssize_t n, tag, past
    cdef bint closing, endless

    def __cinit__(self, bytes page not None):
        self.page = page
        self.p = page
        self.n = len(page)
        self.tag = self.past = 0
        self.closing = self.endless = False

    cdef Py_ssize_t name(self) noexcept:
        return self.tag + 1 + self.closing

    cdef bint _is(self, const char* word, int length) noexcept:
        """Is this the start tag of that element?"""
        return not self.closing and is_tag(self.p, self.tag + 1, self.n, word, length)

    cdef bint advance(self) noexcept:
        """Go to the next tag; False if there is none."""
        cdef const uint8_t* found
        cdef const uint8_t* p = self.p
        cdef Py_ssize_t at = self.past, past
        if at and self._is(b"style", 5):
            at = raw_end(p, at, self.n, b"</style", 7)
        elif at and self._is(b"script", 6):
            at = raw_end(p, at, self.n, b"</script", 8)
        # Proof: at <= n always, and p[n] is the NUL behind the bytes of an object.
        while at < self.n:
            found = <const uint8_t*>memchr(p + at, 0x3C, self.n - at)
            if found == NULL:
                break
            self.tag = found - p
            at = self.tag + 1
            if p[at] == 0x21 and at + 2 < self.n and p[at + 1] == 0x2D and p[at + 2] == 0x2D:
                if not self.endless:
                    past = past_comment(p, at + 3, self.n)
                    self.endless = past < 0
                    at = at if self.endless else past
                continue
            self.closing = p[at] == 0x2F
            if letter(p[at + self.closing]):
                self.past = _past_tag(p, at, self.n)
                return True
        return False


def start_tags(bytes page not None):
    """The spans of all start tags, one after the other."""
    cdef _Tags tags = _Tags(page)
    while tags.advance():
        if not tags.closing:
            yield tags.tag, tags.past


def without(bytes page not None, starts not None):
    """(the page without the elements whose start tags begin at `starts`, offsets in rising order; did all open ones
    have room)."""
    cdef Py_ssize_t kept = 0, next_out
    cdef int name, kind, outermost, own
    cdef list pieces = []
    cdef _Tags tags = _Tags(page)
    cdef _Names names = _Names()
    cdef _Stack stack = _Stack()
    cdef int paragraph = names.number(b"p", 0, 1)
    wanted = iter(starts)
    next_out = next(wanted, tags.n)
    while tags.advance():
        name = names.number(tags.p, tags.name(), tags.n)
        kind = names.kinds[name]
        outermost = stack.hidden
        own = stack.open[outermost].name if outermost >= 0 else -1
        if tags.closing:
            stack.end(name, kind, names.tables[name])
            if outermost >= 0 and stack.hidden < 0:
                # Its own end tag goes with it; another one closes what is around it as well.
                kept = tags.past if own == name else tags.tag
            continue
        stack.start(name, kind, paragraph)
        if outermost >= 0 and stack.hidden < 0:
            kept = tags.tag
        while next_out < tags.tag:
            next_out = next(wanted, tags.n)
        if stack.hidden < 0 and next_out >= tags.n:
            break
        if not kind & VOID:
            outermost = stack.hidden
            stack.push(name, kind, next_out == tags.tag)
            if outermost < 0 and stack.hidden >= 0:
                pieces.append(page[kept : tags.tag])
    if stack.hidden < 0:
        pieces.append(page[kept:])
    return b"".join(pieces), not stack.full
