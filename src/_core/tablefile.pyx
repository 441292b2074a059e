# cython: language_level=3
"""Lays out a compiled table file, as lookup.pyx reads it.

In: the entries of a list (mapentries.pyx). Out: the bytes of one file, and the entries that contradict each other.
Networks are flattened: sorted by first address and length, swept with a stack of those still open, which gives ranges
without overlap; there are at most 2n + 1 of them. Names go into a table at most half full, under a random key, so that
the same entries never give the same bytes twice.
Not here: look-up, writing to disk.
"""

import hashlib
import os

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, qsort
from libc.string cimport memcmp, memcpy, memset

from bartizan._core.address cimport Address, host_bits, network_text
from bartizan._core.keyhash cimport key_hash
from bartizan._core.lookup cimport NOTHING, Slot, Wide
from bartizan._core.mapentries cimport MapEntries, Name, Net
from bartizan._core.lookup import DIGEST_AT, HEADER, MAGIC, SECTIONS

cdef enum:
    TOLD = 1000             # contradictions that are told
    OPEN = 130              # networks around one address, at most

cdef struct Range:
    uint64_t high
    uint64_t low
    uint32_t value
    uint8_t prefix


cdef int _order(const void* a, const void* b) noexcept nogil:
    cdef const Net* x = <const Net*>a
    cdef const Net* y = <const Net*>b
    if x.address.bits != y.address.bits:
        return -1 if x.address.bits < y.address.bits else 1
    if x.address.high != y.address.high:
        return -1 if x.address.high < y.address.high else 1
    if x.address.low != y.address.low:
        return -1 if x.address.low < y.address.low else 1
    if x.prefix != y.prefix:
        return -1 if x.prefix < y.prefix else 1
    return (x.line > y.line) - (x.line < y.line)


cdef struct Sweep:
    Range* out
    Py_ssize_t count
    const Net** around      # networks still open, the innermost last
    int depth


cdef void _emit(Sweep* s, uint64_t high, uint64_t low, const Net* net) noexcept nogil:
    """From this address on, `net` (or nothing) counts."""
    if s.count == 0 or s.out[s.count - 1].high != high or s.out[s.count - 1].low != low:
        s.count += 1
    s.out[s.count - 1].high = high
    s.out[s.count - 1].low = low
    s.out[s.count - 1].value = net.value if net != NULL else <uint32_t>NOTHING
    s.out[s.count - 1].prefix = net.prefix if net != NULL else 0


cdef bint _close(Sweep* s, const Net* coming) noexcept nogil:
    """Closes the innermost network if it ends before the one that comes (NULL: none comes), and says whether it did."""
    cdef const Net* inner = s.around[s.depth - 1]
    cdef uint64_t high, low
    cdef Address first = inner.address
    host_bits(&first, inner.prefix, &high, &low)
    high |= first.high
    low |= first.low
    if coming != NULL and (coming.address.high < high or coming.address.high == high and coming.address.low <= low):
        return False
    s.depth -= 1
    low += 1
    high += low == 0
    if first.bits == 32 and low >> 32 or first.bits == 128 and high == 0 and low == 0:
        return True         # it ended with the last address of all
    _emit(s, high, low, s.around[s.depth - 1] if s.depth else NULL)
    return True


cdef Py_ssize_t _flatten(const Net* nets, Py_ssize_t n, Range* out, list clashes) except -1:
    """Ranges of the sorted networks of one family into `out`; returns how many."""
    cdef const Net* around[OPEN]
    cdef Sweep s
    cdef Py_ssize_t i, kept = 0
    cdef Address first
    s.out, s.count, s.around, s.depth = out, 0, around, 0
    for i in range(n):
        first = nets[i].address
        if i and first.high == nets[kept].address.high and first.low == nets[kept].address.low and nets[i].prefix == nets[kept].prefix:
            if nets[i].value != nets[kept].value and len(clashes) < TOLD:
                clashes.append((nets[i].line, nets[kept].line, network_text(&first, nets[i].prefix)))
            continue
        kept = i
        while s.depth and _close(&s, &nets[i]):
            pass
        around[s.depth] = &nets[i]      # nested prefixes differ in length: never more than 129
        s.depth += 1
        _emit(&s, first.high, first.low, &nets[i])
    while s.depth and _close(&s, NULL):
        pass
    return s.count


cdef Py_ssize_t _place(MapEntries e, Slot* slots, Py_ssize_t size, uint64_t k0, uint64_t k1, uint32_t* key_at,
                       uint32_t* key_value, uint32_t* key_line, unsigned char* keys, list clashes) except -1:
    """Puts every name into the table once; returns how many there are. `keys` takes the text of all."""
    cdef Py_ssize_t i, at, mask = size - 1, used = 0
    cdef const unsigned char* text
    cdef Name name
    cdef uint64_t hashed
    cdef uint32_t there
    key_at[0] = 0
    for i in range(e.name_count):
        name = e.names[i]
        text = e.keys.data + name.at
        hashed = key_hash(k0, k1, text, name.length)
        at = <Py_ssize_t>(hashed & <uint64_t>mask)
        while slots[at].entry:
            there = slots[at].entry - 1
            if (slots[at].tag == hashed >> 32 and key_at[there + 1] - key_at[there] == name.length
                    and memcmp(keys + key_at[there], text, name.length) == 0):
                if key_value[there] != name.value and len(clashes) < TOLD:
                    clashes.append((name.line, key_line[there], text[:name.length].decode("utf-8", "replace")))
                break
            at = (at + 1) & mask
        else:
            memcpy(keys + key_at[used], text, name.length)
            key_at[used + 1] = key_at[used] + name.length
            key_value[used] = name.value
            key_line[used] = name.line
            used += 1
            slots[at].tag = <uint32_t>(hashed >> 32)
            slots[at].entry = <uint32_t>used
    return used


