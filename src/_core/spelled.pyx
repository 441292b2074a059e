# cython: language_level=3
"""Finds bytes that a text spells out number by number, and tells texts that write plain letters as escapes.

In: any text. Out: runs of numbers with the same thing between any two of them, and the bytes they stand for.
A number is decimal (up to 255), octal (behind a backslash, or with a 0 in front), hexadecimal (pairs of digits), or
hexadecimal behind 0x or &H. What is between two is compared without white space and continuations of lines, so
`4d 5a`, `4d:5a`, `\\x4d\\x5a`, `0x4d, 0x5a`, `\\115\\132`, `&#77;&#90;` and `Chr(77) & Chr(90)` are all read.
Limits: BETWEEN bytes between two numbers, BLANK of them white space; DIGITS in one; linear, each byte is looked at a few
times in each way of reading.
Not here: what the bytes are (bartizan.message), lists with different things in between.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport uint8_t
from libc.string cimport memset

cdef enum:
    BETWEEN = 16        # bytes that are no white space
    BLANK = 80
    DIGITS = 64
    FEW = 4             # numbers that make a run, of however many bytes
    DECIMAL = 0
    OCTAL = 1
    PAIRS = 2
    PREFIXED = 3
    BASIC = 4           # &H4D
    WAYS = 5
    LONG = 16
    LETTERS = 80        # of a word of base64 that is worth reading without its escapes

cdef uint8_t[256] HEX           # the value of a hexadecimal digit, 255 for others
cdef uint8_t[256] BLANKS
cdef uint8_t[256] WORD          # of base64 in either alphabet
cdef uint8_t[256] PLAIN         # letters and digits


cdef void _fill_tables() noexcept:
    cdef const unsigned char* letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="
    cdef int i
    memset(HEX, 255, 256)
    memset(BLANKS, 0, 256)
    memset(WORD, 0, 256)
    memset(PLAIN, 0, 256)
    for i in range(10):
        HEX[0x30 + i] = i
    for i in range(6):
        HEX[0x41 + i] = HEX[0x61 + i] = 10 + i
    for i in (0x20, 0x09, 0x0A, 0x0D):
        BLANKS[i] = 1
    for i in range(67):
        WORD[letters[i]] = 1
        PLAIN[letters[i]] = i < 62

_fill_tables()


cdef Py_ssize_t _token(
    const unsigned char[::1] data, Py_ssize_t at, int way, unsigned char* out, Py_ssize_t* written
) noexcept:
    """Behind the number that begins at `at`; -1 where there is none. Its bytes go to `out` if it is not NULL."""
    cdef Py_ssize_t n = data.shape[0], end = at
    cdef int value = 0
    cdef int base = 10 if way == DECIMAL else 8 if way == OCTAL else 16
    while end < n and end - at <= DIGITS and HEX[data[end]] < (16 if way >= PAIRS else 10):
        if HEX[data[end]] >= base:
            return -1
        if way == PAIRS:
            if out != NULL and (end - at) & 1:
                out[written[0] + (end - at) // 2] = HEX[data[end - 1]] << 4 | HEX[data[end]]
        else:
            value = value * base + HEX[data[end]]
            if value > 255:
                return -1
        end += 1
    if end == at or end - at > DIGITS:
        return -1
    if way == PAIRS:
        if (end - at) & 1:
            return -1
        written[0] += (end - at) // 2
    else:
        if out != NULL:
            out[written[0]] = <unsigned char>value
        written[0] += 1
    return end


cdef inline bint _continues(const unsigned char[::1] data, Py_ssize_t at) noexcept:
    """Is there a sign that the line goes on in the next?"""
    return (
        (data[at] == 0x5C or data[at] == 0x5E or data[at] == 0x5F)
        and at + 1 < data.shape[0]
        and (data[at + 1] == 0x0A or data[at + 1] == 0x0D)
    )


cdef Py_ssize_t _next(const unsigned char[::1] data, Py_ssize_t at, int way) noexcept:
    """Where the digits of the next number begin, which is not far behind `at`; -1 where there is none."""
    cdef Py_ssize_t n = data.shape[0], i = at, other = 0
    while i < n and other <= BETWEEN and i - at <= BLANK:
        if way == PREFIXED or way == BASIC:
            if i + 2 < n and HEX[data[i + 2]] < 16 and (
                data[i] == 0x30 and data[i + 1] | 0x20 == 0x78
                if way == PREFIXED
                else data[i] == 0x26 and data[i + 1] | 0x20 == 0x68
            ):
                return i + 2
        elif HEX[data[i]] < (16 if way == PAIRS else 10):
            return i
        other += not BLANKS[data[i]]
        i += 1
    return -1


cdef bint _alike(const unsigned char[::1] data, Py_ssize_t i, Py_ssize_t i_end, Py_ssize_t k, Py_ssize_t k_end) noexcept:
    """Do the two spans say the same, but for white space?"""
    while True:
        while i < i_end and (BLANKS[data[i]] or _continues(data, i)):
            i += 1
        while k < k_end and (BLANKS[data[k]] or _continues(data, k)):
            k += 1
        if i == i_end or k == k_end:
            return i == i_end and k == k_end
        if data[i] != data[k]:
            return False
        i += 1
        k += 1


cdef Py_ssize_t _run(
    const unsigned char[::1] data, Py_ssize_t at, int way, unsigned char* out, Py_ssize_t* numbers,
    Py_ssize_t* written, Py_ssize_t* last
) noexcept:
    """Behind the run whose first number has its digits at `at`; `last` is where the last number begins."""
    cdef Py_ssize_t end = at, stop, between = -1, between_end = -1, begin = at, before
    numbers[0] = written[0] = 0
    last[0] = at
    while True:
        before = written[0]
        stop = _token(data, begin, way, out, written)
        if stop < 0:
            written[0] = before
            return end
        if numbers[0] == 1:
            between, between_end = end, begin
        elif numbers[0] > 1 and not _alike(data, between, between_end, end, begin):
            written[0] = before
            return end
        numbers[0] += 1
        last[0] = begin
        end = stop
        begin = _next(data, end, way)
        if begin < 0:
            return end


cdef inline Py_ssize_t _behind_word(const unsigned char[::1] data, Py_ssize_t at) noexcept:
    """Behind the letters and digits at `at` if they are many: base64 rather than numbers. Otherwise `at`."""
    cdef Py_ssize_t n = data.shape[0], end = at
    while end < n and PLAIN[data[end]]:
        end += 1
    return end if end - at >= LONG else at


def next_spelled(const unsigned char[::1] data not None, Py_ssize_t at, Py_ssize_t least) -> tuple | None:
    """The next run of at least `least` bytes at or behind `at`: its span, and its bytes in each way of reading it.

    None without one. Go on at the end of the span.
    """
    cdef Py_ssize_t n = data.shape[0], i = max(at, 0), begin, end, far, first, numbers, written, last = 0, low = i
    cdef Py_ssize_t[5] tried       # a way is not tried again within a run that it found too short
    cdef int way
    cdef bytes found
    cdef list answers
    for way in range(WAYS):
        tried[way] = -1
    while True:
        # Each number has a digit up to 9 near its beginning, or the one behind it has.
        while i < n and HEX[data[i]] > 9:
            i += 1
        if i >= n:
            return None
        if i > 0 and PLAIN[data[i - 1]]:
            far = _behind_word(data, i)
            if far > i:
                i = low = far
                continue
        answers = []
        far = i
        first = n
        for way in range(WAYS):
            begin = i
            if way == OCTAL:
                if not (i > 0 and data[i - 1] == 0x5C or data[i] == 0x30):
                    continue
            elif way == PAIRS:
                while begin > low and HEX[data[begin - 1]] < 16 and i - begin < DIGITS:
                    begin -= 1
            elif way == PREFIXED:
                if data[i] != 0x30 or i + 2 >= n or data[i + 1] | 0x20 != 0x78:
                    continue
                begin = i + 2
            elif way == BASIC:
                while begin > low and HEX[data[begin - 1]] < 16 and i - begin < 2:
                    begin -= 1
                if begin < 2 or data[begin - 1] | 0x20 != 0x68 or data[begin - 2] != 0x26:
                    continue
            if begin < tried[way]:
                continue
            end = _run(data, begin, way, NULL, &numbers, &written, &last)
            tried[way] = last
            if written >= least and numbers >= FEW:
                # A number that turns out not to be of the run is written too: DIGITS bytes at most.
                found = PyBytes_FromStringAndSize(NULL, written + DIGITS)
                _run(data, begin, way, <unsigned char*>PyBytes_AS_STRING(found), &numbers, &written, &last)
                answers.append(found[:written])
                far = max(far, end)
                first = min(first, begin)
        if answers:
            return first, far, answers
        while i < n and HEX[data[i]] <= 9:
            i += 1
        i = low = _behind_word(data, i)


cdef Py_ssize_t _escape(const unsigned char[::1] data, Py_ssize_t at, int* value) noexcept:
    """Behind the escape that begins at `at`, and what it stands for: -1 for nothing; `at` where there is none."""
    cdef Py_ssize_t n = data.shape[0], i = at + 1
    cdef int found = 0, base = 16, most = 2, digits = 0
    cdef bint marked = data[at] == 0x26
    if i >= n:
        return at
    if marked:
        if data[i] != 0x23:
            return at
        i += 1
        most = 7
        base = 10
        if i < n and data[i] | 0x20 == 0x78:
            base = 16
            i += 1
    elif data[at] == 0x25:
        if data[i] | 0x20 == 0x75:
            i += 1
            most = 4
    elif data[i] | 0x20 == 0x78:
        i += 1
    elif data[i] == 0x75:
        i += 1
        most = 4
    elif HEX[data[i]] < 8:
        base = 8
        most = 3
    elif data[i] == 0x2F or data[i] == 0x6E or data[i] == 0x72 or data[i] == 0x74:
        value[0] = 0x2F if data[i] == 0x2F else 0x0A
        return i + 1
    elif data[i] == 0x0A or data[i] == 0x0D:
        value[0] = 0x0A
        return i + 1
    else:
        return at
    while i < n and digits < most and HEX[data[i]] < base:
        found = found * base + HEX[data[i]]
        digits += 1
        i += 1
    if digits == 0 or not marked and base == 16 and digits < most:
        return at
    value[0] = found
    return i + 1 if marked and i < n and data[i] == 0x3B else i


def needless_escapes(const unsigned char[::1] data not None) -> tuple:
    """How many letters and digits are written as escapes, and how many long words of base64 have escapes in them."""
    cdef Py_ssize_t n = data.shape[0], i = 0, start, end, letters = 0, words = 0, length = 0
    cdef int value = 0
    cdef bint escaped = False
    while i < n:
        start = i
        while i < n and WORD[data[i]]:
            i += 1
        length += i - start
        if i < n:
            end = i
            if data[i] == 0x25 or data[i] == 0x26 or data[i] == 0x5C:
                end = _escape(data, i, &value)
            if end > i and value < 256 and (WORD[value] or BLANKS[value]):
                letters += PLAIN[value]
                length += WORD[value]
                escaped = escaped or value != 0x3D  # padding is not missed
                i = end
                continue
            i += 1
        words += escaped and length >= LETTERS
        length = 0
        escaped = False
    return letters, words + (escaped and length >= LETTERS)
