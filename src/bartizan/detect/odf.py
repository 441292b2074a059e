"""Macros of OpenDocument files, also of those that are one XML file, what starts them, and libraries that are sealed.

In: a part of a document, or a text that is one, and its name in the container. Out: whether there is code, in Basic,
Python, BeanShell or JavaScript, when it runs by itself, and what it reaches outside of the document. Code is a `module`
of its own, a `source-code` within the document, or a file in `Scripts`; listeners to events start it, or a program.
Basic is read like VBA. And what is fetched when the document is opened: frames, sections, objects, tables that are
elsewhere. Linear. Never raises.
Known gaps: handlers that code sets.
Not here: how XML is written (xmltext.py), links to programs (fields.py), what is made of it (macros.py), documents that
are encrypted (unpack).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from bartizan.detect import vbasource
from bartizan.detect.xmltext import ATTRIBUTES, PREFIX, has, named, plain, resolved

FOLDERS = ("Scripts/python/", "Scripts/beanshell/", "Scripts/javascript/")
CLICKS = frozenset(
    (
        *("dom:click", "dom:dblclick", "dom:mousedown", "dom:mouseup", "dom:keydown", "dom:keyup"),
        *("form:performaction", "form:approveaction", "on-click", "on-performaction"),
    )
)
"""Events that people bring about by a click or a key; all others come by themselves."""
SPACES = ("opendocument:xmlns:", "openoffice.org/")
"""Parts of the names of namespaces, of which a document has one."""

_CODE = re.compile(rb"<" + PREFIX + rb"(?:module|source-code)(?=[\s/>])" + ATTRIBUTES + rb">([^<]*+)")
_LISTENER = re.compile(rb"<" + PREFIX + rb"(?:event-listener|event)(?=[\s/>])" + ATTRIBUTES + rb">")
_LIBRARY = re.compile(rb"<" + PREFIX + rb"library(?=[\s/>])" + ATTRIBUTES + rb">")
_SOURCE = re.compile(
    rb"<"
    + PREFIX
    + rb"(floating-frame|section-source|object|object-ole|table-source|cell-range-source|template)(?=[\s/>])"
    + ATTRIBUTES
    + rb">"
)
_ELSEWHERE = re.compile(
    r"\s*(?:(?:https?|ftps?|smb|davs?|webdavs?|vnd\.sun\.star\.webdavs?):|[\\/]{2}[^\\/]"
    r"|file:(?:/{2}|/{4,})(?!localhost[/\\])[^/\\])",
    re.IGNORECASE,
)
"""Addresses on other hosts."""
_UPWARDS = re.compile(r"\.\.[/\\]")
_OUTSIDE = re.compile(
    rb"\b(os\.(?:system|popen|exec\w+|spawn\w+|startfile|remove|unlink)|subprocess|popen|pty\.spawn|ctypes|__import__"
    rb"|exec(?=[ \t]*+\()|eval(?=[ \t]*+\()|urllib|urlopen|urlretrieve|http\.client|ftplib|smtplib|socket|requests\."
    rb"|getruntime|processbuilder|java\.net|urlclassloader|openconnection|openstream|systemshellexecute)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Scripts:
    """What a part has of macros. `code`: any, or a call of one; events at which they run by themselves, and what
    reaches outside."""

    code: bool = False
    itself: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


def in_part(data: bytes) -> Scripts:
    """Basic in a part that is XML, and listeners to events."""
    if not has(data, b"module", b"source-code", b"event-name"):
        return Scripts()
    text = plain(data)
    codes = [resolved(tag[2]).encode("utf-8", "replace") for tag in _CODE.finditer(text)]
    listeners = [named(tag[1]) for tag in _LISTENER.finditer(text)]
    if not (codes or listeners) or not _is_document(text):
        return Scripts()
    macros = [vbasource.read(code) for code in codes]
    itself = {name: None for macro in macros for name in macro.itself}
    calls = {name: None for macro in macros for name in macro.calls}
    called = any(macro.code for macro in macros)
    for said in listeners:
        event = said.get(b"event-name", "").strip()
        target = unquote(said.get(b"href") or said.get(b"macro-name", ""))
        if said.get(b"action", "").strip() == "execute" and target:
            calls[f"execute {target}"] = None
        elif target and b"language" in said:
            called = True
            calls.update(dict.fromkeys(_reaches(target)))
            if event.lower() not in CLICKS:
                itself[f"{event} {target}"] = None
    return Scripts(called, tuple(itself), tuple(calls))


def fetched(data: bytes) -> Iterator[str]:
    """What a document shows that is elsewhere."""
    if not has(data, b"href"):
        return
    text = plain(data)
    sources = [(tag[1], named(tag[2]).get(b"href", "")) for tag in _SOURCE.finditer(text)]
    found = [(kind, target) for kind, target in sources if _ELSEWHERE.match(target)]
    if found and _is_document(text):
        for kind, target in found:
            yield f"{kind.decode()} {target}"


def _reaches(target: str) -> Iterable[str]:
    """What an address says that it calls, which may be a command, or a file of the program."""
    yield from vbasource.read(target.encode("utf-8", "replace")).calls
    if _UPWARDS.search(target):
        yield target


def _is_document(text: bytes) -> bool:
    """Does a text name a namespace of these documents?"""
    if any(space.encode() in text for space in SPACES):
        return True
    return b"&#" in text and any(space in resolved(text) for space in SPACES)


def in_file(data: bytes) -> Scripts:
    """A script that is a file of the document."""
    if not data:
        return Scripts()
    calls = (found[1].decode("ascii", "replace").lower() for found in _OUTSIDE.finditer(data))
    return Scripts(True, (), tuple(dict.fromkeys(calls)))


def encrypted(last: str, data: bytes) -> str:
    """What is encrypted, by the list of what is in a library; "" if nothing is."""
    if last == "script-lb.xml":
        libraries = (named(tag[1]) for tag in _LIBRARY.finditer(plain(data)))
        if any(said.get(b"passwordprotected", "").strip().lower() in ("true", "1") for said in libraries):
            return "encrypted Basic library"
    return ""
