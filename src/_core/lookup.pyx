# cython: language_level=3
"""Look-up of addresses and names in a compiled table file.

In: a file that `tablefile` laid out, by path, descriptor or as bytes; the text of an address, or the bytes of a name.
Out: the entry that matches best and its value, or None. Immutable; several processes share one mapping.

Networks lie as sorted ranges without overlap, each with the value and prefix length of the longest prefix around it: one
binary search. Names lie in a hash table with linear probing, under a random key of the file's own (keyhash.pyx); the
whole key is compared.

Limits: 4 GiB of keys and of values. A damaged or cut file is a ValueError when it is opened (its digest is wrong). A
forged one, or one that is overwritten while it is mapped, gives wrong answers and no more: every offset is compared
with the end of its section where it is used. A mapped file must not be cut (the system answers with SIGBUS): it is
written once, and replaced by another file under its name.
Not here: making files (tablefile.pyx), what names mean and how they are written (bartizan.tables).
"""

import hashlib
import mmap
import struct

from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_DecodeUTF8
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memchr, memcmp, memcpy

from bartizan._core.address cimport Address, host_bits, network_text, parse_address
from bartizan._core.keyhash cimport key_hash

cdef enum:
    NAME_MOST = 253             # octets of a domain name in text (RFC 1035 section 2.3.4)

MAGIC = b"bartizan tables\0" + struct.pack("=HHI", 0x0102, 1, 0)      # name, byte order, version
# Sections in file order, each with the octets of one item.
SECTIONS = (
    ("narrow_start", 4), ("narrow_value", 4), ("narrow_prefix", 1), ("wide_start", 16), ("wide_value", 4),
    ("wide_prefix", 1), ("slot", 8), ("key_at", 4), ("key_value", 4), ("keys", 1), ("text_at", 4), ("texts", 1),
)
# Magic, digest of all that follows it, size of the file, key of the hash, then start and number of items by section.
HEADER = struct.Struct(f"={len(MAGIC)}s32sq2Q{2 * len(SECTIONS)}q")
DIGEST_AT = len(MAGIC) + 32


cdef class TableFile:
    """One compiled file. Made by `open` only."""

    def __init__(self):
        raise TypeError("use TableFile.open")

    @staticmethod
    def open(source):
        """The file at a path, of a descriptor (which stays open and may then be closed), or these bytes. Raises ValueError for a damaged or foreign file, OSError when it cannot be read."""
        cdef TableFile self = TableFile.__new__(TableFile)
        cdef str name = "table file" if isinstance(source, (bytes, int)) else str(source)
        try:
            if isinstance(source, bytes):
                self.mapping = source
            else:
                with open(source, "rb", closefd=not isinstance(source, int)) as file:
                    self.mapping = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)
            self.view = self.mapping
            self._read()
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        return self

    cdef const void* _section(self, list numbers, int which):
        return &self.view[0] + <Py_ssize_t>numbers[2 * which]

    def _read(self):
        """Checks header, digest and the extent of all sections, and sets the pointers."""
        cdef list numbers
        if self.view.shape[0] < HEADER.size:
            raise ValueError("not a table file: too short")
        magic, digest, size, self.k0, self.k1, *numbers = HEADER.unpack_from(self.mapping)
        if magic != MAGIC:
            raise ValueError("not a table file, or one of another version")
        if hashlib.sha256(memoryview(self.mapping)[DIGEST_AT:]).digest() != digest:
            raise ValueError("damaged: its digest is wrong")
        limit = self.view.shape[0]
        if size != limit:
            raise ValueError("damaged: impossible size")
        counts = {}
        for k, (name, octets) in enumerate(SECTIONS):
            start, items = numbers[2 * k], numbers[2 * k + 1]
            if start % 16 or not HEADER.size <= start <= limit or not 0 <= items <= (limit - start) // octets:
                raise ValueError(f"damaged: section {name}")
            counts[name] = items
        for family in ("narrow", "wide"):
            if not counts[family + "_start"] == counts[family + "_value"] == counts[family + "_prefix"]:
                raise ValueError("damaged: networks")
        if counts["key_at"] != counts["key_value"] + 1 or counts["slot"] & (counts["slot"] - 1) or counts["text_at"] < 1:
            raise ValueError("damaged: names")
        self.narrow, self.wide, self.names = counts["narrow_start"], counts["wide_start"], counts["key_value"]
        self.slots, self.key_bytes = counts["slot"], counts["keys"]
        self.texts, self.text_bytes = counts["text_at"] - 1, counts["texts"]
        self.narrow_start = <const uint32_t*>self._section(numbers, 0)
        self.narrow_value = <const uint32_t*>self._section(numbers, 1)
        self.narrow_prefix = <const uint8_t*>self._section(numbers, 2)
        self.wide_start = <const Wide*>self._section(numbers, 3)
        self.wide_value = <const uint32_t*>self._section(numbers, 4)
        self.wide_prefix = <const uint8_t*>self._section(numbers, 5)
        self.slot = <const Slot*>self._section(numbers, 6)
        self.key_at = <const uint32_t*>self._section(numbers, 7)
        self.key_value = <const uint32_t*>self._section(numbers, 8)
        self.keys = <const unsigned char*>self._section(numbers, 9)
        self.text_at = <const uint32_t*>self._section(numbers, 10)
        self.texts_b = <const unsigned char*>self._section(numbers, 11)

    cdef str text(self, uint32_t which):
        cdef Py_ssize_t start, end
        if which >= self.texts:
            return ""
        start, end = self.text_at[which], self.text_at[which + 1]
        if start > end or end > self.text_bytes:
            return ""
        return PyUnicode_DecodeUTF8(<const char*>self.texts_b + start, end - start, "replace")


