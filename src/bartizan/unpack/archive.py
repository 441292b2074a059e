"""Archives and compressed streams, read by libarchive.

In: the container's bytes and the type that its magic number told. Out: members to a Sink. The type chooses one reader
of libarchive and one decompressor, written out below; libarchive never guesses. A name is only ever text for people
and rules: nothing is written, no link is followed, links and devices are members without content.

Encrypted entries of a zip are read with the sink's passwords (zipkeys.py, odfkeys.py); those of a 7z or rar never are.
Everything that is not read completely is a gap: damage, checksum failures, unsupported methods, encryption, volumes of
a set, bytes behind a stream, a tar or an lha, fewer entries than a zip's directory lists, or nothing found at all.

Limits: `member_bytes` for each member (the rest of it is skipped, the next one is read); all others are the Sink's.
Directories are no members, but more than `members` of them end the reading.

Call `prepare` once, before a sandbox closes the file system: in a locale that is not UTF-8 libarchive replaces what it
cannot show in names by "?", and without the code page that an lha names it gives up.

Not here: recursion (message/walk), total limits (the Sink), time (the parent kills this process).
"""

from __future__ import annotations

import codecs
import ctypes
import locale
import zlib
from contextlib import suppress
from dataclasses import dataclass

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.model.reply import printable
from bartizan.unpack import libarchive, odfkeys, zipkeys, zipnames
from bartizan.unpack.libarchive import END, FATAL, OK, POINTER, READABLE, WARN, reader
from bartizan.unpack.odfmanifests import Manifests
from bartizan.unpack.sink import Sink
from bartizan.unpack.whole import holds_encrypted, is_empty, is_gapless, listed_entries, volume_of
from bartizan.unpack.ziprest import Read, give_rest

CHUNK = 256 * 1024
DIRECTORY, LINK = 0o040000, 0o120000
FAILURES = 100
"""After so many unreadable entries the rest of the archive is given up: damage that libarchive cannot step over."""
CODE_PAGES = (437, 850, 852, 866, 932, 936, 949, 950, *range(1250, 1259))
"""The encodings of names that archives of DOS and Windows use."""
UNLOCKED = 1000
"""So many encrypted entries are tried with a password: each costs a derivation of its key, whatever is in it."""
REPORTED = 10
"""So many gaps of one archive are told; more of them add nothing."""

ZEROS = bytes(CHUNK)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one type is read: libarchive's formats by name, the encoding of names that are not UTF-8. `holes`: a member
    may have some; in other formats libarchive counts offsets from elsewhere."""

    formats: tuple[str, ...]
    names: str = "latin-1"
    holes: bool = True


ZIP = Reading(("zip",), names="cp437")
ARCHIVES: dict[str, Reading] = {
    "zip": ZIP,
    "jar": ZIP,
    "apk": ZIP,
    "docx": ZIP,
    "xlsx": ZIP,
    "pptx": ZIP,
    "odt": ZIP,
    "ods": ZIP,
    "odp": ZIP,
    "msix": ZIP,
    "epub": ZIP,
    "7z": Reading(("7zip",)),
    "rar": Reading(("rar", "rar5"), names="cp437"),
    "cab": Reading(("cab",), names="cp437"),
    "lha": Reading(("lha",), names="cp437"),
    "cpio": Reading(("cpio",)),
    "tar": Reading(("tar",)),
    "ar": Reading(("ar",)),
    "xar": Reading(("xar",), holes=False),
}

DECODERS: dict[str, str] = {"Z": "compress", "lz4": "lz4", "zst": "zstd", "rpm": "rpm"}
"""Types that hold one stream, with libarchive's name of the decoder; an rpm's is its compressed cpio archive.

A stream of the same kind inside is unwrapped at once (libarchive asks the decoder again), 25 deep at most.
"""


def prepare() -> None:
    """Load what reading names needs: codecs, a UTF-8 locale if the process has none, the C library's code pages.

    Reads files; never raises. The conversions stay open, which is what keeps the C library from unloading them.
    """
    for reading in ARCHIVES.values():
        codecs.lookup(reading.names)
    if locale.nl_langinfo(locale.CODESET).upper() not in ("UTF-8", "UTF8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    try:
        iconv_open = ctypes.CDLL(None)["iconv_open"]
    except AttributeError:
        return
    iconv_open.restype = POINTER
    for page in CODE_PAGES:
        iconv_open(b"UTF-8", b"CP%d" % page)


def open_archive(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give every member of an archive of `type`, a key of ARCHIVES, to the sink."""
    reading = ARCHIVES[type]
    volume = volume_of(type, data)
    if volume:
        sink.gap(Reason.UNREADABLE, volume)
    with reader(reading.formats) as archive:
        if archive is None:
            sink.gap(Reason.UNREADABLE, f"no reader for {type} in this libarchive")
            return
        packed = bytes(data)
        keys = zipkeys.fitting(packed, sink.passwords) if reading is ZIP else ()
        for key in keys:
            libarchive.add_passphrase(archive, key.encoded)
            sink.opened(key.password)
        if libarchive.open_memory(archive, packed, len(packed)) in READABLE:
            entries = _Archive(archive, reading, sink, limits, encrypted=holds_encrypted(type, packed))
            entries.keyed = UNLOCKED if keys else 0
            entries.read(type, packed)
        else:
            sink.gap(Reason.UNREADABLE, f"not a {type} archive that libarchive knows")


