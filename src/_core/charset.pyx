# cython: language_level=3
"""Charsets to UTF-8, resumable at any byte.

In: a charset's name as a message gives it, and bytes. Out: valid UTF-8.
- ASCII, UTF-8 and unknown names: UTF-8, where every byte of an invalid sequence is read as windows-1252, so that
  nothing vanishes; ISO 8859-1 is read as windows-1252, as mail programs do.
- every one-byte codec of Python by a table; bytes that it leaves undefined as windows-1252.
- UTF-16 and UTF-32 (without a byte order mark: by the first character's zero bytes, else little-endian), UTF-7 (RFC
  2152).
- East Asian codecs by Python's incremental decoders, U+FFFD for what they cannot read.
All codecs are loaded at import: a sandboxed process cannot import one later, and a name from a message never reaches
the codec machinery.
Known gap: an ISO 2022 escape sequence of more than eight bytes cut by a piece's end is given up on (see text.pyx).
Not here: guessing a charset.
"""

import codecs
from encodings.aliases import aliases

from libc.stdint cimport uint8_t, uint32_t
from libc.stdlib cimport malloc
from libc.string cimport memcpy

cdef tuple MULTIBYTE = (
    "big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jisx0213", "euc_jp", "euc_kr", "gb18030",
    "gb2312",
    "gbk", "hz", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext",
    "iso2022_kr", "johab", "shift_jis", "shift_jis_2004", "shift_jisx0213",
)
# One-byte codecs, besides those that have an alias.
cdef tuple ONE_BYTE = (
    "cp720", "cp737", "cp856", "cp874", "cp875", "cp1006", "cp1125", "koi8_t", "koi8_u", "palmos", "mac_arabic",
    "mac_croatian", "mac_farsi", "mac_romanian",
)
# Aliases that are no charsets, or are handled here.
cdef frozenset NOT_TABLES = frozenset((
    "ascii", "base64_codec", "bz2_codec", "hex_codec", "mbcs", "quopri_codec", "rot_13", "uu_codec", "zlib_codec",
    "tactis",
    "utf_7", "utf_8", "utf_8_sig", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", *MULTIBYTE,
))
# Names seen in mail that Python does not know (WHATWG Encoding Standard, Microsoft's code page names).
cdef dict EXTRA = {
    "cp1252": "x_cp1252 ansi_x3_110_1983 iso_8859_1_windows_3_1_latin_1",
    "cp1251": "x_cp1251 win1251 win_1251", "cp1250": "x_cp1250 win_1250",
    "cp874": "windows_874 dos_874 x_windows_874", "mac_roman": "x_mac_roman",
    "mac_cyrillic": "x_mac_cyrillic x_mac_ukrainian",
    "iso8859_8": "iso_8859_8_i iso_8859_8_e logical csiso88598i", "iso8859_6": "iso_8859_6_i iso_8859_6_e",
    "iso8859_15": "iso8859_15 latin_9 l9", "koi8_r": "koi koi8 cskoi8r", "koi8_u": "koi8_ru", "tis_620": "tis620_2533",
    "gbk": "x_gbk gb_2312_80 csgb2312 csiso58gb231280 gb_2312 gb2312 euc_cn x_euc_cn", "gb18030": "gb18030_2022",
    "big5hkscs": "big5_hkscs", "cp950": "big5 big5_tw x_x_big5 cn_big5 csbig5 x_big5",
    "cp932": "shift_jis shiftjis sjis s_jis ms_kanji x_sjis windows_31j cswindows31j ms932 csshiftjis",
    "cp949": "ks_c_5601_1987 ks_c_5601_1989 ksc_5601 ksc5601 korean windows_949 euc_kr euckr cseuckr iso_ir_149",
    "euc_jp": "x_euc_jp x_euc cseucpkdfmtjapanese",
    "iso2022_jp_ext": "iso_2022_jp iso2022_jp csiso2022jp cp50220 cp50221 cp50222",
    "iso2022_kr": "csiso2022kr", "hz": "hz_gb_2312",
}
cdef dict SPECIAL = {
    CHARSET_UTF16: "utf_16 utf16 u16 ucs_2 ucs2 unicode iso_10646_ucs_2 csunicode unicodefeff",
    CHARSET_UTF32: "utf_32 utf32 u32 ucs_4 ucs4 iso_10646_ucs_4 csucs4",
    CHARSET_UTF7: "utf_7 utf7 u7 unicode_1_1_utf_7 csunicode11utf7 x_unicode_1_1_utf_7 x_unicode_2_0_utf_7",
}
cdef dict ORDERED = {
    "utf_16_le": (CHARSET_UTF16, 1), "utf_16le": (CHARSET_UTF16, 1), "unicodelittleunmarked": (CHARSET_UTF16, 1),
    "utf_16_be": (CHARSET_UTF16, 2), "utf_16be": (CHARSET_UTF16, 2), "unicodebigunmarked": (CHARSET_UTF16, 2),
    "unicodefffe": (CHARSET_UTF16, 2), "utf_32_le": (CHARSET_UTF32, 1), "utf_32le": (CHARSET_UTF32, 1),
    "utf_32_be": (CHARSET_UTF32, 2), "utf_32be": (CHARSET_UTF32, 2),
}

