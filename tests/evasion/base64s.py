"""Rows E01 to E12: base64 that two decoders read differently."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import CTE, OCTETS, REAL, around, attached, b64, text, zipped
from evasion.sample import SCRIPT, Hides, Load, Sample, either, ids, marker, name

NOTHING = b64(b"Nothing here.\n")
LETTER = b64(b"Dear Bob,\n\nthe papers are ready, but I have not signed them yet.\n\nAnn\n")
JUNK = {
    "exclamation": b"!", "hash": b"#", "dollar": b"$", "percent": b"%", "ampersand": b"&", "apostrophe": b"'",
    "parenthesis": b"(", "asterisk": b"*", "comma": b",", "hyphen": b"-", "dot": b".", "colon": b":", "semicolon": b";",
    "less": b"<", "greater": b">", "question": b"?", "at": b"@", "bracket": b"[", "backslash": b"\\", "caret": b"^",
    "underscore": b"_", "backtick": b"`", "brace": b"{", "bar": b"|", "tilde": b"~", "quote": b'"', "space": b" ",
    "tab": b"\t", "vertical-tab": b"\v", "form-feed": b"\f", "nul": b"\0", "bell": b"\7", "backspace": b"\b",
    "escape": b"\x1b", "substitute": b"\x1a", "delete": b"\x7f", "cr": b"\r", "lf": b"\n", "crlf": b"\r\n",
    "high": b"\xe9", "all-bits": b"\xff", "nbsp": b"\xc2\xa0", "zero-width": b"\xe2\x80\x8b", "mark": b"\xef\xbb\xbf",
    "two-kinds": b".:", "empty-comment": b"()", "many": b"#" * 30,
}  # fmt: skip


def chunked(data: bytes, *sizes: int, between: bytes = b"") -> bytes:
    """Base64 of pieces of these sizes in turn, each on its own, so that padding stands inside."""
    out, at, turn = [], 0, 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        out.append(base64.b64encode(data[at : at + size]))
        at, turn = at + size, turn + 1
    return between.join(out) + b"\r\n"


def every(flat: bytes, step: int, junk: bytes) -> bytes:
    """The flat base64 with `junk` behind every `step` characters."""
    return b"".join(flat[at : at + step] + junk for at in range(0, len(flat), step)) + b"\r\n"


def quanta(flat: bytes, write: bytes) -> bytes:
    """Each four characters written as `write` says, which has digits in the place of the characters."""
    groups = [flat[at : at + 4] for at in range(0, len(flat), 4)]
    return b"".join(b"".join(bytes([group[c - 48]]) if 48 <= c < 52 else bytes([c]) for c in write) for group in groups)


def sized(load: Load, rest: int) -> bytes:
    """A zip of the marker whose size leaves this rest when it is divided by three."""
    files = (zipped(("note.txt", load.marker + b"." * extra), method=0) for extra in range(3))
    return next(file for file in files if len(file) % 3 == rest)


def _padding(load: Load) -> Iterator[tuple[str, bytes]]:
    """E01 to E05."""
    data, lines = load.zip, load.base64
    flat = base64.b64encode(data)
    for of, what in (("zip", data), ("marker", load.marker)):
        for sizes in ((1,), (4,), (5,), (7,), (50,), (1, 4), (10, 11), (55,), (2, 3, 3, 3, 3), (1, 999), (20, 999)):
            how = "-".join(map(str, sizes))
            yield f"E01-{of}-pieces-of-{how}", chunked(what, *sizes)
            yield f"E01-{of}-lines-of-{how}", chunked(what, *sizes, between=b"\r\n")
        for how, between in {
            "blank": b" ", "empty-line": b"\r\n\r\n", "more-padding": b"==", "lf": b"\n", "tab": b"\t", "nul": b"\0",
            "junk": b"*", "line-of-padding": b"\r\n====\r\n", "comma": b",", "fold": b"\r\n ",
        }.items():  # fmt: skip
            yield f"E01-{of}-{how}-between", chunked(what, 20, between=between)
        yield f"E02-{of}", chunked(what, 2)
        yield f"E02-{of}-lines", chunked(what, 2, between=b"\r\n")
        yield f"E02-{of}-blanks", chunked(what, 2, between=b" ")
        yield f"E02-{of}-one-and-two", chunked(what, 1, 2)
        yield f"E02-{of}-first-only", chunked(what[:2], 2).strip() + b64(what[2:])
        yield f"E02-{of}-last-only", b64(what[:-2]).strip() + chunked(what[-2:], 2)
        yield f"E02-{of}-begins", chunked(what[:20], 2).strip() + b64(what[20:])
    for how, write in {
        "first": b"=0123", "second": b"0=123", "third": b"01=23", "fourth": b"012=3", "two-inside": b"01==23",
        "before-and-inside": b"=0=123", "all": b"0=1=2=3=", "behind": b"0123=", "three-behind": b"0123===",
    }.items():  # fmt: skip
        yield f"E03-each-{how}", quanta(flat, write) + b"\r\n"
        yield f"E03-only-{how}", quanta(flat[:4], write) + flat[4:] + b"\r\n"
        yield f"E03-inside-{how}", flat[:40] + quanta(flat[40:44], write) + flat[44:] + b"\r\n"
        yield f"E03-line-{how}", b"".join(quanta(line[:4], write) + line[4:] + b"\r\n" for line in lines.split())
    two, one = base64.b64encode(sized(load, 1)), base64.b64encode(sized(load, 2))
    yield "E03-end-early-two", two[:-3] + b"=" + two[-3:-2] + b"=\r\n"
    yield "E03-end-first-two", two[:-4] + b"==" + two[-4:-2] + b"\r\n"
    yield "E03-end-early-one", one[:-2] + b"=" + one[-2:-1] + b"\r\n"
    yield "E03-for-a", flat.replace(b"A", b"=") + b"\r\n"
    yield "E03-for-aa", flat.replace(b"AA", b"==") + b"\r\n"
    yield "E03-for-a-of-marker", base64.b64encode(load.marker).replace(b"A", b"=") + b"\r\n"
    for how, body in {
        "both": two.rstrip(b"="), "one-of-two": two[:-1], "only": one.rstrip(b"="), "and-no-line-end": one.rstrip(b"="),
        "for-lines": b64(sized(load, 1)).replace(b"=", b""), "then-dot": two.rstrip(b"=") + b".",
        "other-sign": two.replace(b"=", b"*"), "escaped": two.replace(b"=", b"=3D"), "url": two.replace(b"=", b"%3D"),
        "quantum-cut": flat.rstrip(b"=")[:-1], "one-character-left": flat[: len(flat) // 4 * 4 - 3],
        "each-piece": chunked(data, 20).replace(b"=", b"") + lines,
        "one-of-two-then-more": chunked(data, 1, 999).replace(b"==", b"="),
    }.items():  # fmt: skip
        yield f"E04-{how}", body + (b"" if how == "and-no-line-end" else b"\r\n")
    for signs in (b"=", b"==", b"===", b"====", b"=====", b"=" * 76, b"=" * 1000):
        count = len(signs)
        yield f"E05-line-ends-{count}", lines.replace(b"\r\n", signs + b"\r\n")
        yield f"E05-line-starts-{count}", b"".join(signs + line + b"\r\n" for line in lines.split())
        yield f"E05-both-ends-{count}", b"".join(signs + line + signs + b"\r\n" for line in lines.split())
        yield f"E05-lines-between-{count}", lines.replace(b"\r\n", b"\r\n" + signs + b"\r\n")
        yield f"E05-in-front-{count}", signs + lines
        yield f"E05-line-in-front-{count}", signs + b"\r\n" + lines
        yield f"E05-behind-{count}", flat + signs + b"\r\n"
        yield f"E05-empty-line-behind-{count}", lines.replace(b"\r\n", signs + b"\r\n\r\n")


def _characters(load: Load) -> Iterator[tuple[str, bytes]]:
    """E06 to E08."""
    lines = load.base64
    flat = base64.b64encode(load.zip)
    for how, junk in JUNK.items():
        for step in (1, 3, 4, 7):
            yield f"E06-{how}-behind-{step}", every(flat, step, junk)
        yield f"E06-{how}-line-ends", lines.replace(b"\r\n", junk + b"\r\n")
        yield f"E06-{how}-line-starts", b"".join(junk + line + b"\r\n" for line in lines.split())
        yield f"E06-{how}-lines", lines.replace(b"\r\n", b"\r\n" + junk + b"\r\n")
        yield f"E06-{how}-in-front", junk * 5 + b"\r\n" + lines
    yield "E06-any", b"".join(bytes([c]) + junk for c, junk in zip(flat, 9 * [*JUNK.values()], strict=False)) + b"\r\n"
    yield "E06-marker", every(base64.b64encode(load.marker), 1, b"#")
    yield "E06-line-first", b"!!!! ???? ....\r\n" + lines
    yield "E06-prose-first", b"Please find the file below\r\n\r\n" + lines
    yield "E06-prose-behind", lines + b"\r\n-- \r\nThis list is for members only.\r\n"
    for length in range(1, 8):
        front = b"ABCDEFG"[:length]
        for how, between in {
            "empty-line": b"\r\n\r\n", "line-end": b"\r\n", "lf": b"\n\n", "empty-lines": b"\r\n\r\n\r\n",
            "blank-line": b"\r\n \r\n", "padding": b"=\r\n\r\n", "two-paddings": b"==\r\n\r\n", "hyphen": b"-\r\n\r\n",
        }.items():  # fmt: skip
            yield f"E07-{length}-{how}", front + between + lines
    yield "E07-in-the-middle", lines[:78] + b"ABC\r\n\r\n" + lines[78:]
    yield "E07-each-a-line", b"A\r\nB\r\nC\r\n\r\n" + lines
    for how, sign in JUNK.items():
        if how in ("cr", "lf", "crlf", "nbsp", "zero-width", "mark", "two-kinds", "empty-comment", "many"):
            continue
        yield f"E08-{how}", lines.replace(b"\r\n", sign + b"abce01234567fghj\r\n")
        yield f"E08-{how}-each-4", every(flat, 4, sign + b"abce01234567fghj\r\n")
        yield f"E08-{how}-line", lines.replace(b"\r\n", b"\r\n" + sign + b"abce01234567fghj\r\n")
        yield f"E08-{how}-comments", lines.replace(b"\r\n", sign + b"Tm90aGluZyBoZXJl" + sign + b"\r\n")


def _lines(load: Load) -> Iterator[tuple[str, bytes]]:
    """E09 to E12."""
    data, lines = load.zip, load.base64
    flat = base64.b64encode(data)
    for length in (1, 2, 3, 4, 5, 6, 7, 75, 77, 78, 100, 900, 997, 998, 999, 1000, 10_000):
        large = zipped(("pad.bin", bytes(3000)), ("note.txt", load.marker), method=0) if length > 100 else data
        yield f"E09-line-of-{length}", b64(large, length)
    for how, end in {
        "lf": b"\n", "cr": b"\r", "cr-cr-lf": b"\r\r\n", "lf-cr": b"\n\r", "empty": b"\r\n\r\n", "blank": b" \r\n",
        "tab": b"\t\r\n", "fold": b"\r\n ", "folds": b"\r\n\t  ", "blank-lines": b"\r\n \t\r\n", "mixed": b"\r\n\n\r",
        "five-empty": b"\r\n" * 5, "nul": b"\0\r\n", "next-line": b"\x85", "separator": b"\xe2\x80\xa8",
    }.items():  # fmt: skip
        yield f"E09-end-{how}", lines.replace(b"\r\n", end) + b"\r\n"
        yield f"E09-end-{how}-odd-length", b64(data, 7).replace(b"\r\n", end) + b"\r\n"
    yield "E09-no-end", flat
    yield "E09-growing", b"\r\n".join(flat[at * (at + 1) // 2 : (at + 1) * (at + 2) // 2] for at in range(40)) + b"\r\n"
    big = base64.b64encode(zipped(("pad.bin", bytes(7_500_000)), ("note.txt", load.marker), method=0))
    yield "E09-line-of-10-mb", big + b"\r\n"
    for how, between in {
        "padding": b"====\r\n", "equals": b"=\r\n", "nothing": b"", "empty-lines": b"\r\n\r\n", "hyphens": b"--\r\n",
        "prose": b"\r\n*** and now: ***\r\n", "dot": b".\r\n", "nul": b"\0\0\r\n", "many": b"=" * 500 + b"\r\n",
        "delimiter-like": b"--=_x--\r\n", "end": b"====\r\nend\r\n",
    }.items():  # fmt: skip
        for of, front in (("text", NOTHING), ("letter", LETTER), ("zip", b64(zipped(("a.txt", b"hello"))))):
            yield f"E10-behind-{of}-{how}", front + between + lines
            yield f"E10-before-{of}-{how}", lines + between + front
            yield f"E10-between-{of}-{how}", front + between + lines + between + front
        yield f"E10-same-line-{how}", NOTHING.strip() + between + lines
    for how, first in {
        "": b"644 note.zip", "-mode": b"0755 note.zip", "-blanks": b" 644  note.zip", "-no-name": b"644 ",
        "-path": b"644 /tmp/note.zip", "-blank-name": b"644 a b", "-no-mode": b"note.zip",
    }.items():  # fmt: skip
        wrapped = b"begin-base64 " + first + b"\r\n" + lines + b"====\r\n"
        yield f"E11-wrapped{how}", wrapped
        yield f"E11-wrapped{how}-in-base64", b64(wrapped)
        yield f"E11-wrapped{how}-behind-prose", b"Here it is.\r\n\r\n" + wrapped
    yield "E11-wrapped-capitals", b"BEGIN-BASE64 644 note.zip\r\n" + lines + b"====\r\n"
    yield "E11-wrapped-encoded", b"begin-base64-encoded 644 bm90ZS56aXA=\r\n" + lines + b"====\r\n"
    yield "E11-no-end", b"begin-base64 644 note.zip\r\n" + lines
    rich = b"\xfb\xef\xbe\xff\xff\xfe?>" * 20
    odd = zipped(("a.bin", rich), ("note.txt", load.marker), ("b.bin", b"." + rich), method=0)
    plain, other = base64.b64encode(odd), base64.urlsafe_b64encode(odd)
    half = len(plain) // 8 * 4
    for how, body in {
        "all": other, "only-hyphen": plain.replace(b"+", b"-"), "only-underscore": plain.replace(b"/", b"_"),
        "no-padding": other.rstrip(b"="), "first-half": other[:half] + plain[half:],
        "second-half": plain[:half] + other[half:], "lines": b"\r\n".join(
            other[at : at + 76] for at in range(0, len(other), 76)
        ), "comma": plain.replace(b"/", b","),
    }.items():  # fmt: skip
        yield f"E12-{how}", body + b"\r\n"


LEGAL = ids(
    "E09-line-of-1 E09-line-of-2 E09-line-of-3 E09-line-of-4 E09-line-of-5 E09-line-of-6 E09-line-of-7 E09-line-of-75 "
    "E09-end-lf E09-end-empty E09-end-blank E09-no-end E09-growing"
)


_CUTTING = "space tab vertical-tab form-feed nul bell backspace escape substitute"
HELD = ids("E03-for-a E03-for-aa E07-in-the-middle E12-comma") | {
    f"E08-{sign}{how}" for sign in _CUTTING.split() for how in ("", "-line", "-comments")
}
"""What is read as a broken file."""


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    for bodies in (_padding, _characters, _lines):
        for how, body in bodies(load):
            mail = around(OCTETS + REAL + b"\r\n" + body + (b"" if body.endswith(b"\n") else b"\r\n"))
            if how in HELD:
                yield either(how, Hides.MARKER, mail, Reason.UNREADABLE, Reason.AMBIGUOUS)
            else:
                yield marker(how, mail, legal=how in LEGAL)
    wrapped = b"begin-base64 644 %b\r\n%b====\r\n"
    whole = wrapped % (b"note.zip", load.base64)
    yield marker("E11-in-text", text(b"Dear Bob,\r\n\r\nhere it is.\r\n\r\n" + whole))
    yield marker("E11-in-text-file", attached(whole, b"note.txt", b"text/plain"))
    yield marker("E11-twice-in-text", text(wrapped % (b"a.txt", NOTHING) + b"\r\n" + whole))
    for encoding in (b"x-uuencode", b"uuencode", b"7bit", b"x-base64", b"8bit", b"quoted-printable"):
        body = whole.replace(b"=", b"=3D") if encoding.startswith(b"quoted") else whole
        mail = around(OCTETS + CTE + b": " + encoding + b"\r\n\r\n" + body)
        yield marker(f"E11-declared-{encoding.decode()}", mail, legal=False)
    named = wrapped % (load.name, b64(SCRIPT * 5))
    yield name("E11-name", text(b"Hello,\r\n\r\n" + named))
    yield name("E11-name-in-base64", around(OCTETS + REAL + b"\r\n" + b64(named)))
    yield name("E11-name-declared", around(OCTETS + REAL + b"\r\n" + named), legal=False)
