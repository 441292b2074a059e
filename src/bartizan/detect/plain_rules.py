"""Rules for data that is no program: those that can match it, without the modules that take programs apart.

libyara fills the tables of `pe` and `elf` anew for each scan as soon as any rule imports them, which costs twice as
much as all the rest. On data that is neither, everything these modules parse is undefined. So in each condition what
asks for it is replaced by `false`, and the import goes. A rule that then is false whatever else the data holds, for
that reason or because it asks for the magic itself, is left out, unless another one asks for it. Everything else, and
the order, stays as it is.

In: the text of one rule file. Out: its text for data that does not begin with a magic of MAGICS, or None when that is
not proven for every reference in the file: then the file is used as it is.

What is proven (tests/detect/test_plain_rules.py holds libyara to each line):
- an expression without a boolean operator that uses an undefined value is undefined, whatever else is in it;
- `not` of an undefined value is undefined; pe.is_pe is 0;
- a loop over an undefined range or structure, but not over a set of values, is false;
- for `and`, `or` and the body of a loop an undefined value counts as false, and so does a whole condition.
Hence replacing by `false` changes no match, as long as nothing above it in the condition is a `not` or `defined`.
And `uint16(0) == 0x5A4D` is false, or undefined, for data that does not begin with those two bytes.
Not here: compiling.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from bartizan.detect.rule_source import Doubt, Token, closing, rules_of, tokens_of

MAGICS = (b"MZ", b"\x7fE")
"""What data begins with that the modules parse, as short as rules ask for it."""

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

_BOOLEAN = frozenset(("and", "or", "not", "defined", "for", "of"))
_DEPTH = 50


def without_modules(source: str) -> str | None:
    """The text of a rule file for data that begins with none of MAGICS; None when any part of that is not certain."""
    try:
        tokens = list(tokens_of(source))
        changes = list(_changes(tokens))
    except Doubt:
        return None
    out = []
    at = 0
    for start, end, text in sorted(changes):
        out += [source[at:start], text]
        at = end
    return "".join(out) + source[at:]


def _changes(tokens: list[Token]) -> Iterator[tuple[int, int, str]]:
    """What is replaced by what: imports and rules that cannot match by nothing, parts of conditions by false."""
    rules = list(rules_of(tokens))
    asked = {token.text for rule in rules for token in rule.condition if token.kind == "word"}
    by_pattern = any(text.endswith("*") and text[0] not in "$#@!" for text in asked)
    for token, following in pairwise(tokens):
        if token.text == "import" and token.kind == "word" and following.text.strip('"') in FIELDS:
            yield token.start, following.end, ""
    for rule in rules:
        changes = list(_condition(rule.condition, 0))
        if not (rule.is_global or by_pattern or rule.name in asked) and never(rule.condition):
            yield rule.tokens[0].start, rule.tokens[-1].end, ""
        else:
            yield from changes


def never(tokens: list[Token]) -> bool:
    """Is this boolean expression false for all data that begins with none of MAGICS?"""
    return all(any(map(_false_operand, operands)) for operands in _alternatives(tokens))


def _alternatives(tokens: list[Token]) -> Iterator[list[list[Token]]]:
    """The operands of the outermost `or`, each as the operands of its `and`."""
    depth = 0
    operands: list[list[Token]] = [[]]
    for token in tokens:
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if depth == 0 and token.kind == "word" and token.text == "or":
            yield operands
            operands = [[]]
        elif depth == 0 and token.kind == "word" and token.text == "and":
            operands.append([])
        else:
            operands[-1].append(token)
    yield operands


def _false_operand(operand: list[Token]) -> bool:
    """Is an expression without an outer `and` or `or` certainly false?"""
    if not operand:
        raise Doubt
    if operand[0].text == "(" and closing(operand, 0) == len(operand) - 1:
        return never(operand[1:-1])
    changes = list(_condition(operand, 0))
    whole = [(operand[0].start, operand[-1].end)]
    return [(start, end) for start, end, _ in changes] == whole or _asks_for_magic(operand)


_READ = {"uint16": (2, "little"), "uint16be": (2, "big"), "uint32": (4, "little"), "uint32be": (4, "big")}


def _asks_for_magic(operand: list[Token]) -> bool:
    """Is it `uint16(0) == NUMBER` (or the like, either way round) with a number that begins with one of MAGICS?"""
    words = [token.text for token in operand]
    if len(words) != 6 or words[4 if words[0] in _READ else 1] != "==":
        return False
    read, number = (words[:4], words[5]) if words[0] in _READ else (words[2:], words[0])
    if read[0] not in _READ or read[1:] != ["(", "0", ")"]:
        return False
    size, order = _READ[read[0]]
    try:
        asked = int(number, 0).to_bytes(size, order)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return False
    return asked.startswith(MAGICS)


def _condition(tokens: list[Token], depth: int) -> Iterator[tuple[int, int, str]]:
    """Changes to a boolean expression that nothing negates."""
    if depth > _DEPTH:
        raise Doubt
    for piece in _split(tokens):
        if not _references(piece):
            continue
        if piece[0].text == "(" and closing(piece, 0) == len(piece) - 1:
            yield from _condition(piece[1:-1], depth + 1)
        elif piece[0].text == "for":
            yield from _loop(piece, depth)
        elif [token.text for token in piece] == ["pe", ".", "is_pe"]:
            yield piece[0].start, piece[-1].end, _false(piece)
        else:
            operand = piece[1:] if piece[0].text == "not" else piece
            if any(token.text in _BOOLEAN for token in operand) or not _parsed(operand):
                raise Doubt
            yield piece[0].start, piece[-1].end, _false(piece)


_NAMED = {"$": "${}", "#": "#{} < 0", "@": "@{}[1] < 0", "!": "!{}[1] < 0"}


def _false(piece: list[Token]) -> str:
    """What stands for `piece`. It names the piece's strings in the same way: one that is never named is an error, and
    YARA looks for all places of a string only if its places or their number are asked for."""
    named = set()
    for token, following in zip(piece, [*piece[1:], piece[-1]], strict=True):
        sigil, name = token.text[0], token.text[1:]
        if token.text == "them" or name.endswith("*"):
            raise Doubt
        if sigil in _NAMED and name:
            placed = sigil == "$" and following.text in ("at", "in")
            named.add(f"${name} at filesize" if placed else _NAMED[sigil].format(name))
    return f"(false and {' and '.join(sorted(named))})" if named else "false"


def _loop(piece: list[Token], depth: int) -> Iterator[tuple[int, int, str]]:
    """Changes to `for QUANTIFIER ... : ( BODY )`: false over what is parsed, else changes to its body."""
    colon = next((i for i, token in enumerate(piece) if token.text == ":"), -1)
    if colon < 0 or piece[-1].text != ")" or closing(piece, colon + 1) != len(piece) - 1:
        raise Doubt
    header = piece[:colon]
    if not _references(header):
        yield from _condition(piece[colon + 2 : -1], depth + 1)
        return
    at = next((i for i, token in enumerate(header) if token.text == "in"), -1)
    # the range or structure itself must be what is parsed: of a set the other values are still visited, and
    # a quantifier that asks for it is not certain
    if header[at + 1 : at + 2] and header[at + 1].text == "(" and not _is_range(header[at + 1 :]):
        raise Doubt
    if at < 0 or _references(header[:at]) or any(t.text in _BOOLEAN for t in header[at:]) or not _parsed(header[at:]):
        raise Doubt
    yield piece[0].start, piece[-1].end, _false(piece)


def _is_range(tokens: list[Token]) -> bool:
    """Are the tokens `( FROM .. TO )`, and no set?"""
    return (
        closing(tokens, 0) == len(tokens) - 1
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
            raise Doubt
        if depth == 0 and token.kind == "word" and token.text in ("and", "or"):
            if not piece:
                raise Doubt
            yield piece
            piece = []
        else:
            piece.append(token)
    if depth != 0 or not piece:
        raise Doubt
    yield piece


def _references(tokens: list[Token]) -> bool:
    """Is anything of the modules asked for?"""
    return any(token.kind == "word" and token.text in FIELDS for token in tokens)


def _parsed(tokens: list[Token]) -> bool:
    """Is one of the values asked for certainly undefined?"""
    return any(
        name.kind == "word" and name.text in FIELDS and dot.text == "." and field.text in FIELDS[name.text]
        for name, dot, field in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )
