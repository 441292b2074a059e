"""Apache James mime4j's messages decode as their expected files say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bartizan._core.stream import parse

DEVIATIONS = {
    "bad-newlines-multiple-parts-base64": "a base64 message/rfc822 is one leaf, a mail of its own",
    "base64encoded-rfc822message": "the same",
    "base64encoded-rfc822message-nested": "the same",
    "frag": "base64 cut off inside a quantum: the last bytes that the sextets give are kept",
    "multi-frag": "the same",
    "multi-2gifs-base64": "a base64 message/rfc822 again",
    "malformedHeader-noheader": "a message without any header is all body",
    "malformedHeaderStartsBody-noheader": "the same",
    "malformedHeaderStartsBody-nocrlfcrlf": "a junk line among fields does not end the header",
    "weird-boundary": "a boundary cannot end in a space (RFC 2046 section 5.1.1)",
    "very-long-boundary": "the same",
    "very-very-long-boundary": "the same",
}
FOLDER = Path("james-mime4j/core/src/test/resources")


def lines(data: bytes | memoryview) -> bytes:
    """Content with LF line ends: the expected files' line ends are not the messages'."""
    return bytes(data).replace(b"\r\n", b"\n")


def test_parts_decode_as_expected(corpus: Path) -> None:
    """Every leaf of every message has the bytes that mime4j expects, but for the deviations listed by name."""
    different = set()
    messages = sorted((corpus / FOLDER).glob("*/*.msg"))
    for path in messages:
        tree = path.with_name(path.stem + "_decoded.xml").read_text("latin-1")
        names = re.findall(r'-body name="([^"]+)"', tree)
        expected = [lines((path.parent / name).read_bytes()) for name in names]
        raw = path.read_bytes()
        leaves = [part for part in parse(raw, keep=True).parts if part.leaf]
        found = [lines(raw[p.body_start : p.body_end] if p.content is None else p.content) for p in leaves]
        if expected != found:
            different.add(path.stem)

    assert len(messages) == 80
    assert set(DEVIATIONS) == different


@pytest.mark.parametrize("name", ["frag", "multi-frag"])
def test_a_cut_off_quantum_loses_nothing(corpus: Path, name: str) -> None:
    """What mime4j decodes of a truncated base64 body is how our content begins; at most two bytes are more."""
    path = corpus / FOLDER / "mimetools-testmsgs" / f"{name}.msg"
    tree = path.with_name(f"{name}_decoded.xml").read_text("latin-1")
    expected = [lines((path.parent / file).read_bytes()) for file in re.findall(r'-body name="([^"]+)"', tree)]
    raw = path.read_bytes()
    found = parse(raw, keep=True)
    leaves = [lines(raw[p.body_start : p.body_end] if p.content is None else p.content) for p in found.parts if p.leaf]

    assert "base64_truncated" in found.anomalies
    assert len(expected) == len(leaves)
    assert all(
        ours.startswith(theirs) and len(ours) - len(theirs) <= 2 for ours, theirs in zip(leaves, expected, strict=True)
    )
