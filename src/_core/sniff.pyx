# cython: language_level=3
"""Names the type of content by looking at it, never at its name.

In: any bytes. Out: a short token, usually the type's common extension; "" for what is not known. Never raises.
The order matters: what a program would run or open by its first bytes comes first, then formats with their mark further
in, then text and what kind of text (textkind.pyx), and last archives with something in front of them.
Limits: at most HEAD bytes at the beginning, TAIL at the end and CONTAINER_READ in between (containerkind.pyx) are read.
Not here: opening containers, a second opinion by libmagic.
"""

import binascii

from bartizan._core.containerkind import ole_kind, prefixed_rar, prefixed_zip, tar_header, zip_kind
from bartizan._core.textkind import laced_kind, looks_like_text, text_kind, wide_text

cdef enum:
    HEAD = 65536
    TAIL = 65536
    PDF_WINDOW = 1024

# (mark at the very beginning, token). The longest mark that fits wins.
cdef tuple MAGICS = (
    (b"\x7fELF", "elf"), (b"\xfe\xed\xfa\xce", "macho"), (b"\xfe\xed\xfa\xcf", "macho"), (b"\xce\xfa\xed\xfe", "macho"),
    (b"\xcf\xfa\xed\xfe", "macho"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"), (b"RE~^", "rar"),
    (b"\x1f\x8b", "gz"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zst"), (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x02\x21\x4c\x18", "lz4"), (b"\x1f\x9d", "Z"), (b"LZIP", "lz"), (b"070701", "cpio"), (b"070702", "cpio"),
    (b"070707", "cpio"), (b"070727", "cpio"), (b"\xc7\x71", "cpio"), (b"\x71\xc7", "cpio"), (b"!<arch>\n", "ar"),
    (b"MSCF\x00\x00\x00\x00", "cab"),
    (b"ALZ\x01", "alz"), (b"EGGA", "egg"), (b"7kSt\xa0\x31\x83\xd3", "zpaq"), (b"zPQ\x01", "zpaq"),
    (b"zPQ\x02", "zpaq"),
    (b"ITSF", "chm"), (b"SZDD\x88\xf0\x27\x33", "szdd"), (b"KWAJ\x88\xf0\x27\xd1", "szdd"),
    (b"SZ \x88\xf0\x27\x33\xd1", "szdd"),
    (b"\x7a\x1a\x20\x10", "sis"), (b"conectix", "vhd"), (b"vhdxfile", "vhdx"), (b"MSWIM\x00\x00\x00", "wim"),
    (b"xar!", "xar"),
    (b"\xed\xab\xee\xdb", "rpm"), (b"\x78\x9f\x3e\x22", "tnef"), (b"%PDF-", "pdf"),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "one"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "lnk"), (b"ActiveMime\x00", "mso"),
    (b"\x00\x05\x16\x00\x00", "applefile"), (b"\x00\x05\x16\x07\x00", "applefile"),
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"), (b"II+\x00", "tif"), (b"MM\x00+", "tif"), (b"OggS\x00", "ogg"), (b"ID3", "mp3"),
    (b"\x89LZO\x00", "lzo"), (b"LRZI", "lrz"), (b"GRZipII\x00", "grz"), (b"{\\rt", "rtf"),
    (b"#@~^", "vbs"),       # encoded VBScript or JScript
)
cdef dict BY_FIRST = {}
for entry in sorted(MAGICS, key=lambda pair: -len(pair[0])):
    BY_FIRST.setdefault(entry[0][0], []).append(entry)
del entry

