"""Compound files of OLE: every stream as a member, and the files, objects and macros inside streams as further ones.

In: Word, Excel and PowerPoint documents before 2007, Outlook messages, installer packages, VBA projects, encrypted
documents. Out: members named by their paths, control characters left out; what carries a name of its own (embedded
files, attachments of a message) goes by that as well. Source of macros is `NAME.vba`; a module of compiled code without
a source is `NAME.pcode`, which is empty and a gap: what such code does nobody here can say. Text of Word, Excel and
PowerPoint is `text.txt`, instructions of Word's fields are `fields.txt`.

Damage is a gap, encryption is a gap, and everything that could be read is given all the same.
Limits: `member_bytes` for each member, `total_bytes` for all that is read out of sectors, SOURCE bytes of macros,
ENTRIES and DEPTH of the directory, OBJECTS of a presentation; all others are the Sink's.
Known gaps: those of office.py, officetext.py, msg.py and vba.py.
Not here: the sectors (compound.py), what macros do (detect/macros.py).
"""

from __future__ import annotations

import codecs

from bartizan.model.finding import Reason
from bartizan.model.limits import KIB, MIB, Limits
from bartizan.unpack import msg, office, officekeys, officelocks, officetext, package, rtfcompressed, vba
from bartizan.unpack.compound import DEPTH, ENTRIES, Compound, Stream
from bartizan.unpack.sink import Sink

OLE = frozenset(("ole", "msi", "msg", "olex"))
REPORTED = 10
"""So many gaps of damage are told of one file; more of them add nothing."""
SOURCE = 16 * MIB
LISTING = 4 * MIB
HEAD = 4 * KIB
"""Of a stream, in which it says how it is encrypted."""
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
NO_MODULES = frozenset(("dir", "_vba_project"))


def prepare() -> None:
    """Load the codecs of names and texts."""
    codecs.lookup("utf-16-le")
    codecs.lookup("cp1252")
    officekeys.prepare()


