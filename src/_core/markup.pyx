# cython: language_level=3
"""Takes the markup out of HTML, resumable at any byte.

In: valid UTF-8. Out: the text that a reader sees, as spans of the input. Tags, comments, attributes and the content of
script and style vanish without a trace, so that vi<b></b>rus is virus; tags that break the line become a space;
character references are resolved (HTML 5, with and without semicolon, windows-1252 for 128-159). Tokens are those of
the HTML standard (section 13.2.5): quotes matter in attribute values only, `<!-->` is a whole comment, `<` before
anything but a letter, `/`, `!` or `?` is text.
Limits: a construct longer than MARKUP_CAP bytes, or one that is still open at the end, is taken for text as it stands,
so that nothing can hide behind a tag that never closes.
Known gaps: Outlook's conditional comments are comments; text hidden by style sheets is text.
"""

from libc.stdint cimport uint8_t, uint32_t
from libc.stdlib cimport free, realloc
from libc.string cimport memchr, memcmp, memcpy

from bartizan._core.references cimport reference_begin, reference_end, reference_next

cdef str BLOCK_TAGS = """
    address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt fieldset
    figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html isindex legend li
    listing main menu nav ol optgroup option p plaintext pre search section select summary table tbody td template
    textarea tfoot th thead title tr ul xmp
"""

# Kinds of element names.
cdef enum:
    INLINE = 0
    BLOCK = 1
    SCRIPT = 2
    STYLE = 3

# States. Those between TEXT and LT are of references (references.pyx); from LT on a construct is open.
cdef enum:
    TEXT = 0
    LT = 10             # <
    LT_SLASH = 11       # </
    BANG = 12           # <!
    BANG_DASH = 13      # <!-
    BOGUS = 14          # a comment that > ends
    COMMENT_START = 15  # <!--
    COMMENT_START_DASH = 16
    COMMENT = 17
    COMMENT_DASH = 18
    COMMENT_END = 19    # -- in a comment
    COMMENT_BANG = 20   # --! in a comment
    TAG_NAME = 21
    BEFORE_ATTRIBUTE = 22
    ATTRIBUTE_NAME = 23
    AFTER_NAME = 24
    BEFORE_VALUE = 25
    DOUBLE_QUOTED = 26
    SINGLE_QUOTED = 27
    UNQUOTED = 28
    RAW = 29            # content of script or style
    RAW_LT = 30
    RAW_SLASH = 31
    RAW_NAME = 32       # some of the name of the end tag was seen

# Classes of ASCII.
cdef enum:
    LETTER = 1
    DIGIT = 2
    SPACE = 4
    SPECIAL = 8         # < and &

cdef enum:
    LONGEST_TAG = 32
    TAG_SLOTS = 256     # of the hash table of tags; a power of two

cdef struct Tag:
    uint8_t length
    uint8_t kind
    uint8_t[14] name

cdef Tag[256] TAGS              # TAG_SLOTS
cdef uint8_t[256] CLASS


cdef Tag* _tag(const uint8_t* name, int n) noexcept nogil:
    cdef uint32_t at = name_hash(name, n) & TAG_SLOTS - 1
    while TAGS[at].length and (TAGS[at].length != n or memcmp(TAGS[at].name, name, n) != 0):
        at = at + 1 & TAG_SLOTS - 1
    return &TAGS[at]


cdef int _fill_tables() except -1:
    cdef int k
    cdef Tag* tag
    cdef bytes name
    for kind, names in ((BLOCK, BLOCK_TAGS), (SCRIPT, "script"), (STYLE, "style")):
        for word in names.split():
            name = word.encode("ascii")
            tag = _tag(name, len(name))
            tag.length = len(name)
            tag.kind = kind
            memcpy(tag.name, <const char*>name, len(name))
    for k in range(256):
        CLASS[k] = 0
        if 97 <= k | 32 <= 122 and k < 128:
            CLASS[k] = LETTER
        elif 48 <= k <= 57:
            CLASS[k] = DIGIT
    CLASS[9] = CLASS[10] = CLASS[12] = CLASS[13] = CLASS[32] = SPACE
    CLASS[0x3C] = CLASS[0x26] = SPECIAL
    return 0

_fill_tables()


cdef void markup_init(Markup* markup) noexcept nogil:
    markup.state = TEXT
    markup.closing = False
    markup.opened = False
    markup.replayed = False
    markup.raw = 0
    markup.name_length = 0
    markup.number = 0
    markup.construct = 0
    markup.held_room = 0
    markup.held = NULL