cdef frozenset BITMAP_HEADERS = frozenset((12, 40, 52, 56, 64, 108, 124))
cdef frozenset LHA_METHODS = frozenset(
    b"lh0 lh1 lh2 lh3 lh4 lh5 lh6 lh7 lhd lhx lzs lz2 lz3 lz4 lz5 lz7 lz8 pm0 pm1 pm2 pms".split()
)
cdef frozenset LZMA_DICTIONARIES = frozenset(size for k in range(12, 32) for size in (1 << k, 3 << k - 1))
cdef tuple PKCS7_OIDS = (b"\x2a\x86\x48\x86\xf7\x0d\x01\x07", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01")

# OpenPGP: packets whose length need not be told, those that a message may end with, and what follows a packet.
cdef frozenset OPEN = frozenset((8, 11))
cdef frozenset ENDING = frozenset((2, 8, 10, 11))
cdef dict FOLLOWING = {
    **dict.fromkeys((1, 3), frozenset((1, 3, 9, 18, 20))), 2: frozenset((2, 4, 8, 11, 1, 3)), 4: frozenset((1, 3, 4, 8, 11)),
    10: frozenset((1, 2, 3, 4, 8, 9, 11, 18, 20)), 11: frozenset((1, 2, 3, 8, 9, 11, 18, 20)), 8: frozenset((1, 2, 3, 8, 9, 11, 18, 20)),
}
cdef frozenset SIGNATURE_KINDS = frozenset((0, 1, 2, 16, 17, 18, 19, 24, 25, 31, 32, 40, 48, 64, 80))
cdef frozenset KEY_ALGORITHMS = frozenset((1, 2, 3, 16, 17, 18, 19, 20, 22, 25, 26, 27, 28))
cdef frozenset HASHES = frozenset((1, 2, 3, 8, 9, 10, 11, 12, 14))


def sniff(data) -> str:
    """The type of `data` (any bytes-like object) as a token; "" when it is unknown."""
    cdef bytes head
    view = memoryview(data)
    if view.ndim != 1 or view.itemsize != 1 or view.format != "B":
        view = view.cast("B")
    size = len(view)
    if size == 0:
        return ""
    head = bytes(view[:4096])
    found = _by_first_bytes(head, view) or _further_in(head, view)
    if found:
        return found
    text = wide_text(head)
    if text is None and looks_like_text(head):
        text = bytes(view[:HEAD])
    found = laced_kind(bytes(view[:HEAD])) if text is None else text_kind(text)
    if found in ("", "text") and _pdf_within(head):
        return "pdf"
    if found:
        return found
    if prefixed_zip(view):
        return "zip"
    return "rar" if prefixed_rar(view) else ""


cdef str _by_first_bytes(bytes head, view):
    """Types that their first bytes give away; "" if none."""
    # Proof: `head` is not empty.
    cdef int first = head[0]
    for mark, token in BY_FIRST.get(first, ()):
        if head.startswith(mark):
            return token
    if first == 0x50:       # P
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04", b"PK00PK\x03\x04")):
            return zip_kind(view)
    elif first == 0xD0:
        if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            return ole_kind(view)
    elif first == 0x4D:     # M
        if head[1:2] == b"Z" and not _printable(head[:64]):
            return "exe"
    elif first == 0xCA:
        if head.startswith(b"\xca\xfe\xba\xbe"):
            return "macho" if int.from_bytes(head[4:8], "big") < 43 else "class"
    elif first == 0x42:     # B
        if head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"):
            return "bz2"
        if head.startswith(b"BM") and head[6:10] == bytes(4) and int.from_bytes(head[14:18], "little") in BITMAP_HEADERS:
            return "bmp"
    elif first == 0x52:     # R
        if head.startswith(b"RIFF"):
            return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12], "")
    elif first in (0x43, 0x46, 0x5A):       # C, F, Z
        if head[1:3] == b"WS" and len(head) > 8 and head[3] < 64:
            return "swf"
    elif first == 0:
        if head.startswith(b"\x00\x00\x01\x00") and 0 < int.from_bytes(head[4:6], "little") < 256 and head[9:10] == b"\x00":
            return "ico"
    elif first == 0x60:
        if head[1:2] == b"\xea" and 0 < int.from_bytes(head[2:4], "little") <= 2600:
            return "arj"
    elif first == 0x30:
        if any(oid in head[2:40] for oid in PKCS7_OIDS):
            return "p7m"
    if first <= 224 and head[1:2] == b"\0" and _lzma_header(head):
        return "lzma"
    if first & 0xF0 == 0x50 and head[1:4] == b"\x2a\x4d\x18":
        return _after_skipped(head, view)
    return "pgp" if first & 0x80 and _pgp_packet(head, view) else ""