cdef class NetworkTable:
    """The networks of a table file."""

    def __init__(self, TableFile file not None):
        self.file = file

    def __len__(self):
        return self.file.narrow + self.file.wide

    def find(self, str address not None):
        """The network with the longest prefix around an address, as (network, value), or None; None too for what is no address."""
        cdef TableFile f = self.file
        cdef Py_ssize_t n, low = 0, high, middle
        cdef const char* text
        cdef Address wanted
        cdef Wide there
        cdef uint64_t ones_high, ones_low
        cdef uint32_t value
        cdef int prefix
        if len(address) > 64 or not address.isascii():
            return None
        text = PyUnicode_AsUTF8AndSize(address, &n)
        if not parse_address(text, n, &wanted):
            return None
        if wanted.bits == 32:
            high = f.narrow
            while low < high:
                middle = (low + high) // 2
                if f.narrow_start[middle] <= wanted.low:
                    low = middle + 1
                else:
                    high = middle
            if low == 0:
                return None
            value, prefix = f.narrow_value[low - 1], f.narrow_prefix[low - 1]
        else:
            high = f.wide
            while low < high:
                middle = (low + high) // 2
                there = f.wide_start[middle]
                if there.high < wanted.high or there.high == wanted.high and there.low <= wanted.low:
                    low = middle + 1
                else:
                    high = middle
            if low == 0:
                return None
            value, prefix = f.wide_value[low - 1], f.wide_prefix[low - 1]
        if value == <uint32_t>NOTHING or prefix > wanted.bits:
            return None
        host_bits(&wanted, prefix, &ones_high, &ones_low)
        wanted.high &= ~ones_high
        wanted.low &= ~ones_low
        return network_text(&wanted, prefix), f.text(value)


cdef class NameTable:
    """The names of a table file."""

    def __init__(self, TableFile file not None):
        self.file = file

    def __len__(self):
        return self.file.names

    cdef Py_ssize_t _find(self, const unsigned char* key, Py_ssize_t n) noexcept:
        """The number of a key, or -1."""
        cdef TableFile f = self.file
        cdef uint64_t hashed
        cdef Py_ssize_t mask = f.slots - 1, at, step, start, end
        cdef uint32_t entry
        if mask < 0:
            return -1
        hashed = key_hash(f.k0, f.k1, key, n)
        at = <Py_ssize_t>(hashed & <uint64_t>mask)
        for step in range(f.slots):
            entry = f.slot[at].entry
            if entry == 0:
                return -1
            if f.slot[at].tag == hashed >> 32 and entry <= f.names:
                start, end = f.key_at[entry - 1], f.key_at[entry]
                if end - start == n and end <= f.key_bytes and memcmp(f.keys + start, key, n) == 0:
                    return entry - 1
            at = (at + 1) & mask
        return -1

    cdef tuple _match(self, Py_ssize_t entry):
        cdef TableFile f = self.file
        cdef Py_ssize_t start = f.key_at[entry], end = f.key_at[entry + 1]
        if start > end or end > f.key_bytes:
            return None
        return PyUnicode_DecodeUTF8(<const char*>f.keys + start, end - start, "replace"), f.text(f.key_value[entry])

    def find(self, bytes key not None):
        """The entry that is exactly this, as (entry, value), or None."""
        cdef Py_ssize_t entry = self._find(key, len(key))
        return None if entry < 0 else self._match(entry)

    def find_domain(self, bytes name not None):
        """The most specific entry for a domain, as (entry, value), or None: NAME, then .NAME, then a dot and each domain above it."""
        cdef unsigned char room[NAME_MOST + 2]
        cdef const unsigned char* text = name
        cdef Py_ssize_t n = len(name), start = 0, entry
        cdef const void* dot
        if n > NAME_MOST:           # what is longer is no entry itself, but may be below one
            start = n - NAME_MOST - 1
            dot = memchr(text + start, c".", n - start)
            if dot == NULL:
                return None
            start = <const unsigned char*>dot - text
        elif n:
            entry = self._find(text, n)
            if entry >= 0:
                return self._match(entry)
            room[0] = c"."
            memcpy(room + 1, text, n)
            entry = self._find(room, n + 1)
            if entry >= 0:
                return self._match(entry)
        while start < n:
            dot = memchr(text + start, c".", n - start)
            if dot == NULL:
                return None
            start = <const unsigned char*>dot - text
            if start + 1 < n and text[start + 1] != c".":
                entry = self._find(text + start, n - start)
                if entry >= 0:
                    return self._match(entry)
            start += 1
        return None
