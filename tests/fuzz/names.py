"""File names: header fields, their parameters (RFC 2231), encoded words (RFC 2047)."""

from __future__ import annotations

from bartizan._core.headers import parse_field
from bartizan._core.stream import parse
from bartizan.message.names import NAME_CHARACTERS, NAMES, part_names
from bartizan.message.words import decode_words, percent_decode


def TestOneInput(data: bytes) -> None:
    """The bytes as a field's value, as a header of a mail and as parameters: names that can be written anywhere."""
    value, parameters, flags = parse_field(data)
    assert value == value.lower()
    assert isinstance(flags, int)
    assert all(key == key.lower() for key, _ in parameters)
    readable(part_names(parameters, parameters))
    lines = [tuple(line.split(b"=", 1)) for line in data.split(b"\n") if b"=" in line]
    given = [(key.strip().lower(), text) for key, text in lines]
    readable(part_names(given, []))
    readable(part_names([], given))
    for quoted in (data.replace(b"\\", b"").replace(b'"', b""),):
        names = part_names([(b"name", quoted)], [(b"filename", b"other.txt")])
        readable(names)
        assert "other.txt" in names
    for part in parse(b"Content-Disposition: attachment; " + data, stored=False).parts:
        readable(part_names(part.type_parameters, part.disposition_parameters))
    text = decode_words(data)
    text.encode("utf-8")
    assert len(text) <= 3 * len(data) + 1
    assert len(percent_decode(data)) <= len(data)
    if b"=?" not in data.translate(None, b"\r\n"):
        assert text.isascii() == data.isascii()


def readable(names: tuple[str, ...]) -> None:
    """Few enough, short enough, each once, not empty, and UTF-8."""
    assert len(names) <= NAMES
    assert len(set(names)) == len(names)
    for name in names:
        assert 0 < len(name) <= NAME_CHARACTERS
        name.encode("utf-8")
