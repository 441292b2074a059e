"""Twin of bartizan._core.text: whole texts, one stage after the other, on Python strings."""

from __future__ import annotations

import html
import re
import unicodedata

CAP = 65536
"""UTF-8 bytes of one construct."""

WHITE = " \t\n\f\r"
NAMES = """
address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt fieldset
figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html isindex legend li listing
main menu nav ol optgroup option p plaintext pre search section select summary table tbody td template textarea tfoot
th thead title tr ul xmp
"""
BLOCK_TAGS = frozenset(NAMES.split())
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufdd0-\ufdef\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)


def view(data: bytes, charset: str, markup: bool) -> bytes:
    """The folded view of a text."""
    text = decode(data, charset)
    return fold(strip(text) if markup else unquoted(text)).encode()


def unquoted(text: str) -> str:
    """Lines without the > in front of them."""
    return re.sub(r"(?:^|(?<=[\r\n]))[ \t>]+", lambda found: found[0].replace(">", ""), text)


COMBINING = re.compile("[\u0300-\u036f\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]")
LATIN = {
    **dict(
        zip(
            "\N{CYRILLIC SMALL LETTER A}\u0432\u0441\u0501\u0435\u04bb\u0456\u0458\u043a\u043c\u043d\u043e",
            "abcdehijkmho",
            strict=True,
        )
    ),
    **dict(zip("\u0440\u051b\u0455\u0442\u0443\u0445\u0475\u051d\u044c\u04cf", "pqstyxvwbl", strict=True)),
    **dict(
        zip(
            "\u03b1\u03b2\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03f2\u03f3",
            "abeikvoptuxcj",
            strict=True,
        )
    ),
    **dict(zip("\u0585\u0578\u057d\u0570\u0581\u0566\u0251\u0261\u0131\u0237\u028b", "onuhgqagijv", strict=True)),
    **dict(
        zip(
            "\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u026a\u1d0a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\u0280\ua731\u1d1b"
            "\u1d1c\u1d20\u1d21\u028f\u1d22",
            "abcdefghijklmnoprstuvwyz",
            strict=True,
        )
    ),
    **{chr(first + number): chr(97 + number) for first in (0x249C, 0x1F150, 0x1F170, 0x1F1E6) for number in range(26)},
}


def plain(character: str) -> str:
    """Case folded, compatibility forms of Latin, Greek and Cyrillic plain, look-alikes Latin."""
    folded = character.casefold()
    if "<" in unicodedata.decomposition(character) and character not in LATIN:
        form = unicodedata.normalize("NFKC", folded).casefold()
        if all(c.isprintable() and c != " " and c < "\u0600" for c in form) and len(form.encode()) <= 6:
            folded = form
    return COMBINING.sub("", "".join(LATIN.get(c, c) for c in folded)) or character


def fold(text: str) -> str:
    """White space to single spaces, invisible characters and combining marks away, the rest plain."""
    out = ""
    for character in text:
        if character.isspace():
            if out and not out.endswith(" "):
                out += " "
        elif not INVISIBLE.match(character) and not COMBINING.match(character):
            out += plain(character)
    return out


def decode(data: bytes, charset: str) -> str:
    """Bytes to text; nothing vanishes."""
    if charset in ("utf-8", "us-ascii", "x-nonsense"):
        return utf8(data)
    if charset == "utf-7":
        return utf7(data)
    if charset in ("utf-16", "utf-32"):
        return wide(data, 2 if charset == "utf-16" else 4)
    if charset in ("iso-8859-1", "windows-1252"):
        return "".join(map(windows, data))
    if charset in ("koi8-r", "iso-8859-7", "cp037"):
        return "".join(one_byte(byte, charset) for byte in data)
    return data.decode(charset, "replace").encode("utf-8", "replace").decode()


def windows(byte: int) -> str:
    """One byte of windows-1252, where it has none of ISO 8859-1."""
    return one_byte(byte, "cp1252")


def one_byte(byte: int, codec: str) -> str:
    """One byte of a one-byte codec; undefined ones as windows-1252."""
    for name in (codec, "cp1252", "latin-1"):
        try:
            return bytes([byte]).decode(name)
        except UnicodeDecodeError:
            continue
    raise AssertionError


def utf8(data: bytes) -> str:
    """UTF-8; every byte that begins no valid character is windows-1252."""
    out = []
    at = 0
    while at < len(data):
        for length in (1, 2, 3, 4):
            try:
                out.append(data[at : at + length].decode())
                at += length
                break
            except UnicodeDecodeError:
                continue
        else:
            out.append(windows(data[at]))
            at += 1
    return "".join(out)