cdef void markup_free(Markup* markup) noexcept nogil:
    free(markup.held)
    markup.held = NULL
    markup.held_room = 0


cdef int _hold(Markup* markup, const uint8_t* p, Py_ssize_t n) noexcept nogil:
    """Keeps n bytes of the open construct, which has grown to markup.construct bytes with them."""
    cdef Py_ssize_t room
    cdef uint8_t* held
    if markup.construct > markup.held_room:
        room = 2 * markup.construct + 256
        held = <uint8_t*>realloc(markup.held, room)
        if held == NULL:
            return -1
        markup.held = held
        markup.held_room = room
    memcpy(markup.held + markup.construct - n, p, n)
    return 0


cdef Py_ssize_t markup_next(
    Markup* markup, const uint8_t* p, Py_ssize_t n, const uint8_t** span, Py_ssize_t* length
) noexcept nogil:
    cdef Py_ssize_t i = 0, used, limit
    markup.replayed = False
    span[0] = markup.small
    length[0] = 0
    if markup.state == TEXT:
        while i < n and CLASS[p[i]] != SPECIAL:
            i += 1
        if i:
            span[0] = p
            length[0] = i
            return i
        if p[0] == 0x26:
            reference_begin(markup)
            return 1
        markup.state = LT
        markup.opened = True
        markup.construct = 0
        i = 1
    elif markup.state < LT:
        return reference_next(markup, p, n, length)
    # A construct: p[0] is its first byte, or it began in an earlier span.
    limit = n
    if MARKUP_CAP - markup.construct < n:
        limit = MARKUP_CAP - markup.construct
        while limit < n and p[limit] & 0xC0 == 0x80:
            limit += 1
    used = _construct(markup, p, i, limit)
    if markup.state >= LT:
        markup.construct += used
        if _hold(markup, p, used) < 0:
            return -1
        if used == limit and markup.construct >= MARKUP_CAP:
            _replay(markup, span, length)
        return used
    markup.construct = 0
    if markup.number:               # what the construct leaves behind: a space, or the < that was none
        markup.small[0] = markup.number
        markup.number = 0
        length[0] = 1
    return used


cdef void _replay(Markup* markup, const uint8_t** span, Py_ssize_t* length) noexcept nogil:
    """The held construct is text after all."""
    span[0] = markup.held
    length[0] = markup.construct
    markup.replayed = True
    markup.construct = 0
    markup.state = TEXT
    markup.raw = 0


cdef void markup_end(Markup* markup, const uint8_t** span, Py_ssize_t* length) noexcept nogil:
    markup.replayed = False
    span[0] = markup.small
    length[0] = 0
    if markup.state >= LT:
        _replay(markup, span, length)
    elif markup.state > TEXT:
        length[0] = reference_end(markup)


cdef Py_ssize_t _find(const uint8_t* p, Py_ssize_t i, Py_ssize_t n, int byte) noexcept nogil:
    cdef const uint8_t* found = <const uint8_t*>memchr(p + i, byte, n - i)
    return found - p if found != NULL else n


