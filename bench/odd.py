"""What a mail costs that is odd in every way there is, beside the same content in a plain mail.

    python -m bench.odd [--rounds N]

Both are examined by one sandboxed scanner under the shipped rules, in turn, in three sizes. The answer is asserted:
every flag of the core is raised, but that of line ends, and the file in the zip is found in both. Printed: milliseconds
of the quicker half of the rounds, and the ratio, which must not be above MOST.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import io
import random
import statistics
import sys
import zipfile
from dataclasses import dataclass

from bartizan._core.anomaly import ANOMALIES
from bartizan.app import Examine, examiner
from bartizan.config.load import load
from bartizan.config.resolve import Flags
from bartizan.model.limits import KIB

MOST = 20.0
"""Times the plain mail."""
SIZES = (4 * KIB, 64 * KIB, 2048 * KIB)
"""Octets of content."""
FLAGS = set(ANOMALIES) - {"bare_lf"}
"""Mails out of files may have LF as line ends, which is no flag there and changes no reading."""
SEED = 20260101
TOP = b"From: Ann <ann@example.com>\r\nTo: bob@example.org\r\nSubject: The papers\r\nMIME-Version: 1.0\r\n"


def prose(octets: int) -> bytes:
    """Lines of made-up words."""
    source = random.Random(SEED)
    words = [bytes(source.choices(b"abcdefghiklmnoprstuw", k=source.randint(2, 9))) for _ in range(2000)]
    lines = bytearray()
    while len(lines) < octets:
        lines += b" ".join(source.choices(words, k=11)) + b"\r\n"
    return bytes(lines)


def archive(content: bytes) -> bytes:
    """A zip of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(zipfile.ZipInfo("data.bin", (2026, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def lines(content: bytes) -> bytes:
    """Base64 as mails have it."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


OCTETS = b"Content-Type: application/octet-stream\r\n"
ENCODED = b"Content-Transfer-Encoding: base64\r\n"
NAMED = b'Content-Disposition: attachment; filename="data.zip"\r\n'


@dataclass(frozen=True, slots=True)
class Content:
    """What a pair of mails carries: a text, a page, and a zip of one file with this digest."""

    text: bytes
    page: bytes
    zip: bytes
    digest: str

    @classmethod
    def of(cls, octets: int) -> Content:
        """A quarter of the octets for the text and the page each, half for the file."""
        text = prose(octets // 4)
        page = b"<html><body><p>" + text.replace(b"\r\n", b"<br>\r\n") + b"</p></body></html>\r\n"
        data = random.Random(SEED).randbytes(octets // 2)
        return cls(text, page, archive(data), hashlib.sha256(data).hexdigest())


def plain(content: Content) -> bytes:
    """A text, a page, a zip."""
    return (
        TOP + b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n"
        b"--outer\r\nContent-Type: text/plain\r\n\r\n" + content.text
        + b"--outer\r\nContent-Type: text/html\r\n\r\n" + content.page
        + b"--outer\r\n" + OCTETS + ENCODED + NAMED + b"\r\n" + lines(content.zip) + b"--outer--\r\n"
    )  # fmt: skip


def odd(content: Content) -> bytes:
    """The same, and everything in it that is not plain RFC 5322 or RFC 2045."""
    long = b"x" * 80
    parts = (
        b"Content-Type: text/plain (a comment)\r\n\r\n" + content.text,
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        + content.page
        + b"=XX=\r\n= a=\n\x01\xe4\r\n",
        OCTETS + ENCODED + ENCODED + NAMED + NAMED + b"\r\n" + lines(content.zip)[:-2] + b"!!==QUJD\r\nQUI\r\n",
        OCTETS + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a.txt\r\n#~~~~~~~~~\r\n#86)C\r\n",
        b"Content-Type: text/plain; x; boundary\r\nContent-Type: text/html\r\n"
        b'Content-Transfer-Encoding: 7bit; "x\r\n\r\n<b>a</b>\r\n',
        b"Content-Type: multipart/mixed\r\n" + ENCODED + b"\r\nno delimiters\r\n",
        b"Content-Type: multipart/mixed; boundary="
        + long
        + b"; boundary=b\r\n"
        + ENCODED
        + b"\r\n--"
        + long
        + b"\r\n\r\na\r\n",
        b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\nX-A: --outer--\r\n --outer\r\n--outer\r\n",
        b"Content-Type: text/plain; boundary=z\r\n\r\n--z\r\n\r\nstray\r\n--outerX\r\n",
        b"Content-Transfer-Encoding: strange\r\nContent-Disposition: ;;=\r\nX\x01: a\0b\r\nX \xe4: \xe4\r\njunk\r\n"
        b"\x02 more\r\nContent-Transfer-Encoding: 7bit, 8bit\r\n \r\nX-A: b\r\n"
        b" Content-Type: text/html\r\n" + b"y" * 1500 + b"\r\n",
        b"no header here, and\rno line either\nend\r\n",
    )
    return (
        TOP + b"Content-Type: multipart/mixed; boundary=outer\r\n\r\nA preamble.\r\n"
        + b"".join(b"--outer\r\n" + part for part in parts) + b"--outer--\r\nAn epilogue.\r\n"
    )  # fmt: skip


async def _time(examine: Examine, content: Content, rounds: int) -> dict[str, float]:
    """Milliseconds of the examinations of each of the two, those of the quicker half."""
    mails = {"plain": plain(content), "odd": odd(content)}
    took: dict[str, list[float]] = {name: [] for name in mails}
    for _ in range(rounds):
        for name, raw in mails.items():
            found = await examine(raw, "bench")
            took[name].append(found.timings["scan"])
            assert any(node.sha256 == content.digest for node in found.nodes), name
            assert set(found.anomalies) == (FLAGS if name == "odd" else set()), name
    return {name: statistics.mean(sorted(one)[: rounds // 2]) for name, one in took.items()}


async def run(rounds: int) -> bool:
    """Time the pairs and print their ratios: is none too high?"""
    good = True
    async with examiner(load(None, Flags(best_effort=True))) as examine:
        for octets in SIZES:
            cost = await _time(examine, Content.of(octets), max(4, rounds * SIZES[0] // octets))
            ratio = cost["odd"] / cost["plain"]
            good = good and ratio <= MOST
            print(f"{octets // KIB:5} KiB: plain {cost['plain']:.2f} ms, odd {cost['odd']:.2f} ms, {ratio:.1f} times")
    return good


def main() -> int:
    """0 when the ratios are low enough."""
    parser = argparse.ArgumentParser(prog="python -m bench.odd")
    parser.add_argument("--rounds", type=int, default=200, help="of the smallest size")
    return 0 if asyncio.run(run(parser.parse_args().rounds)) else 1


if __name__ == "__main__":
    sys.exit(main())
