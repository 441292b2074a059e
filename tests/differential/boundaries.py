"""Oddities of boundaries: what the parameter says, what the delimiters say, what stands around them (rows B)."""

from __future__ import annotations

from random import Random

from differential.fields import Change
from differential.parts import CRLF, Part, fill

DEFINED: dict[str, tuple[tuple[bytes, bytes], ...]] = {
    "B01": ((b'boundary="{b}"; boundary="{x}"', b"{b}"), (b'boundary="{x}"; boundary="{b}"', b"{b}")),
    "B03": (
        *((b"boundary*=us-ascii''{b}", b"{b}"), (b"boundary*0={h}; boundary*1={t}", b"{b}")),
        *((b"boundary*1={t}; boundary*0={h}", b"{b}"), (b"boundary*0={h}; boundary*2={t}", b"{b}")),
        *(
            (b"boundary*0={x}; boundary*0={h}; boundary*1={t}", b"{b}"),
            (b"boundary*0*=us-ascii''{h}; boundary*1={t}", b"{b}"),
        ),
        *((b"boundary=\"{x}\"; boundary*=us-ascii''{b}", b"{b}"), (b"boundary*=us-ascii''{x}; boundary={b}", b"{b}")),
        *((b"boundary*0={h}; boundary*1={t}; boundary={x}", b"{b}"), (b"boundary={b}; boundary*0={x}", b"{b}")),
        *((b"boundary*=utf-8''{p}", b"{b}"), (b"boundary*={b}", b"{b}"), (b"boundary*=''{b}", b"{b}")),
        *((b"boundary*='{b}", b"{b}"), (b"boundary*00={h}; boundary*01={t}", b"{b}"), (b"boundary*1={b}", b"{b}")),
        *((b'boundary*0="{h}";\r\n boundary*1="{t}"', b"{b}"), (b"boundary*us-ascii''{b}", b"{b}")),
    ),
    "B04": ((b"boundary*=UTF-16BE''{u}", b"{b}"), (b"boundary*=UTF-16LE''{w}", b"{b}")),
    "B05": (
        *((b'boundary="=?us-ascii?Q?{b}?="', b"{b}"), (b"boundary={h}=?us-ascii?Q?{t}?=", b"{b}")),
        *((b"boundary==?utf-8?q?{b}?=", b"{b}"), (b'boundary="=?x?Q?{h}?= =?x?Q?{t}?="', b"{b}")),
    ),
    "B06": (
        *((b'boundary ="{b}"', b"{b}"), (b'boundary= "{b}"', b"{b}"), (b'boundary\r\n ="{b}"', b"{b}")),
        *((b'boundary=\r\n "{b}"', b"{b}"), (b'boundary\t=\t"{b}"', b"{b}"), (b'boundary\v="{b}"', b"{b}")),
    ),
    "B07": (
        *((b'boundary=" {b}"', b" {b}"), (b'boundary="{h} {t}"', b"{h} {t}"), (b"boundary={h} {t}", b"{h} {t}")),
        *((b"boundary={h} {t}", b"{h}"), (b"boundary='{h} {t}'", b"{h} {t}"), (b"boundary='{b}'", b"{b}")),
        *((b"boundary='{b}'", b"'{b}'"), (b'boundary=" {b}"', b"{b}"), (b"boundary*=us-ascii''{h}%20{t}", b"{h} {t}")),
    ),
    "B08": (
        *(
            (b'boundary="{b} "', b"{b}"),
            (b'boundary="{b}"', b"{b} "),
            (b'boundary="{b}"', b"{b} \t "),
            (b'boundary="{b}\t"', b"{b}"),
        ),
        *(
            (b'boundary="{b}"', b"{b}\v"),
            (b'boundary="{b} "', b"{b} "),
            (b'boundary="{b}"', b"{b}\f"),
            (b'boundary="{b}"', b"{b}\xa0"),
        ),
    ),
    "B09": (
        (b'boundary="{b} one"', b"{b} two"),
        (b'boundary="{b}\r\n one"', b"{b} one"),
        (b'boundary="{b}\r\n one"', b"{b}one"),
    ),
    "B10": (
        (b'boundary=""', b""),
        (b'boundary=" "', b" "),
        (b"boundary=", b""),
        (b"boundary=;", b""),
        (b'boundary=" "', b""),
    ),
    "B11": (
        *(
            (b'boundary="{b}', b"{b}"),
            (b'boundary={b}"', b"{b}"),
            (b'boundary={h}"{t}"', b"{b}"),
            (b'boundary="{h}"{t}', b"{h}"),
        ),
        *((b'boundary="{h}"{t}', b"{b}"), (b'boundary="{h}\\"{t}"', b'{h}"{t}'), (b'boundary="{h}\\"{t}"', b"{h}\\")),
        *(
            (b'boundary={b}"', b'{b}"'),
            (b'boundary={h}"{t}"', b"{h}"),
            (b'boundary=""{b}""', b"{b}"),
            (b'boundary="{b}\\"', b"{b}"),
        ),
    ),
    "B12": (
        *((b'boundary="{h}\\{t}"', b"{b}"), (b'boundary="{h}\\{t}"', b"{h}\\{t}"), (b"boundary={h}\\{t}", b"{b}")),
        *((b"boundary={h}\\{t}", b"{h}\\{t}"), (b"bou\\ndary={b}", b"{b}"), (b"boundary={h}\\;{t}", b"{h};{t}")),
    ),
    "B13": (
        *((b'boundary="{h};{t}"', b"{h};{t}"), (b"boundary={h};{t}", b"{h};{t}"), (b"boundary={h};{t}", b"{h}")),
        *((b"boundary={h},{t}", b"{h},{t}"), (b"boundary={h},{t}", b"{h}"), (b'boundary="{h};{t}"', b"{h}")),
    ),
    "B14": (
        *((b"(boundary=foo)boundary={b}", b"{b}"), (b"boundary={h}(){t}", b"{b}"), (b"boun()dary={b}", b"{b}")),
        *((b"boundary((c))={b}", b"{b}"), (b"boundary=(c){b}", b"{b}"), (b"boundary={b}(c)", b"{b}")),
        *((b"boundary={b}(c)", b"{b}(c)"), (b"boundary={h}(x){t}", b"{h}(x){t}"), (b"boundary={b} (c)", b"{b}")),
        *((b'boundary="{b}" (boundary=x)', b"{b}"), (b"(; boundary={b}", b"{b}"), (b"boundary={h}(", b"{h}")),
        *(
            (b'x="("; boundary="{b}"', b"{b}"),
            (b"(\\); boundary={x};) ; boundary={b}", b"{b}"),
            (b'("; boundary={b}', b"{b}"),
        ),
    ),
    "B15": (
        *((b'foo=x boundary="{b}"', b"{b}"), (b'foo="boundary={b}"', b"{b}"), (b'"boundary={b}"', b"{b}")),
        *((b'foo="x; boundary={b}"', b"{b}"), (b'"boundary"={b}', b"{b}"), (b"foo; boundary={b}", b"{b}")),
        *((b'foo="; boundary={b}', b"{b}"), (b"foo='; boundary={b}'", b"{b}"), (b'foo=\\"; boundary={b}', b"{b}")),
        *((b'foo="\\"; boundary={x}"; boundary={b}', b"{b}"), (b'foo="\\"; boundary={b}"; boundary={x}', b"{b}")),
    ),
    "B16": (
        (b"boundary=boundary={b}", b"{b}"),
        (b"boundary=boundary={b}", b"boundary={b}"),
        (b"boundary=boundary={b}", b"boundary"),
    ),
    "B17": ((b"oundary={b}", b"{b}"), (b"xboundary={b}", b"{b}"), (b"boundary-x={b}", b"{b}"), (b"bound={b}", b"{b}")),
    "B20": ((b"x=y", b"{b}"), (b"boundary", b"{b}")),
    "B28": (
        *(
            (b'boundary="{b}\r"', b"{b}"),
            (b'boundary="\0{b}"', b"{b}"),
            (b'boundary="{h}\0{t}"', b"{b}"),
            (b"boundary={h}\0{t}", b"{h}"),
        ),
        *(
            (b'boundary="{h}\0{t}"', b"{h}"),
            (b'boundary="{b}"', b"{b}\0"),
            (b'boundary="{h}\r{t}"', b"{b}"),
            (b"boundary={b}\0", b"{b}"),
        ),
    ),
    "B29": (
        (b'boundary="{b}{l}"', b"{b}{l}"),
        (b'boundary="{b}{l}"', b"{b}{k}"),
        (b'boundary="{b}{m}X"', b"{b}{m}Y"),
        (b'boundary="{b}{m}"', b"{b}{m}"),
    ),
}
"""The parameter as it is written, and the delimiter as it is used.

{b} is the boundary, {h}{t} its halves, {x} another one, {p} the boundary percent-encoded, {u} and {w} in UTF-16, {l} a
hundred characters, {k} seventy of them, {m} 2100.
"""
NOISE: tuple[bytes, ...] = (b"X", b" X", b"-", b"--X", b"\tX", b";X", b"\0", b"\rX", b"=")


