# cython: language_level=3
"""Folds text so that writing that looks the same is the same bytes.

In: valid UTF-8, complete characters. Out: UTF-8 with
- full case folding (Unicode 3.13, as str.casefold does it, expansions kept);
- compatibility forms of letters and signs as plain ones: full-width, mathematical, circled, ligatures;
- Cyrillic, Greek and Armenian letters, small capitals and signs that are drawn like Latin letters as those (text and
  phrases alike, so that words of these languages still match themselves);
- characters that show nothing removed: control characters, zero-width and bidirectional controls, soft hyphens,
  variation selectors and the rest of Default_Ignorable_Code_Point, noncharacters; combining marks of Latin letters;
- every run of white space, of any kind, as one space, and none at the very beginning.
Not here: letters with an accent are other letters, digits drawn like letters are digits.
"""

from unicodedata import decomposition, normalize

from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport malloc
from libc.string cimport memcpy

# What becomes of a character; from EXPANSION on, where its folded bytes are.
cdef enum:
    SAME = 0
    WHITE = 1
    DROP = 2
    MULTIBYTE = 3       # of bytes only: the first of several
    EXPANSION = 4

cdef enum:
    PLANES = 0x1100     # blocks of 256 code points
    TEXTS = 32768
    LONGEST_FORM = 6    # bytes

cdef uint64_t ONES = 0x0101010101010101ULL

# Default_Ignorable_Code_Point (Unicode 15 DerivedCoreProperties.txt) without the unassigned ones, and interlinear
# annotation.
cdef tuple IGNORABLE = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)
cdef tuple COMBINING = ((0x300, 0x36F), (0x1AB0, 0x1ACE), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0xFE20, 0xFE2F))
cdef dict NO_MARKS = {point: None for first, last in COMBINING for point in range(first, last + 1)}
cdef dict LOOK_ALIKES = str.maketrans(
    "\u0430\u0432\u0441\u0501\u0435\u04bb\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u051b\u0455\u0442\u0443\u0445\u0475\u051d\u044c\u04cf"
    "\u03b1\u03b2\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03f2\u03f3",
    "abcdehijkmhopqstyxvwbl" "abeikvoptuxcj",
)
# Letters that are drawn like small or capital Latin ones and have no decomposition: Armenian, IPA, small capitals,
# dotless ones; then whole alphabets of signs.
LOOK_ALIKES.update(str.maketrans(
    "\u0585\u0578\u057d\u0570\u0581\u0566\u0251\u0261\u0131\u0237\u028b"
    "\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u026a\u1d0a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\u0280\ua731\u1d1b\u1d1c\u1d20\u1d21"
    "\u028f\u1d22",
    "onuhgqagijv" "abcdefghijklmnoprstuvwyz",
))
for first in (0x249C, 0x1F150, 0x1F170, 0x1F1E6):       # parenthesised; negative circled and squared; regional
    LOOK_ALIKES.update({first + number: 97 + number for number in range(26)})

cdef uint8_t[256] KIND          # of bytes: SAME, WHITE, DROP or MULTIBYTE
cdef uint8_t[256] LOWER         # folded ASCII; a space for white space
cdef uint16_t[4352] PAGE        # PLANES: which page of PAGES a block has; 0: every character is SAME
cdef uint16_t* PAGES            # [][256]
cdef uint8_t[32768] FOLDED      # TEXTS: folded forms, each a length and its bytes


cdef str _plain(str character):
    """The form that a character is folded to: case, compatibility forms, look-alikes."""
    cdef str folded = character.casefold()
    cdef str form
    if decomposition(character).startswith("<") and ord(character) not in LOOK_ALIKES:
        form = normalize("NFKC", folded).casefold()
        if form.isprintable() and " " not in form and max(form) < "\u0600" and len(form.encode()) <= LONGEST_FORM:
            folded = form
    return folded.translate(LOOK_ALIKES).translate(NO_MARKS) or character