def table_file(MapEntries entries not None):
    """The compiled file of these entries, and which of them contradict an earlier one, as (line, earlier line, entry)."""
    cdef MapEntries e = entries
    cdef Py_ssize_t narrow = 0, ranges, wides, i, size = 1, room, used, at
    cdef Range* flat = NULL
    cdef Slot* slots = NULL
    cdef uint32_t* key_at = NULL
    cdef uint32_t* key_value = NULL
    cdef uint32_t* key_line = NULL
    cdef unsigned char* keys = NULL
    cdef list clashes = [], texts = e.texts, starts = []
    cdef bytes hash_key = os.urandom(16), result, text
    cdef unsigned char* out
    cdef void* where[12]
    cdef uint64_t k0 = int.from_bytes(hash_key[:8], "little"), k1 = int.from_bytes(hash_key[8:], "little")
    if max(e.net_count, e.name_count) > 0x7FFFFFFF:
        raise ValueError("more than 2**31 - 1 entries")
    if sum(map(len, texts)) > 0xFFFFFFFFu:
        raise ValueError("more than 4 GiB of values")
    while size < 2 * e.name_count:
        size *= 2
    if e.net_count:
        qsort(e.nets, e.net_count, sizeof(Net), _order)
    while narrow < e.net_count and e.nets[narrow].address.bits == 32:
        narrow += 1
    try:
        flat = <Range*>malloc((2 * e.net_count + 2) * sizeof(Range))
        slots = <Slot*>malloc(size * sizeof(Slot))
        key_at = <uint32_t*>malloc((e.name_count + 1) * 4)
        key_value = <uint32_t*>malloc((e.name_count + 1) * 4)
        key_line = <uint32_t*>malloc((e.name_count + 1) * 4)
        keys = <unsigned char*>malloc(e.keys.length + 1)
        if flat == NULL or slots == NULL or key_at == NULL or key_value == NULL or key_line == NULL or keys == NULL:
            raise MemoryError
        memset(slots, 0, size * sizeof(Slot))
        ranges = _flatten(e.nets, narrow, flat, clashes)
        wides = _flatten(e.nets + narrow, e.net_count - narrow, flat + ranges, clashes)
        used = _place(e, slots, size, k0, k1, key_at, key_value, key_line, keys, clashes)
        counts = [ranges, ranges, ranges, wides, wides, wides, size, used + 1, used, key_at[used], len(texts) + 1,
                  sum(map(len, texts))]
        at = (HEADER.size + 15) // 16 * 16
        for (name, octets), items in zip(SECTIONS, counts):
            starts.append(at)
            at += (octets * items + 15) // 16 * 16
        room = at
        result = PyBytes_FromStringAndSize(NULL, room)
        out = <unsigned char*>result
        memset(out, 0, room)
        for i in range(12):
            where[i] = out + <Py_ssize_t>starts[i]
        for i in range(ranges):
            (<uint32_t*>where[0])[i] = <uint32_t>flat[i].low
            (<uint32_t*>where[1])[i] = flat[i].value
            (<uint8_t*>where[2])[i] = flat[i].prefix
        for i in range(wides):
            (<Wide*>where[3])[i] = Wide(flat[ranges + i].high, flat[ranges + i].low)
            (<uint32_t*>where[4])[i] = flat[ranges + i].value
            (<uint8_t*>where[5])[i] = flat[ranges + i].prefix
        memcpy(where[6], slots, size * sizeof(Slot))
        memcpy(where[7], key_at, (used + 1) * 4)
        memcpy(where[8], key_value, used * 4)
        memcpy(where[9], keys, key_at[used])
        at = 0
        (<uint32_t*>where[10])[0] = 0
        for i in range(len(texts)):
            text = texts[i]
            memcpy(<unsigned char*>where[11] + at, <const unsigned char*>text, len(text))
            at += len(text)
            (<uint32_t*>where[10])[i + 1] = <uint32_t>at
    finally:
        free(flat)
        free(slots)
        free(key_at)
        free(key_value)
        free(key_line)
        free(keys)
    spans = [number for pair in zip(starts, counts) for number in pair]
    head = HEADER.pack(MAGIC, bytes(32), room, k0, k1, *spans)
    memcpy(out, <const unsigned char*>head, len(head))
    digest = hashlib.sha256(memoryview(result)[DIGEST_AT:]).digest()
    memcpy(out + len(MAGIC), <const unsigned char*>digest, 32)
    return result, sorted(clashes)