def defined(row: str) -> Change:
    """Define the boundary as a row of DEFINED does, and use it so."""

    def change(part: Part, chance: Random) -> None:
        definition, use = chance.choice(DEFINED[row])
        half = chance.randrange(1, len(part.boundary))
        values = {
            "b": part.boundary,
            "h": part.boundary[:half],
            "t": part.boundary[half:],
            "x": part.boundary[::-1],
            "p": b"".join(b"%%%02x" % byte for byte in part.boundary),
            "u": b"".join(b"%%00%c" % byte for byte in part.boundary),
            "w": b"".join(b"%c%%00" % byte for byte in part.boundary),
            "l": b"l" * 100,
            "k": b"l" * 70,
            "m": b"m" * 2100,
        }
        old, new = part.boundary, fill(use, **values)
        part.swap(part.boundary_text, fill(definition, **values))
        part.boundary_text = b""
        part.openers = [text.replace(b"--" + old, b"--" + new) for text in part.openers]
        part.closer = part.closer.replace(b"--" + old, b"--" + new)

    return change


def two_headers(part: Part, chance: Random) -> None:
    """B02: two Content-Type with different boundaries."""
    real = part.value(b"content-type")
    values = [real, real.replace(part.boundary, part.boundary[::-1])]
    chance.shuffle(values)
    part.put(b"Content-Type", *values)


