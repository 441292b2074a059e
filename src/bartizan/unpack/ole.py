"""Compound files of OLE: every stream as a member, and the files, objects and macros inside streams as further ones.

In: Word, Excel and PowerPoint documents before 2007, Outlook messages, installer packages, VBA projects, encrypted
documents. Out: members named by their paths, control characters left out; what carries a name of its own (embedded
files, attachments of a message) goes by that as well. Source of macros is called `NAME.vba`: what it may do is for
phrases and signatures to say, no rule is about macros as such.

Damage is a gap, encryption is a gap, and everything that could be read is given all the same.
Limits: `member_bytes` for each member, ENTRIES of the directory, OBJECTS of a presentation; all others are the Sink's.
Known gaps: those of office.py and ovba.py.
Not here: the sectors (compound.py).
"""

from __future__ import annotations

import codecs
import re

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import office, ovba, package
from bartizan.unpack.compound import ENTRIES, Compound, Stream
from bartizan.unpack.sink import Sink

OLE = frozenset(("ole", "msi", "msg", "olex"))
REPORTED = 10
"""So many gaps of one file are told; more of them add nothing."""
LONGEST_NAME = 2000
ATTACHMENT = "__attach_version1.0_"
ATTACHED_DATA = "__substg1.0_37010102"
BODY = "__substg1.0_10090102"
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"

_NAME = re.compile(r"__substg1\.0_(?:3001|3704|3707|370[bd]|3712)001([ef])")
"""Names of an attachment: display, short, long, and paths of files (MS-OXPROPS); 8-bit or UTF-16."""


def prepare() -> None:
    """Load the codec of names."""
    codecs.lookup("utf-16-le")


def open_ole(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give everything in a compound file of `type`, one of OLE, to the sink."""
    try:
        compound = Compound(data)
    except ValueError as error:
        sink.gap(Reason.UNREADABLE, str(error))
        return
    for line in compound.damage[:REPORTED]:
        sink.gap(Reason.UNREADABLE, line)
    if compound.truncated:
        sink.gap(Reason.LIMIT_MEMBERS, f"more than {ENTRIES} directory entries")
    if not compound.streams and not compound.damage:
        sink.gap(Reason.UNREADABLE, "a compound file without streams")
    _Document(compound, type, sink, limits).give()


class _Document:
    """One compound file on its way into the sink; counts its gaps."""

    def __init__(self, compound: Compound, type: str, sink: Sink, limits: Limits) -> None:
        self.compound = compound
        self.type = type
        self.sink = sink
        self.most = limits.member_bytes
        self.gaps = 0
        self.encrypted = False
        self.offsets = self._modules()
        self.attached = self._attachments()

    def give(self) -> None:
        """All streams, each with what is inside it, until the sink says stop."""
        for stream in self.compound.streams:
            content, whole = self.compound.read(stream, self.most)
            if not self._stream(stream, content):
                return
            if not whole and stream.linked:
                self._gap(Reason.UNREADABLE, "a damaged stream")
            if stream.size > self.most and whole:
                self._gap(Reason.LIMIT_MEMBER_BYTES, f"more than {self.most} bytes")
            if not self.encrypted and office.is_encrypted(stream.name, content):
                self.encrypted = True
                self._gap(Reason.ENCRYPTED, "encrypted document")
            if not self._inside(stream, content):
                return

    def _gap(self, reason: Reason, detail: str) -> None:
        self.gaps += 1
        if self.gaps <= REPORTED or reason is Reason.ENCRYPTED:
            self.sink.gap(reason, detail)

    def _stream(self, stream: Stream, content: bytes) -> bool:
        names = self.attached.get(stream.path[:-1], ()) if stream.name == ATTACHED_DATA else ()
        if stream.name == "encryptedpackage":
            content = b""  # nothing but noise
        return self._member((*names, self._path(stream)), content)

    def _path(self, stream: Stream) -> str:
        parts = map(_installer_name, stream.path) if self.type == "msi" else stream.path
        return "/".join(_cleaned(part) for part in parts)

    def _member(self, names: tuple[str, ...], content: bytes) -> bool:
        return self.sink.member(names) and (not content or self.sink.data(content))

    def _inside(self, stream: Stream, content: bytes) -> bool:
        """The further members that a stream holds. False: the sink said stop."""
        if stream.name == "\1ole10native":
            found = package.native(content)
            return self._member(found.names, found.data)
        if stream.name == "powerpoint document":
            return self._objects(content)
        if stream.name == BODY:
            return self._read_out(stream, "rtf", office.compressed_rtf(content, self.most))
        if stream.name != "dir" and _is_project(stream):
            source = ovba.source(content, self.offsets.get(stream.path), self.most)
            if source is not None:
                return self._read_out(stream, "vba", source)
        return True

    def _read_out(self, stream: Stream, suffix: str, found: tuple[bytes, bool]) -> bool:
        content, whole = found
        if not self._member((f"{self._path(stream)}.{suffix}",), content):
            return False
        if not whole:
            self._gap(Reason.UNREADABLE, "damaged compression")
        return True

    def _objects(self, content: bytes) -> bool:
        for count, (found, whole) in enumerate(office.objects(content, self.most)):
            if count == office.OBJECTS:
                self._gap(Reason.LIMIT_MEMBERS, f"more than {office.OBJECTS} objects")
                break
            if not self._member((), found):
                return False
            if not whole:
                self._gap(Reason.UNREADABLE, "a damaged object")
        return True

    def _modules(self) -> dict[tuple[str, ...], int]:
        """Where the sources begin in the modules' streams, by path, as the projects' `dir` streams say."""
        listed: dict[tuple[str, ...], dict[str, int]] = {}
        for stream in self.compound.streams:
            if stream.name == "dir" and _is_project(stream):
                listing, _ = ovba.decompress(self.compound.read(stream, self.most)[0], 0, self.most)
                offsets = {module.stream: module.offset for module in ovba.modules(listing)}
                listed.setdefault(stream.path[:-1], {}).update(offsets)
        return {
            stream.path: listed[stream.path[:-1]][stream.name]
            for stream in self.compound.streams
            if stream.name in listed.get(stream.path[:-1], ())
        }

    def _attachments(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        """The names of attachments by the path of their storage."""
        names: dict[tuple[str, ...], tuple[str, ...]] = {}
        for stream in self.compound.streams:
            found = _NAME.fullmatch(stream.name)
            if found and len(stream.path) > 1 and stream.path[-2].lower().startswith(ATTACHMENT):
                raw = self.compound.read(stream, LONGEST_NAME)[0]
                name = raw.decode("utf-16-le" if found[1] == "f" else "latin-1", "replace").rstrip("\0")
                if name:
                    names[stream.path[:-1]] = (*names.get(stream.path[:-1], ()), name)
        return names


def _is_project(stream: Stream) -> bool:
    """Does it lie in the storage of a VBA project's modules?"""
    return len(stream.path) > 1 and stream.path[-2].lower() == "vba"


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
