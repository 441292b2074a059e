"""Rules for data that is no program: the same rules, without the modules that take programs apart.

libyara fills the tables of `pe` and `elf` anew for each scan as soon as any rule imports them, which costs twice as
much as all the rest. On data that is neither, everything these modules parse is undefined. So in each condition what
asks for it is replaced by `false`, and the import goes. Rules, strings, names and order stay as they are.

In: the text of one rule file. Out: its text for data that does not begin with a magic of MAGICS, or None when that is
not proven for every reference in the file: then the file is used as it is.

What is proven (tests/detect/test_plain_rules.py holds libyara to each line):
- an expression without a boolean operator that uses an undefined value is undefined, whatever else is in it;
- `not` of an undefined value is undefined; pe.is_pe is 0;
- a loop over an undefined range or structure, but not over a set of values, is false;
- for `and`, `or` and the body of a loop an undefined value counts as false, and so does a whole condition.
Hence replacing by `false` changes no match, as long as nothing above it in the condition is a `not` or `defined`.
Not here: compiling, which rules can be left out altogether.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAGICS = (b"MZ", b"\x7fELF")
"""What the data begins with that the modules parse."""

FIELDS = {
    "pe": frozenset(
        {
            "machine", "checksum", "subsystem", "timestamp", "entry_point", "entry_point_raw", "image_base",
            "characteristics", "number_of_sections", "sections", "number_of_resources", "resources",
            "resource_timestamp", "number_of_signatures", "signatures", "is_signed", "number_of_imports",
            "number_of_imported_functions", "number_of_exports", "export_details", "export_timestamp", "dll_name",
            "overlay", "version_info", "version_info_list", "number_of_version_infos", "rich_signature", "pdb_path",
            "dll_characteristics", "linker_version", "os_version", "image_version", "subsystem_version",
            "size_of_image", "size_of_headers", "section_index", "exports", "exports_index", "imports", "imphash",
            "locale", "language", "is_dll", "is_32bit", "is_64bit", "calculate_checksum", "rva_to_offset",
            "import_details", "import_rva",
        }
    ),
    "elf": frozenset(
        {"type", "machine", "entry_point", "number_of_sections", "sections", "number_of_segments", "segments"}
    ),
}  # fmt: skip
"""For each module the names of what it parses; undefined on data that begins with none of MAGICS."""

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<text>"(?:[^"\\\n]|\\.)*")
    |(?P<word>[$\#@!]?[A-Za-z_0-9]+\*?|[$\#@!]\*?)
    |(?P<dots>\.\.)
    |(?P<sign>[=!<>]=|<<|>>|[^\s])""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:[^/\\\n]|\\.)+/[is]*")
_HEX = re.compile(r"\{(?:[^{}/\"]|//[^\n]*|/\*.*?\*/)*\}", re.DOTALL)
_BOOLEAN = frozenset(("and", "or", "not", "defined", "for", "of"))
_DEPTH = 50


class _Doubt(Exception):
    """Something that is not certain: the file is taken as it is."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of rule source; [start, end) are offsets into the text."""

    kind: str
    text: str
    start: int
    end: int


def without_modules(source: str) -> str | None:
    """The text of a rule file for data that begins with none of MAGICS; None when any part of that is not certain."""
    try:
        tokens = list(_tokens(source))
        changes = list(_changes(tokens))
    except _Doubt:
        return None
    out = []
    at = 0
    for start, end, text in sorted(changes):
        out += [source[at:start], text]
        at = end
    return "".join(out) + source[at:]


def _tokens(source: str) -> Iterator[Token]:
    """Everything but white space and comments. Strings, hexadecimal strings and regular expressions are one token."""
    at = 0
    before = ""
    two_before = ""
    while at < len(source):
        found = None
        kind = "text"
        if source[at] == "/" and source[at + 1 : at + 2] not in ("/", "*"):
            # in a condition only `matches` takes a regular expression, else "/" would be a division
            if before not in ("=", "matches"):
                raise _Doubt
            found = _REGEX.match(source, at)
        elif source[at] == "{" and before == "=" and two_before[:1] == "$":
            found = _HEX.match(source, at)
        else:
            found = _TOKEN.match(source, at)
            kind = str(found.lastgroup) if found else ""
        if found is None or (source[at] == '"' and kind != "text"):
            raise _Doubt
        at = found.end()
        if kind != "space":
            two_before, before = before, found.group()
            yield Token(kind, found.group(), found.start(), at)


def _changes(tokens: list[Token]) -> Iterator[tuple[int, int, str]]:
    """What is replaced by what: imports by nothing, parts of conditions by false."""
    at = 0
    depth = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text == "include" and depth == 0:
            raise _Doubt
        if token.text == "import" and depth == 0:
            if at + 1 >= len(tokens) or tokens[at + 1].kind != "text":
                raise _Doubt
            if tokens[at + 1].text.strip('"') in FIELDS:
                yield token.start, tokens[at + 1].end, ""
            at += 1
        elif token.text == "condition" and depth == 1 and tokens[at + 1 : at + 2] and tokens[at + 1].text == ":":
            end = _end_of_rule(tokens, at + 2)
            yield from _condition(tokens[at + 2 : end], 0)
            at = end - 1
        elif token.text == "{":
            depth += 1
        elif token.text == "}":
            depth -= 1
        at += 1
    if depth != 0:
        raise _Doubt


