"""What is in a PDF: embedded files, what pages show, scripts and actions, all other streams as one (ISO 32000-2).

In: the bytes. Out: members: each file that a stream holds, and what is embedded as one, of whatever type; the names of
embedded files, without content, since one object has the name and another the bytes; files that the document would run,
the same way; the content of all other streams as one; `pages.txt`, the text that people read; `script.txt`, each
script; `actions.txt`, what acts; `strings.txt`, links and strings outside of pages.

Streams are found by their keywords, not through the cross-reference table, which readers rebuild when it is damaged;
so it does not matter whether objects are reachable, where the document begins, or how many there are in the file; a
stream within the bytes of another is read too. Images and fonts are left alone, unless they begin like a file or text.
A document that is encrypted is written anew first (pdfcrypt.py).

A PDF is a document, and its own bytes are scanned as well: a stream that cannot be read is no gap. Encryption that no
password opens is.
Limits: STREAMS streams, FILTERS filters of one, `member_bytes` out of all filters together, and of streams without
filters; out of a stream's last filter what the sink has room for, unless a predictor makes less of it; WORK times the
document, and WORK_LEAST bytes, into them; those of pdffiles.py, pdftext.py, pdfactions.py and pdfcrypt.py. Reaching one
is a gap.
Known gaps: those of pdftext.py and pdfcodes.py; the filters for images; encryption by certificates.
Not here: archives behind the end of the document (message/archives), findings (detect/actions.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bartizan.message.piece import decoded_type
from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.unpack import pdfactions, pdfcodes, pdfcrypt, pdffiles, pdftext
from bartizan.unpack.give import give
from bartizan.unpack.pdffilters import FILTERS, PIECE, Dictionary, Steps, dictionary, listed, undone
from bartizan.unpack.pdfobjects import OBJECT, Objects, Reference
from bartizan.unpack.pdfsyntax import GAP, STREAM
from bartizan.unpack.sink import Sink

STREAMS = 20_000
SCRIPTS = 1000
WORK = 8
WORK_LEAST = 64 * MIB
NO_FILES = frozenset(("", "text", "png", "jpg", "gif"))
"""Types of streams that are what the pages are made of."""
NO_TEXT = NO_FILES - {"text"}
LIKELY = frozenset(
    ("bat", "hta", "html", "inf", "js", "php", "ps1", "py", "reg", "sh", "svg", "url", "vbs", "wsf", "xml")
)
"""Types that a script of the document may be taken for."""

_STREAM = re.compile(STREAM)
_END = re.compile(rb"[\0\t\n\f\r ]{0,8}(?:endstream|endobj)")
_LENGTH = re.compile(rb"/Length" + GAP + rb"(\d{1,10})(?:[\0\t\n\f\r ]++\d{1,5}[\0\t\n\f\r ]++(R)\b)?")
_INDIRECT = re.compile(rb"/(?:Filter|DecodeParms)" + GAP + rb"(\d{1,10})[\0\t\n\f\r ]++\d{1,5}[\0\t\n\f\r ]++R\b")


def prepare() -> None:
    """Load the codecs of fonts."""
    pdfcodes.prepare()


def open_pdf(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give everything that a PDF holds to the sink."""
    text = bytes(data)
    texts: tuple[bytes, ...] = (text,)
    if pdfcrypt.ENCRYPTED.search(text) is not None:
        objects = Objects()
        objects.add_document(text)
        opened = pdfcrypt.opened(text, objects, lambda begin, at: end(text, begin, at, objects), sink.passwords)
        if opened.closed:
            sink.gap(Reason.ENCRYPTED, "encrypted PDF")
        if opened.limited:
            sink.gap(Reason.LIMIT_TIME, "encrypted PDF of too many strings")
        for password in opened.passwords:
            sink.opened(password)
        texts = (*opened.texts, text) if opened.closed else opened.texts
    for one in texts:
        if not _Document(one, sink, limits).give():
            return


def end(text: bytes, begin: int, at: int, objects: Objects) -> int:
    """Where the stream ends whose bytes begin at `at`, and its dictionary at `begin`: where its length says, if that is
    an end at all (the last of several), else at the first mark of one."""
    stop = 0
    for found in _LENGTH.finditer(text, begin, at):
        lengths = objects.values(Reference(int(found[1]))) if found[2] else (int(found[1]),)
        for length in lengths:
            if isinstance(length, int) and at + length > stop and _END.match(text, at + length) is not None:
                stop = at + length
    if stop > at:
        return stop
    stop = text.find(b"endstream", at)
    return len(text) if stop < 0 else stop


