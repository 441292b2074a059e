"""Oddities of header fields: which field counts, what it says, where a header ends (rows H of the evasion table)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from differential.parts import CONTENT, CRLF, Part, fill

Change = Callable[[Part, Random], None]

ENCODINGS: dict[str, tuple[tuple[bytes, ...], ...]] = {
    "H01": ((b"{e}", b"{o}"), (b"{e}", b"8bit"), (b"{e}", b"7bit")),
    "H02": ((b"{o}", b"{e}"), (b"8bit", b"{e}"), (b"7bit", b"{e}")),
    "H03": ((b"", b"{e}"), (b"{e}", b""), (b"xxx", b"{e}"), (b"{e}", b"xxx")),
    "H04": ((b"7bit", b"{e}", b"{e}"), (b"{e}", b"{e}", b"7bit"), (b"{o}", b"{e}", b"{o}")),
    "H05": ((b"{e}, {o}",), (b"{o}, {e}",), (b"{e} {o}",), (b'"{e}" {o}',), (b"{o} {e}",), (b"{e},",), (b"{e} xx",)),
    "H06": (
        *((b"x-{e}",), (b"xx{e}",), (b"{e}xx",), (b"{e};",), (b",{e}",), (b'"{e}"',), (b"{e}5",), (b"{e}-",)),
        *((b"{h}\\{t}",), (b";{e}",), (b"'{e}'",), (b"{e}; x=y",), (b"<{e}>",), (b"{h} {t}",), (b"{e}:",)),
    ),
    "H07": ((b"(xx) {e}",), (b"{e} (xx)",), (b"{h}(){t}",), (b"({e}",), (b"(a(b)c) {e}",), (b"()\t{e}()",), (b"{e}(",)),
    "H08": ((b"=?UTF-8?Q?{e}?=",), (b"{h}=?us-ascii?q?{t}?=",), (b"=?x?Q?{h}?= =?x?Q?{t}?=",)),
    "H09": (
        *((b"\r\n {e}",), (b"\r\n \r\n {e}",), (b"{h}\r\n {t}",), (b"\r\n\t\r\n\t{e}",), (b"{e}\r\n ",)),
        *((b"{o}\r\n {e}",), (b"\r\n\r\n {e}",), (b"\r\n (x)\r\n {e}",)),
    ),
    "H11": ((b"{h}\0{t}",), (b"\0{e}",), (b"{e}\0",), (b"{e}\0x",), (b"7bit\0{e}",)),
    "H19": ((b"{E}",),),
}
"""Values of Content-Transfer-Encoding: {e} the true one, {h}{t} its halves, {o} the other, {E} in capitals."""

RAW: dict[str, tuple[bytes, ...]] = {
    "H10": (
        *(b"{N} : {v}\r\n", b" {N}: {v}\r\n", b"\0{N}: {v}\r\n", b"{N}\0: {v}\r\n", b"{N}:: {v}\r\n", b"{N} {v}\r\n"),
        *(b"{N}{S}: {v}\r\n", b"{N}\v: {v}\r\n", b"{N}\t: {v}\r\n", b"{N}:{v}\r\n", b"\x01{N}: {v}\r\n"),
        *(
            b"{N}:\v{v}\r\n",
            b"{N}:\f{v}\r\n",
            b"{N}=: {v}\r\n",
            b"{N}\r\n: {v}\r\n",
            b"{N};: {v}\r\n",
            b"{N}: : {v}\r\n",
        ),
    ),
    "H12": (b"X-Foo: bar\r{N}: {v}\r\n", b"X-Foo: bar\r\r{N}: {v}\r\n", b"{N}: {v}\rX-Foo: bar\r\n"),
    "H13": (b"X-Foo bar\r\n {N}: {v}\r\n", b"X-Foo : bar\r\n {N}: {v}\r\n", b"X-Foo: bar\r\n\t{N}: {v}\r\n"),
    "H14": (
        *(b"{N}: {v}\r", b"{N}: {v}\n", b"{N}: {v}\n\r", b"{N}: {v}\r\r\n", b"{N}: {v}\r\n\r", b"\r{N}: {v}\r\n"),
        *(b"{N}: {v}\0\r\n", b"{N}: {v} \0\n", b"\n{N}: {v}\r\n", b"{N}: {v}\r \n", b"{N}: {v}\v\r\n"),
    ),
    "H15": (
        *(b"junk\r\n{N}: {v}\r\n", b"\x01\x02\r\n{N}: {v}\r\n", b" \r\n{N}: {v}\r\n", b"\xe4\xf6\r\n{N}: {v}\r\n"),
        *(b":\r\n{N}: {v}\r\n", b"X X: y\r\n{N}: {v}\r\n", b"From x Mon\r\n{N}: {v}\r\n", b">From x\r\n{N}: {v}\r\n"),
        *(b"--\r\n{N}: {v}\r\n", b"\t\r\n{N}: {v}\r\n", b"=\r\n{N}: {v}\r\n"),
    ),
    "H16": (b"{N}:{N}: {v}\r\n", b"{N}: {N}: {v}\r\n", b"X:{N}: {v}\r\n"),
    "H19": (b"{U}: {v}\r\n", b"{L}: {v}\r\n"),
    "H28": (
        b"{N}: {v}; x:y=1\r\n",
        b"{N}: {v}; \xe4=1\r\n",
        b"{N}: {v};;; =\r\n",
        b"{N}: ;{v}\r\n",
        b'{N}: {v}; x="\r\n',
    ),
}
"""A Content-* field as it is written: {N} its name, {v} its value, {S} many blanks."""

TYPES: tuple[bytes, ...] = (
    *(b"ultipart/mixed", b"x-multipart/mixed", b"singlepart/mixed", b"multiparts/mixed", b"multipart/invalid", b"text"),
    *(b"multipart/", b"multipart", b'"multipart/mixed"', b"multi\\part/mixed", b"=?us-ascii?Q?multipart/mixed?=", b""),
    *(
        b"multipart /mixed",
        b"multipart/ mixed",
        b"multipart/mixed/x",
        b"(c)multipart/mixed",
        b"multipart(c)/mixed",
        b"/",
    ),
    *(
        b"message/rfc822",
        b"multipart/digest",
        b"multipart/parallel",
        b"multipart/report",
        b"Multipart/x-\0",
        b"multipart;",
    ),
)
SEPARATORS: tuple[bytes, ...] = (
    *(
        b"",
        b" \r\n",
        b"\v\r\n",
        b"\r",
        b"\n",
        b"\r\r",
        b"\n\n",
        b"\r\n\r\r\n",
        b"\0\r\n",
        b"\t\r\n",
        b"\r\r\n",
        b"\n\r\n",
    ),
    *(b" \r\n\r\n", b"\0\r\n\r\n", b"x\r\n\r\n", b"\r \r\n", b"\f\r\n\r\n", b":\r\n\r\n", b"\xa0\r\n\r\n"),
)
LEADS: tuple[bytes, ...] = (
    b"\r",
    b"\n",
    b" \n",
    b":\n",
    b"\r\n",
    b" \r\n",
    b"\t\r\n",
    b":\r\n",
    b"\r\r\n",
    b"\0",
    b"\0\r\n",
)
FAKES: tuple[bytes, ...] = (
    *(
        b"text/plain",
        b"application/octet-stream",
        b"multipart/mixed; boundary=other",
        b"",
        b"text/plain; charset=utf-8",
    ),
    *(b"message/rfc822", b"image/png", b"multipart/mixed", b"x"),
)


def encodings(row: str) -> Change:
    """Say the transfer encoding as a row of ENCODINGS does."""

    def change(part: Part, chance: Random) -> None:
        real = part.encoding
        other = b"quoted-printable" if real == b"base64" else b"base64"
        half = chance.randrange(1, len(real))
        values = {"e": real, "h": real[:half], "t": real[half:], "o": other, "E": real.upper()}
        part.put(b"Content-Transfer-Encoding", *(fill(value, **values) for value in chance.choice(ENCODINGS[row])))

    return change


def raw(row: str) -> Change:
    """Write one of the Content-* fields as a row of RAW does."""

    def change(part: Part, chance: Random) -> None:
        places = [at for name in CONTENT for at in part.find(name)]
        if not places:
            return
        at = chance.choice(places)
        name, _, value = part.fields[at].partition(b":")
        texts = {"N": name, "v": value.strip(), "S": b" " * 2000, "U": name.upper(), "L": name.lower()}
        part.fields[at] = fill(chance.choice(RAW[row]), **texts)

    return change


def two_types(part: Part, chance: Random) -> None:
    """H17: two Content-Type, the true one first or last."""
    values = [part.value(b"content-type"), chance.choice(FAKES)]
    chance.shuffle(values)
    part.put(b"Content-Type", *values)


def other_type(part: Part, chance: Random) -> None:
    """H18: a multipart that is called something else."""
    part.swap(b"multipart/mixed", chance.choice(TYPES))


def no_type(part: Part, chance: Random) -> None:
    """H20: no Content-Type, or only its parameters."""
    _, _, parameters = part.value(b"content-type").partition(b";")
    part.put(b"Content-Type", *chance.choice(((), (parameters.strip(),), (b"; " + parameters.strip(),))))


def version(part: Part, chance: Random) -> None:
    """H21: no MIME-Version, another, one in a comment."""
    part.put(b"MIME-Version", *chance.choice(((), (b"2.0",), (b"1.0 (x)",), (b"(x) 1 . 0",), (b"",), (b"1.0", b"1.0"))))


def separator(part: Part, chance: Random) -> None:
    """H22: something else than an empty line behind the header."""
    part.separator = chance.choice(SEPARATORS)


def late_field(part: Part, chance: Random) -> None:
    """H23: a field behind the empty line."""
    places = [at for name in CONTENT for at in part.find(name)]
    if places:
        part.separator += part.fields.pop(chance.choice(places)) + chance.choice((b"", CRLF))


def pseudo_header(part: Part, chance: Random) -> None:
    """H24: the first characters of the body in front of an empty line, with or without one before them."""
    cut = chance.choice((1, 2, 3, 4, 8))
    part.separator = chance.choice((b"", CRLF)) + part.body[:cut] + chance.choice((b"", b"=", b":")) + CRLF + CRLF
    part.body = part.body[cut:] if chance.random() < 0.7 else part.body


def lead(part: Part, chance: Random) -> None:
    """H25: something in front of the first field."""
    part.lead = chance.choice(LEADS)


def order_mark(part: Part, chance: Random) -> None:
    """H27: a byte order mark, or 8-bit characters, in front of the first field."""
    part.lead = chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xef\xbb\xbf\r\n", b"\xe4"))


def long_field(part: Part, chance: Random) -> None:
    """H26: a long field in front of those that count, or many of them."""
    long = chance.choice(
        (b"X: " + b"x" * 9000 + CRLF, b"X: y\r\n" * 300, b"X:" + b" y\r\n" * 400, b"X: " + b"(" * 3000 + CRLF)
    )
    part.fields.insert(0, long)
