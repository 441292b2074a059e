"""Rows E17 and E18: uuencode, declared or inside text."""

from __future__ import annotations

import binascii
from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import CTE, MIME, OCTETS, REAL, TOP, around, attached, b64, text
from evasion.sample import SCRIPT, Hides, Load, Sample, either, ids, marker, name

PROSE = b"Dear Bob,\r\n\r\nhere it is.\r\n\r\n"
LABELS = "uuencode x-uuencode x-uue uue x-uu uu x-uuencoded uuencoded UUENCODE X-UUEncode"


def rows(data: bytes, width: int = 45) -> list[bytes]:
    """The lines of uuencoded `data`."""
    return [binascii.b2a_uu(data[at : at + width]).rstrip(b"\n") for at in range(0, len(data), width)]


def uu(data: bytes, label: bytes = b"note.zip", *, begin: bool = True, end: bool = True) -> bytes:
    """`data` uuencoded."""
    head = [b"begin 644 " + label] if begin else []
    return b"\r\n".join(head + rows(data) + ([b"`", b"end", b""] if end else [b""]))


def _bodies(load: Load) -> dict[str, bytes]:
    """Whole files, written in many ways."""
    data = load.zip
    plain, lines = uu(data), rows(data)
    head, tail = b"begin 644 note.zip\r\n", b"`\r\nend\r\n"
    first = {
        "mode-of-4": b"begin 0644 note.zip", "mode-of-6": b"begin 100644 note.zip", "mode-short": b"begin 7 note.zip",
        "two-spaces": b"begin 644  note.zip", "tabs": b"begin\t644\tnote.zip", "space-behind": b"begin 644 note.zip  ",
        "no-name": b"begin 644 ", "path": b"begin 644 /tmp/../note.zip", "name-of-words": b"begin 644 my note.zip",
        "quoted-name": b'begin 644 "note.zip"', "capital": b"Begin 644 note.zip", "capitals": b"BEGIN 644 NOTE.ZIP",
        "8-bit-name": b"begin 644 n\xe9te.zip", "long-name": b"begin 644 " + b"n" * 500 + b".zip",
        "control-name": b"begin 644 no\x01te.zip", "two-spaces-no-mode": b"begin  note.zip",
    }  # fmt: skip
    found = {how: plain.replace(b"begin 644 note.zip", line) for how, line in first.items()}
    return found | {
        "plain": plain, "no-end": uu(data, end=False), "no-zero": plain.replace(b"`\r\nend", b"end"),
        "end-with-blank": plain.replace(b"\r\nend", b"\r\nend "), "space-for-zero": plain.replace(b"`", b" "),
        "blank-zero": plain.replace(b"`\r\nend", b" \r\nend"), "end-in-capitals": plain.replace(b"\r\nend", b"\r\nEND"),
        "blanks-cut": b"\r\n".join(line.rstrip() for line in uu(data).replace(b"`", b" ").split(b"\r\n")),
        "checksums": head + b"".join(line + b"X\r\n" for line in lines) + tail,
        "blanks-behind": head + b"".join(line + b"  \r\n" for line in lines) + tail,
        "empty-lines": head + b"".join(line + b"\r\n\r\n" for line in lines) + tail,
        "short-lines": head + b"\r\n".join(rows(data, 3)) + b"\r\n" + tail,
        "odd-lines": head + b"\r\n".join(rows(data, 20)) + b"\r\n" + tail,
        "prose-between": head + lines[0] + b"\r\nand so on\r\n" + b"\r\n".join(lines[1:]) + b"\r\n" + tail,
        "junk-first": head + b"\r\n" + b"\r\n".join(lines) + b"\r\n" + tail,
        "fields-first": head + b"Comment: none\r\n\r\n" + b"\r\n".join(lines) + b"\r\n" + tail,
        "second": uu(b"hello", b"a.txt") + b"\r\nand\r\n\r\n" + plain,
        "tenth": 9 * (uu(b"hello", b"a.txt") + b"\r\n") + plain,
        "behind-empty-file": b"begin 644 a\r\n`\r\nend\r\n" + plain,
        "behind-unended": b"begin 644 a.txt\r\n" + rows(b"hello")[0] + b"\r\n" + plain,
        "behind-false-begin": b"begin 644 with the first thing, then go on:\r\n\r\n" + plain,
        "behind-begin-again": b"begin 644 a.txt\r\n" + plain,
        "in-itself": uu(plain, b"inner.uu"), "three-times": uu(uu(plain, b"b.uu"), b"a.uu"),
        "behind-table": b"table\r\n" + bytes(range(32, 97)) + b"\r\n" + plain,
    }  # fmt: skip


LEGAL = ids(
    "E18-plain E18-second E18-tenth E18-mode-of-4 E18-mode-of-6 E18-two-spaces E18-tabs E18-space-behind E18-path "
    "E18-name-of-words E18-in-itself E18-no-zero E18-end-with-blank E18-space-for-zero E18-blanks-cut E18-odd-lines"
)