cdef enum:
    CP1252 = 0
    TABLES = 128

cdef dict NAMES = {}                # normalised name -> (kind, number, byte order)
cdef list DECODERS = []             # number -> incremental decoder class
cdef (uint8_t*)[128] TABLE          # TABLES: number -> [256][4]: a length, and that many bytes of UTF-8
cdef bint[128] ASCII                # TABLES: number -> its first 128 are ASCII
cdef uint8_t[256] SEXTET            # of UTF-7's base64; 255: none


cdef list _table(str codec):
    """What each of the 256 bytes means in a one-byte codec."""
    table = []
    for byte in range(256):
        single = bytes([byte])
        for name in (codec, "cp1252", "latin-1"):
            try:
                table.append(single.decode(name))
                break
            except UnicodeDecodeError:
                continue
    return table


cdef int _load() except -1:
    """Reads every codec into the tables above."""
    cdef int byte, number = 0
    cdef uint8_t* table
    one_byte = sorted(({*aliases.values(), *ONE_BYTE} - NOT_TABLES) | {"latin_1"}, key=lambda name: name != "cp1252")
    for codec in one_byte:
        table = <uint8_t*>malloc(1024)
        if table == NULL:
            raise MemoryError
        meanings = _table(codec)
        for byte, meaning in enumerate(meanings):
            content = meaning.encode()
            table[4 * byte] = len(content)
            memcpy(table + 4 * byte + 1, <const char*>content, len(content))
        if number == TABLES:
            raise RuntimeError("more one-byte codecs than tables")
        TABLE[number] = table
        ASCII[number] = meanings[:128] == [chr(byte) for byte in range(128)]
        NAMES[codec] = (CHARSET_TABLE, number, 0)
        number += 1
    NAMES["latin_1"] = NAMES["iso8859_1"] = NAMES["cp1252"]
    for codec in MULTIBYTE:
        decoder = codecs.getincrementaldecoder(codec)
        decoder("replace").decode(b"a", True)
        NAMES[codec] = (CHARSET_CODEC, len(DECODERS), 0)
        DECODERS.append(decoder)
    for alias, codec in aliases.items():
        if codec in NAMES:
            NAMES[alias] = NAMES[codec]
    for codec, names in EXTRA.items():
        known = NAMES[codec]
        NAMES.update(dict.fromkeys(names.split(), known))
    for kind, names in SPECIAL.items():
        NAMES.update(dict.fromkeys(names.split(), (kind, 0, 0)))
    for name, (kind, order) in ORDERED.items():
        NAMES[name] = (kind, 0, order)
    for byte in range(256):
        SEXTET[byte] = 255
    for byte in range(64):
        SEXTET[b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[byte]] = byte
    return 0

_load()


cdef void charset_find(Charset* charset, bytes name):
    cleaned = name[:64].strip(b" \t'\"").lower().decode("latin-1")
    key = "_".join("".join(c if c.isalnum() and c < "\x80" else " " for c in cleaned).split())
    charset.kind, charset.number, charset.order = NAMES.get(key, (CHARSET_UTF8, 0, 0))
    charset.ascii = charset.kind == CHARSET_UTF8 or charset.kind == CHARSET_TABLE and ASCII[charset.number]
    charset.held_count = 0
    charset.bits = 0
    charset.bit_count = -1
    charset.started = 0
    charset.high = 0


cdef object charset_decoder(Charset* charset):
    return DECODERS[charset.number]("replace")