def separators(part: Part, chance: Random) -> None:
    """B15: another sign, or none, between the type and its parameter."""
    new = chance.choice(
        (b" ", b", ", b" ;; ", b"\t", b"; ; ", b";\r\n ", b"; \r\n\r\n\t", b": ", b"/x ", b";x ", b"\r\n ")
    )
    part.swap(b"; " + part.boundary_text, new + part.boundary_text)


def prefix_lines(part: Part, chance: Random) -> None:
    """B18: a delimiter that goes on behind the boundary."""
    at = chance.randrange(len(part.openers))
    part.openers[at] = part.openers[at].replace(CRLF, chance.choice(NOISE) + CRLF)


def nested_alike(part: Part, chance: Random) -> None:
    """B19: the boundary of the multipart inside is that of the outer one, or begins or ends like it."""
    inner = next((child for child in part.children if child.multipart), None)
    if inner is None:
        return
    outer = part.boundary
    new = chance.choice((outer, outer + b"--", outer + b"x", outer[:-1], b"--" + outer, outer + b" "))
    inner.swap(inner.boundary_text, b'boundary="' + new + b'"')
    inner.openers = [text.replace(inner.boundary, new) for text in inner.openers]
    inner.closer = inner.closer.replace(inner.boundary, new)


def no_end(part: Part, chance: Random) -> None:
    """B21: no closing delimiter, or a piece of one."""
    part.closer = chance.choice((b"", b"--" + part.boundary, part.closer[:-2], b"--" + part.boundary[:-1]))


