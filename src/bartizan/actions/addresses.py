"""Rewrite the addresses in the value of a header field, and nothing else in it (RFC 5322 sections 3.2 to 3.4 and 4.4).

In: a value as text, folded as it came. Out: the same with outside names. White space and comments may stand between
all parts of an address; groups and routes are read like lists. The local part of an address stays as it is, whatever
it holds (but see `identifiers`). Display names, comments and loose words are read as text; encoded words (RFC 2047)
are left alone.
Never raises; the time is linear in the value. What is not closed goes to the end.
Not here: which names are inside (inside), which fields (hide).
"""

from __future__ import annotations

import re
from hashlib import blake2s

from bartizan.actions.inside import Inside

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]++)
    | (?P<word>=\?[^?\s]{1,80}\?[bBqQ]\?[^?\s]*+\?=)
    | (?P<atom>[^ \t\r\n()<>@,;:\\".\[\]]++)
    | (?P<quoted>"(?:[^"\\]|\\.)*+(?:"|\\?\Z))
    | (?P<literal>\[(?:[^\[\]\\]|\\.)*+\])
    | (?P<special>.)""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"[()]|\\.", re.DOTALL)
_NAME = re.compile(r"[\w.-]+")
_BETWEEN = frozenset({"space", "comment"})

_Token = tuple[str, str]
"""Kind and text."""


def rewritten(value: str, inside: Inside, *, identifiers: bool = False) -> str:
    """`value` with outside names. `identifiers`: these are message identifiers, which are in no map, and whose left
    side is replaced by a digest where it names the inside: other ones stay other ones, and references still fit."""
    if not inside.suspect(value):
        return value
    tokens = _tokens(value)
    done: list[str | None] = [None] * len(tokens)
    free = 0
    for at, (kind, text) in enumerate(tokens):
        if kind == "word":
            done[at] = text
        if kind == "special" and text == "@":
            free = _address(tokens, done, at, free, inside, identifiers)
    out: list[str] = []
    loose: list[str] = []
    for (_, text), result in zip(tokens, done, strict=True):
        if result is None:
            loose.append(text)
            continue
        if loose:
            out.append(inside.without("".join(loose)))
            loose.clear()
        out.append(result)
    out.append(inside.without("".join(loose)))
    return "".join(out)


def _address(
    tokens: list[_Token],
    done: list[str | None],
    at: int,
    free: int,
    inside: Inside,
    identifiers: bool,
) -> int:
    """Settle the parts of the address around the "@" at `at`; nothing before `free` is touched. Where it ends.

    A domain outside that stands in pieces is read as text: not every reader puts them together.
    """
    domain = _domain(tokens, at + 1)
    local = _local(tokens, at - 1, free)
    if not domain:
        return at
    done[at] = "@"
    last = domain[-1]
    name = _written(tokens, domain)
    if tokens[last][0] == "literal":
        new = inside.public if inside.literal(name) else None
    else:
        new = inside.outside(name)
        whole = inside.address(f"{_written(tokens, local)}@{name}") if local and not identifiers else None
        if whole is not None:
            _set(done, local[0], last, whole)
            return last + 1
    for one in local:
        done[one] = tokens[one][1]
    if new is not None:
        _set(done, domain[0], last, new)
        left = _written(tokens, local)
        if identifiers and inside.without(left) != left:
            _set(done, local[0], local[-1], blake2s(f"{left}@{name}".encode("utf-8", "replace")).hexdigest()[:32])
    elif tokens[last][0] == "literal" or (_NAME.fullmatch(name) and last - domain[0] == len(domain) - 1):
        for one in domain:
            done[one] = tokens[one][1]
    return last + 1


def _set(done: list[str | None], first: int, last: int, text: str) -> None:
    done[first : last + 1] = [text, *[""] * (last - first)]


def _domain(tokens: list[_Token], at: int) -> list[int]:
    """The tokens of the domain that begins at `at`, without what stands between them."""
    found: list[int] = []
    dot = True
    while at < len(tokens):
        kind, text = tokens[at]
        if kind == "literal" and not found:
            return [at]
        if kind == "atom" and dot:
            dot = False
        elif kind == "special" and text == ".":
            dot = True
        elif kind in _BETWEEN:
            at += 1
            continue
        else:
            break
        found.append(at)
        at += 1
    return found if any(tokens[one][0] == "atom" for one in found) else []


def _local(tokens: list[_Token], at: int, free: int) -> list[int]:
    """The tokens of the local part that ends at `at`, in order."""
    found: list[int] = []
    dot = True
    while at >= free:
        kind, text = tokens[at]
        if kind in ("atom", "quoted", "word") and dot:
            dot = False
        elif kind == "special" and text == ".":
            dot = True
        elif kind in _BETWEEN:
            at -= 1
            continue
        else:
            break
        found.append(at)
        at -= 1
    found.reverse()
    return found


def _written(tokens: list[_Token], some: list[int]) -> str:
    """Tokens without what stands between them."""
    return "".join(tokens[one][1] for one in some)


def _tokens(value: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(value):
        if value[at] == "(":
            end = _comment_end(value, at)
            found.append(("comment", value[at:end]))
        elif match := _TOKEN.match(value, at):
            end = match.end()
            found.append((str(match.lastgroup), match[0]))
        else:
            raise AssertionError("every character begins a token")
        at = end
    return found


def _comment_end(value: str, start: int) -> int:
    """Where the comment ends that begins at `start`; comments nest."""
    depth = 0
    for found in _COMMENT.finditer(value, start):
        if found[0] == "(":
            depth += 1
        elif found[0] == ")":
            depth -= 1
            if not depth:
                return found.end()
    return len(value)
