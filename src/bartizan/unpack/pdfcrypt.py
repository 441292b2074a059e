"""Encrypted PDFs, written anew as if they were not (ISO 32000-2 section 7.6).

In: the text of a document, passwords. Out: the same document with its strings and streams decrypted, or why that cannot
be done. A document that opens without a question has the empty password; any reader opens it, and so do we. Every
encryption dictionary of the document counts (updates, two documents in one file).

A stream that may be exempt (metadata, cross-references, a crypt filter of its own) stands there in both forms. Which
object a stream or a string belongs to says its number in front, outside of strings.
Limits: STRINGS strings, HANDLERS dictionaries, IDENTIFIERS identifiers, PASSWORDS passwords.
Not here: keys and ciphers (pdfkeys.py), reading the result (pdf.py).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bartizan.unpack.pdfkeys import Handler, Method, decrypted, handler, key, object_key
from bartizan.unpack.pdfobjects import Objects, Reference, Value
from bartizan.unpack.pdfsyntax import GAP, STREAM, hexadecimal, literal_end, plain, string_at, unescaped

STRINGS = 200_000
UNFINISHED = 20_000
"""What a string without end counts for, which costs as much."""
HANDLERS = 4
IDENTIFIERS = 8
PASSWORDS = 50
LONGEST_KEY = 200

ENCRYPTED = re.compile(
    rb"/"
    + b"".join(b"(?:%c|#%02x|#%02X)" % (c, c, c) for c in b"Encrypt")
    + GAP
    + rb"(?=\d++[\0\t\n\f\r ]++\d++[\0\t\n\f\r ]++R\b|<<)"
)
"""In the trailer, or in the dictionary of a cross-reference stream; any letter of a name may be written as #xx."""
_IDENTIFIER = re.compile(rb"/ID" + GAP + rb"\[" + GAP + rb"(?=[(<])")
_TOKEN = re.compile(
    rb"(?<!\d)(\d{1,10})[\0\t\n\f\r ]++(\d{1,5})[\0\t\n\f\r ]++obj|(\()|<([0-9A-Fa-f\0\t\n\f\r ]*+)>"
    rb"|%[^\r\n]*+|" + STREAM
)
_EXEMPT = re.compile(rb"/(?:Crypt|XRef|Metadata)\b")


@dataclass(frozen=True, slots=True)
class Lock:
    """A handler and the key that opens what it has closed."""

    handler: Handler
    key: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """The document, once for each lock; the passwords that opened them; `closed`: something was not opened; `limited`:
    too many strings."""

    texts: tuple[bytes, ...]
    passwords: tuple[str, ...]
    closed: bool
    limited: bool


def opened(text: bytes, objects: Objects, end: Callable[[int, int], int], passwords: Sequence[str]) -> Opened:
    """The document, decrypted as far as the passwords go; `end` tells where a stream ends from where its dictionary and
    its bytes begin. Known to be encrypted: ENCRYPTED is found in it."""
    found = tuple(_handlers(text, objects))
    identifiers = dict.fromkeys(
        string or b""
        for match, _ in zip(_IDENTIFIER.finditer(text), range(IDENTIFIERS), strict=False)
        if (string := string_at(text, match.end(), LONGEST_KEY)) is not None
    )
    locks: list[Lock] = []
    used: list[str] = []
    for one in found:
        if one is None:
            continue
        for password in ("", *passwords[:PASSWORDS]):
            secret = key(one, (*identifiers, b""), password)
            if secret is not None:
                locks.append(Lock(one, secret))
                used.append(password)
                break
    texts: list[bytes] = []
    limited = False
    for lock in locks:
        writer = _Writer(text, lock, end)
        texts.append(writer.whole())
        limited = limited or writer.limited
    return Opened(tuple(texts), tuple(dict.fromkeys(used)), len(locks) < max(len(found), 1), limited)


def _handlers(text: bytes, objects: Objects) -> Iterator[Handler | None]:
    """Each encryption dictionary once; None for one that is not understood."""
    seen: list[Value] = []
    for match in ENCRYPTED.finditer(text):
        value = objects.value_at(text, match.end())
        if value in seen:
            continue
        seen.append(value)
        if len(seen) > HANDLERS:
            yield None
            return
        found = [
            _resolved(entries, objects) for entries in objects.values(value) if isinstance(entries, dict) and entries
        ]
        known = [one for one in map(handler, found) if one is not None]
        yield from dict.fromkeys(known) if known else (None,)


def _resolved(entries: dict[bytes, Value], objects: Objects) -> dict[bytes, Value]:
    """A dictionary without references, two levels deep."""
    whole: dict[bytes, Value] = {}
    for name, value in entries.items():
        target = next(objects.values(value), None) if isinstance(value, Reference) else value
        whole[name] = (
            {inner: next(objects.values(entry), None) for inner, entry in target.items()}
            if isinstance(target, dict)
            else target
        )
    return whole


class _Writer:
    """Writes a document anew. `number` and `generation`: the object that the text is in."""

    __slots__ = ("end", "generation", "limited", "lock", "number", "out", "strings", "text")

    def __init__(self, text: bytes, lock: Lock, end: Callable[[int, int], int]) -> None:
        self.text = text
        self.lock = lock
        self.end = end
        self.out = io.BytesIO()
        self.number = self.generation = -1
        self.strings = 0
        self.limited = False

    def whole(self) -> bytes:
        """All of it."""
        text = self.text
        at = done = begin = 0
        while (found := _TOKEN.search(text, at)) is not None:
            at = found.end()
            number, generation, literal, digits = found.groups()
            if number is not None:
                self.number, self.generation = int(number), int(generation)
                begin = at
                continue
            if literal is not None:
                stop = literal_end(text, at)
                if stop < 0:
                    self.strings += UNFINISHED
                    self.limited = self.limited or self.strings > STRINGS
                    if self.limited:
                        break
                    continue
                at = stop + 1
                string = unescaped(text[found.end() : stop])
            elif digits is not None:
                string = hexadecimal(digits, len(digits))
            elif text[found.start()] == 0x25:
                continue
            else:
                stop = self.end(begin, at)
                self.out.write(text[done:at])
                self._stream(text[begin:at], text[at:stop])
                begin = at = done = stop
                continue
            self.strings += 1
            if self.strings > STRINGS:
                self.limited = True
                break
            self.out.write(text[done : found.start()])
            self.out.write(b"<" + self._decrypted(self.lock.handler.strings, string).hex().encode() + b">")
            done = at
        self.out.write(text[done:])
        return self.out.getvalue()

    def _decrypted(self, method: Method, content: bytes) -> bytes:
        if self.number < 0:
            return content
        return decrypted(object_key(self.lock.key, self.number, self.generation, method), method, content)

    def _stream(self, front: bytes, content: bytes) -> None:
        """One stream in all forms that it may have."""
        handler = self.lock.handler
        methods = [handler.streams]
        if _EXEMPT.search(plain(front)) is not None:
            methods = list(dict.fromkeys((handler.streams, Method.NONE, *handler.others)))
        for count, method in enumerate(methods):
            if count:
                self.out.write(b"\nendstream endobj\n%d 0 obj" % max(self.number, 0) + front)
            # As long as it was, so that a length that the dictionary tells is still right.
            self.out.write(self._decrypted(method, content).ljust(len(content), b"\n"))
