"""How fast the leaf modules of the compiled core are; each benchmark checks the answer it times.

With --benchmark-enable they give figures. Within the test suite they run once, and show that the answers hold at sizes
the tests do not use.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import random
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bartizan._core.automaton import Automaton
from bartizan._core.sniff import sniff
from bartizan._core.text import scan_text, view
from bartizan._core.transfer import decode_all
from bartizan.detect.phrases import build

ROUNDS = 5
SEED = 20240501
SYLLABLES = [consonant + vowel for consonant in "bdfklmnprst" for vowel in "aeio"]


@pytest.fixture(scope="module")
def words() -> list[str]:
    """A vocabulary of 5,000 words, the same on every machine."""
    source = random.Random(SEED)
    return sorted({"".join(source.choices(SYLLABLES, k=source.randint(1, 5))) for _ in range(6000)})[:5000]


@pytest.fixture(scope="module")
def prose(words: list[str]) -> bytes:
    """A megabyte of lines of 12 words, the common words often."""
    source = random.Random(SEED + 1)
    chosen = source.choices(words, weights=[1 / (k + 1) for k in range(len(words))], k=200_000)
    return "\r\n".join(" ".join(chosen[k : k + 12]) for k in range(0, len(chosen), 12)).encode()[:1_000_000]


@pytest.fixture(scope="module")
def automaton(words: list[str], tmp_path_factory: pytest.TempPathFactory) -> Automaton:
    """10,000 phrases of three words."""
    source = random.Random(SEED + 2)
    folder: Path = tmp_path_factory.mktemp("bench")
    (folder / "list").write_text("\n".join(" ".join(source.choices(words, k=3)) for _ in range(10_000)))
    build([folder / "list"], folder / "phrases.bin")
    return Automaton.open(str(folder / "phrases.bin"))


def test_base64(benchmark: BenchmarkFixture) -> None:
    """Lines of 76 characters."""
    content = random.Random(SEED).randbytes(1_000_000)
    body = base64.encodebytes(content).replace(b"\n", b"\r\n")
    assert benchmark.pedantic(decode_all, ("base64", body), rounds=ROUNDS) == (content, 0)


def test_quoted_printable(benchmark: BenchmarkFixture, prose: bytes) -> None:
    """Prose with soft breaks and some escapes."""
    content = prose.replace(b"a\r\n", b"\xc3\xa4\r\n").replace(b"\r\n", b" = \r\n")
    body = quopri.encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    assert benchmark.pedantic(decode_all, ("quoted-printable", body), rounds=ROUNDS) == (
        b"\r\n".join(line.rstrip(b" ") if line.endswith(b"  ") else line for line in content.split(b"\r\n")),
        0,
    )


def test_uuencode(benchmark: BenchmarkFixture) -> None:
    """Full lines."""
    content = random.Random(SEED).randbytes(900_000)
    lines = [binascii.b2a_uu(content[k : k + 45]) for k in range(0, len(content), 45)]
    body = b"begin 644 x\n" + b"".join(lines) + b"`\nend\n"
    assert benchmark.pedantic(decode_all, ("x-uuencode", body), rounds=ROUNDS) == (content, 0)


def test_automaton(benchmark: BenchmarkFixture, automaton: Automaton, words: list[str]) -> None:
    """10,000 phrases over folded prose that holds one of them at its end."""
    wanted = automaton.phrase(777)[0].encode()
    text = view(" ".join(words * 30).encode(), "utf-8", False) + wanted
    found = benchmark.pedantic(automaton.find, (text,), rounds=ROUNDS)
    assert (777, len(text)) in found


def test_plain_text(benchmark: BenchmarkFixture, automaton: Automaton, prose: bytes) -> None:
    """Charset, folding and phrases, line by line."""
    wanted = automaton.phrase(777)[0].upper().encode()
    hits = benchmark.pedantic(scan_text, (prose + b"\r\n" + wanted, "us-ascii", False, automaton), rounds=ROUNDS)
    assert (777, len(prose) + 2, len(prose) + 2 + len(wanted)) in hits


def test_html_text(benchmark: BenchmarkFixture, automaton: Automaton, prose: bytes) -> None:
    """The same with markup in every line."""
    page = prose.replace(b"\r\n", b"</p>\r\n<p class='x'>").replace(b" ba", b" &#98;<b>a</b>")
    wanted = automaton.phrase(777)[0].encode().replace(b" ", b"<i> </i>")
    hits = benchmark.pedantic(scan_text, (page + b"<br>" + wanted, "utf-8", True, automaton), rounds=ROUNDS)
    assert 777 in {index for index, _, _ in hits}


def test_one_byte_charset(benchmark: BenchmarkFixture) -> None:
    """Russian in KOI8-R through its table gives the view that it gives in UTF-8."""
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 10_000
    seen = benchmark.pedantic(view, (text.encode("koi8-r"), "koi8-r", False), rounds=ROUNDS)
    assert seen == view(text.encode(), "utf-8", False)
    assert len(seen) > len(text)


def test_sniffing_text(benchmark: BenchmarkFixture, prose: bytes) -> None:
    """A part of ordinary size, which is text: all other types had to be ruled out."""
    assert benchmark.pedantic(sniff, (prose[:5000],), rounds=ROUNDS, iterations=100) == "text"
