"""Twin of bartizan._core.runs: base64 in the middle of other bytes, by regular expressions."""

from __future__ import annotations

import re

WORD = re.compile(rb"[A-Za-z0-9+/_-]+")
BETWEEN = re.compile(rb"[ \t\r\n]{1,6}")


def base64_runs(data: bytes, least: int) -> list[tuple[int, int]]:
    """The spans of all runs with at least `least` characters of the alphabet, in order."""
    found = []
    at = 0
    while (word := WORD.search(data, at)) is not None:
        at = word.end()
        if len(word[0]) < 16:
            continue
        letters = 0
        while True:
            letters += len(word[0])
            end = at = _behind_padding(data, word.end())
            between = BETWEEN.match(data, at)
            if len(word[0]) < 16 or end > word.end() or between is None:
                break
            following = WORD.match(data, between.end())
            if following is None:
                break
            padded = data[following.end() : following.end() + 1] == b"="
            if len(following[0]) < 16 and not padded and not between[0].endswith(b"\n"):
                break
            word = following
        if letters >= least:
            found.append((start_of(data, end, letters), end))
    return found


def _behind_padding(data: bytes, at: int) -> int:
    while data[at : at + 1] == b"=":
        at += 1
    return at


def start_of(data: bytes, end: int, letters: int) -> int:
    """Where the run begins that ends at `end` and has so many letters."""
    at = end
    while letters:
        at -= 1
        letters -= WORD.match(data[at : at + 1]) is not None
    return at


def words(data: bytes, least: int) -> list[tuple[int, int]]:
    """The spans of the words of at least `least` visible characters that are no addresses and no styles."""
    return [
        word.span()
        for word in re.finditer(rb"[!-~]+", data)
        if len(word[0]) >= least
        and re.search(rb"(?s)^.{0,299}://", word[0]) is None
        and (b":" not in word[0][:300] or len({c & 63 for c in word[0][:300] if not bytes((c,)).isalnum()}) >= 8)
    ]