cdef inline uint8_t* _put(uint8_t* o, uint32_t point) noexcept nogil:
    """Writes one code point as UTF-8 (a surrogate or a number beyond Unicode as U+FFFD)."""
    if point < 0x80:
        o[0] = point
        return o + 1
    if point < 0x800:
        o[0] = 0xC0 | point >> 6
        o[1] = 0x80 | point & 63
        return o + 2
    if point > 0x10FFFF or point & 0x1FF800 == 0xD800:
        point = 0xFFFD
    if point < 0x10000:
        o[0] = 0xE0 | point >> 12
        o[1] = 0x80 | point >> 6 & 63
        o[2] = 0x80 | point & 63
        return o + 3
    o[0] = 0xF0 | point >> 18
    o[1] = 0x80 | point >> 12 & 63
    o[2] = 0x80 | point >> 6 & 63
    o[3] = 0x80 | point & 63
    return o + 4


cdef inline uint8_t* _put_byte(uint8_t* o, int table, uint8_t byte) noexcept nogil:
    cdef const uint8_t* entry = TABLE[table] + 4 * byte
    memcpy(o, entry + 1, 3)
    return o + entry[0]


cdef int _sequence(const uint8_t* p, Py_ssize_t n) noexcept nogil:
    """The UTF-8 sequence at p (n >= 1): its length, 0 when it is invalid, -1 when it is valid but incomplete."""
    cdef uint8_t first = p[0], low = 0x80, high = 0xBF
    cdef int length, k
    if first < 0x80:
        return 1
    if first < 0xC2 or first > 0xF4:
        return 0
    length = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    if first == 0xE0:
        low = 0xA0
    elif first == 0xED:
        high = 0x9F
    elif first == 0xF0:
        low = 0x90
    elif first == 0xF4:
        high = 0x8F
    for k in range(1, length):
        if k >= n:
            return -1
        if not low <= p[k] <= high:
            return 0
        low = 0x80
        high = 0xBF
    return length


cdef Py_ssize_t _ascii_run(const uint8_t* p, Py_ssize_t n) noexcept nogil:
    """How many bytes below 128 p begins with."""
    cdef Py_ssize_t i = 0
    cdef unsigned long long word
    while i + 8 <= n:
        memcpy(&word, p + i, 8)
        if word & 0x8080808080808080ULL:
            break
        i += 8
    while i < n and p[i] < 0x80:
        i += 1
    return i


cdef Py_ssize_t charset_next(
    Charset* charset, const uint8_t* p, Py_ssize_t n, const uint8_t** span, Py_ssize_t* length
) noexcept nogil:
    cdef Py_ssize_t i
    span[0] = charset.buffer
    if charset.kind == CHARSET_UTF8:
        return _utf8(charset, p, n, span, length)
    if charset.kind == CHARSET_TABLE and charset.ascii:
        i = _ascii_run(p, n)
        if i:
            span[0] = p
            length[0] = i
            return i
    # buffer has room for four bytes (and one more character) for each of CHARSET_BLOCK bytes
    if n > CHARSET_BLOCK:
        n = CHARSET_BLOCK
    if charset.kind == CHARSET_TABLE:
        length[0] = _one_byte(charset, p, n)
    elif charset.kind == CHARSET_UTF7:
        length[0] = _utf7(charset, p, n)
    else:
        length[0] = _wide(charset, p, n)
    return n


cdef void charset_end(Charset* charset, const uint8_t** span, Py_ssize_t* length) noexcept nogil:
    cdef uint8_t* o = charset.buffer
    cdef int k
    if charset.kind == CHARSET_UTF8:
        for k in range(charset.held_count):
            o = _put_byte(o, CP1252, charset.held[k])
    else:
        if charset.bit_count >= 0 and charset.started == 0:
            o = _put(o, 0x2B)
        if charset.high or charset.held_count:
            o = _put(o, 0xFFFD)
    charset.held_count = 0
    charset.high = 0
    charset.bit_count = -1
    span[0] = charset.buffer
    length[0] = o - charset.buffer