# Proof: i < n wherever p[i] is read; name has room for 40 and stops growing at LONGEST_TAG.
cdef Py_ssize_t _construct(Markup* markup, const uint8_t* p, Py_ssize_t i, Py_ssize_t n) noexcept nogil:
    """Reads on in the open construct from p[i] to its end, or n. Returns where it stopped.

    When the construct ends, the state is TEXT and markup.number the one byte that it leaves in the text, or 0.
    """
    cdef uint8_t c, kind
    cdef int state = markup.state
    markup.number = 0
    while i < n:
        if state == COMMENT:
            i = _find(p, i, n, 0x2D)
        elif state == BOGUS:
            i = _find(p, i, n, 0x3E)
        elif state == DOUBLE_QUOTED:
            i = _find(p, i, n, 0x22)
        elif state == SINGLE_QUOTED:
            i = _find(p, i, n, 0x27)
        elif state == RAW:
            i = _find(p, i, n, 0x3C)
        if i == n:
            break
        c = p[i]
        kind = CLASS[c]
        i += 1
        if state == LT:
            if kind == LETTER:
                markup.closing = False
                markup.name[0] = c | 32
                markup.name_length = 1
                state = TAG_NAME
            elif c == 0x2F:
                state = LT_SLASH
            elif c == 0x21:
                state = BANG
            elif c == 0x3F:
                state = BOGUS
            else:
                markup.number = 0x3C
                markup.state = TEXT
                return i - 1
        elif state == TAG_NAME:
            if kind == SPACE or c == 0x2F:
                state = BEFORE_ATTRIBUTE
            elif c == 0x3E:
                state = _tag_end(markup)
            elif markup.name_length < LONGEST_TAG:
                markup.name[markup.name_length] = c | 32 if kind == LETTER else c
                markup.name_length += 1
        elif state == BEFORE_ATTRIBUTE:
            if c == 0x3E:
                state = _tag_end(markup)
            elif kind != SPACE and c != 0x2F:
                state = ATTRIBUTE_NAME
        elif state == ATTRIBUTE_NAME or state == AFTER_NAME:
            if kind == SPACE:
                state = AFTER_NAME
            elif c == 0x2F:
                state = BEFORE_ATTRIBUTE
            elif c == 0x3D:
                state = BEFORE_VALUE
            elif c == 0x3E:
                state = _tag_end(markup)
            else:
                state = ATTRIBUTE_NAME
        elif state == BEFORE_VALUE:
            if c == 0x22:
                state = DOUBLE_QUOTED
            elif c == 0x27:
                state = SINGLE_QUOTED
            elif c == 0x3E:
                state = _tag_end(markup)
            elif kind != SPACE:
                state = UNQUOTED
        elif state == UNQUOTED:
            if kind == SPACE:
                state = BEFORE_ATTRIBUTE
            elif c == 0x3E:
                state = _tag_end(markup)
        elif state == DOUBLE_QUOTED or state == SINGLE_QUOTED:
            state = BEFORE_ATTRIBUTE        # _find stopped at the quote
        elif state == LT_SLASH:
            if kind == LETTER:
                markup.closing = True
                markup.name[0] = c | 32
                markup.name_length = 1
                state = TAG_NAME
            else:
                state = TEXT if c == 0x3E else BOGUS
        elif state == BANG:
            state = BANG_DASH if c == 0x2D else TEXT if c == 0x3E else BOGUS
        elif state == BANG_DASH:
            state = COMMENT_START if c == 0x2D else TEXT if c == 0x3E else BOGUS
        elif state == BOGUS:
            state = TEXT
        elif state == COMMENT_START:
            state = COMMENT_START_DASH if c == 0x2D else TEXT if c == 0x3E else COMMENT
        elif state == COMMENT_START_DASH or state == COMMENT_END:
            if c == 0x2D:
                state = COMMENT_END
            elif c == 0x3E:
                state = TEXT
            else:
                state = COMMENT_BANG if c == 0x21 and state == COMMENT_END else COMMENT
        elif state == COMMENT:
            state = COMMENT_DASH
        elif state == COMMENT_DASH:
            state = COMMENT_END if c == 0x2D else COMMENT
        elif state == COMMENT_BANG:
            state = COMMENT_DASH if c == 0x2D else TEXT if c == 0x3E else COMMENT
        else:
            state = _raw(markup, state, c, kind)
        if state == TEXT:
            break
    markup.state = state
    return i


cdef int _tag_end(Markup* markup) noexcept nogil:
    """The tag is complete: what follows it, and what it leaves in the text."""
    cdef Tag* tag = _tag(markup.name, markup.name_length)
    markup.raw = 0
    if not tag.length:
        return TEXT
    if tag.kind == BLOCK:
        markup.number = 0x20
    elif not markup.closing:
        markup.raw = tag.kind
        return RAW
    return TEXT


cdef int _raw(Markup* markup, int state, uint8_t c, uint8_t kind) noexcept nogil:
    """One byte of a script or style, which only its own end tag ends."""
    cdef const char* name = b"script" if markup.raw == SCRIPT else b"style"
    cdef int length = 6 if markup.raw == SCRIPT else 5
    if state == RAW_LT and c == 0x2F:
        markup.name_length = 0
        return RAW_SLASH
    if (state == RAW_SLASH or state == RAW_NAME) and kind == LETTER:
        if markup.name_length < length and c | 32 == <uint8_t>name[markup.name_length]:
            markup.name[markup.name_length] = c | 32
            markup.name_length += 1
            return RAW_NAME
        return RAW
    if state == RAW_NAME and markup.name_length == length:
        if kind == SPACE or c == 0x2F:
            markup.closing = True
            return BEFORE_ATTRIBUTE
        if c == 0x3E:
            markup.raw = 0
            return TEXT
    return RAW_LT if c == 0x3C else RAW
