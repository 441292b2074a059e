r"""RTF documents: objects and other files within, the text that people read, what fields and templates refer to.

In: the bytes (RTF 1.9.1). Out: members: each object, as the file that it packs or as it is; every other file that
stands in hexadecimal digits or as it is (\bin) in a group; the text as UTF-8, `text.txt`, and once more without its
hidden runs or as the HTML that Outlook wraps, which may be twice; and `fields.txt`, a line for each text that is not
shown, with the name of its destination: fields, links, classes of objects, templates, notes.

What stands among the digits of an object (groups, control words, escapes, odd digits) is read in more than one way, as
readers and evasions differ: each reading that gives other bytes is a member. The last group may be open.

An RTF is a document, and its own bytes are scanned as well: nothing that is damaged is a gap. Limits are: TOKENS,
DEPTH groups in each other, OBJECTS objects and files, `member_bytes` of each text and of all objects together.
Not here: text (rtftext.py), OLE 1 (package.py), what fields do (detect/macros.py).
"""

from __future__ import annotations

import re
from binascii import unhexlify

from bartizan.message.piece import decoded_type
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import package, rtftext
from bartizan.unpack.rtfdata import Destination
from bartizan.unpack.sink import Sink

TOKENS = 4_000_000
DEPTH = 1000
OBJECTS = 2000
LEAST = 40
"""Digits of a file."""
NO_FILES = frozenset(("", "text", "png", "jpg", "gif"))
"""Found types that are what documents are made of."""
PLACES = ("fldinst", "info", "pict", "template", "objclass", "objname", "objalias", "xe", "tc", "rxe", "txe", "filetbl")
UNSEEN = frozenset((*PLACES, "fonttbl", "colortbl", "stylesheet", "objdata", "nonshppict"))
"""Destinations whose text is not shown though no asterisk says so."""
FONTS = frozenset(("fonttbl", "colortbl", "stylesheet", "latentstyles"))
"""Those whose text says nothing."""

_TOKEN = re.compile(
    rb"\\(?:([A-Za-z]{1,250}+)(-?\d{1,250}+)?+ ?|'([0-9A-Fa-f]{0,2})|(.)|$)|([{}])|([^\\{}]++)", re.DOTALL
)
_HIDES = re.compile(rb"\\v(?![A-Za-z])")
_HEADER = re.compile(rb"01050000020{7}|01050000010{7}|d0cf11e0a1b11ae1", re.IGNORECASE)
"""How objects begin, in digits."""


def prepare() -> None:
    """Load the codecs of texts."""
    rtftext.prepare()


