"""Rows S16 and S18: parts, levels and delimiters without end, and payloads far behind."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.archives import tar
from evasion.mails import CTE, MIME, OCTETS, REAL, TEXT, around, attached, b64, text, zipped
from evasion.nesting import nested
from evasion.sample import SCRIPT, Hides, Load, Sample, either, name, phrase
from evasion.uucodes import uu

LIMITS = (
    Reason.LIMIT_PARTS, Reason.LIMIT_DEPTH, Reason.LIMIT_MEMBERS, Reason.LIMIT_HEADER, Reason.LIMIT_TOTAL_BYTES,
    Reason.LIMIT_MEMBER_BYTES, Reason.LIMIT_RATIO, Reason.LIMIT_MATCHES,
)  # fmt: skip
"""What one mail may have no more of. Time is none of these: that a mail takes long is a fault."""
HEAD = MIME + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n"


def levels(content: bytes, depth: int, boundary: bytes = b"n%d") -> bytes:
    """Multiparts in multiparts."""
    names = [boundary % at if b"%" in boundary else boundary for at in range(depth)]
    front = b"".join(b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n" % (label, label) for label in names)
    return MIME + front + content + b"".join(b"--%b--\r\n" % label for label in reversed(names))


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    yield from _many(load)
    yield from _far(load)


def _many(load: Load) -> Iterator[Sample]:
    file = OCTETS + REAL + b"\r\n" + load.base64
    last = b"--b1\r\n" + file + b"--b1--\r\n"
    line = b"--b1\r\n"
    inside = b"Content-Type: multipart/mixed; boundary=m%d\r\n\r\n--m%d\r\n\r\nx\r\n--m%d--\r\n"
    parts = {
        "100000-texts": 100_000 * (line + b"Content-Type: text/plain\r\n\r\nHello.\r\n"),
        "900-texts": 900 * (line + b"\r\nHello.\r\n"),
        "100000-empty": 100_000 * (line + b"\r\n"), "1000000-delimiters": 1_000_000 * line,
        "1000000-of-lf": 1_000_000 * b"--b1\n",
        "1000000-blank-behind": 1_000_000 * b"--b1 \r\n", "1000000-other": 1_000_000 * b"--b2\r\n",
        "1000000-hyphens": 1_000_000 * b"--\r\n",
        "1000000-longer": 1_000_000 * b"--b1x\r\n", "1000000-ends": 1_000_000 * b"--b1--\r\n",
        "100000-typed": 100_000 * (line + OCTETS + b"\r\n"),
        "50000-named": 50_000 * (line + b"Content-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n"),
        "20000-files": 20_000 * (line + REAL + b"\r\n" + b64(b"hello") + b"\r\n"),
        "5000-mails": 5_000 * (line + b"Content-Type: message/rfc822\r\n\r\nFrom: a@b\r\n\r\nHi.\r\n"),
        "100000-continued": 100_000 * (line + b"Content-Type: text/plain;\r\n name=a\r\n\r\n"),
        "2000000-empty-lines": 2_000_000 * b"\r\n",
        "5000-multiparts": b"".join(line + inside % (at, at, at) for at in range(5000)),
        "20000-zips": 20_000 * (line + OCTETS + REAL + b"\r\n" + b64(zipped(("a", b"")))),
    }  # fmt: skip
    for how, body in parts.items():
        yield either(f"S16-{how}", Hides.MARKER, HEAD + body + last, *LIMITS, Reason.AMBIGUOUS)
        if how.startswith(("1000000-", "100000-t", "100000-e")):
            yield either(
                f"S16-{how}-name",
                Hides.NAME,
                HEAD + body + line + OCTETS.rstrip() + b"; name=" + load.name + b"\r\n\r\n" + SCRIPT,
                *LIMITS,
                Reason.AMBIGUOUS,
            )
            yield either(
                f"S16-{how}-in-preamble",
                Hides.MARKER,
                MIME + b"Content-Type: text/plain\r\n\r\n" + body + load.marker + b"\r\n",
                *LIMITS,
                Reason.AMBIGUOUS,
            )
    for depth in (10, 19, 20, 21, 64, 100, 1000, 10_000):
        yield either(f"S16-{depth}-levels", Hides.MARKER, levels(file, depth), *LIMITS, Reason.AMBIGUOUS)
        yield either(
            f"S16-{depth}-levels-of-one-name", Hides.MARKER, levels(file, depth, b"n"), *LIMITS, Reason.AMBIGUOUS
        )
        yield either(f"S16-{depth}-mails", Hides.MARKER, nested(attached(load.zip), depth), *LIMITS, Reason.AMBIGUOUS)
        yield either(
            f"S16-{depth}-mails-and-levels",
            Hides.MARKER,
            nested(attached(load.zip), depth, multipart=True),
            *LIMITS,
            Reason.AMBIGUOUS,
        )
        digests = b"".join(
            b"Content-Type: multipart/digest; boundary=d%d\r\n\r\n--d%d\r\n\r\n" % (at, at) for at in range(depth)
        )
        yield either(f"S16-{depth}-digests", Hides.MARKER, MIME + digests + file, *LIMITS, Reason.AMBIGUOUS)
    long = levels(file, 1000, b"%04d" + b"x" * 60)
    yield either("S16-1000-levels-of-long-names", Hides.MARKER, long, *LIMITS, Reason.AMBIGUOUS)
    near = b"".join(b"--" + b"x" * 60 + b"%06d\r\n" % at for at in range(50_000))
    yield either(
        "S16-50000-near-delimiters", Hides.MARKER, levels(near + file, 19, b"x" * 60 + b"%d"), *LIMITS, Reason.AMBIGUOUS
    )
    texts = {
        "uuencoded": 50_000 * b"begin 644 a\r\n`\r\nend\r\n",
        "uuencoded-begins": 200_000 * b"begin 644 a\r\n", "armours": 50_000 * b"-----BEGIN PGP MESSAGE-----\r\n\r\n",
        "from-lines": 200_000 * b"From a@b Thu Jan  1 12:00:00 2026\r\n",
        "data": 100_000 * b"data:;base64,AAAA\r\n", "base64-runs": 20_000 * (b"A" * 90 + b"\r\n!\r\n"),
        "yenc": 100_000 * b"=ybegin line=128 size=1 name=a\r\n",
        "binhex": 50_000 * b"(This file must be converted with BinHex 4.0)\r\n:\r\n",
        "fields": 300_000 * b"Content-Type: a\r\n",
        "zips": 200_000 * b"PK\3\4", "zip-ends": 200_000 * b"PK\5\6" + bytes(18),
        "begin-base64": 50_000 * b"begin-base64 644 a\r\n====\r\n", "escapes": 1_000_000 * b"%41",
        "tags": 500_000 * b"<a>", "open-tags": 1_000_000 * b"<", "entities": 300_000 * b"&#65;",
        "quotes": 1_000_000 * b'"', "parentheses": 1_000_000 * b"(", "words": 200_000 * b"=?utf-8?Q?a?= ",
        "long-runs": 2_000 * (b"QUFB" * 250 + b"\r\n\r\n"),
    }  # fmt: skip
    for how, body in texts.items():
        for kind in ("html",) if how in ("tags", "open-tags", "entities", "quotes", "escapes") else ("plain",):
            mail = text(body + b"\r\n" + load.marker + b"\r\n", f"Content-Type: text/{kind}\r\n".encode())
            yield either(f"S16-many-{how}-{kind}", Hides.MARKER, mail, *LIMITS, Reason.AMBIGUOUS, Reason.UNREADABLE)
    names = b"".join(b"; filename*%d=a" % at for at in range(5000))
    head = b"Content-Disposition: attachment" + names + b"; filename*5000=." + load.name[-3:] + b"\r\n\r\n"
    yield either("S16-5000-pieces-of-a-name", Hides.NAME, around(OCTETS + head + SCRIPT), *LIMITS, Reason.AMBIGUOUS)
    comments = b"Content-Disposition: attachment; filename=" + b"(" * 30_000 + load.name + b"\r\n\r\n"
    yield either("S16-30000-comments", Hides.NAME, around(OCTETS + comments + SCRIPT), *LIMITS, Reason.AMBIGUOUS)


def _far(load: Load) -> Iterator[Sample]:
    mark = load.marker
    for size in (1, 8):
        zeros = bytes(size << 20)
        held = (*LIMITS, Reason.AMBIGUOUS)
        yield either(f"S18-{size}-mib-of-zeros", Hides.MARKER, attached(zeros + mark, b"a.bin"), *held)
        yield either(f"S18-{size}-mib-then-zip", Hides.MARKER, attached(zeros + load.zip, b"a.bin"), *held)
        yield either(
            f"S18-{size}-mib-of-lines",
            Hides.MARKER,
            text(b"Hello again.\r\n" * (size * 75_000) + mark + b"\r\n"),
            *held,
        )
        yield either(
            f"S18-{size}-mib-then-phrase",
            Hides.PHRASE,
            text(b"Hello again.\r\n" * (size * 75_000) + load.phrase.encode() + b"\r\n"),
            *held,
        )
        yield either(
            f"S18-{size}-mib-then-base64",
            Hides.MARKER,
            text(b"Hello again.\r\n" * (size * 75_000) + b"\r\n" + load.base64),
            *held,
        )
        yield either(
            f"S18-{size}-mib-of-page",
            Hides.MARKER,
            text(b"<p>Hello again.</p>\r\n" * (size * 50_000) + mark + b"\r\n", b"Content-Type: text/html\r\n"),
            *held,
        )
        document = (
            b"%PDF-1.4\n"
            + b"% nothing here, nothing at all\n" * (size * 33_000)
            + b"1 0 obj\n<<>>\nstream\n"
            + mark
            + b"\nendstream\nendobj\n%%EOF\n"
        )
        yield either(f"S18-{size}-mib-of-pdf", Hides.MARKER, attached(document, b"a.pdf"), *held, Reason.UNREADABLE)
        quoted = text(
            (b"=20" * 24 + b"=\r\n") * (size * 13_000) + mark + b"\r\n",
            b"Content-Type: text/plain\r\n" + CTE + b": quoted-printable\r\n",
        )
        yield either(f"S18-{size}-mib-of-escapes", Hides.MARKER, quoted, *held)
        yield either(
            f"S18-{size}-mib-of-preamble",
            Hides.MARKER,
            around(OCTETS + REAL + b"\r\n" + load.base64).replace(TEXT, b"Hello again.\r\n" * (size * 75_000) + TEXT),
            *held,
        )
        big = around(
            b"Content-Type: text/plain\r\n\r\n"
            + b"Hello again.\r\n" * (size * 75_000)
            + b"--b1\r\n"
            + OCTETS
            + REAL
            + b"\r\n"
            + load.base64
        )
        yield either(f"S18-{size}-mib-of-part", Hides.MARKER, big, *held)
        yield either(
            f"S18-{size}-mib-of-blanks",
            Hides.NAME,
            around(
                b"Content-Type: text/plain\r\n\r\n"
                + b" " * (size << 20)
                + b"\r\n--b1\r\n"
                + OCTETS.rstrip()
                + b"; name="
                + load.name
                + b"\r\n\r\n"
                + SCRIPT
            ),
            *held,
        )
        yield either(
            f"S18-{size}-mib-stored", Hides.MARKER, attached(zipped(("a.bin", zeros + mark), method=0), b"a.zip"), *held
        )
    lines = b"Hello again.\r\n" * 2_200_000
    yield either("S18-30-mib-of-zeros", Hides.MARKER, attached(bytes(30 << 20) + mark, b"a.bin"), *LIMITS)
    yield either("S18-30-mib-of-lines", Hides.MARKER, text(lines + mark + b"\r\n"), *LIMITS)
    yield either("S18-30-mib-then-phrase", Hides.PHRASE, text(lines + load.phrase.encode() + b"\r\n"), *LIMITS)
    for size in (1, 10, 30, 90, 120, 400):
        zeros = bytes(size << 20)
        yield either(
            f"S18-{size}-mib-zipped", Hides.MARKER, attached(zipped(("a.bin", zeros + mark)), b"a.zip"), *LIMITS
        )
        if size <= 120:
            yield either(
                f"S18-{size}-mib-in-tar",
                Hides.MARKER,
                attached(gzip.compress(tar(("a.bin", zeros), ("b.txt", mark))), b"a.tgz"),
                *LIMITS,
            )
            yield either(
                f"S18-{size}-mib-gzipped", Hides.MARKER, attached(gzip.compress(zeros + mark), b"a.gz"), *LIMITS
            )
            stream = zlib.compress(zeros + mark)
            document = (
                b"%%PDF-1.4\n1 0 obj\n<</Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\nendobj\n%%%%EOF\n"
                % (len(stream), stream)
            )
            yield either(
                f"S18-{size}-mib-in-stream", Hides.MARKER, attached(document, b"a.pdf"), *LIMITS, Reason.UNREADABLE
            )
    yield either("S18-uuencoded-behind", Hides.MARKER, text(b"Hello again.\r\n" * 700_000 + uu(load.zip)), *LIMITS)
    yield either(
        "S18-5000-members",
        Hides.MARKER,
        attached(zipped(*((f"{at}.txt", b"x") for at in range(6000)), ("a.txt", mark)), b"a.zip"),
        *LIMITS,
    )
    yield phrase(
        "S18-phrase-behind-fields",
        text(b"Hi.\r\n").replace(
            b"Subject: The papers\r\n", b"X-A: " + b"a " * 20_000 + b"\r\nSubject: " + load.phrase.encode() + b"\r\n"
        ),
    )
    yield name(
        "S18-name-behind-fields",
        around(b"X-A: b\r\n" * 900 + b"Content-Type: a/b; name=" + load.name + b"\r\n\r\n" + SCRIPT),
    )
