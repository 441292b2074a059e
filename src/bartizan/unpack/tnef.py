"""TNEF files (winmail.dat), in which Outlook and Exchange hide bodies and attachments (MS-OXTNEF).

A file is a row of attributes, each of the message or of the attachment begun last; properties of MAPI are within two of
them. Members are the bodies (text, HTML, RTF out of its compression), each attachment under all names that it has
anywhere, an attached message as TNEF of its own, an object as the bytes of its storage. Attributes of an attachment may
come in any order, so nothing is given before the next one begins.

An attribute that is cut short, that is none, or whose properties cannot be read is a gap; what there is of it is given.
What follows the last attribute is a member. Checksums do not matter to readers, nor here.
Limits: ATTRIBUTES attributes, NAMES names of one attachment, properties (mapi.py), RTF (rtfcompressed.py).

Not here: HTML inside of RTF (rtf.py); properties that no reader shows: they are scanned with the raw bytes.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import rtfcompressed
from bartizan.unpack.give import give
from bartizan.unpack.mapi import OBJECT, PROPERTIES, UNICODE, Properties, Property
from bartizan.unpack.sink import Sink

ATTRIBUTES = 100_000
NAMES = 100
HEADER = 6
MESSAGE, ATTACHMENT = 1, 2
# Attributes: their identifier, without the type above it.
BODY, MESSAGE_PROPERTIES, CODEPAGE = 0x800C, 0x9003, 0x9007
BEGIN, TITLE, TRANSPORT_NAME, DATA, METAFILE, PROPERTIES_OF_ATTACHMENT = 0x9002, 0x8010, 0x9001, 0x800F, 0x8011, 0x9005
# Properties.
TEXT, HTML, RTF = 0x1000, 0x1013, 0x1009
HTML_NAME = "body.html"
"""What says of a body that it is a page, however it begins."""
CONTENT, DISPLAY_NAME = 0x3701, 0x3001
FILE_NAMES = frozenset((0x3707, 0x3704, 0x370D, 0x3708, 0x370C))
"""Long and short file name, long and short path, name for transport."""
EXTENSION = 0x3703
CODEPAGES = frozenset((*range(1250, 1259), 437, 850, 866, 874, 932, 936, 949, 950, 65001))
"""Windows code pages; what says another is read as 1252."""
_IDENTIFIER_REST = bytes.fromhex("00000000c000000000000046")
EMBEDDED_MESSAGE, STORAGE, STREAM = (first + _IDENTIFIER_REST for first in (b"\7\3\2\0", b"\x0b\0\0\0", b"\x0c\0\0\0"))


@dataclass(slots=True)
class _Attachment:
    """What was found of one attachment until now."""

    names: dict[str, None] = field(default_factory=dict)
    display_names: dict[str, None] = field(default_factory=dict)
    contents: list[memoryview] = field(default_factory=list)
    is_message: bool = False
    excess: bool = False

    def call(self, name: str) -> None:
        """One more name."""
        for part in name.split("\0"):
            if part and len(self.names) < NAMES:
                self.names[part] = None
            elif part and part not in self.names:
                self.excess = True


def open_tnef(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give bodies and attachments of a TNEF file to the sink."""
    _File(data, sink, limits).give()


def prepare() -> None:
    """Load the codecs of names."""
    for number in CODEPAGES:
        codecs.lookup(f"cp{number}")