def open_rtf(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the objects, files and texts of an RTF document to the sink."""
    _Document(bytes(data), sink, limits).give()


class _Document:
    """One document on its way into the sink. `left`: bytes that objects may still have."""

    def __init__(self, data: bytes, sink: Sink, limits: Limits) -> None:
        self.data = data
        self.sink = sink
        self.most = self.left = limits.member_bytes
        self.text = rtftext.Text(self.most, hides=_HIDES.search(data) is not None, wraps=b"\\fromhtml" in data)
        self.files = 0
        self.told: set[Reason] = set()
        self.stopped = False
        self.fields = bytearray()
        self.groups: list[tuple[Destination | None, Destination | None, int, int, bool, bool]] = []
        self.surplus = 0
        self.place: Destination | None = None  # the destination of the current group; None: the body
        self.own: Destination | None = None  # the same, if the group itself began it
        self.skip = 0  # characters that stand in for one in Unicode
        self.alternate = 1
        self.starred = False
        self.wrapping = self.scoped = False  # RTF that is not part of the wrapped HTML, in either reading
        self.defined = -1

    def give(self) -> None:
        """Everything that the document holds."""
        at = count = 0
        while not self.stopped and (found := _TOKEN.match(self.data, at)) is not None:
            at = found.end()
            count += 1
            if count > TOKENS:
                self._gap(Reason.LIMIT_TIME, f"more than {TOKENS} groups, words and texts")
                break
            word, number, escape, sign, brace, text = found.groups()
            if text is not None:
                self._text(text)
            elif word is not None:
                at = self._word(word.decode("ascii").lower(), number, at)
            elif brace is not None:
                self._brace(brace)
            elif escape is not None:
                self._escape(escape)
            elif sign is not None:
                self._sign(sign)
        while self.groups and not self.stopped:
            self.surplus = 0
            self._brace(b"}")
        self._texts()

    def _gap(self, reason: Reason, detail: str) -> None:
        if reason not in self.told:
            self.told.add(reason)
            self.sink.gap(reason, detail)

    def _member(self, names: tuple[str, ...], content: bytes) -> None:
        if not (self.sink.member(names) and (not content or self.sink.data(content))):
            self.stopped = True

    def _brace(self, brace: bytes) -> None:
        self.starred = False
        self.skip = 0
        if brace == b"{":
            if len(self.groups) >= DEPTH:
                self._gap(Reason.LIMIT_DEPTH, f"more than {DEPTH} groups in each other")
                self.surplus += 1
                return
            self.groups.append((self.place, self.own, self.text.font, self.alternate, self.text.hidden, self.scoped))
            self.own = None
        elif self.surplus:
            self.surplus -= 1
        elif self.groups:
            ended = self.own
            self.place, self.own, self.text.font, self.alternate, self.text.hidden, self.scoped = self.groups.pop()
            if ended is not None:
                self._end(ended)

    def _word(self, word: str, number: bytes | None, at: int) -> int:
        """A control word; where the document goes on behind it."""
        # As programs do it: 32 bits, whatever stands in front of them (which 32 digits decide).
        value = int(number[:1] + number[1:][-32:]) if number is not None else None
        value = (value + 0x80000000 & 0xFFFFFFFF) - 0x80000000 if value is not None else None
        starred, self.starred = self.starred, False
        if word == "bin":
            end = min(len(self.data), at + max(0, value or 0))
            self._raw(self.data[at:end])
            return end
        if starred or word in UNSEEN:
            self._begin(word)
        elif word in rtftext.SYMBOLS:
            self._character(rtftext.SYMBOLS[word])
        elif word == "u" and value is not None:
            self._character(chr(value & 0xFFFF))
            self.skip = self.alternate
        else:
            self._state(word, value)
        return at

    def _state(self, word: str, value: int | None) -> None:
        """A control word that changes how text is read."""
        match word:
            case "uc" if value is not None:
                self.alternate = min(max(value, 0), 100)
            case "f" if value is not None:
                self.defined = self.text.font = value
            case "fcharset" if value is not None and len(self.text.fonts) < OBJECTS:
                self.text.fonts[self.defined] = rtftext.CHARSETS.get(value, self.text.page)
            case "ansicpg" if value:
                self.text.page = value
            case "mac" | "pc" | "pca":
                self.text.page = {"mac": 10000, "pc": 437, "pca": 850}[word]
            case "plain" | "v":
                self.text.hidden = word == "v" and value != 0
            case "htmlrtf":
                self.wrapping = self.scoped = value != 0

    def _begin(self, word: str) -> None:
        """A destination begins, whatever stands in the group before."""
        if self.own is not None and self.own.is_object:
            return  # a word like any other among the digits
        if self.own is not None:
            self._end(self.own)
        self.own = self.place = Destination(word, self.place)

    def _text(self, text: bytes) -> None:
        place = self.place
        if self.skip:
            text = text.lstrip(b"\r\n")
            self.skip, text = max(0, self.skip - len(text)), text[self.skip :]
        if not text:
            return
        if place is not None:
            place.add(text, own=place is self.own)
        if place is None or place.name == "htmltag":
            self.text.raw(text.translate(None, b"\r\n\0"), self._into())

    def _character(self, text: str) -> None:
        place = self.place
        if place is not None and not place.is_object:
            place.text += text.encode("utf-8", "replace")
        if place is None or place.name == "htmltag":
            self.text.character(text, self._into())

    def _into(self) -> rtftext.Into:
        """The texts that what stands in the body or a tag belongs to."""
        if self.place is not None:
            return rtftext.Into(body=False)
        return rtftext.Into(html=not self.wrapping, scoped=not self.scoped)

    def _escape(self, digits: bytes) -> None:
        if self.place is not None and self.place.is_object:
            self.place.escape()
        elif len(digits) == 2:
            self._text(unhexlify(digits))

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.starred = True
        elif sign.decode("latin-1") in rtftext.SIGNS:
            self._character(rtftext.SIGNS[sign.decode("latin-1")])

    def _raw(self, content: bytes) -> None:
        if self.place is not None and self.place.is_object:
            self.place.raw(content)
        elif decoded_type(content) not in NO_FILES:
            self._file(content)

    def _end(self, data: Destination) -> None:
        """A destination is over: what was in it?"""
        if data.is_object:
            for digits in data.readings():
                self._object(digits)
            return
        digits = bytes(data.text).translate(None, b" \t\r\n")
        if len(digits) >= LEAST and not digits.translate(None, b"0123456789ABCDEFabcdef"):
            content = unhexlify(digits[: len(digits) // 2 * 2])
            if decoded_type(content) not in NO_FILES:
                self._file(content)
        elif data.text and data.name not in FONTS:
            self._line(data.name, bytes(data.text).translate(None, b"\r\n\0"))

    def _line(self, name: str, content: bytes) -> None:
        """A text for fields.txt."""
        line = name.encode("ascii") + b": " + content + b"\n"
        if len(self.fields) + len(line) <= self.most:
            self.fields += line
        else:
            self._gap(Reason.LIMIT_MEMBER_BYTES, f"more than {self.most} bytes that are not shown")

    def _object(self, digits: bytes) -> None:
        """An object in one reading: from where it begins, which may be in the middle of a byte."""
        header = _HEADER.search(digits)
        start = header.start() if header is not None else 0
        content = unhexlify(digits[start : start + (len(digits) - start) // 2 * 2])
        found = package.object1(content)
        if found is None:
            self._file(content)
            return
        self._line("class", found.program.encode("utf-8", "replace"))
        if found.link:
            self._line("link", found.link.encode("utf-8", "replace"))
        self._file(found.content.data, found.content.names)

    def _file(self, content: bytes, names: tuple[str, ...] = ()) -> None:
        self.files += 1
        if self.files > OBJECTS:
            self._gap(Reason.LIMIT_MEMBERS, f"more than {OBJECTS} objects")
        elif (content or names) and not self.stopped:
            if len(content) > self.left:
                self._gap(Reason.LIMIT_MEMBER_BYTES, f"objects of more than {self.most} bytes")
            self._member(names, content[: self.left])
            self.left -= min(self.left, len(content))

    def _texts(self) -> None:
        """The texts, at last."""
        text, shown, html, scoped = self.text.texts()
        for name, content in (
            ("text.txt", text),
            ("shown.txt", shown),
            ("body.html", html),
            ("body.html", scoped),
            ("fields.txt", bytes(self.fields)),
        ):
            if content.strip() and not self.stopped:
                self._member((name,), content)
        if self.text.limited and not self.stopped:
            self._gap(Reason.LIMIT_MEMBER_BYTES, f"more than {self.most} bytes of text")