def open_ole(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give everything in a compound file of `type`, one of OLE, to the sink."""
    found = officekeys.unlocked(data, sink.passwords) if type == "olex" else None
    if found is not None:
        sink.opened(found.password)
    elif type == "olex":
        sink.gap(Reason.ENCRYPTED, "encrypted Office document")
    try:
        compound = Compound(data, limits.total_bytes)
    except ValueError as error:
        sink.gap(Reason.UNREADABLE, str(error))
        return
    for line in compound.damage:
        sink.gap(Reason.UNREADABLE, line)
    if compound.long:
        sink.gap(Reason.LIMIT_MEMBERS, f"more than {ENTRIES} directory entries")
    if compound.deep:
        sink.gap(Reason.LIMIT_DEPTH, f"more than {DEPTH} storages in each other")
    if not compound.streams and not compound.damage:
        sink.gap(Reason.UNREADABLE, "a compound file without streams")
    document = _Document(compound, type, sink, limits)
    document.package = found.package if found is not None else b""
    document.give()


class _Document:
    """One compound file on its way into the sink. `source`: bytes that macros may still have."""

    __slots__ = (
        "attached",
        "compound",
        "damaged",
        "locks",
        "most",
        "offsets",
        "package",
        "sink",
        "source",
        "tables",
        "told",
        "type",
    )

    def __init__(self, compound: Compound, type: str, sink: Sink, limits: Limits) -> None:
        self.compound = compound
        self.type = type
        self.sink = sink
        self.most = limits.member_bytes
        self.source = SOURCE
        self.package = b""
        self.damaged = 0
        self.told: set[Reason] = {Reason.ENCRYPTED} if type == "olex" else set()
        self.offsets = self._offsets()
        self.tables = {
            (*stream.path[:-1], name): stream
            for stream in compound.streams
            for name in stream.names & officetext.TABLES
        }
        self.locks = self._locks()
        self.attached = msg.attachments(compound.streams, compound.read)
        if self.attached.excess:
            self._gap(Reason.LIMIT_MEMBERS, f"more than {msg.NAMES} names of an attachment")

    def give(self) -> None:
        """All streams, each with what is inside it, until the sink says stop."""
        for stream in self.compound.streams:
            content, whole = self.compound.read(stream, self.most)
            lock = self.locks.get(stream.path[:-1])
            if lock is not None:
                content = lock.plain(stream.names, content)
            if not self._stream(stream, content):
                return
            if stream.size > len(content) and self.compound.left <= 0:
                self._gap(Reason.LIMIT_TOTAL_BYTES, "streams of more than total_bytes")
                return
            if not whole and stream.linked:
                self._gap(Reason.UNREADABLE, "a damaged stream")
            elif whole and stream.size > self.most:
                self._gap(Reason.LIMIT_MEMBER_BYTES, f"more than {self.most} bytes")
            if lock is None:
                self._seal(stream, content)
            elif not lock.whole:
                self._gap(Reason.ENCRYPTED, "a part of an encrypted document")
            if not self._inside(stream, content):
                return
        for names in self.attached.elsewhere:
            if not self._member(names, b""):
                return

    def _gap(self, reason: Reason, detail: str) -> None:
        """Tell a gap: damage REPORTED times, everything else once."""
        if reason is Reason.UNREADABLE:
            self.damaged += 1
            if self.damaged > REPORTED:
                return
        elif reason in self.told:
            return
        self.told.add(reason)
        self.sink.gap(reason, detail)

    def _locks(self) -> dict[tuple[str, ...], officelocks.Lock]:
        """The locks of encrypted documents that a password opened, by the storage that they lie in."""
        found: dict[tuple[str, ...], officelocks.Lock] = {}
        for stream in self.compound.streams:
            place, passwords = stream.path[:-1], self.sink.passwords
            if place in found:
                continue
            lock: officelocks.Lock | None = None
            if "worddocument" in stream.names and self._is_sealed(stream):
                heads = {
                    name: self._head(table) for (*path, name), table in self.tables.items() if tuple(path) == place
                }
                lock = officelocks.word(self._head(stream), heads, passwords)
            elif stream.names & office.WORKBOOKS and self._is_sealed(stream):
                lock = officelocks.workbook(self._head(stream), passwords)
            elif "current user" in stream.names and self._is_sealed(stream):
                documents = [
                    one
                    for one in self.compound.streams
                    if one.path[:-1] == place and "powerpoint document" in one.names
                ]
                if len(documents) == 1:
                    document = self.compound.read(documents[0], self.most)[0]
                    lock = officelocks.slides(self._head(stream), document, passwords)
            if lock is not None:
                found[place] = lock
                self.sink.opened(lock.password)
        return found

    def _is_sealed(self, stream: Stream) -> bool:
        return office.sealed(stream.names, self._head(stream)) is office.Sealed.YES

    def _head(self, stream: Stream) -> bytes:
        return self.compound.read(stream, HEAD)[0]

    def _seal(self, stream: Stream, content: bytes) -> None:
        match office.sealed(stream.names, content):
            case office.Sealed.YES:
                self._gap(Reason.ENCRYPTED, "encrypted document")
            case office.Sealed.UNKNOWN:
                self._gap(Reason.LIMIT_MEMBERS, f"more than {office.RECORDS} records of a workbook")
            case office.Sealed.NO:
                pass

    def _stream(self, stream: Stream, content: bytes) -> bool:
        names = self.attached.names.get(stream.path[:-1], ()) if msg.is_data(stream) else ()
        if "encryptedpackage" in stream.names:
            content = self.package[: self.most]  # what is encrypted is nothing but noise
        return self._member((*names, self._path(stream)), content)

    def _path(self, stream: Stream) -> str:
        parts = map(_installer_name, stream.path) if self.type == "msi" else stream.path
        return "/".join(_cleaned(part) for part in parts)

    def _member(self, names: tuple[str, ...], content: bytes) -> bool:
        return self.sink.member(names) and (not content or self.sink.data(content))

    def _inside(self, stream: Stream, content: bytes) -> bool:
        """The further members that a stream holds. False: the sink said stop."""
        if "\1ole10native" in stream.names:
            found = package.native(content)
            return self._member(found.names, found.data)
        if "powerpoint document" in stream.names:
            return self._objects(content) and self._text("text.txt", *officetext.powerpoint(content, self.most))
        if "worddocument" in stream.names:
            return self._word(stream, content)
        if stream.names & office.WORKBOOKS:
            return self._text("text.txt", *officetext.excel(content, self.most))
        if msg.RTF in stream.names:
            return self._body(stream, content)
        for suffix, text in (("txt", msg.text(stream, content)), ("html", msg.html(stream, content))):
            if text is not None:
                return self._member((f"{self._path(stream)}.{suffix}",), text[: self.most])
        return self._macros(stream, content)

    def _body(self, stream: Stream, content: bytes) -> bool:
        body = rtfcompressed.decompress(content)
        if not self._member((f"{self._path(stream)}.rtf",), body.text[: self.most]):
            return False
        if body.limited or len(body.text) > self.most:
            self._gap(Reason.LIMIT_MEMBER_BYTES, "a body that is too long")
        elif body.damage:
            self._gap(Reason.UNREADABLE, f"compressed RTF: {body.damage}")
        return True

    def _objects(self, content: bytes) -> bool:
        for found in office.objects(content, self.most):
            if found.data and not self._member((), found.data):
                return False
            if found.limit is not None:
                self._gap(found.limit, "objects of a presentation: too many or too large")
            elif not found.whole:
                self._gap(Reason.UNREADABLE, "a damaged object")
        return True

    def _word(self, stream: Stream, content: bytes) -> bool:
        """The text of a document, whose pieces another stream lists."""
        other = self.tables.get((*stream.path[:-1], officetext.table_of(content)))
        table = self.compound.read(other, self.most)[0] if other is not None else b""
        lock = self.locks.get(stream.path[:-1])
        if lock is not None and other is not None:
            table = lock.plain(other.names, table)
        found = officetext.word(content, table, self.most)
        return self._text("text.txt", found.text, found.whole) and self._text("fields.txt", found.fields, whole=True)

    def _text(self, name: str, content: bytes, whole: bool) -> bool:
        """What people read in a document, unless that is nothing."""
        if content.strip() and not self._member((name,), content[: self.most]):
            return False
        if not whole or len(content) > self.most:
            self._gap(Reason.LIMIT_MEMBER_BYTES, "a text that is too long")
        return True

    def _macros(self, stream: Stream, content: bytes) -> bool:
        """The sources of a module, or that it has none."""
        in_project = "vba" in stream.storage and not stream.names & NO_MODULES
        if not in_project and b"\0Attribut" not in content:
            return True
        written = False
        if self.source <= 0:
            self._gap(Reason.LIMIT_MEMBER_BYTES, "macros of too many bytes")
        for source in vba.sources(content, self.offsets.get(stream.path, ()), min(self.source, self.most)):
            self.source -= len(source.text)
            written = written or bool(source.text.strip(b"\0 \t\r\n"))
            if not self._member((f"{self._path(stream)}.vba",), source.text):
                return False
            if self.source <= 0 or len(source.text) >= self.most:
                self._gap(Reason.LIMIT_MEMBER_BYTES, "macros of too many bytes")
            elif not source.whole:
                self._gap(Reason.UNREADABLE, "macros that are damaged")
        if in_project and not written and (stream.path in self.offsets or content.startswith(vba.COMPILED)):
            if not self._member((f"{self._path(stream)}.pcode",), b""):
                return False
            self._gap(Reason.UNREADABLE, "compiled macros without their source")
        return True

    def _offsets(self) -> dict[tuple[str, ...], tuple[int, ...]]:
        """Where the sources begin in the modules' streams, by path, as the projects' `dir` streams say."""
        listed: dict[tuple[str, ...], dict[str, tuple[int, ...]]] = {}
        for stream in self.compound.streams:
            if "dir" in stream.names and "vba" in stream.storage and self.source > 0:
                packed = self.compound.read(stream, LISTING)[0]
                listing = vba.decompress(packed, 0, min(LISTING, self.source)).text
                self.source -= len(listing)
                known = listed.setdefault(stream.path[:-1], {})
                for name, starts in vba.offsets(listing).items():
                    known[name] = (*known.get(name, ())[: vba.SOURCES + 1], *starts)
        found: dict[tuple[str, ...], tuple[int, ...]] = {}
        for stream in self.compound.streams:
            modules = listed.get(stream.path[:-1], {})
            for name in modules.keys() & stream.names:
                found[stream.path] = (*found.get(stream.path, ()), *modules[name])
        return found


def _cleaned(name: str) -> str:
    """A name without control characters, such as the numbers that mark a stream's kind."""
    return "".join(c for c in name if c >= " " and c != "\x7f")


def _installer_name(name: str) -> str:
    """The name of a stream of an installer package, which packs two letters into one character."""
    letters: list[str] = []
    for c in name:
        code = ord(c) - 0x3800
        if 0 <= code < 0x1000:
            letters += (LETTERS[code & 63], LETTERS[code >> 6])
        elif 0x1000 <= code < 0x1040:
            letters.append(LETTERS[code - 0x1000])
        elif code != 0x1040:
            letters.append(c)
    return "".join(letters)