cdef Py_ssize_t _utf8(
    Charset* charset, const uint8_t* p, Py_ssize_t n, const uint8_t** span, Py_ssize_t* length
) noexcept nogil:
    cdef Py_ssize_t i = 0
    cdef uint8_t* o = charset.buffer
    cdef int k, found
    if charset.held_count:
        # One byte more, and what the held ones are now; at most four are held.
        charset.held[charset.held_count] = p[0]
        charset.held_count += 1
        while charset.held_count:
            found = _sequence(charset.held, charset.held_count)
            if found < 0:
                break
            if found == 0:
                o = _put_byte(o, CP1252, charset.held[0])
                found = 1
            else:
                memcpy(o, charset.held, found)
                o += found
            charset.held_count -= found
            for k in range(charset.held_count):
                charset.held[k] = charset.held[k + found]
        length[0] = o - charset.buffer
        return 1
    found = 1
    while i < n:
        i += _ascii_run(p + i, n - i)
        while i < n and p[i] >= 0x80:
            found = _sequence(p + i, n - i)
            if found <= 0:
                break
            i += found
        if found <= 0:
            break
    if i:
        span[0] = p
        length[0] = i
        return i
    if found < 0:
        memcpy(charset.held, p, n)
        charset.held_count = n
        length[0] = 0
        return n
    length[0] = _put_byte(o, CP1252, p[0]) - o
    return 1


cdef Py_ssize_t _one_byte(Charset* charset, const uint8_t* p, Py_ssize_t n) noexcept nogil:
    cdef uint8_t* o = charset.buffer
    cdef Py_ssize_t i
    for i in range(n):
        o = _put_byte(o, charset.number, p[i])
    return o - charset.buffer


cdef inline uint8_t* _put_unit(Charset* charset, uint8_t* o, uint32_t unit) noexcept nogil:
    """One UTF-16 unit: pairs of surrogates are joined, single ones become U+FFFD."""
    if charset.high:
        if unit & 0xFC00 == 0xDC00:
            o = _put(o, 0x10000 + ((charset.high & 0x3FF) << 10) + (unit & 0x3FF))
            charset.high = 0
            return o
        o = _put(o, 0xFFFD)
        charset.high = 0
    if unit & 0xFC00 == 0xD800:
        charset.high = unit
        return o
    return _put(o, unit)


cdef Py_ssize_t _wide(Charset* charset, const uint8_t* p, Py_ssize_t n) noexcept nogil:
    """UTF-16 and UTF-32."""
    cdef int width = 2 if charset.kind == CHARSET_UTF16 else 4, k
    cdef uint8_t* o = charset.buffer
    cdef uint8_t* held = charset.held
    cdef uint32_t unit
    cdef Py_ssize_t i
    for i in range(n):
        held[charset.held_count] = p[i]
        charset.held_count += 1
        if charset.held_count < width:
            continue
        charset.held_count = 0
        if charset.order == 0:
            if width == 4:
                charset.order = 2 if held[0] == 0 else 1
            else:
                charset.order = 2 if held[0] == 0 and held[1] != 0 or held[0] == 0xFE and held[1] == 0xFF else 1
        unit = 0
        for k in range(width):
            unit = unit << 8 | held[k if charset.order == 2 else width - 1 - k]
        o = _put_unit(charset, o, unit) if width == 2 else _put(o, unit)
    return o - charset.buffer


cdef Py_ssize_t _utf7(Charset* charset, const uint8_t* p, Py_ssize_t n) noexcept nogil:
    cdef uint8_t* o = charset.buffer
    cdef Py_ssize_t i
    cdef uint8_t sextet
    for i in range(n):
        if charset.bit_count < 0:
            if p[i] == 0x2B:
                charset.bit_count = 0
                charset.bits = 0
                charset.started = 0
            elif p[i] < 0x80:
                o = _put(o, p[i])
            else:
                o = _put_byte(o, CP1252, p[i])
            continue
        sextet = SEXTET[p[i]]
        if sextet < 64:
            charset.started = 1
            charset.bits = charset.bits << 6 | sextet
            charset.bit_count += 6
            if charset.bit_count >= 16:
                charset.bit_count -= 16
                o = _put_unit(charset, o, charset.bits >> charset.bit_count & 0xFFFF)
            continue
        # The end of base64: a hyphen belongs to it, "+-" is a plus, and a plus before anything else is itself.
        charset.bit_count = -1
        if charset.high:
            o = _put(o, 0xFFFD)
            charset.high = 0
        if charset.started == 0:
            o = _put(o, 0x2B)
        if p[i] != 0x2D:
            o = _put(o, p[i]) if p[i] < 0x80 else _put_byte(o, CP1252, p[i])
    return o - charset.buffer