BROKEN = ids("prose-between fields-first")


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    data = load.zip
    for label in LABELS.split():
        head = OCTETS + CTE + b": " + label.encode() + b"\r\n\r\n"
        for how, body in {
            "whole": uu(data), "no-begin": uu(data, begin=False), "no-end": uu(data, end=False),
            "neither": uu(data, begin=False, end=False), "prose": PROSE + uu(data) + b"\r\nAnn\r\n",
        }.items():  # fmt: skip
            yield marker(f"E17-{label}-{how}", around(head + body), legal=False)
    head = OCTETS + CTE + b": x-uuencode\r\n\r\n"
    bodies = _bodies(load)
    for how, body in bodies.items():
        declared, mail = around(head + body), text(PROSE + body + b"\r\nAnn\r\n")
        if how in BROKEN:
            yield either(f"E17-written-{how}", Hides.MARKER, declared, Reason.UNREADABLE)
            yield either(f"E18-{how}", Hides.MARKER, mail, Reason.UNREADABLE)
        else:
            yield marker(f"E17-written-{how}", declared, legal=False)
            yield marker(f"E18-{how}", mail, legal=f"E18-{how}" in LEGAL)
    for how, field in {"quoted": b'"x-uuencode"', "comment": b"x-uuencode (old)", "unknown": b"x-nothing"}.items():
        yield marker(f"E17-field-{how}", around(OCTETS + CTE + b": " + field + b"\r\n\r\n" + uu(data)), legal=False)
    yield marker(
        "E17-on-text", around(b"Content-Type: text/plain\r\n" + head.partition(b"\r\n")[2] + uu(data)), legal=False
    )
    yield marker("E17-of-base64", around(head + uu(load.base64)), legal=False)
    yield marker("E17-of-nothing-then", around(head + b"begin 644 a\r\n`\r\nend\r\n" + load.base64), legal=False)
    yield name("E17-name", around(head + uu(SCRIPT * 5, load.name)), legal=False)
    yield from _places(load)


def _places(load: Load) -> Iterator[Sample]:
    """Uuencoded files in all kinds of text."""
    data = load.zip
    whole = PROSE + uu(data) + b"\r\nAnn\r\n"
    yield marker("E18-lf", text(whole).replace(b"\r\n", b"\n"))
    yield marker("E18-cr", text(whole.replace(b"\r\n", b"\r")), legal=False)
    yield marker("E18-no-mime", TOP + b"\r\n" + whole)
    yield marker("E18-first-line", text(uu(data)))
    yield marker("E18-in-base64", around(b"Content-Type: text/plain\r\n" + REAL + b"\r\n" + b64(whole)))
    qp = CTE + b": quoted-printable\r\n"
    yield marker("E18-in-quoted-printable", text(whole.replace(b"=", b"=3D"), b"Content-Type: text/plain\r\n" + qp))
    broken = b"\r\n".join(line[:30] + b"=\r\n" + line[30:] for line in whole.replace(b"=", b"=3D").split(b"\r\n"))
    yield marker("E18-in-soft-breaks", text(broken, b"Content-Type: text/plain\r\n" + qp), legal=False)
    yield marker("E18-in-text-file", attached(whole, b"note.txt", b"text/plain"))
    yield marker("E18-in-octets", attached(whole, b"note.uue"))
    page = b"<html><pre>\r\n%b</pre></html>\r\n"
    yield marker("E18-in-page", text(page % uu(data), b"Content-Type: text/html\r\n"))
    yield marker("E18-in-rich-text", text(whole, b"Content-Type: text/enriched\r\n"))
    yield marker("E18-behind-1-mb", text(b"So much to say before.\r\n" * 40_000 + whole))
    yield marker("E18-in-second-part", around(b"Content-Type: text/plain\r\n\r\n" + whole))
    yield marker("E18-in-part-without-header", around(b"\r\n" + whole))
    yield marker("E18-in-mail", around(b"Content-Type: message/rfc822\r\n\r\n" + text(whole)))
    other = around(b"Content-Type: text/html\r\n\r\n<p>Hi</p>\r\n", kind=b"multipart/alternative; boundary=b1")
    yield marker("E18-in-alternative", other.replace(b"Please see the papers.\r\n", whole))
    yield marker(
        "E18-in-preamble",
        around(b"\r\nHello.\r\n").replace(b"\r\n\r\n--b1", b"\r\n\r\n" + whole + b"--b1", 1),
        legal=False,
    )
    yield marker("E18-in-epilogue", around(b"\r\nHello.\r\n") + whole, legal=False)
    yield marker("E18-whole-mail", MIME + b"Content-Type: application/octet-stream\r\n\r\n" + uu(data))
    script = SCRIPT * 5
    for how, body in {
        "": uu(script, load.name), "-second": uu(script, b"a.txt") + uu(script, load.name),
        "-path": uu(script, b"C:\\temp\\" + load.name), "-quoted": uu(script, b'"' + load.name + b'"'),
        "-double": uu(script, b"a.pdf." + load.name), "-no-end": uu(script, load.name, end=False),
        "-empty": b"begin 644 " + load.name + b"\r\n`\r\nend\r\n", "-words": uu(script, b"my own " + load.name),
        "-blank-behind": uu(script, load.name + b" "), "-dot-behind": uu(script, load.name + b"."),
    }.items():  # fmt: skip
        yield name(f"E18-name{how}", text(PROSE + body + b"\r\nAnn\r\n"), legal=how in ("", "-second"))