cdef int _fill_tables() except -1:
    cdef int byte, block, page
    cdef uint32_t used = EXPANSION
    cdef dict special = {}
    for first, last in IGNORABLE + COMBINING:
        special.update(dict.fromkeys(range(first, last + 1), DROP))
    for plane in range(17):
        special.update({plane << 16 | 0xFFFE: DROP, plane << 16 | 0xFFFF: DROP})
    special.update(dict.fromkeys(range(0xFDD0, 0xFDF0), DROP))
    special.update(dict.fromkeys([*range(32), *range(127, 160)], DROP))
    for block in range(PLANES):
        if block << 8 & 0xF800 == 0xD800 and block < 0x100:
            continue    # surrogates are no characters
        text = "".join(map(chr, range(block << 8, (block << 8) + 256))) if block < 0x200 else ""
        for at, character in enumerate(text):
            if character.isspace():
                special[block << 8 | at] = WHITE
        if text:
            for at, character in enumerate(text):
                folded = _plain(character)
                if folded != character and (block << 8 | at) not in special:
                    content = folded.encode()
                    special[block << 8 | at] = used
                    FOLDED[used] = len(content)
                    for byte in content:
                        used += 1
                        FOLDED[used] = byte
                    used += 1
                    if used > TEXTS - FOLD_ROOM:
                        raise RuntimeError("the table of folded forms is too small for this Unicode version")
    pages = sorted({point >> 8 for point in special})
    global PAGES
    PAGES = <uint16_t*>malloc((len(pages) + 1) * 512)
    if PAGES == NULL:
        raise MemoryError
    for page in range(256 * (len(pages) + 1)):
        PAGES[page] = SAME
    for page, number in enumerate(pages, 1):
        PAGE[<Py_ssize_t>number] = page
    for point, action in special.items():
        PAGES[256 * PAGE[<Py_ssize_t>(point >> 8)] + <Py_ssize_t>(point & 255)] = action
    for byte in range(256):
        action = special.get(byte, SAME)
        LOWER[byte] = byte
        KIND[byte] = SAME
        if byte >= 128:
            KIND[byte] = MULTIBYTE
        elif action == WHITE:
            KIND[byte] = WHITE
            LOWER[byte] = 0x20
        elif action == DROP:
            KIND[byte] = DROP
        elif action >= EXPANSION:
            LOWER[byte] = FOLDED[<Py_ssize_t>action + 1]
    return 0

_fill_tables()


cdef Py_ssize_t fold_next(
    Folder* folder, const uint8_t* p, Py_ssize_t n, uint8_t* out, Py_ssize_t room, Py_ssize_t* written
) noexcept nogil:
    # Proof: i < n where p[i] is read, i + 8 <= n where eight bytes are, and a multibyte character is complete;
    # o <= last at the beginning of every round, which writes at most FOLD_ROOM bytes: eight at once, or seven and a
    # folded form (6 in Unicode, at most).
    cdef Py_ssize_t i = 0, stop
    cdef uint8_t* o = out
    cdef uint8_t* last = out + room - FOLD_ROOM
    cdef uint8_t kind, space = folder.space
    cdef uint32_t point
    cdef int length, action
    cdef uint64_t word, spaces
    while i < n and o <= last:
        # Eight characters at once, if they are printable ASCII without two spaces in a row.
        while i + 8 <= n and o <= last:
            memcpy(&word, p + i, 8)
            if (word | word - 0x20 * ONES | word + ONES) & 0x80 * ONES:
                break
            spaces = word ^ 0x20 * ONES
            spaces = ~(spaces + 0x7F * ONES | spaces) & 0x80 * ONES
            if spaces & spaces << 8 or space and p[i] == 0x20:
                break
            word |= (word + 0x3F * ONES & ~(word + 0x25 * ONES) & 0x80 * ONES) >> 2
            memcpy(o, &word, 8)
            space = p[i + 7] == 0x20
            o += 8
            i += 8
        if o > last:
            break
        stop = min(n, i + 8)
        while i < stop:
            kind = KIND[p[i]]
            if kind > WHITE:
                break
            o[0] = LOWER[p[i]]
            o += 1 - (kind & space)
            space = kind
            i += 1
        if i == stop:
            continue
        if kind == MULTIBYTE:
            if p[i] < 0xE0:
                length = 2
                point = (p[i] & 31) << 6 | p[i + 1] & 63
            elif p[i] < 0xF0:
                length = 3
                point = (p[i] & 15) << 12 | (p[i + 1] & 63) << 6 | p[i + 2] & 63
            else:
                length = 4
                point = (<uint32_t>(p[i] & 7)) << 18 | (p[i + 1] & 63) << 12 | (p[i + 2] & 63) << 6 | p[i + 3] & 63
            action = PAGES[256 * <uint32_t>PAGE[point >> 8] + (point & 255)]
            if action == SAME:
                memcpy(o, p + i, length)
                o += length
                space = 0
            elif action == WHITE:
                o[0] = 0x20
                o += 1 - space
                space = 1
            elif action >= EXPANSION:
                memcpy(o, FOLDED + action + 1, FOLDED[action])
                o += FOLDED[action]
                space = 0
            i += length
        else:
            i += 1
    folder.space = space
    written[0] = o - out
    return i
