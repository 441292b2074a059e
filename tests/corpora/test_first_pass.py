"""Every corpus file through the compiled core alone: streams in random pieces, texts, decoders, types, phrases.

The answer must not depend on the pieces. Under AddressSanitizer (`make asan`) these are the bytes that look for reads
and writes out of bounds; plain, a sample of the files runs with the other tests.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from bartizan._core.automaton import Automaton
from bartizan._core.headers import parse_field
from bartizan._core.lines import encode_data
from bartizan._core.sniff import sniff
from bartizan._core.stream import MessageStream, parse
from bartizan._core.text import scan_pieces, view
from bartizan._core.transfer import ENCODINGS, decode_all, decode_pieces
from bartizan.detect.phrases import build
from corpora.examined import files

FOLDERS = (
    *("clamav-testfiles", "enmime", "james-mime4j", "letters", "lhasa/test/archives", "libarchive-fixtures"),
    *(
        "mime-is-broken",
        "mimekit",
        "postfix-ref",
        "rarfile",
        "rspamd-messages",
        "spamassassin-public",
        "spamassassin-t",
    ),
    *("spamassassin-t", "stalwart-mail-parser", "tnef", "yauzl", "zbateson"),
)
SANITIZED = "BARTIZAN_SANITIZE" in os.environ
LARGEST = 256 * 1024
"""Of longer files only the beginning is read in the plain run."""
SAMPLE = 25
CHARSETS = ("utf-8", "utf-16", "utf-7", "iso-2022-jp", "iso-2022-kr", "shift_jis", "gb18030", "koi8-r", "utf-32")
PHRASES = ["the", "and you", "click here", "unsubscribe", "a", "00", "viagra", "この", "http"]


@pytest.fixture(scope="module")
def automaton(tmp_path_factory: pytest.TempPathFactory) -> Automaton:
    """A few phrases that real mail has."""
    place = tmp_path_factory.mktemp("phrases")
    (place / "phrases").write_text("\n".join(p for p in PHRASES if len(p) > 1), "utf-8")
    build([place / "phrases"], place / "phrases.bin")
    return Automaton.open(str(place / "phrases.bin"))


def chosen(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """The files to read: all of them under the sanitizer, the same sample else."""
    paths = list(files(folder))
    if not SANITIZED and len(paths) > SAMPLE:
        paths = random.Random(7).sample(paths, SAMPLE)
    for path in paths:
        data = path.read_bytes()
        yield path, data if SANITIZED else data[:LARGEST]


def pieces(data: bytes, chance: random.Random) -> list[bytes]:
    """`data` cut at random: at first into single bytes, then into pieces of any size."""
    cuts = [0, *range(1, min(64, len(data)))]
    while cuts[-1] < len(data):
        cuts.append(min(len(data), cuts[-1] + chance.choice((1, 2, 3, 79, 1000, 4096, 65536, 70000))))
    return [data[a:b] for a, b in pairwise(cuts)]


def streamed(chunks: list[bytes], automaton: Automaton, **options: bool) -> MessageStream:
    """A stream that was fed the chunks, up to its end."""
    stream = MessageStream(automaton, max_bytes=1 << 26, keep=True, **options)
    for chunk in chunks:
        if stream.feed(chunk) >= 0:
            break
    return stream


def answer(stream: MessageStream) -> tuple[object, ...]:
    """All that a stream says about a message."""
    parts = [(p.path, p.declared, p.size, p.sha256, p.header_start, p.body_start, p.body_end) for p in stream.parts]
    return bytes(stream.raw), parts, stream.fields, stream.hits, stream.limits, stream.anomalies, stream.ended


@pytest.mark.parametrize("folder", FOLDERS)
def test_pieces_do_not_matter(corpus: Path, automaton: Automaton, folder: str) -> None:
    """A file sent as a message, its lines as they are or made proper, gives one answer however it is cut."""
    chance = random.Random(folder)
    seen = 0
    for path, data in chosen(corpus / folder):
        for wire in (encode_data(data) + b".\r\n", data + b"\r\n.\r\n"):
            normalize = chance.random() < 0.5
            whole = streamed([wire], automaton, normalize_bare=normalize)
            assert whole.ended, path
            cut = streamed(pieces(wire, chance), automaton, normalize_bare=normalize)
            assert answer(cut) == answer(whole), path
        seen += 1
    assert seen >= min(SAMPLE, 25)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_face_of_the_core(corpus: Path, automaton: Automaton, folder: str) -> None:
    """Types, decoders, texts, fields and phrases of the same bytes, whole and in pieces, stay in their bounds."""
    chance = random.Random(folder)
    for path, data in chosen(corpus / folder):
        assert isinstance(sniff(data), str)
        assert isinstance(sniff(data[: chance.randrange(len(data) + 1)]), str)
        part = data[: chance.choice((1000, 20_000, LARGEST))]
        chunks = pieces(part, chance)
        for kind in set(ENCODINGS.values()):
            assert decode_pieces(kind, chunks) == decode_pieces(kind, [part]), path
        assert decode_all("base64", part)[0] == decode_pieces(ENCODINGS[b"base64"], [part])[0]
        charset, html = chance.choice(CHARSETS), chance.random() < 0.5
        spans, at = [], 0
        for chunk in chunks:
            spans.append((chunk, at, at + len(chunk)))
            at += len(chunk)
        seen, hits = scan_pieces(spans, charset.encode(), html, automaton)
        # Python gives up on an escape sequence that is long and cut; a stream hands over whole lines (charset.pyx).
        assert charset.startswith("iso-2022") or seen == view(part, charset, html), (path, charset, html)
        assert len(hits) <= len(automaton)
        assert {index for index, _ in automaton.find(seen)} <= set(range(len(automaton)))
        for value in part.split(b"\n")[:50]:
            assert len(parse_field(value)) == 3
        assert parse(part, automaton, stored=False, keep=True).parts