cdef str _further_in(bytes head, view):
    """Types whose mark is not at the beginning; "" if none."""
    size = len(view)
    if head[4:8] == b"ftyp" and head[:2] == b"\x00\x00":
        return "mp4"
    if len(head) > 21 and head[2:3] == b"-" and head[6:7] == b"-" and head[3:6] in LHA_METHODS:
        return "lha"
    if head[7:14] == b"**ACE**":
        return "ace"
    if head[8:12] == b"\x19\x04\x00\x10":
        return "sis"
    if tar_header(head[:512]):
        return "tar"
    for at in range(0x8001, min(0x9802, size), 0x800):
        mark = bytes(view[at : at + 5])
        if mark == b"CD001":
            return "iso"
        if mark == b"BEA01":
            return "udf"
    if size >= 512:
        if bytes(view[size - 512 : size - 508]) == b"koly":
            return "dmg"
        if bytes(view[size - 512 : size - 504]) == b"conectix" or bytes(view[size - 511 : size - 503]) == b"conectix":
            return "vhd"
    if head[0] == 0xFF and _mpeg_audio(head):
        return "mp3"
    return "macbin" if head[0] == 0 and _macbinary(head, size) else ""


cdef bint _macbinary(bytes head, size):
    """A MacBinary header: a name, zeros where they belong, and forks that fill the file, its checksum (II) or mark (III)."""
    if len(head) < 128 or head[74] or head[82] or not 1 <= head[1] <= 63 or not all(c >= 32 for c in head[2 : 2 + head[1]]):
        return False
    data, resource = int.from_bytes(head[83:87], "big"), int.from_bytes(head[87:91], "big")
    if head[102:106] == b"mBIN" or binascii.crc_hqx(head[:124], 0) == int.from_bytes(head[124:126], "big") and head[122] in (129, 130):
        return True
    whole = 128 + data + -data % 128 + resource + -resource % 128
    return data + resource > 0 and whole - 128 < size <= whole


cdef bint _printable(bytes start):
    """Only characters of ordinary ASCII text."""
    return all(32 <= c < 127 or c in b"\t\r\n" for c in start)


cdef bint _lzma_header(bytes head):
    """A dictionary of a usual size, and an unknown size or (with the usual properties) one below a terabyte."""
    dictionary = int.from_bytes(head[1:5], "little")
    size = int.from_bytes(head[5:13], "little")
    if len(head) < 18 or dictionary not in LZMA_DICTIONARIES:
        return False
    return size == 0xFFFFFFFFFFFFFFFF or head[0] == 0x5D and 0 < size < 1 << 40


cdef str _after_skipped(bytes head, view):
    """zst or lz4, whose skippable frames look alike: by the first frame that is none, else zst."""
    at = 0
    for _ in range(16):
        frame = bytes(view[at : at + 8])
        if not frame[1:4] == b"\x2a\x4d\x18" or frame[0] & 0xF0 != 0x50:
            return "lz4" if frame[:4] == b"\x04\x22\x4d\x18" else "zst"
        at += 8 + int.from_bytes(frame[4:8], "little")
    return "zst"


cdef bint _pgp_packet(bytes head, view):
    """An OpenPGP message in binary form, by the packet that it begins with (RFC 9580 section 4.2 and 5) and what
    follows that: one byte in eight begins like a packet."""
    cdef int first = head[0]
    cdef int start, tag
    if not first & 0x80 or len(head) < 4:
        return False
    if first & 0x40:
        tag = first & 0x3F
        start = 3 if 192 <= head[1] < 224 else 6 if head[1] == 255 else 2
    else:
        tag = first >> 2 & 0xF
        start = 1 if first & 3 == 3 else 1 + (1 << (first & 3))
    body = head[start : start + 300]
    if len(body) < 2 or not _followed(first, tag, start, head, view):
        return False
    if tag == 1:
        return _pgp_session_key(head)
    if tag == 3:
        return first in (0x8C, 0xC3) and 4 <= head[1] <= 64 and body[0] in (4, 5, 6) and body[1] in range(1, 15)
    if tag == 2:
        # Version, kind, and of the later versions algorithms; of the first ones always the same length.
        return body[0] in (2, 3) and body[1] == 5 or body[0] in (4, 6) and len(body) > 4 and body[1] in SIGNATURE_KINDS and (
            body[2] in KEY_ALGORITHMS and body[3] in HASHES
        )
    if tag == 4:
        return body[0] == 3 and len(body) > 12 and body[1] in SIGNATURE_KINDS and body[2] in HASHES and body[3] in KEY_ALGORITHMS
    if tag == 8:
        # Behind the algorithm a stream that begins like one: of Deflate with a kind of block that there is.
        return (
            body[0] == 1 and body[1] & 6 != 6 and (body[1] & 6 or body[2:4] == bytes(c ^ 255 for c in body[4:6]))
            or body[0] == 2 and body[1] & 15 == 8 and int.from_bytes(body[1:3], "big") % 31 == 0
            or body[0] == 3 and body[1:4] == b"BZh"
        )
    if tag == 10:
        return body[:3] == b"PGP"
    # A format, a name of characters, a time.
    return tag == 11 and body[0] in b"btuml1" and len(body) >= 6 + body[1] and all(
        c >= 32 and c != 127 for c in body[2 : 2 + body[1]]
    )


cdef bint _followed(int first, int tag, Py_ssize_t start, bytes head, view):
    """Does what such a packet belongs to follow it, if its length is told and is not that of a piece?"""
    cdef Py_ssize_t end, size = len(view)
    cdef int following
    if first & 0x40:
        if 224 <= head[1] < 255:
            return tag in OPEN
        end = (head[1] - 192 << 8) + head[2] + 192 if start == 3 else int.from_bytes(head[2:6], "big") if start == 6 else head[1]
    elif first & 3 == 3:
        return tag in OPEN
    else:
        end = int.from_bytes(head[1:start], "big")
    end += start
    if end >= size:
        return tag in ENDING and (end == size or tag in OPEN)
    following = view[end]
    if not following & 0x80:
        # Some end a file with a line end.
        return tag in ENDING and bytes(view[end : end + 3]).strip(b"\r\n\0") == b""
    return (following & 0x3F if following & 0x40 else following >> 2 & 0xF) in FOLLOWING.get(tag, ())


cdef bint _pgp_session_key(bytes head):
    """The key of a session for one reader: version, eight bytes of whose key, an algorithm."""
    if head[0] == 0x85:
        return head[3:4] == b"\x03" and head[1:3] <= b"\x04\x20" and len(head) > 12
    if head[0] == 0x84:
        return head[2:3] == b"\x03" and len(head) > 11 and head[1] > 20
    return head[0] == 0xC1 and (head[2:3] in (b"\x03", b"\x06") or head[3:4] == b"\x03" and 192 <= head[1] < 224)


cdef bint _mpeg_audio(bytes head):
    """An MPEG audio frame header with possible values, layer III."""
    layer3 = len(head) > 4 and head[1] in (0xFA, 0xFB, 0xF2, 0xF3, 0xE2, 0xE3)
    return layer3 and head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3


cdef bint _pdf_within(bytes head):
    """Readers accept the PDF mark anywhere in the first KiB; in prose it does not begin a line."""
    at = head.find(b"%PDF-", 0, PDF_WINDOW)
    return at >= 0 and head[at + 5 : at + 7] in (b"1.", b"2.") and not 32 <= head[at - 1] < 127