def odd_end(part: Part, chance: Random) -> None:
    """B22: a closing delimiter without its end, or with more behind it; a part may come after it."""
    tail = chance.choice(
        (b"", b"-", b"--junk", b"-- x", b"--\0", b"--\v", b" --", b"---", b"--" + part.boundary + b"--")
    )
    part.closer = b"--" + part.boundary + tail + CRLF


def behind_end(part: Part, chance: Random) -> None:
    """B23: the closing delimiter stands before the last part, or before all of them."""
    at = chance.randrange(len(part.openers))
    part.openers[at] = (
        b"--" + part.boundary + b"--" + chance.choice((CRLF, b"", b"\r\n\r\n", b" \r\n")) + part.openers[at]
    )


def before_start(part: Part, chance: Random) -> None:
    """B24: the first part lacks its delimiter, or a delimiter stands in the preamble."""
    if chance.random() < 0.5:
        part.openers[0] = b""
    else:
        part.preamble = chance.choice((b"--", b"-", b"--" + part.boundary[:-1], b"--" + part.boundary + b"--")) + CRLF


def in_header(part: Part, chance: Random) -> None:
    """B25: a delimiter in the header of a part, on a line or as a value."""
    child = chance.choice(part.children)
    line = b"--" + part.boundary + chance.choice((b"--", b"")) + CRLF
    text = chance.choice((line, b"X: " + line, b" " + line, b"X:\r\n " + line))
    child.fields.insert(chance.randrange(len(child.fields) + 1), text)


def in_body(part: Part, chance: Random) -> None:
    """B26: a boundary of signs that base64 readers skip, in the middle of a body."""
    leaf = next((child for child in part.children if child.leaf and child.encoding == b"base64"), None)
    if leaf is None:
        return
    new = b"####"
    part.swap(part.boundary_text, b'boundary="' + new + b'"')
    part.openers = [text.replace(part.boundary, new) for text in part.openers]
    part.closer = part.closer.replace(part.boundary, new)
    lines = leaf.body.splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines) + 1), b"--####" + chance.choice((b"", b"--", b"#", b" ")) + CRLF)
    leaf.body = b"".join(lines)


def carriage_returns(part: Part, chance: Random) -> None:
    """B27: bare CR, bare LF and other line ends around a delimiter."""
    at = chance.randrange(len(part.openers))
    line = b"--" + part.boundary
    forms = (
        b"\n\r" + line + CRLF,
        b" \r" + line + CRLF,
        line + b"\r",
        line + b"\n",
        b"\r" + line + CRLF,
        line + b"\r\r\n",
    )
    more = (b"\n" + line + b"\n", line + b"\r\n\r", b"\r" + line + b"\r", b"\0" + line + CRLF, line + b"\r \n")
    part.openers[at] = chance.choice(forms + more)


def on_leaf(part: Part, chance: Random) -> None:
    """B30: the multipart calls itself text and keeps its boundary."""
    kinds = (
        b"text/plain",
        b"application/octet-stream",
        b"message/rfc822",
        b"text/html",
        b"image/png",
        b"application/mixed",
    )
    part.swap(b"multipart/mixed", chance.choice(kinds))


def indented(part: Part, chance: Random) -> None:
    """B31: blanks and others in front of delimiters."""
    blank = chance.choice((b" ", b"\t", b"\v", b"  ", b"-", b"\0", b"\xa0", b">", b"\f"))
    for at in range(len(part.openers)) if chance.random() < 0.5 else (chance.randrange(len(part.openers)),):
        part.openers[at] = blank + part.openers[at]


def empty_inside(part: Part, chance: Random) -> None:
    """B32: a multipart without any delimiter in front of the other parts."""
    kind = chance.choice((b"boundary=none", b"", b'boundary="' + part.boundary + b'"'))
    text = b"Content-Type: multipart/mixed; " + kind + CRLF + CRLF + chance.choice((b"", b"text\r\n"))
    part.openers[0] = b"--" + part.boundary + CRLF + text + part.openers[0]
