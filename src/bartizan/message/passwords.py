"""Passwords that come with a message: what its subject, texts, names of files and texts of pictures offer to try.

In: the subjects and the nodes of one message as the walk meets them. Out, only when something encrypted was met: the
candidates, best first. First comes what follows a word that means password, then what stands in quotes or brackets,
then tokens of letters and digits, numbers, and other words; last what people use who do not think. What a reader sees
counts: a password in pieces of markup is one piece.

Limits: TEXTS texts and NAMES names, the first TEXT bytes of each text and BYTES of all, HINTS words for password and
TOKENS tokens of each; CANDIDATES candidates of LONGEST characters at most. Linear.
Known gaps: passwords in pictures, split over several texts, or described ("the year we met").
Not here: what is done with them (walk, unpack).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from bartizan.message.charset import decode
from bartizan.message.pagewords import page_words
from bartizan.message.words import decode_words
from bartizan.model.limits import KIB
from bartizan.model.message import Node

CANDIDATES = 50
LONGEST = 64
TEXTS = 64
NAMES = 200
TEXT = 64 * KIB
BYTES = 256 * KIB
SHORT = 4 * KIB
"""Of a subject, and of a member that may be text though nothing says so."""
HINTS = 40
TOKENS = 4000
BEHIND, BEFORE = 160, 60
"""Characters behind and before a word for password in which tokens count as near."""
COMMON = ("infected", "password", "1234", "12345", "123456")
PAGES = frozenset(("html", "xml", "svg", "hta"))
PLAIN = frozenset(("", "text"))

_HINT = re.compile(
    r"(?:pass(?:word|wd|wort|code|phrase)|kenn?wort|kodeord|adgangskode|l[öo]senord|passord|salasana|wachtwoord"
    r"|mots? de passe|contrase[ñn]a|palavra.passe|parola|has[łl]o|heslo|jelsz[óo]|[şs]ifre|парол|κωδικ|kata sandi"
    r"|m[ậa]t kh[ẩa]u|סיסמ|كلمة (?:المرور|السر))[^\W\d_]{0,3}"
    r"|(?<![^\W_])(?:pass|passw|pwd?|psw|pin|code|key|mdp|clave|senha|код|pass ?key|kode)(?![^\W_])"
    r"|密[码碼]|口令|パスワード|パス|비밀번호|암호|รหัสผ่าน",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"[:\uff1a=→]|->|(?<!\w)(?:is|ist|lautet|est|es|[ée]|è|jest|это|is het|är|er|on|dir)(?!\w)|は|是|为|為|입니다",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\S+")
_ASCII = re.compile(r"[!-~]{3,}")
_QUOTED = re.compile(
    "|".join(
        f"{opening}([^{opening}{closing}\\r\\n]{{1,{LONGEST}}}){closing}"
        for opening, closing in (
            *((mark, mark) for mark in ('"', "'", "`", r"\*")),
            *((r"\(", r"\)"), (r"\[", r"\]"), (r"\{", r"\}"), ("<", ">")),
            *(("„", "[“”]"), ("“", "”"), ("«", "»"), (r"\u2018", r"\u2019"), ("「", "」")),
        )
    )
)
_NAME_PIECE = re.compile(r"[^\W_]+")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
_AROUND = "\"'`„“”«»\u2018\u2019「」()[]{}<>*|,;:\uff1a.…。\uff0c、"
_SEPARATORS = " \t\r\n\xa0\u3000:\uff1a=-\u2013\u2014→>"
_COMMON_WORDS = """
a als an and archive attached attachment below das dem den der des die document el en est file following for für in is
ist la le lautet los of open para please por pour protected required the this to und use using with your zip zum zur для
и к это
"""
_LESS = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate as it is found; those of the lowest rank come first."""

    rank: int
    password: str
    source: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A password to try, and where it was found."""

    password: str
    source: str

    def described(self) -> str:
        """For people: where it was found, and not what it is."""
        shown = self.password[:1] if len(self.password) > 3 else ""
        return f"password from {self.source}: {shown}{'*' * (len(self.password) - len(shown))}"


class Clues:
    """What one message has to offer; it costs nothing to speak of until candidates are asked for."""

    def __init__(self) -> None:
        self._new: list[Callable[[], Iterable[Ranked]]] = []
        self._names: set[str] = set()
        self._texts = TEXTS
        self._left = BYTES
        self._ranked: list[Ranked] = []
        self._worked: dict[str, Candidate] = {}

    def subject(self, value: bytes) -> None:
        """The raw value of a Subject field."""
        if self._texts:
            self._texts -= 1
            head = value[:SHORT]
            self._new.append(lambda: _said(decode_words(head), "the subject"))

    def node(self, node: Node, data: bytes | memoryview) -> None:
        """A node of the message: its names, and what is in it if that is text."""
        for name in node.names:
            if name not in self._names and len(self._names) < NAMES:
                self._names.add(name)
                self._new.append(partial(_named, name))
        page = node.type in PAGES or node.declared == "text/html"
        text = page or node.declared.startswith("text/")
        if not text and node.type in PLAIN and not node.declared and len(data) <= SHORT:
            text = b"\0" not in bytes(data)
        if text and self._texts and self._left > 0:
            head = bytes(data[: min(TEXT, self._left)])
            self._texts -= 1
            self._left -= len(head)
            self._new.append(partial(_text, head, node.charset, page=page))

    def worked(self, candidate: Candidate) -> None:
        """This one opened something: it is tried first from now on."""
        self._worked[candidate.password] = candidate

    def candidates(self) -> tuple[Candidate, ...]:
        """What to try, best first."""
        for rank in self._new:
            self._ranked += rank()
        self._new.clear()
        self._ranked.sort(key=lambda found: found.rank)
        found = dict(self._worked)
        for ranked in self._ranked:
            if len(found) >= CANDIDATES - len(COMMON):
                break
            if 0 < len(ranked.password) <= LONGEST and any(map(str.isalnum, ranked.password[:8])):
                found.setdefault(ranked.password, Candidate(ranked.password, ranked.source))
        for password in COMMON:
            found.setdefault(password, Candidate(password, "what many use"))
        return tuple(found.values())[:CANDIDATES]


def _text(data: bytes, charset: str, *, page: bool) -> Iterator[Ranked]:
    """The ranked candidates of a text."""
    text = decode(data, charset)
    if page:
        words = page_words(text)
        for other in words.attributes:
            yield from _said(other, "the text of a picture")
        text = words.shown
    yield from _said(text, "the text")


def _named(name: str) -> Iterator[Ranked]:
    """The ranked candidates of a file's name: also its pieces, and the whole without its extension."""
    source = "a file name"
    stem = name.rpartition("/")[2]
    stem = stem.rpartition(".")[0] or stem
    words = stem.replace("_", " ")
    for text in dict.fromkeys((words, words.replace("-", " "), stem)):
        yield from _said(text, source)
    for piece in _NAME_PIECE.findall(stem[: 4 * LONGEST]):
        yield Ranked(_rank(piece), piece, source)
    yield Ranked(6, stem, source)
    yield Ranked(7, name, source)