class _File:
    """One file on its way into the sink."""

    __slots__ = ("attachment", "codec", "data", "limits", "sink", "stopped")

    def __init__(self, data: memoryview, sink: Sink, limits: Limits) -> None:
        self.data = data
        self.sink = sink
        self.limits = limits
        self.codec = "cp1252"
        self.attachment = _Attachment()
        self.stopped = False

    def give(self) -> None:
        """All attributes in turn, and what follows them."""
        data = self.data
        at = HEADER
        for _ in range(ATTRIBUTES):
            level = data[at] if at < len(data) else 0
            size = int.from_bytes(data[at + 5 : at + 9], "little")
            if level not in (MESSAGE, ATTACHMENT) or at + 9 > len(data):
                break
            start = at + 9
            at = start + size + 2
            content = data[start : start + size]
            id = int.from_bytes(data[start - 8 : start - 6], "little")
            if len(content) < size:
                self.sink.gap(Reason.UNREADABLE, "cut short")
            # Which of both it belongs to, its identifier says; not all readers look at the level.
            self._message(id, content)
            self._attachment(id, content)
            if self.stopped:
                return
        else:
            self.sink.gap(Reason.LIMIT_MEMBERS, f"more than {ATTRIBUTES} attributes")
        self._end_attachment()
        rest = data[at:]
        if not self.stopped and bytes(rest).strip(b"\0\r\n\x1a"):
            self.sink.gap(Reason.UNREADABLE, "bytes that are no attribute")
            self._member((), rest)

    def _member(self, names: tuple[str, ...], content: bytes | memoryview) -> None:
        self.stopped = self.stopped or not give(self.sink, names, content, self.limits)

    def _message(self, id: int, content: memoryview) -> None:
        """An attribute of the message."""
        if id == CODEPAGE:
            number = int.from_bytes(content[:4], "little")
            self.codec = f"cp{number}" if number in CODEPAGES else "cp1252"
        elif id == BODY:
            self._member((), bytes(content).rstrip(b"\0"))
        elif id == MESSAGE_PROPERTIES:
            for property in self._properties(content):
                if property.id in (TEXT, HTML, RTF) and not self.stopped:
                    self._body(property)

    def _body(self, property: Property) -> None:
        if property.id == RTF:
            rtf = rtfcompressed.decompress(bytes(property.value))
            self._member((), rtf.text)
            if rtf.damage and not self.stopped:
                self.sink.gap(Reason.UNREADABLE, f"compressed RTF: {rtf.damage}")
            if rtf.limited and not self.stopped:
                self.sink.gap(Reason.LIMIT_TIME, f"more than {rtfcompressed.WORK} bytes of compressed RTF")
            return
        names = (HTML_NAME,) if property.id == HTML else ()
        if property.type == UNICODE:
            self._member(names, bytes(property.value).decode("utf-16-le", "replace").rstrip("\0").encode())
        else:
            self._member(names, bytes(property.value).rstrip(b"\0"))

    def _attachment(self, id: int, content: memoryview) -> None:
        """An attribute of the attachment begun last, or the beginning of one."""
        own = self.attachment
        if id == BEGIN:
            self._end_attachment()
        elif id in (TITLE, TRANSPORT_NAME):
            own.call(bytes(content).rstrip(b"\0").decode(self.codec, "replace"))
        elif id == DATA:
            own.contents.append(content)
        elif id == METAFILE:
            # The picture of an attachment's icon.
            self._member((), content)
        elif id == PROPERTIES_OF_ATTACHMENT:
            for property in self._properties(content):
                if property.id == CONTENT:
                    own.contents.append(_unwrapped(property))
                    own.is_message |= property.value[:16] == EMBEDDED_MESSAGE
                elif property.id in FILE_NAMES:
                    own.call(property.text(self.codec))
                elif property.id in (DISPLAY_NAME, EXTENSION):
                    own.display_names[property.text(self.codec)] = None

    def _end_attachment(self) -> None:
        own, self.attachment = self.attachment, _Attachment()
        if not own.is_message:
            # That of a message is its subject.
            for name in own.display_names:
                own.call(name)
        if own.excess:
            self.sink.gap(Reason.LIMIT_MEMBERS, f"more than {NAMES} names of an attachment")
        names = tuple(own.names)
        for content in own.contents or [memoryview(b"")] * bool(names):
            self._member(names, content)

    def _properties(self, content: memoryview) -> list[Property]:
        """The properties in an attribute; a gap if they are damaged."""
        properties = Properties(content)
        found = list(properties)
        if not properties.complete:
            many = len(found) >= PROPERTIES
            reason = Reason.LIMIT_MEMBERS if many else Reason.UNREADABLE
            self.sink.gap(reason, f"more than {PROPERTIES} properties" if many else "damaged properties")
        return found


def _unwrapped(property: Property) -> memoryview:
    """The content of an attachment, without the interface that an object names in front of it."""
    wrapped = property.type == OBJECT and property.value[:16] in (EMBEDDED_MESSAGE, STORAGE, STREAM)
    return property.value[16:] if wrapped else property.value