def open_stream(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the content of a stream of `type`, a key of DECODERS, to the sink as one member without a name."""
    with reader(("raw", "empty"), DECODERS[type]) as archive:
        if archive is None:
            sink.gap(Reason.UNREADABLE, f"no reader for {type} in this libarchive")
            return
        packed = bytes(data)
        if libarchive.open_memory(archive, packed, len(packed)) in READABLE and libarchive.filter_count(archive) > 1:
            _Archive(archive, Reading(("raw",)), sink, limits).read_stream(packed)
        else:
            sink.gap(Reason.UNREADABLE, f"not a {type} stream that libarchive knows")


class _Archive:
    """One open archive on its way into the sink; counts its entries and gaps."""

    __slots__ = (
        "archive",
        "crc",
        "encrypted",
        "entries",
        "entry",
        "gaps",
        "keyed",
        "limits",
        "listed",
        "manifests",
        "names",
        "offset",
        "packed",
        "pointer",
        "read_of",
        "reading",
        "sink",
        "size",
    )

    def __init__(self, archive: int, reading: Reading, sink: Sink, limits: Limits, *, encrypted: bool = False) -> None:
        """`encrypted`: failures to read are to be put down to encryption."""
        self.archive = archive
        self.reading = reading
        self.manifests = Manifests(sink)
        self.sink = self.manifests if reading is ZIP else sink
        self.limits = limits
        self.encrypted = encrypted
        self.entries = 0
        self.keyed = 0
        self.names: set[str] = set()
        self.listed: frozenset[tuple[int, int]] | None = None
        self.packed = b""
        self.gaps = 0
        self.crc = 0
        self.read_of = Read()
        self.entry = POINTER()
        self.pointer = POINTER()
        self.size = ctypes.c_size_t()
        self.offset = ctypes.c_int64()

    def read(self, type: str, packed: bytes) -> None:
        """All entries of an archive, then the checks that nothing was left out."""
        self.packed = packed
        directories = 0
        while (code := self._next()) is not None:
            if code not in READABLE:
                self.stopped()
                if code == FATAL or self.gaps > FAILURES:
                    break
                continue
            if code == WARN and not self._is_harmless():
                self.stopped()
            self.entries += 1
            kind = libarchive.filetype(self.entry)
            directories += kind == DIRECTORY
            if directories > self.limits.members:
                self.sink.gap(Reason.LIMIT_MEMBERS, f"more than {self.limits.members} directories")
                return
            if not self._member(self._names(), lazy=kind == DIRECTORY, excused=kind in (DIRECTORY, LINK)):
                return
        if self.reading is ZIP and not (
            self._other_names(packed)
            and give_rest(packed, self.read_of, self.sink, self.limits)
            and odfkeys.give_sealed(packed, self.manifests, self.names, self.limits)
        ):
            return
        if not self.gaps:
            self._check(type, packed)

    def read_stream(self, packed: bytes) -> None:
        """The one entry of a raw stream, then the check that the whole input was used."""
        code = self._next()
        if code is not None and code not in READABLE:
            self.stopped()
            return
        if code is None:
            if libarchive.error(self.archive):
                self.stopped()
            elif not self.sink.member(()):
                return
        elif not self._member(()):
            return
        if not self.gaps:
            self._check_rest(packed)

    def _next(self) -> int | None:
        """Step to the next header; None at the end, else libarchive's code."""
        code: int = libarchive.next_header(self.archive, ctypes.byref(self.entry))
        return None if code == END else code

    def _is_harmless(self) -> bool:
        """A warning about a name's encoding or an attribute; any other says that something was skipped."""
        text = libarchive.error(self.archive) or b""
        # A stream of encrypted entries has the time where the checksum was not known yet (APPNOTE 6.1.6).
        harmless = (b"convert", b"Ignoring", *((b"CRC32",) if libarchive.is_encrypted(self.entry) > 0 else ()))
        return any(word in text for word in harmless)

    def _is_listed(self, size: int) -> bool:
        """What was read is what a zip's directory says, whatever libarchive says of its checksum."""
        if self.reading is not ZIP or b"CRC" not in (libarchive.error(self.archive) or b""):
            return False
        if self.listed is None:
            entries = zipnames.directory(self.packed, 2 * self.limits.members).listed
            self.listed = frozenset((one.whole, one.crc) for one in entries)
        return (size, self.crc) in self.listed

    def stopped(self) -> None:
        """Tell the sink why libarchive stopped: encryption, or anything else.

        Only for an archive that was opened: asking an unopened one for encrypted entries crashes libarchive 3.6.
        """
        text = (libarchive.error(self.archive) or b"unrecognized or damaged").decode("ascii", "replace")
        lower = text.lower()
        locked = self.encrypted or "encrypt" in lower or "passphrase" in lower or "crypto" in lower
        if not self.entries and libarchive.has_encrypted(self.archive) == 1:
            locked = True
        self._gap(Reason.ENCRYPTED if locked else Reason.UNREADABLE, printable(text))

    def _gap(self, reason: Reason, detail: str) -> None:
        self.gaps += 1
        if self.gaps <= REPORTED:
            self.sink.gap(reason, detail)

    def _names(self) -> tuple[str, ...]:
        """The names of the current entry: read as UTF-8, or in the format's own encoding where that fails."""
        found: list[str] = []
        for raw in (libarchive.pathname_utf8(self.entry), libarchive.pathname(self.entry)):
            if raw:
                raw = zipnames.cut(raw)
                try:
                    found.append(raw.decode())
                except UnicodeDecodeError:
                    found.append(raw.decode(self.reading.names))
        self.names.update(found)
        return tuple(dict.fromkeys(found))

    def _member(self, names: tuple[str, ...], *, lazy: bool = False, excused: bool = False) -> bool:
        """One member with its content; a `lazy` one exists only if content comes. False: the sink said stop.

        `excused`: it needs no content, and some formats call the attempt to read it an error.
        """
        if not lazy and not self.sink.member(names):
            return False
        began = not lazy
        if libarchive.is_encrypted(self.entry) > 0:
            self.read_of.encrypted = True
            if lazy and not self.sink.member(names):
                return False
            self.keyed -= 1
            if self.keyed < 0:
                self._gap(Reason.ENCRYPTED, "encrypted entry")
                return True
            if lazy:
                began = True
        position = self.crc = 0
        while True:
            self.pointer.value, self.size.value, self.offset.value = None, 0, position
            code = libarchive.data_block(self.archive, self.pointer, self.size, self.offset)
            if code in READABLE or code == END:
                # A hole of a sparse file reads as zeros; the count of real bytes bounds it like any other content.
                hole = max(0, self.offset.value - position) if self.reading.holes else 0
                size = self.size.value if self.pointer.value and code != END else 0
                room = self.limits.member_bytes - position
                if not began and hole + size:
                    if not self.sink.member(names):
                        return False
                    began = True
                if not self._zeros(min(hole, room)) or not self._bytes(min(size, max(0, room - hole))):
                    return False
                position += hole + size
                if position > self.limits.member_bytes:
                    self.read_of.cut = self.limits.member_bytes
                    self.sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {self.limits.member_bytes} bytes")
                    return True
            if code == END:
                self.read_of.contents.add((position, self.crc))
                return True
            if code not in READABLE and excused and not position:
                return True
            if code != OK:
                if self._is_listed(position):
                    self.read_of.contents.add((position, self.crc))
                    return True
                self.stopped()
                if code != WARN or not self.size.value:
                    return True

    def _zeros(self, count: int) -> bool:
        while count > 0:
            if not self.sink.data(ZEROS[:count]):
                return False
            count -= CHUNK
        return True

    def _bytes(self, count: int) -> bool:
        address = self.pointer.value or 0
        for start in range(0, count, CHUNK):
            content = ctypes.string_at(address + start, min(CHUNK, count - start))
            if self.reading is ZIP:
                self.crc = zlib.crc32(content, self.crc)
            if not self.sink.data(content):
                return False
        return True

    def _other_names(self, packed: bytes) -> bool:
        """Names in a zip's headers that libarchive did not give: members without content. False: the sink said stop."""
        known = {name.replace("\\", "/") for name in self.names}
        # As many files as there may be members, and as many directories.
        others = zipnames.names(packed, 2 * self.limits.members)
        if not others.complete:
            self._gap(Reason.LIMIT_HEADER, "more fields of names than are looked at")
        return all(self.sink.member((name,)) for name in others.found if name.replace("\\", "/") not in known)

    def _check(self, type: str, packed: bytes) -> None:
        """An archive that was read without complaint may still have been read in part."""
        listed = listed_entries(packed) if self.reading is ZIP else None
        if listed is not None and listed != self.entries & 0xFFFF:
            self._gap(Reason.UNREADABLE, f"the directory lists {listed} entries, {self.entries} could be read")
            return
        if type in ("tar", "lha"):
            self._check_rest(packed)
        elif type == "cpio" and not is_gapless(packed):
            self._gap(Reason.UNREADABLE, "damaged before its end")
        if not self.entries and not is_empty(type, packed):
            self._gap(Reason.UNREADABLE, "nothing in it could be read")

    def _check_rest(self, packed: bytes) -> None:
        """Bytes behind the point where libarchive stopped, unless they are padding, were not looked into."""
        used = libarchive.consumed(self.archive, -1)
        if 0 <= used < len(packed) and packed[used:].strip(b"\0"):
            self._gap(Reason.UNREADABLE, f"{len(packed) - used} bytes follow what could be read")
