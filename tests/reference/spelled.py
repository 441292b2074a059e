"""Twin of bartizan._core.spelled: numbers with the same thing between any two, and needless escapes."""

from __future__ import annotations

import re

BETWEEN, BLANK, DIGITS, FEW, LONG, LETTERS = 16, 80, 64, 4, 16, 80
HEX = b"0123456789abcdefABCDEF"
PLAIN = re.compile(rb"[0-9A-Za-z]*")
CONTINUED = re.compile(rb"[\\^_](?=[\r\n])|[ \t\r\n]+")
ESCAPE = re.compile(
    rb"&#[xX]([0-9A-Fa-f]{1,7});?|&#([0-9]{1,7});?|%[uU]([0-9A-Fa-f]{4})|%([0-9A-Fa-f]{2})|\\[xX]([0-9A-Fa-f]{2})"
    rb"|\\u([0-9A-Fa-f]{4})|\\([0-7]{1,3})|\\([/nrt\r\n])"
)
WORD = re.compile(rb"[A-Za-z0-9+/_=-]+")


def next_spelled(data: bytes, at: int, least: int) -> tuple[int, int, list[bytes]] | None:
    """The next run of at least `least` bytes: its span, and its bytes in each way of reading it."""
    i = low = max(at, 0)
    tried = dict.fromkeys(WAYS, -1)
    while (digit := re.compile(rb"[0-9]").search(data, i)) is not None:
        i = digit.start()
        if i > 0 and data[i - 1 : i].isalnum() and (behind := _behind_word(data, i)) > i:
            i = low = behind
            continue
        answers, first, far = [], len(data), i
        for way in WAYS:
            begin = _begin(data, i, low, way)
            if begin < 0 or begin < tried[way]:
                continue
            found, numbers, end, tried[way] = _run(data, begin, way)
            if len(found) >= least and numbers >= FEW:
                answers.append(found)
                first, far = min(first, begin), max(far, end)
        if answers:
            return first, far, answers
        while data[i : i + 1].isdigit():
            i += 1
        i = low = _behind_word(data, i)
    return None


def _behind_word(data: bytes, at: int) -> int:
    word = PLAIN.match(data, at)
    assert word is not None
    return word.end() if len(word[0]) >= LONG else at


def _begin(data: bytes, at: int, low: int, way: str) -> int:
    """Where the digits begin of which one is at `at`; -1 if this cannot be a number read in this way."""
    begin = at
    if way == "octal":
        return at if data[at - 1 : at] == b"\\" or data[at] == 0x30 else -1
    if way == "0x":
        return at + 2 if re.compile(rb"0[xX].").match(data, at) else -1
    if way in ("pairs", "&h"):
        while begin > low and data[begin - 1] in HEX and at - begin < (DIGITS if way == "pairs" else 2):
            begin -= 1
    return -1 if way == "&h" and data[max(0, begin - 2) : begin].lower() != b"&h" else begin


def _token(data: bytes, at: int, way: str) -> tuple[bytes, int] | None:
    digits = re.compile(rb"[0-9A-Fa-f]*" if way in ("pairs", "0x", "&h") else rb"[0-9]*").match(data, at)
    assert digits is not None
    text = digits[0].decode()
    if not text or len(text) > DIGITS:
        return None
    if way == "pairs":
        return None if len(text) % 2 else (bytes.fromhex(text), digits.end())
    try:
        value = int(text, {"decimal": 10, "octal": 8}.get(way, 16))
    except ValueError:
        return None
    return (bytes((value,)), digits.end()) if value < 256 else None


def _next(data: bytes, at: int, way: str) -> int:
    other = 0
    i = at
    mark = {"0x": rb"0[xX][0-9A-Fa-f]", "&h": rb"&[hH][0-9A-Fa-f]", "pairs": rb"[0-9A-Fa-f]"}.get(way, rb"[0-9]")
    while i < len(data) and other <= BETWEEN and i - at <= BLANK:
        if re.compile(mark).match(data, i):
            return i + 2 * (way in ("0x", "&h"))
        other += data[i] not in b" \t\r\n"
        i += 1
    return -1


def _run(data: bytes, at: int, way: str) -> tuple[bytes, int, int, int]:
    """The bytes of a run, how many numbers it has, where it ends, where its last number begins."""
    found, numbers, end, last, begin = b"", 0, at, at, at
    between = None
    while True:
        token = _token(data, begin, way)
        if token is None:
            return found, numbers, end, last
        if numbers:
            # A continued line is told by what follows, which may be outside.
            mark = CONTINUED.sub(b"", data[end : begin + 1])[:-1]
            if between is not None and mark != between:
                return found, numbers, end, last
            between = mark
        found, numbers, last, end = found + token[0], numbers + 1, begin, token[1]
        begin = _next(data, end, way)
        if begin < 0:
            return found, numbers, end, last


WAYS = ("decimal", "octal", "pairs", "0x", "&h")


def needless_escapes(data: bytes) -> tuple[int, int]:
    """How many letters and digits are written as escapes, and how many long words of base64 have escapes in them."""
    i = letters = words = length = 0
    escaped = False
    while i < len(data):
        word = WORD.match(data, i)
        if word is not None:
            length += len(word[0])
            i = word.end()
            continue
        escape = ESCAPE.match(data, i)
        value = 256
        if escape is not None:
            group = escape.lastindex or 0
            text = escape[group]
            if group == 8:
                value = 0x2F if text == b"/" else 0x0A
            else:
                value = int(text, 10 if group == 2 else 8 if group == 7 else 16)
        char = bytes((value,)) if value < 256 else b""
        if escape is not None and char and (WORD.match(char) or char in b" \t\r\n"):
            letters += char.isalnum()
            length += WORD.match(char) is not None
            escaped = escaped or char != b"="
            i = escape.end()
            continue
        words += escaped and length >= LETTERS
        length, escaped = 0, False
        i += 1
    return letters, words + (escaped and length >= LETTERS)
