"""Stalwart mail-parser's messages have the leaves that its expected files say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bartizan._core.entity import Part
from bartizan._core.stream import parse

DEVIATIONS = {
    "legacy/016": "BinHex: expected decoded; here a leaf of its own bytes",
    "legacy/017": "x-uuencode: decoded here",
    "legacy/026": "x-uuencode: decoded here",
    "legacy/048": "x-uuencode: decoded here",
    "legacy/049": "a bare CR at the end of a line is content",
    "malformed/000": "headers ended by a delimiter still make parts",
    "malformed/001": "an exact delimiter of the outer multipart ends the inner one",
    "malformed/002": "a multipart without a delimiter has no leaf; its text is prose",
    "malformed/009": "an outer delimiter ends an unclosed inner multipart",
    "malformed/011": "the same",
    "malformed/012": "the same",
    "malformed/013": "the same",
    "malformed/014": "a delimiter at the very end begins an empty part",
    "malformed/016": "boundaries that begin alike: the exact one wins",
    "malformed/019": "a part without a header is all body",
    "malformed/020": "two Content-Type fields: the first wins",
    "malformed/021": "the same",
    "rfc/000": "base64 that is no base64: what can be decoded is",
    "thirdparty/002": "base64 after padding is decoded too",
    "thirdparty/005": "the same",
}
FOLDER = Path("stalwart-mail-parser/resources/eml")


def expected_leaves(message: dict[str, Any], index: int = 0) -> Iterator[dict[str, Any]]:
    """The bodies of all leaves in the order of the message, mails inside it included."""
    body = message["parts"][index]["body"]
    if "Multipart" in body:
        for child in body["Multipart"]:
            yield from expected_leaves(message, child)
    elif "Message" in body:
        yield from expected_leaves(body["Message"])
    else:
        yield body


def found_leaves(raw: bytes) -> Iterator[tuple[Part, bytes]]:
    """The same of the core; a transfer-encoded message/rfc822 is read as a mail of its own, as the scanner does."""
    for part in parse(raw, keep=True).parts:
        if part.leaf:
            content = raw[part.body_start : part.body_end] if part.content is None else part.content
            if part.declared in (b"message/rfc822", b"message/global"):
                yield from found_leaves(content)
            else:
                yield part, content


def same(part: Part, content: bytes, expected: dict[str, Any]) -> bool:
    """Binary bodies by their bytes, text by its characters, line ends apart."""
    ((kind, value),) = expected.items()
    if kind in ("Binary", "InlineBinary"):
        return bytes(value) == content
    try:
        text = content.decode(part.charset.decode() or "utf-8", "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return bool(text.replace("\r\n", "\n") == value.replace("\r\n", "\n"))


def test_leaves_are_as_expected(corpus: Path) -> None:
    """Every leaf of every message, but for the deviations listed by name."""
    different = set()
    paths = sorted((corpus / FOLDER).glob("*/*.eml"))
    for path in paths:
        expected = list(expected_leaves(json.loads(path.with_suffix(".json").read_text())))
        found = list(found_leaves(path.read_bytes()))
        if len(expected) != len(found) or not all(same(p, c, e) for (p, c), e in zip(found, expected, strict=True)):
            different.add(f"{path.parent.name}/{path.stem}")

    assert len(paths) == 107
    assert set(DEVIATIONS) == different
