"""A name has every extension that anyone may read in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.detect.filenames import base_name, extensions


@pytest.mark.parametrize(
    "name",
    [
        "x.exe",
        "X.EXE",
        "invoice.pdf.exe",
        "invoice.pdf" + " " * 300 + ".exe",
        "a" * 5000 + ".exe",
        "x.exe.",
        "x.exe . .",
        "x.exe\t",
        "x.exe\u00a0",
        "x.exe\u2800",
        "x.exe\u200b",
        "x.e\u200dxe",
        "x.e\u00adxe",
        "x\u202ecod.exe",
        "x.\u202eexe\u202c",
        "x\uff0eexe",
        "x\u2024exe",
        "x.\uff45\uff58\uff45",
        "x.\u0435\u0445\u0435",
        "x.e\u0301xe",
        "x.\u00e9x\u1eb9",
        "x.e\u20ddxe",
        "x.e\U000e0100xe",
        "x.exe\U000e01ef",
        "x.e\u2065xe",
        "x.exe\ufff0",
        "x.exe\u2028",
        "x.exe\u2029 .",
        "x.exe\u1680",
        "x\u0660exe",
        "x\u06f0exe",
        "x\u0701exe",
        "x\u0387exe",
        "x\u22c5exe",
        "x\U0001d16dexe",
        "x.\u1d07x\u1d07",
        "x.\u24d4\U0001f147\u24d4",
        "a" * 251 + ".exe.png",
        "a" * 255 + ".exe.png",
        "a" * 256 + ".exe" + " " * 50 + ".png",
        "x.exe\0.png",
        "x.exe\n.png",
        "x.png\0.exe",
        "x%2Eexe",
        "x%252eexe",
        "x.exe%0a.png",
        "x.exe::$DATA",
        "x.txt:evil.exe",
        "C:x.exe",
        "..\\x.exe",
        "\\\\host\\share\\x.exe",
        "dir.png/x.exe",
        "x.exe/",
        "x.exe/.",
        "x.exe\\. /./",
        "x.exe/a/..",
        "x.exe\\a\\b\\..\\.\\.. ",
        "\u5831" * 83 + "aa.exe.png",
        "\U0001f4c4" * 125 + "a.exe.png",
        "x.exe;1",
        '"x.exe"',
        "x. exe",
        ".exe",
        "CON.exe",
    ],
)
def test_exe(name: str) -> None:
    """However it is written, it is an exe."""
    assert "exe" in extensions(name)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", ()),
        ("README", ()),
        ("exe", ()),
        ("...", ()),
        ("x.exe.txt", ("txt",)),
        ("a" * 240 + ".exe.png", ("png",)),
        ("x.tar.gz", ("gz",)),
        ("100% sure.pdf", ("pdf",)),
        ("dir.exe/readme", ()),
        ("\u6587\u4ef6.pdf", ("pdf",)),
        ("x.{00020900-0000-0000-C000-000000000046}", ("clsid",)),
        ("a\0b", ()),
    ],
)
def test_others(name: str, found: tuple[str, ...]) -> None:
    """And what is none is none."""
    assert extensions(name) == found


@given(st.text(max_size=300))
def test_anything(name: str) -> None:
    """Any text is a name; extensions are lower case, without dots and never empty."""
    for extension in extensions(name):
        assert extension
        assert "." not in extension
        assert extension == extension.casefold()


@given(st.text(alphabet="abcXYZ019 _-", min_size=1, max_size=20), st.sampled_from(["vbs", "JS", "Scr"]))
def test_plain_names(stem: str, extension: str) -> None:
    """An ordinary name has exactly its extension."""
    assert extensions(f"{stem}.{extension}") == (extension.lower(),)


def test_base_name() -> None:
    """Both kinds of slash part a path."""
    assert [base_name(name) for name in ("a/b.txt", "a\\b.txt", "b.txt", "a/", "", "b.txt/.", "./. ")] == [
        "b.txt",
        "b.txt",
        "b.txt",
        "a",
        "",
        "b.txt",
        "",
    ]


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("x.\u03bdbs", "vbs"),
        ("x.l\u03bdk", "lnk"),
        ("x.\u0299\u1d00\u1d1b", "bat"),
        ("x.ms\u0131", "msi"),
        ("x.v\u0432\ua731", "vbs"),
        ("x.h\u0442\u0251", "hta"),
    ],
)
def test_look_alikes(name: str, extension: str) -> None:
    """A letter is what it is drawn like, and what it stands for."""
    assert extension in extensions(name)
