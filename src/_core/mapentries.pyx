# cython: language_level=3
"""Collects the entries of map files, the plain ones at the speed of the disk.

In: the text of a map file, as lines `key [white space value]`; lines that are blank or begin with # are passed over.
Out: networks and names in arrays, for tablefile.pyx, and a list of the lines that are not plain: those which are wrong,
and those which need more knowledge (names not in ASCII, say). bartizan.tables.entry decides about them, and knows the
plain forms as well: both give the same answers.

Limits: 2**32 - 2 lines, 4 GiB of keys; a plain line has a key of at most KEY_MOST octets and a value of VALUE_MOST.
Not here: reading files, wrong UTF-8 (bartizan.tables.source), entries that contradict each other (tablefile.pyx).
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memchr, memcpy, memset

from bartizan._core.address cimport Address, host_bits, parse_address
from bartizan._core.octets cimport Octets

ODD_MOST = 10_000

cdef enum:
    LABEL_MOST = 63
    DOMAIN_MOST = 253
    LOCAL_MOST = 64
    KEY_MOST = 320
    VALUE_MOST = 255
    HOST = 1            # may stand in a domain name
    LOCAL = 2           # may stand in the local part of a plain mailbox
    NUMBER = 4          # may stand in an IPv4 network

cdef uint8_t[256] KIND
cdef uint8_t[256] LOWER


cdef void _fill_tables() noexcept:
    cdef const unsigned char* host = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    cdef const unsigned char* more = b".!#$%&'*+/=?^`{|}~"
    cdef const unsigned char* number = b"0123456789./"
    cdef int i
    memset(KIND, 0, 256)
    for i in range(64):
        KIND[host[i]] = HOST | LOCAL
    for i in range(18):
        KIND[more[i]] |= LOCAL
    for i in range(12):
        KIND[number[i]] |= NUMBER
    for i in range(256):
        LOWER[i] = i + 32 if c"A" <= i <= c"Z" else i

_fill_tables()


cdef Py_ssize_t _domain(const unsigned char* text, Py_ssize_t n, unsigned char* out) noexcept nogil:
    """Writes a domain in lower case without its last dot and returns its length; 0 if it is none, or not a plain one."""
    cdef Py_ssize_t i, label = 0
    cdef bint digits = True
    if n and text[n - 1] == c".":
        n -= 1
    if n < 1 or n > DOMAIN_MOST:
        return 0
    for i in range(n):
        if text[i] == c".":
            if label == 0:
                return 0
            label = 0
            digits = True
        elif KIND[text[i]] & HOST and label < LABEL_MOST:
            digits = digits and c"0" <= text[i] <= c"9"
            label += 1
        else:
            return 0
        out[i] = LOWER[text[i]]
    return 0 if label == 0 or digits else n


cdef bint _network(const unsigned char* text, Py_ssize_t n, Address* out, int* prefix) noexcept nogil:
    """Whether this is an address, address/length, or one to three octets that end in a dot."""
    cdef char room[20]
    cdef const void* slash
    cdef Py_ssize_t digits = n, i
    cdef int dots = 0
    cdef uint64_t high, low
    cdef bint mapped
    if not 1 <= n <= 60:
        return False
    slash = memchr(text, c"/", n)
    mapped = memchr(text, c":", n) != NULL
    prefix[0] = -1
    if slash != NULL:
        digits = <const unsigned char*>slash - text
        if not 1 <= n - digits - 1 <= 3 or text[digits + 1] == c"0" and n - digits > 2:
            return False
        prefix[0] = 0
        for i in range(digits + 1, n):
            if not c"0" <= text[i] <= c"9":
                return False
            prefix[0] = prefix[0] * 10 + text[i] - c"0"
    elif not mapped and n <= 12 and text[n - 1] == c".":
        for i in range(n):
            dots += text[i] == c"."
        if dots > 3:
            return False
        memcpy(room, text, n)
        memcpy(room + n, <const char*>b"0.0.0.0", 7)
        prefix[0] = 8 * dots
        return parse_address(room, n + 2 * (4 - dots) - 1, out)
    if not parse_address(<const char*>text, digits, out):
        return False
    if prefix[0] < 0:
        prefix[0] = out.bits
    elif mapped and out.bits == 32:
        prefix[0] -= 96
    if prefix[0] < 0 or prefix[0] > out.bits:
        return False
    return not host_bits(out, prefix[0], &high, &low)


cdef class MapEntries:
    """The entries of one list, in the order in which they were added."""

    def __cinit__(self):
        self.nets = NULL
        self.names = NULL
        self.keys = Octets()
        self.numbers = {b"": 0}
        self.texts = [b""]
        self.last = b""

    def __dealloc__(self):
        free(self.nets)
        free(self.names)

    def __len__(self):
        return self.net_count + self.name_count

    cdef uint32_t _number(self, const unsigned char* value, Py_ssize_t n) except? 0xFFFFFFFFu:
        cdef bytes text
        if n == 0:
            return 0
        text = value[:n]
        if text != self.last:
            self.last_number = self.numbers.setdefault(text, len(self.texts))
            self.last = text
            if self.last_number == len(self.texts):
                self.texts.append(text)
        return self.last_number

    cdef int _add_net(self, Address* address, int prefix, uint32_t value, uint32_t line) except -1:
        cdef Net* more
        if self.net_count == self.net_room:
            more = <Net*>realloc(self.nets, (2 * self.net_room + 64) * sizeof(Net))
            if more == NULL:
                raise MemoryError
            self.nets = more
            self.net_room = 2 * self.net_room + 64
        self.nets[self.net_count] = Net(address[0], value, line, prefix)
        self.net_count += 1
        return 0

    cdef int _add_name(self, const unsigned char* key, Py_ssize_t n, uint32_t value, uint32_t line) except -1:
        cdef Name* more
        if self.name_count == self.name_room:
            more = <Name*>realloc(self.names, (2 * self.name_room + 64) * sizeof(Name))
            if more == NULL:
                raise MemoryError
            self.names = more
            self.name_room = 2 * self.name_room + 64
        if self.keys.length + n > 0xFFFFFFFFu:
            raise ValueError("more than 4 GiB of names")
        self.keys.make_room(n)
        memcpy(self.keys.data + self.keys.length, key, n)
        self.names[self.name_count] = Name(<uint32_t>self.keys.length, <uint32_t>n, value, line)
        self.keys.length += n
        self.name_count += 1
        return 0

    cdef bint _entry(self, const unsigned char* key, Py_ssize_t n, const unsigned char* value, Py_ssize_t value_n,
                     uint32_t line) except -1:
        """Adds an entry if it is a plain one, and says whether it is."""
        cdef unsigned char room[KEY_MOST + 2]
        cdef Address address
        cdef int prefix
        cdef Py_ssize_t i, local, length
        cdef const void* at
        cdef bint number = True
        if not 1 <= n <= KEY_MOST or value_n > VALUE_MOST or key[0] == c"/":
            return False
        for i in range(value_n):
            if (value[i] < 0x20 and value[i] != c"\t") or value[i] > 0x7E:
                return False
        at = memchr(key, c"@", n)
        if at != NULL:
            local = <const unsigned char*>at - key
            if local < 1 or local > LOCAL_MOST or key[0] == c"." or key[local - 1] == c".":
                return False
            for i in range(local):
                if not KIND[key[i]] & LOCAL or key[i] == c"." == key[i + 1]:
                    return False
                room[i] = LOWER[key[i]]
            room[local] = c"@"
            length = 0
            if local + 1 < n:
                length = _domain(key + local + 1, n - local - 1, room + local + 1)
                if length == 0:
                    return False
            self._add_name(room, local + 1 + length, self._number(value, value_n), line)
            return True
        for i in range(n):
            number = number and KIND[key[i]] & NUMBER
        if number or memchr(key, c":", n) != NULL:
            if not _network(key, n, &address, &prefix):
                return False
            self._add_net(&address, prefix, self._number(value, value_n), line)
            return True
        local = 1 if key[0] == c"." else 0
        room[0] = c"."
        length = _domain(key + local, n - local, room + local)
        if length == 0:
            return False
        self._add_name(room, local + length, self._number(value, value_n), line)
        return True

    def add_lines(self, const unsigned char[::1] data not None, Py_ssize_t first, Py_ssize_t at=0):
        """Adds the plain entries among the lines from octet `at` on, the first of which has the number `first`.

        Gives the other lines that are not blank as (line, key, value), and the number and offset of the line that would
        follow: when there are ODD_MOST of the others, the rest has not been read. A line is ended by LF or CRLF.
        """
        cdef Py_ssize_t n = data.shape[0], i = max(at, 0), start, key_end, end, stop, line = first
        cdef const unsigned char* text = &data[0] if n else NULL
        cdef const void* found
        cdef list odd = []
        while i < n and len(odd) < ODD_MOST:
            found = memchr(text + i, c"\n", n - i)
            stop = <const unsigned char*>found - text if found != NULL else n
            end = stop
            if found != NULL and end > i and text[end - 1] == c"\r":
                end -= 1
            while i < end and (text[i] == c" " or text[i] == c"\t"):
                i += 1
            while end > i and (text[end - 1] == c" " or text[end - 1] == c"\t"):
                end -= 1
            if i < end and text[i] != c"#":
                start = i
                while i < end and text[i] != c" " and text[i] != c"\t":
                    i += 1
                key_end = i
                while i < end and (text[i] == c" " or text[i] == c"\t"):
                    i += 1
                if not self._entry(text + start, key_end - start, text + i, end - i, <uint32_t>line):
                    odd.append((line, text[start:key_end], text[i:end]))
            line += 1
            i = stop + 1
        return odd, line, min(i, n)

    def add_plain(self, bytes key not None, bytes value not None, Py_ssize_t line):
        """Adds one entry if its key is plain, and says whether it is; the value is anything short."""
        cdef const unsigned char* text = key
        cdef Py_ssize_t before = self.net_count, n = len(key)
        if not self._entry(text, n, text, 0, <uint32_t>line):
            return False
        if self.net_count > before:
            self.nets[before].value = self._number(value, len(value))
        else:
            self.names[self.name_count - 1].value = self._number(value, len(value))
        return True

    def add_name(self, bytes key not None, bytes value not None, Py_ssize_t line):
        """Adds a name as it is."""
        self._add_name(key, len(key), self._number(value, len(value)), <uint32_t>line)
