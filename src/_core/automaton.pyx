# cython: language_level=3
"""The phrase automaton: Aho-Corasick over folded bytes, read from a memory-mapped file.

In: a file that `assemble` made, and bytes of a text view. Out: which phrases end where. Immutable, shared by all
processes.

States are numbered breadth first, so the children of a state are neighbours and a fail link always leads to a smaller
number. The first `dense_states` have a row of next states with the fail links already followed; deeper states, which
mail rarely reaches, have only their children's labels and a fail link. Bytes are mapped to classes first: a row has one
column for each byte that occurs in a phrase, the commonest first, and column 0 for all others. A code is what scanning
carries from byte to byte: the position of a state's row, or, from dense_states * width on, a sparse state; its top bit
says that a phrase ends there.

Every number in the file is checked when it is opened, so that a damaged or forged file is a ValueError, never a crash;
the file must not be changed afterwards (it is written once and renamed into place).
Not here: making the file (assemble.pyx), folding (text.pyx), reading phrase files (detect/phrases.py).
"""

import hashlib
import mmap
import struct
from array import array

from libc.stdlib cimport calloc, free, realloc
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t

cdef enum:
    TOP = 0x80000000u
    MASK = 0x7FFFFFFF
    RELEASE_GIL = 65536

MAGIC = b"bartizan phrases" + struct.pack("=HHI", 0x0102, 1, 0)      # name, byte order, version
FIELDS = (
    "size", "states", "dense_states", "width", "outs", "phrases", "sources", "longest", "text_bytes", "source_bytes",
)
# Sections in file order: name, type code of array, number of items as a function of the fields.
SECTIONS = (
    ("classes", "B", lambda f: 256),
    ("dense", "I", lambda f: f["dense_states"] * f["width"]),
    ("first", "I", lambda f: f["states"] // 256 + 1),
    ("fail", "I", lambda f: f["states"]),
    ("label", "B", lambda f: f["states"]),
    ("offset", "H", lambda f: f["states"] + 1),
    ("out_state", "I", lambda f: f["outs"]),
    ("out_first", "I", lambda f: f["outs"]),
    ("chain_phrase", "i", lambda f: f["phrases"]),
    ("chain_next", "i", lambda f: f["phrases"]),
    ("weight", "d", lambda f: f["phrases"]),
    ("line", "I", lambda f: f["phrases"]),
    ("length", "H", lambda f: f["phrases"]),
    ("source", "H", lambda f: f["phrases"]),
    ("text_at", "I", lambda f: f["phrases"] + 1),
    ("source_at", "I", lambda f: f["sources"] + 1),
    ("text", "B", lambda f: f["text_bytes"]),
    ("source_name", "B", lambda f: f["source_bytes"]),
)
HEADER = struct.Struct(f"={len(MAGIC)}s32s{len(FIELDS)}q{2 * len(SECTIONS)}q")
DIGEST_AT = len(MAGIC) + 32     # what follows is covered by the SHA-256


cdef void hitlist_free(HitList* hits) noexcept nogil:
    free(hits.items)
    free(hits.seen)
    hits.items = NULL
    hits.seen = NULL
    hits.count = hits.room = 0


cdef int _add(HitList* out, int phrase, Py_ssize_t end) noexcept nogil:
    cdef Py_ssize_t room
    cdef Hit* items
    if out.seen != NULL:
        if out.seen[phrase >> 3] & 1 << (phrase & 7):
            return 0
    if out.count >= (out.cap if out.cap else HITS_CAP):
        out.overflow = 1
        return 0
    if out.count == out.room:
        room = 2 * out.room + 16
        items = <Hit*>realloc(out.items, room * sizeof(Hit))
        if items == NULL:
            return -1
        out.items = items
        out.room = room
    if out.seen != NULL:
        out.seen[phrase >> 3] |= 1 << (phrase & 7)
    out.items[out.count].phrase = phrase
    out.items[out.count].end = end
    out.count += 1
    return 0


cdef class Automaton:
    """Phrases of one file. Made by `open` only."""

    def __init__(self):
        raise TypeError("use Automaton.open")

    @staticmethod
    def open(path):
        """Maps the file at `path`, or of that descriptor, which is closed. Raises ValueError for a damaged or foreign file, OSError when it cannot be read."""
        cdef Automaton self = Automaton.__new__(Automaton)
        with open(path, "rb") as file:
            try:
                self.mapping = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)
            except ValueError:
                raise ValueError(f"{path}: empty file") from None
        self.view = self.mapping
        try:
            self._read()
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        return self

    cdef const void* _section(self, str name):
        return &self.view[0] + <Py_ssize_t>self.fields[name][0]

    def _read(self):
        """Checks the header, the digest and every number, and sets the pointers."""
        cdef const char* wrong
        if self.view.shape[0] < HEADER.size:
            raise ValueError("not a phrase file: too short")
        magic, digest, *numbers = HEADER.unpack_from(self.mapping)
        if magic != MAGIC:
            raise ValueError("not a phrase file, or one of another version")
        if hashlib.sha256(memoryview(self.mapping)[DIGEST_AT:]).digest() != digest:
            raise ValueError("damaged: its digest is wrong")
        fields = dict(zip(FIELDS, numbers))
        limit = self.view.shape[0]
        if fields["size"] != limit or any(not 0 <= v <= limit for v in fields.values()) or fields["states"] < 1:
            raise ValueError("damaged: impossible sizes")
        if not 1 <= fields["width"] <= 256 or not 1 <= fields["dense_states"] <= fields["states"]:
            raise ValueError("damaged: impossible widths")
        for k, (name, code, count) in enumerate(SECTIONS):
            start = numbers[len(FIELDS) + 2 * k]
            items = numbers[len(FIELDS) + 2 * k + 1]
            end = start + items * array(code).itemsize
            if start % 8 or start < HEADER.size or items != count(fields) or end > limit:
                raise ValueError(f"damaged: section {name}")
            fields[name] = (start, items)
        self.fields = fields
        self.states = fields["states"]
        self.dense_states = fields["dense_states"]
        self.width = fields["width"]
        self.outs = fields["outs"]
        self.phrases = fields["phrases"]
        self.longest = fields["longest"]
        self.classes = <const uint8_t*>self._section("classes")
        self.dense = <const uint32_t*>self._section("dense")
        self.first = <const uint32_t*>self._section("first")
        self.offset = <const uint16_t*>self._section("offset")
        self.label = <const uint8_t*>self._section("label")
        self.fail = <const uint32_t*>self._section("fail")
        self.out_state = <const uint32_t*>self._section("out_state")
        self.out_first = <const uint32_t*>self._section("out_first")
        self.chain_phrase = <const int32_t*>self._section("chain_phrase")
        self.chain_next = <const int32_t*>self._section("chain_next")
        self.lengths = <const uint16_t*>self._section("length")
        with nogil:
            wrong = self._check()
        if wrong != NULL:
            raise ValueError(f"damaged: {wrong.decode('ascii')}")
        self._check_texts("text_at", "text")
        self._check_texts("source_at", "source_name")
        sources = memoryview(self.mapping)[fields["source"][0] :][: 2 * self.phrases].cast("H")
        if any(source >= fields["sources"] for source in sources):
            raise ValueError("damaged: sources")

    cdef const char* _check(self) noexcept nogil:
        """What is wrong with the numbers, or NULL. The section sizes are known to be right."""
        cdef uint32_t s, child
        cdef uint32_t rows = self.dense_states * self.width
        cdef uint32_t codes = rows + self.states - self.dense_states
        cdef Py_ssize_t k
        for k in range(256):
            if self.classes[k] >= self.width:
                return "classes"
        for k in range(rows):
            if self.dense[k] & MASK >= codes:
                return "next states"
        if self.fail[0] & MASK != 0:
            return "root"
        for s in range(self.states):
            child = self.first[s >> 8] + self.offset[s]
            if child <= s or child > self.first[s + 1 >> 8] + self.offset[s + 1]:
                return "children"
            if s and self.fail[s] & MASK >= s:
                return "fail links"
        if self.first[self.states >> 8] + self.offset[self.states] != self.states:
            return "children"
        for k in range(self.outs):
            if self.out_state[k] >= self.states or k and self.out_state[k] <= self.out_state[k - 1]:
                return "output states"
            if self.out_first[k] >= self.phrases:
                return "outputs"
        for k in range(self.phrases):
            if not 0 <= self.chain_phrase[k] < <int32_t>self.phrases or not -1 <= self.chain_next[k] < k:
                return "chains"
        return NULL

    def _check_texts(self, str offsets, str texts):
        """Offsets of texts must ascend and end where the texts do."""
        start, items = self.fields[offsets]
        numbers = memoryview(self.mapping)[start : start + 4 * items].cast("I").tolist()
        if numbers[0] != 0 or numbers[-1] != self.fields[texts][1] or numbers != sorted(numbers):
            raise ValueError(f"damaged: {texts}")

    cdef int scan(self, int* state, const unsigned char* p, Py_ssize_t n, Py_ssize_t base, HitList* out) noexcept nogil:
        # Proof for the unchecked reads: i < n; code < rows + sparse states always (it starts so and _check looked at
        # every entry of dense); classes are below width; children are below states; fail links descend.
        cdef const uint8_t* classes = self.classes
        cdef const uint32_t* dense = self.dense
        cdef uint32_t width = self.width
        cdef uint32_t rows = self.dense_states * width
        cdef uint32_t code = <uint32_t>state[0]
        cdef uint32_t s, child, last
        cdef Py_ssize_t i = 0
        cdef uint8_t column
        if dense == NULL or code >= rows + self.states - self.dense_states:
            state[0] = 0
            return 0
        while i < n:
            while code < rows:
                code = dense[code + classes[p[i]]]
                i += 1
                if i == n:
                    break
            if code & TOP:
                code &= MASK
                s = code // width if code < rows else code - rows + self.dense_states
                if self._record(s, base + i, out) < 0:
                    return -1
            if code < rows or i == n:
                continue
            s = code - rows + self.dense_states
            column = classes[p[i]]
            if column == 0:
                code = 0
                i += 1
                continue
            while True:
                child = self.first[s >> 8] + self.offset[s]
                last = self.first[s + 1 >> 8] + self.offset[s + 1]
                while child < last and self.label[child] != column:
                    child += 1
                if child < last:
                    # A child of a sparse state has a higher number, so it is sparse too.
                    i += 1
                    code = rows + child - self.dense_states
                    if self.fail[child] & TOP and self._record(child, base + i, out) < 0:
                        return -1
                    break
                s = self.fail[s] & MASK
                if s < self.dense_states:
                    code = s * width
                    break
        state[0] = <int>code
        return 0

    cdef int _record(self, uint32_t s, Py_ssize_t end, HitList* out) noexcept nogil:
        """Adds every phrase that ends at state s."""
        cdef uint32_t low = 0, high = self.outs, middle
        cdef int32_t link
        while low < high:
            middle = (low + high) // 2
            if self.out_state[middle] < s:
                low = middle + 1
            else:
                high = middle
        if low == self.outs or self.out_state[low] != s:
            return 0
        link = <int32_t>self.out_first[low]
        while link >= 0:
            if _add(out, self.chain_phrase[link], end) < 0:
                return -1
            link = self.chain_next[link]
        return 0

    cdef int unique(self, HitList* out) noexcept nogil:
        if out.seen == NULL:
            out.seen = <uint8_t*>calloc(self.phrases // 8 + 1, 1)
        return 0 if out.seen != NULL else -1

    def __len__(self):
        return self.phrases

    def phrase(self, Py_ssize_t index):
        """The phrase as (text, weight, "file:line"). Raises IndexError."""
        if not 0 <= index < self.phrases:
            raise IndexError(index)
        weight, = struct.unpack_from("=d", self.mapping, self.fields["weight"][0] + 8 * index)
        line, = struct.unpack_from("=I", self.mapping, self.fields["line"][0] + 4 * index)
        source, = struct.unpack_from("=H", self.mapping, self.fields["source"][0] + 2 * index)
        return self._text("text", index), weight, f"{self._text('source_name', source)}:{line}"

    def length(self, Py_ssize_t index):
        """Length of the folded phrase in bytes. Raises IndexError."""
        if not 0 <= index < self.phrases:
            raise IndexError(index)
        return struct.unpack_from("=H", self.mapping, self.fields["length"][0] + 2 * index)[0]

    def _text(self, str name, Py_ssize_t index):
        at = self.fields["text_at" if name == "text" else "source_at"][0]
        start, end = struct.unpack_from("=II", self.mapping, at + 4 * index)
        first = self.fields[name][0]
        return self.mapping[first + start : first + end].decode("utf-8", "replace")

    def find(self, const unsigned char[::1] data not None):
        """Every occurrence in folded bytes as (phrase index, offset after its last byte), in order of their ends."""
        cdef HitList hits
        cdef int state = 0, status = 0
        cdef Py_ssize_t n = data.shape[0], k
        cdef const unsigned char* start
        if n == 0:
            return []
        start = &data[0]
        hits.items = NULL
        hits.seen = NULL
        hits.count = hits.room = 0
        hits.cap = (<Py_ssize_t>1) << 40
        hits.overflow = 0
        try:
            if n > RELEASE_GIL:
                with nogil:
                    status = self.scan(&state, start, n, 0, &hits)
            else:
                status = self.scan(&state, start, n, 0, &hits)
            if status < 0:
                raise MemoryError
            return [(hits.items[k].phrase, hits.items[k].end) for k in range(hits.count)]
        finally:
            hitlist_free(&hits)
