"""One link of a mail in the forms that it can be listed in, however it is written.

In: a link as it stands in a text or an attribute, character references resolved. Out: links as a browser would open
them: scheme, host and path without user, port, dot segments and encoded bytes; the links that are in its path and its
query likewise, percent-encoded (also again and again), in base64 or as gateways rewrite them.
The URL standard is followed (sections 3 and 4), and besides it what readers take a link for: signs that look like a
slash are slashes.
Limits: LONGEST characters of a link, INNER links in one, ROUNDS times encoded; what is beyond is told.
Not here: finding links, and which are written normally (bartizan._core.linkkind, .pagelinks); hosts (hosts).
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from bartizan.message.hosts import hosts, visible

LONGEST = 16384
INNER = 24
ROUNDS = 8
SPECIAL = frozenset(("http", "https", "ftp", "ftps", "ws", "wss", "file"))
"""Schemes whose links have a host."""
SLASHES = "\u2044\u2215\u2571\u29f8\uff0f\u27cb\u3033\u4e3f\u30ce"
"""What looks like a slash."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_INNER = re.compile(r"(?:https?|ftps?|wss?|file):|(?<=[=,;&?'\"(])[/\\]{2}", re.IGNORECASE)
_SIGNS = re.compile(r"[\"'()<>{}|^`,;\s]")
_ENCODED = re.compile(r"%(?:25)*([0-9A-Fa-f]{2})")
_BASE64 = re.compile(r"(aHR0c[A-Za-z0-9+_-]{7,})((?:/[A-Za-z0-9+/_-]*)?)")
_REWRITTEN = re.compile(r"[a-z]{2,5}-3A__[^&]*", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|([/'\"]))")
_LOOKS_LIKE_SLASH = str.maketrans(dict.fromkeys(SLASHES, "/"))
_NO_CONTROLS = str.maketrans("", "", "".join(map(chr, range(0x20))))
_BLANKS = "".join(map(chr, range(0x21)))
_PATH = re.compile(r"[/\\?#]")
_QUERY = re.compile(r"[?#]")
_ORIGIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]*[^/\\?#]*")


@dataclass(frozen=True, slots=True)
class Forms:
    """What a link can be listed as; `complete`: nothing of it was left."""

    links: tuple[str, ...]
    complete: bool


def forms(written: str) -> Forms:
    """All normal forms of a link and of the links in it."""
    found: dict[str, None] = {}
    seen = {written[:LONGEST].translate(_NO_CONTROLS)}
    work = list(seen)
    complete = len(written) <= LONGEST
    while work:
        link = work.pop()
        plain, settled = _decoded(link)
        complete = complete and settled
        found.update(dict.fromkeys(_normal(link)))
        for other in _others(link, plain):
            if other in seen:
                continue
            if len(seen) > INNER:
                complete = False
                break
            seen.add(other)
            found[other] = None
            work.append(other)
    return Forms(tuple(found), complete)


def joined(base: str, link: str) -> str:
    """A link that is relative to an address, written out; any other as it is."""
    if _SCHEME.match(link) or link[:2].replace("\\", "/") == "//" or link.startswith("#"):
        return link
    if link[:1] in ("/", "\\"):
        origin = _ORIGIN.match(base)
        return (origin[0] if origin else "") + link
    address = re.split(r"[?#]", base, maxsplit=1)[0]
    if link.startswith("?"):
        return address + link
    origin = _ORIGIN.match(address)
    start = origin.end() if origin else 0
    folder = address[start:].replace("\\", "/").rpartition("/")[0]
    return f"{address[:start]}{folder}/{link}"


def decoded(text: str) -> str:
    """The text without encoded bytes, however often they are encoded, up to ROUNDS times."""
    return _decoded(text)[0]


def _decoded(text: str) -> tuple[str, bool]:
    """The text without encoded bytes; are there none left?"""
    for _ in range(ROUNDS):
        if "%" not in text or not _ENCODED.search(text):
            return text, True
        text = unquote(_ENCODED.sub(r"%\1", text))
    return text, not _ENCODED.search(text)


def _others(link: str, plain: str) -> Iterator[str]:
    """What else a link says, and the links in it; `plain` is the link without encoded bytes."""
    if plain != link:
        yield plain
    if not link.isascii():
        yield visible(link).translate(_LOOKS_LIKE_SLASH)
    for inner in _INNER.finditer(link):
        if inner.start():
            yield link[inner.start() :]
    scheme = _SCHEME.match(link)
    start = scheme.end() if scheme else 0
    sign = _SIGNS.search(link, start)
    if sign is not None and sign.start() > start:
        yield link[: sign.start()]
    if "aHR0c" in link:
        for coded in _BASE64.finditer(link):
            yield from _from_base64(coded[1])
            if coded[2]:
                yield from _from_base64(coded[0])
    if "-3A__" in link or "-3a__" in link:
        for rewritten in _REWRITTEN.finditer(link):
            yield unquote(rewritten[0].replace("-", "%").replace("_", "/"))
    if "\\" in link and _ESCAPE.search(link):
        yield unescaped(link)


def unescaped(text: str) -> str:
    """A text of a script without the escapes in its strings."""
    return _ESCAPE.sub(lambda found: found[4] or chr(min(int(found[1] or found[2] or found[3], 16), 0x10FFFF)), text)


def _from_base64(coded: str) -> Iterator[str]:
    text = coded.replace("-", "+").replace("_", "/")
    try:
        content = a2b_base64(text[: len(text) - (len(text) % 4 == 1)] + "=" * (-len(text) % 4))
    except Error:
        return
    yield content.decode("utf-8", "replace")


def _normal(link: str) -> Iterator[str]:
    """A link as a browser would open it; nothing if it has no host."""
    link = link.strip(_BLANKS)
    scheme = _SCHEME.match(link)
    name = scheme[1].lower() if scheme else "https"
    if scheme and name in SPECIAL:
        rest = link[scheme.end() :].lstrip("/\\")
    elif link[:1] in ("/", "\\"):
        if link[1:2] not in ("/", "\\"):
            return
        rest = link.lstrip("/\\")
    elif scheme and not ("." in name and link[scheme.end() :][:1].isdigit()):
        return
    else:
        name, rest = "https", link
    end = _end(_PATH, rest)
    authority, rest = rest[:end].rpartition("@")[2], rest[end:]
    host, port = _parted(authority)
    path = _path(rest)
    for form in hosts(decoded(host)):
        yield f"{name}://{form}{path}"
        if port:
            yield f"{name}://{form}:{port}{path}"


def _end(pattern: re.Pattern[str], text: str) -> int:
    """Where what the pattern finds begins, or the text ends."""
    found = pattern.search(text)
    return found.start() if found else len(text)


def _parted(authority: str) -> tuple[str, str]:
    """Host and port, which may be empty."""
    host, colon, port = authority.rpartition(":")
    if colon and (not port or port.isdigit()) and (not authority.startswith("[") or host.endswith("]")):
        return host, port
    return authority, ""


def _path(rest: str) -> str:
    """Path, query and fragment, decoded, without dot segments and empty ones."""
    end = _end(_QUERY, rest)
    kept: list[str] = []
    segments = decoded(rest[:end].replace("\\", "/")).split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    path = "/".join(segment for segment in kept if segment)
    closed = "/" if path and segments[-1] in ("", ".", "..") else ""
    return f"/{path}{closed}{decoded(rest[end:])}" if rest else ""
