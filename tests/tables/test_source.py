"""Map files and inline entries as they come: line ends, comments, marks, and what is wrong with the text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bartizan.tables import source
from bartizan.tables.access import AccessTable
from bartizan.tables.compile import compile_list
from bartizan.tables.source import Problem, Source, inline, read_file, text_error
from tables.compiled import problems, table


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.7 no\nexample.com yes, sure\n",
        "192.0.2.7 no\r\nexample.com yes, sure",
        "\n\n  # a comment\n\t192.0.2.7\t no \t\r\n#\n  \nexample.com   yes, sure",
    ],
)
def test_lines(text: str) -> None:
    """Line ends, white space, comments and blank lines make no difference."""
    found = [table(text).find_address("192.0.2.7"), table(text).find_domain("example.com")]
    assert [m and (m.entry, m.value) for m in found] == [("192.0.2.7", "no"), ("example.com", "yes, sure")]


def test_mark(tmp_path: Path) -> None:
    """A byte order mark at the start of a file is no part of its first entry."""
    path = tmp_path / "list"
    path.write_bytes(b"\xef\xbb\xbfexample.com\n")
    read = read_file(path)
    assert isinstance(read, Source)
    assert AccessTable.open(compile_list([read]).data).find_domain("example.com") is not None


def test_hash_in_value() -> None:
    """A # that does not begin a line is part of the line."""
    match = table("example.com see #12").find_domain("example.com")
    assert match is not None
    assert match.value == "see #12"


def test_problems_have_places() -> None:
    """All that is wrong is told at once, with file and line."""
    text = (
        b"example.com\n192.0.2.7/24\r\n\n# fine \xff\na\0b.example\nexample.org \xff\nexample.org a\x07b\nexample.net "
        + b"v" * 256
    )
    assert [line.partition(" ")[0] for line in problems(text)] == [
        "list:2:",
        "list:5:",
        "list:6:",
        "list:7:",
        "list:8:",
    ]
    assert ["NUL" in problems(text)[1], "UTF-8" in problems(text)[2], "control" in problems(text)[3]] == [True] * 3


def test_value_bounds() -> None:
    """A value may have 255 octets, in any script, with tabs."""
    assert text_error(b"a", b"\t" + b"v" * 254) is None
    assert text_error(b"a", "\u00fc".encode() * 127) is None
    assert text_error(b"a", "\u00fc".encode() * 128) is not None


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there, a folder, and a pipe that nobody writes to are problems, and none is waited for."""
    os.mkfifo(tmp_path / "pipe")
    read = [read_file(tmp_path / "none"), read_file(tmp_path), read_file(tmp_path / "pipe"), read_file("a\0b")]
    assert [type(one) for one in read] == [Problem] * 4


def test_file_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may have as many octets as the limit says, and no more."""
    monkeypatch.setattr(source, "FILE_MOST", 10)
    (tmp_path / "fits").write_bytes(b"a.example\n")
    (tmp_path / "more").write_bytes(b"aa.example\n")
    assert isinstance(read_file(tmp_path / "fits"), Source)
    assert read_file(tmp_path / "more") == Problem(str(tmp_path / "more"), "is larger than 10 octets")


def test_inline() -> None:
    """Inline entries are told by their number; a line break in one is a problem, a lone surrogate too."""
    good = inline("deny", ["example.com", "", "192.0.2.300"])
    assert isinstance(good, Source)
    assert [p.where for p in compile_list([good]).problems] == ["deny entry 3"]
    assert inline("deny", ["a.example", "b.example\nc.example"]) == Problem("deny entry 2", "has a line break")
    odd = inline("deny", ["\udc80.example"])
    assert isinstance(odd, Source)
    assert [str(p) for p in compile_list([odd]).problems] == ["deny entry 1: is not UTF-8"]