def utf7(data: bytes) -> str:
    """RFC 2152, tolerant."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    def run(match: re.Match[str]) -> str:
        if not match[1]:
            return "+"
        bits = "".join(f"{alphabet.index(c):06b}" for c in match[1])
        units = [int(bits[k : k + 16], 2) for k in range(0, len(bits) - 15, 16)]
        return join_units(units)

    # latin-1 first, so that bytes above 127 outside of runs can become windows-1252 after it.
    pieces = re.split(r"(\+[A-Za-z0-9+/]*-?)", data.decode("latin-1"))
    return "".join(
        re.sub(r"\+([A-Za-z0-9+/]*)-?", run, piece) if k % 2 else "".join(windows(ord(c)) for c in piece)
        for k, piece in enumerate(pieces)
    )


def join_units(units: list[int]) -> str:
    """UTF-16 units to text, single surrogates as U+FFFD."""
    out = []
    k = 0
    while k < len(units):
        if 0xD800 <= units[k] < 0xDC00 and k + 1 < len(units) and 0xDC00 <= units[k + 1] < 0xE000:
            out.append(chr(0x10000 + (units[k] - 0xD800) * 1024 + units[k + 1] - 0xDC00))
            k += 2
        else:
            out.append("\ufffd" if 0xD800 <= units[k] < 0xE000 else chr(units[k]))
            k += 1
    return "".join(out)


def wide(data: bytes, width: int) -> str:
    """UTF-16 or UTF-32; without a byte order mark the first unit's zero bytes tell, else little-endian."""
    first = data[:width]
    if width == 2:
        big = len(first) == 2 and (first == b"\xfe\xff" or (first[0] == 0 and first[1] != 0))
    else:
        big = first[:1] == b"\0"
    order = "big" if big else "little"
    whole = len(data) - len(data) % width
    units = [int.from_bytes(data[k : k + width], order) for k in range(0, whole, width)]
    if width == 2:
        text = join_units(units)
        # a high surrogate before half a unit is one unfinished thing, not two
        unfinished = bool(len(data) % 2) and not (units and 0xD800 <= units[-1] < 0xDC00)
    else:
        text = "".join("\ufffd" if u > 0x10FFFF or 0xD800 <= u < 0xE000 else chr(u) for u in units)
        unfinished = bool(len(data) % 4)
    return text + "\ufffd" * unfinished


def strip(text: str) -> str:
    """The text of HTML without its markup."""
    out = []
    at = 0
    run = ""
    while at < len(text):
        if not re.compile("<[a-zA-Z/!?]").match(text, at) and not (text[at] == "<" and at + 1 == len(text)):
            run += text[at]
            at += 1
            continue
        out.append(html.unescape(run))
        run = ""
        end, left = construct(text, at)
        if end is None or len(text[at:end].encode()) > CAP:
            end = at
            size = 0
            while end < len(text) and size < CAP:
                size += len(text[end].encode())
                end += 1
            left = text[at:end]
        out.append(left)
        at = end
    out.append(html.unescape(run))
    return "".join(out)


def construct(text: str, at: int) -> tuple[int | None, str]:
    """Where the markup that begins at `at` ends (None: nowhere), and what it leaves in the text."""
    if text.startswith("<!--", at):
        if match := re.compile("<!---?>").match(text, at):
            return match.end(), ""
        match = re.compile("--!?>").search(text, at + 4)
        return match.end() if match else None, ""
    if not (match := re.compile("<(/?)([a-zA-Z][^ \t\n\f\r/>]*)").match(text, at)):
        close = text.find(">", at + 1)
        return close + 1 if close >= 0 else None, ""
    end = tag_end(text, match.end())
    name = match[2][:32].translate({c: c + 32 for c in range(65, 91)})
    if match[1] or name not in ("script", "style"):
        return end, " " if name in BLOCK_TAGS else ""
    if end is None:
        return None, ""
    close = re.compile(f"(?i:</{name})(?=[ \t\n\f\r/>])", re.ASCII).search(text, end)
    return tag_end(text, close.end()) if close else None, ""


def tag_end(text: str, at: int) -> int | None:
    """Where a tag whose name ends before `at` ends: after the first > outside of quoted attribute values."""
    while at < len(text):
        if text[at] == ">":
            return at + 1
        if text[at] in WHITE + "/":
            at += 1
            continue
        # an attribute: its name (which may begin with =), and perhaps a value
        at += 1
        while at < len(text) and text[at] not in WHITE + "/>=":
            at += 1
        after = at
        while after < len(text) and text[after] in WHITE:
            after += 1
        if after == len(text) or text[after] != "=":
            continue
        at = after + 1
        while at < len(text) and text[at] in WHITE:
            at += 1
        if at < len(text) and text[at] in "\"'":
            close = text.find(text[at], at + 1)
            if close < 0:
                return None
            at = close + 1
        else:
            while at < len(text) and text[at] not in WHITE + ">":
                at += 1
    return None