def _end_of_rule(tokens: list[Token], at: int) -> int:
    """The index of the brace that ends the rule whose condition begins at `at`."""
    while at < len(tokens) and tokens[at].text != "}":
        if tokens[at].text == "{":
            raise _Doubt
        at += 1
    if at == len(tokens):
        raise _Doubt
    return at


def _condition(tokens: list[Token], depth: int) -> Iterator[tuple[int, int, str]]:
    """Changes to a boolean expression that nothing negates."""
    if depth > _DEPTH:
        raise _Doubt
    for piece in _split(tokens):
        if not _references(piece):
            continue
        if piece[0].text == "(" and _closing(piece, 0) == len(piece) - 1:
            yield from _condition(piece[1:-1], depth + 1)
        elif piece[0].text == "for":
            yield from _loop(piece, depth)
        elif [token.text for token in piece] == ["pe", ".", "is_pe"]:
            yield piece[0].start, piece[-1].end, _false(piece)
        else:
            operand = piece[1:] if piece[0].text == "not" else piece
            if any(token.text in _BOOLEAN for token in operand) or not _parsed(operand):
                raise _Doubt
            yield piece[0].start, piece[-1].end, _false(piece)


_NAMED = {"$": "${}", "#": "#{} < 0", "@": "@{}[1] < 0", "!": "!{}[1] < 0"}


def _false(piece: list[Token]) -> str:
    """What stands for `piece`. It names the piece's strings in the same way: one that is never named is an error, and
    YARA looks for all places of a string only if its places or their number are asked for."""
    named = set()
    for token, following in zip(piece, [*piece[1:], piece[-1]], strict=True):
        sigil, name = token.text[0], token.text[1:]
        if token.text == "them" or name.endswith("*"):
            raise _Doubt
        if sigil in _NAMED and name:
            placed = sigil == "$" and following.text in ("at", "in")
            named.add(f"${name} at filesize" if placed else _NAMED[sigil].format(name))
    return f"(false and {' and '.join(sorted(named))})" if named else "false"


def _loop(piece: list[Token], depth: int) -> Iterator[tuple[int, int, str]]:
    """Changes to `for QUANTIFIER ... : ( BODY )`: false over what is parsed, else changes to its body."""
    colon = next((i for i, token in enumerate(piece) if token.text == ":"), -1)
    if colon < 0 or piece[-1].text != ")" or _closing(piece, colon + 1) != len(piece) - 1:
        raise _Doubt
    header = piece[:colon]
    if not _references(header):
        yield from _condition(piece[colon + 2 : -1], depth + 1)
        return
    at = next((i for i, token in enumerate(header) if token.text == "in"), -1)
    # the range or structure itself must be what is parsed: of a set the other values are still visited, and
    # a quantifier that asks for it is not certain
    if header[at + 1 : at + 2] and header[at + 1].text == "(" and not _is_range(header[at + 1 :]):
        raise _Doubt
    if at < 0 or _references(header[:at]) or any(t.text in _BOOLEAN for t in header[at:]) or not _parsed(header[at:]):
        raise _Doubt
    yield piece[0].start, piece[-1].end, _false(piece)


def _is_range(tokens: list[Token]) -> bool:
    """Are the tokens `( FROM .. TO )`, and no set?"""
    return (
        _closing(tokens, 0) == len(tokens) - 1
        and sum(token.kind == "dots" for token in tokens) == 1
        and all(token.text != "," for token in tokens)
    )


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    """The operands of the outermost `and` and `or`."""
    depth = 0
    piece: list[Token] = []
    for token in tokens:
        if token.text in "([":
            depth += 1
        elif token.text in ")]":
            depth -= 1
        if depth < 0:
            raise _Doubt
        if depth == 0 and token.kind == "word" and token.text in ("and", "or"):
            if not piece:
                raise _Doubt
            yield piece
            piece = []
        else:
            piece.append(token)
    if depth != 0 or not piece:
        raise _Doubt
    yield piece


def _closing(tokens: list[Token], at: int) -> int:
    """The index of the parenthesis that closes the one at `at`; -1 when there is none."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth == 0:
            return index
    return -1


def _references(tokens: list[Token]) -> bool:
    """Is anything of the modules asked for?"""
    return any(token.kind == "word" and token.text in FIELDS for token in tokens)


def _parsed(tokens: list[Token]) -> bool:
    """Is one of the values asked for certainly undefined?"""
    return any(
        name.kind == "word" and name.text in FIELDS and dot.text == "." and field.text in FIELDS[name.text]
        for name, dot, field in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )
