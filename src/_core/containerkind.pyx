# cython: language_level=3
"""Tells containers apart that share their first bytes: zip and what is built on it, OLE, tar.

In: the content as a memoryview of bytes. Out: tokens of sniff. Never raises; nothing is unpacked.
Limits: CONTAINER_READ bytes of a zip's directory, MAX_NAMES names, one OLE directory sector, PREFIX before a RAR mark.
"""

cdef enum:
    CONTAINER_READ = 65536
    MAX_NAMES = 1000
    LOCAL_HEADERS = 20
    PREFIX = 262144
    END_SIZE = 22           # of the end of central directory record, without comment

cdef dict MIMETYPES = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
cdef bytes CLASS_TAIL = b"\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"       # bytes 4-15 of Microsoft's class identifiers
cdef tuple MSI_CLASSES = tuple(bytes([low, 0x10, 0x0C, 0x00]) + CLASS_TAIL for low in (0x82, 0x84, 0x86))
cdef bytes MSG_CLASS = b"\x0b\x0d\x02\x00" + CLASS_TAIL
cdef bytes ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")     # MS-OFFCRYPTO 1.3.3
cdef tuple MSG_STREAMS = tuple(name.encode("utf-16-le") for name in ("__properties_version1.0", "__nameid_version1.0"))


cdef Py_ssize_t _number(bytes data, Py_ssize_t at, Py_ssize_t size):
    """A little-endian number; 0 beyond the end."""
    return int.from_bytes(data[at : at + size], "little")


def zip_kind(view) -> str:
    """What a file that begins as a zip is."""
    names, mimetype = _local_names(view)
    names |= _directory_names(view)
    if b"androidmanifest.xml" in names:
        return "apk"
    if b"appxmanifest.xml" in names or b"appxmetadata/appxbundlemanifest.xml" in names:
        return "msix"
    if b"[content_types].xml" in names:
        for folder, token in ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return token
    for known, token in MIMETYPES.items():
        if mimetype == known or mimetype.startswith(known + b"-"):
            return token
    if b"meta-inf/manifest.mf" in names or any(name.endswith(b".class") for name in names):
        return "jar"
    return "zip"


cdef tuple _local_names(view):
    """(names in the first local headers, content of a stored first entry called mimetype)."""
    cdef Py_ssize_t at = 0, size = len(view), step, name_size
    cdef bytes header
    names = set()
    mimetype = b""
    if bytes(view[4:8]) == b"PK\x03\x04":
        at = 4      # a spanning mark comes first
    for _ in range(LOCAL_HEADERS):
        header = bytes(view[at : at + 30])
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            break
        name_size = _number(header, 26, 2)
        name = _cleaned(bytes(view[at + 30 : at + 30 + name_size]))
        names.add(name)
        at += 30 + name_size + _number(header, 28, 2)
        if name == b"mimetype" and not mimetype:
            mimetype = bytes(view[at : at + min(_number(header, 18, 4), 100)]).strip()
        step = _number(header, 18, 4)
        if header[6] & 8 and step == 0 or at + step > size:
            break       # sizes follow the data
        at += step
    return names, mimetype


cdef set _directory_names(view):
    """Names in the central directory, as far as CONTAINER_READ reaches."""
    cdef Py_ssize_t size = len(view), end, at = 0, name_size
    cdef bytes directory
    names = set()
    end, length = _end_record(view)
    if end < 0:
        return names
    directory = bytes(view[end - length : min(end, end - length + CONTAINER_READ)])
    while directory[at : at + 4] == b"PK\x01\x02" and len(names) < MAX_NAMES:
        name_size = _number(directory, at + 28, 2)
        names.add(_cleaned(directory[at + 46 : at + 46 + name_size]))
        at += 46 + name_size + _number(directory, at + 30, 2) + _number(directory, at + 32, 2)
    return names


cdef tuple _end_record(view):
    """(offset of the end of central directory record, size of the directory before it); (-1, 0) when there is none."""
    cdef Py_ssize_t size = len(view), base = max(0, size - CONTAINER_READ - END_SIZE), at
    tail = bytes(view[base:])
    at = len(tail)
    while True:
        at = tail.rfind(b"PK\x05\x06", 0, at)
        if at < 0:
            return -1, 0
        length = _number(tail, at + 12, 4)
        if at + END_SIZE <= len(tail) and length <= base + at:
            return base + at, length


def prefixed_zip(view) -> bool:
    """Is this a zip with something in front: an end record with a directory before it?"""
    end, length = _end_record(view)
    return end >= 0 and 46 <= length and bytes(view[end - length : end - length + 4]) == b"PK\x01\x02"


def prefixed_rar(view) -> bool:
    """Is there a RAR mark within the first bytes, as in self-extracting archives?"""
    start = bytes(view[:PREFIX])
    at = start.find(b"Rar!\x1a\x07")
    return at >= 0 and (start[at + 6 : at + 7] == b"\x00" or start[at + 6 : at + 8] == b"\x01\x00")


cdef bytes _cleaned(bytes name):
    return name.lower().replace(b"\\", b"/").lstrip(b"/")


def ole_kind(view) -> str:
    """What an OLE compound file is, by its root class or the streams in its first directory sector; olex: encrypted."""
    cdef Py_ssize_t shift, at
    header = bytes(view[:512])
    shift = _number(header, 30, 2)
    if len(header) < 512 or shift not in (9, 12):
        return "ole"
    at = (_number(header, 48, 4) + 1) << shift
    sector = bytes(view[at : at + 4096])
    root = sector[80:96]
    if root in MSI_CLASSES:
        return "msi"
    if root == MSG_CLASS or any(name in sector for name in MSG_STREAMS):
        return "msg"
    if ENCRYPTED_PACKAGE in sector:
        return "olex"
    return "ole"


def tar_header(bytes block not None) -> bool:
    """Is this 512-byte block a tar header: the checksum right (signed or unsigned), and a name or the POSIX mark?"""
    if len(block) < 512 or block[0] == 0 and block[257:262] != b"ustar":
        return False
    field = block[148:156].strip(b" \x00")
    if not field or not all(48 <= c <= 55 for c in field):
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    unsigned = sum(rest)
    return int(field, 8) in (unsigned, unsigned - 256 * sum(c > 127 for c in rest))