@dataclass(frozen=True, slots=True)
class _Stream:
    """A stream by the number of its object: what its filters make of it, and whether it has any."""

    number: int
    content: bytes
    filtered: bool
    dictionary: Dictionary


class _Document:
    """One document on its way into the sink. `left` bytes may come out of filters, `work` bytes go into them, `held`
    bytes of streams without filters may be kept; `deep`: that a stream has too many was said.

    `streams`: contents by the numbers of their objects; `likely`: those that may be files, or scripts of the document;
    `given`: objects whose content was given.
    """

    __slots__ = (
        *("deep", "given", "held", "left", "likely", "limits", "objects", "rest", "sink", "streams", "text"),
        "work",
    )

    def __init__(self, text: bytes, sink: Sink, limits: Limits) -> None:
        self.text = text
        self.sink = sink
        self.limits = limits
        self.deep = False
        self.left = self.held = limits.member_bytes
        self.work = max(WORK * len(text), WORK_LEAST)
        self.objects = Objects()
        self.objects.add_document(text)
        self.streams: dict[int, list[bytes]] = {}
        self.likely: list[tuple[int, bytes]] = []
        self.rest: list[bytes] = []
        self.given: set[int] = set()

    def give(self) -> bool:
        """Everything that it holds. False: the sink said stop."""
        for stream in self._streams():
            if stream.content and not self._stream(stream):
                return False
        if self.held < 0:
            self.sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {self.limits.member_bytes} bytes of plain streams")
        whole = b"\n".join(self.rest)
        self.rest.clear()
        texts = (pdfactions.unescaped(self.text), pdfactions.unescaped(whole))
        files = pdffiles.find(texts, self.objects)
        scripts = pdfactions.script_numbers(texts)
        for number, content in self.likely:
            if number not in scripts and not self._give(number, content):
                return False
        if not self._files(files):
            return False
        return self._texts(whole, texts, files)

    def _stream(self, stream: _Stream) -> bool:
        """One stream, as a file or as a part of the rest."""
        number, content = stream.number, stream.content
        kind = decoded_type(content)
        if kind in LIKELY and not stream.dictionary.is_file:
            self.likely.append((number, content))
        elif kind not in NO_FILES or stream.dictionary.is_file:
            if not self._give(number, content):
                return False
        elif stream.filtered:
            self.rest.append(content)
        if stream.dictionary.holds_objects and (kind not in NO_FILES or stream.dictionary.is_file):
            self.rest.append(content)  # whatever they are made to look like
        if not stream.filtered:
            self.held -= len(content)
        if self.held >= 0:
            self.streams.setdefault(number, []).append(content)
        return True

    def _give(self, number: int, content: bytes) -> bool:
        self.given.add(number)
        return give(self.sink, (), content, self.limits)

    def _files(self, files: pdffiles.Files) -> bool:
        """Embedded files that nothing but what refers to them gives away, and the names of all."""
        for number in files.numbers:
            for content in self.streams.get(number, ()) if number not in self.given else ():
                if not give(self.sink, (), content, self.limits):
                    return False
        if files.limited:
            self.sink.gap(Reason.LIMIT_MEMBERS, f"more than {pdffiles.FILES} names of files")
        return all(self.sink.member((name,)) for name in files.names)

    def _texts(self, whole: bytes, texts: tuple[bytes, ...], files: pdffiles.Files) -> bool:
        """What people read, and what acts."""
        actions = pdfactions.find(texts, self.objects, self.streams)
        for program in files.programs:
            actions.launches(program)
        pages = pdftext.read(self.streams, self.objects, texts, self.limits.member_bytes)
        if actions.limited or len(actions.scripts) > SCRIPTS:
            self.sink.gap(Reason.LIMIT_MEMBERS, "too many actions")
        if self.objects.limited:
            self.sink.gap(Reason.LIMIT_MEMBERS, "too many objects")
        if not pages.whole:
            self.sink.gap(Reason.LIMIT_MEMBER_BYTES, "too much text")
        members: list[tuple[tuple[str, ...], bytes]] = [((name,), b"") for name in actions.programs]
        members += [((), whole)] if whole else []
        members += [(("script.txt",), script) for script in actions.scripts[:SCRIPTS]]
        for name, text in (
            ("pages.txt", pages.text),
            ("actions.txt", "\n".join(("PDF", *actions.acts)) if actions.acts else ""),
            ("strings.txt", "\n".join(actions.says)),
        ):
            if text.strip():
                members.append(((name,), text.encode("utf-8", "replace")))
        return all(give(self.sink, names, content, self.limits) for names, content in members)

    def _streams(self) -> Iterator[_Stream]:
        """Every stream; ends with a gap at a limit."""
        text = self.text
        at = stop = behind = 0
        for _ in range(STREAMS):
            found = _STREAM.search(text, at)
            if found is None:
                return
            at = found.end()
            if stop < at:
                behind = stop
            begin = max(behind, text.rfind(b"obj", behind, found.start()))
            stop = max(stop, end(text, begin, at, self.objects))
            for one in self._dictionaries(behind, begin, found.start()):
                content, filtered = self._content(one, at, stop)
                yield _Stream(_number(text, begin), content, filtered, one)
                if self.left < 0:
                    self.sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {self.limits.member_bytes} bytes of streams")
                    return
                if self.work < 0:
                    self.sink.gap(Reason.LIMIT_TIME, "streams in streams: too much to decode")
                    return
        if _STREAM.search(text, at):
            self.sink.gap(Reason.LIMIT_MEMBERS, f"more than {STREAMS} streams")

    def _dictionaries(self, start: int, begin: int, stop: int) -> Iterator[Dictionary]:
        """What the dictionary in front of a stream says: from the last object on, and, where that is something else, as
        it lists its filters, and from the last stream on, since a string may look like the beginning of an object."""
        self.work -= stop - start
        own = self._dictionary(begin, stop)
        told = dict.fromkeys(steps for steps in self._listed(own, begin, stop) if steps)
        if not told or len(min(told, key=len)) < len(own.steps):
            yield own
        for steps in told:
            yield replace(own, steps=steps)
        whole = self._dictionary(start, stop)
        if whole != own:
            yield whole

    def _listed(self, own: Dictionary, begin: int, stop: int) -> Iterator[Steps]:
        """The filters as they are listed, where that may make a difference."""
        several = len(own.steps) > 1 and any(numbers for _, numbers in own.steps)
        at = self.text.find(b"<<", begin, stop) if several or own.refers else -1
        if at >= 0:
            yield from listed(self.objects.value_at(self.text, at), self.objects)

    def _dictionary(self, start: int, stop: int) -> Dictionary:
        """What stands in front of a stream, and in the objects that it gives its filters by."""
        pieces = [self.text[start:stop]]
        for number in _INDIRECT.findall(pieces[0])[:FILTERS]:
            for text, at in self.objects.places(int(number)):
                stop = text.find(b"endobj", at, at + PIECE)
                pieces.append(text[at : at + PIECE if stop < 0 else stop])
        front = b" ".join(pieces)
        self.work -= len(front)
        return dictionary(front)

    def _content(self, dictionary: Dictionary, start: int, end: int) -> tuple[bytes, bool]:
        """What a stream's filters make of it, and whether it has any; nothing for an image or a font."""
        end -= 2 if self.text.endswith(b"\r\n", start, end) else self.text.endswith((b"\n", b"\r"), start, end)
        content = self.text[start:end]
        self.work -= len(content)
        if len(dictionary.steps) > FILTERS:
            if not self.deep:
                self.sink.gap(Reason.LIMIT_DEPTH, f"a stream of more than {FILTERS} filters")
            self.deep = True
            return content, False
        if dictionary.is_picture:
            # Nothing keeps a file, or a page, from being called a font: a look at how it begins.
            head = content
            for name, numbers in dictionary.steps:
                head = undone(name, head, PIECE, numbers)
            if decoded_type(head[:PIECE]) in NO_TEXT and not (b"BT" in head and (b"Tj" in head or b"TJ" in head)):
                return b"", False
        for count, (name, numbers) in enumerate(dictionary.steps, 1):
            self.work -= len(content)
            last = count == len(dictionary.steps) and not any(key == b"Predictor" for key, _ in numbers)
            most = min(self.left, self.sink.room) if last else self.left
            content = undone(name, content, max(most, 0), numbers)
            if most < len(content) and most < self.left:
                self.sink.gap(Reason.LIMIT_TOTAL_BYTES, f"a stream of more than {most} bytes")
            self.left -= len(content)
        if dictionary.holds_objects:
            self.objects.add_stream(content, dictionary.first)
        return content, bool(dictionary.steps)


def _number(text: bytes, begin: int) -> int:
    """The number of the object whose keyword is at `begin`; -1 for none."""
    start = max(0, begin - 24)
    numbers = [int(found[1]) for found in OBJECT.finditer(text, start, begin + 4)]
    return numbers[-1] if numbers else -1