def _said(text: str, source: str) -> Iterator[Ranked]:
    """The ranked candidates of what somebody wrote."""
    text = text.translate(_UNSEEN)
    for count, hint in enumerate(_HINT.finditer(text)):
        if count == HINTS:
            break
        for rank, password in _near(text, hint.start(), hint.end()):
            yield Ranked(rank, password, source)
    for count, quoted in enumerate(_QUOTED.finditer(text)):
        if count == TOKENS:
            break
        yield Ranked(3, next(filter(None, quoted.groups())).strip(), source)
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count == TOKENS:
            break
        if len(token[0]) <= 2 * LONGEST:
            for variant in _variants(token[0]):
                yield Ranked(_rank(variant), variant, source)


def _near(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """What stands near a word for password, with its rank."""
    behind = text[end : end + BEHIND]
    says = _SAYS.search(behind, 0, BEFORE)
    if says:
        yield from ((0, word) for word in _first(behind[says.end() :]))
    yield from ((6 if word.lower() in _LESS else 1, word) for word in _first(behind))
    for quoted in _QUOTED.finditer(behind):
        yield 1, next(filter(None, quoted.groups())).strip()
    for token in _TOKEN.finditer(behind):
        for word in _variants(token[0]):
            yield (2 if _rank(word) < 6 else 8 if word.lower() in _LESS else 5), word
    for token in reversed(list(_TOKEN.finditer(text, max(0, start - BEFORE), start))):
        for word in _variants(token[0]):
            yield (2 if _rank(word) < 6 else 6), word


def _first(text: str) -> Iterator[str]:
    """The first token of a text in all its variants, what stands in quotes there, and the whole line."""
    text = text.lstrip(_SEPARATORS)
    token = _TOKEN.search(text)
    if token is None:
        return
    quoted = _QUOTED.match(text, token.start())
    if quoted:
        yield next(filter(None, quoted.groups())).strip()
    yield from _variants(token[0])
    line = text[token.start() :].splitlines()[0].strip()
    pieces = line.split()
    if len(pieces) > 1:
        letters = "".join(piece for piece in pieces if len(piece) == 1)
        if len(letters) == len(pieces) and len(pieces) > 2:
            yield letters
        yield line
        yield line.rstrip(".")


def _variants(token: str) -> Iterable[str]:
    """A token without what stands around words, as it is, without a mark at its end, and its runs of ASCII."""
    bare = token.strip(_AROUND)
    found = [bare, bare.rstrip("!?"), token.rstrip(".,;"), token]
    for mark in ":=\uff1a":
        found += (part for part in bare.split(mark)[1:2] if part)
    if not token.isascii():
        found += _ASCII.findall(token)
    return dict.fromkeys(word for word in found if word)


def _rank(word: str) -> int:
    """How much a word looks like a password by itself."""
    digits = sum(character.isdigit() for character in word)
    if digits == len(word):
        return 5 if 3 <= digits <= 8 else 7
    if digits and len(word) >= 4:
        return 4
    if not 3 <= len(word) <= 24 or word.lower() in _LESS:
        return 8
    return 7 if word.islower() else 6
