"""OneNote sections: the files on their pages, the names of these, and the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.sniff import sniff
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import onenote
from unpack import section as make

Unpack = Callable[..., Any]


@given(files=st.lists(st.binary(max_size=100), max_size=4))
def test_files(files: list[bytes], unpack: Unpack) -> None:
    """Every file of a section."""
    packed = make.section(*map(make.file, files))
    opened = unpack("one", packed)

    assert sniff(packed) == "one"
    assert (opened.members, opened.gaps) == ([((), content) for content in files], [])


def test_names(unpack: Unpack) -> None:
    """Names of files and of where they came from, each once, and none that is no file's name."""
    packed = make.section(
        make.name("Click here.hta"),
        make.name("C:\\Users\\x\\invoice.exe", 0x1C001D9C),
        make.name("документ.js"),
        make.name("Click here.hta"),
        make.name("a page about example.com", 0x1C001CF3) + bytes(3000),
        make.file(make.name("inside.exe")),
    )
    names = [names for names, data in unpack("one", packed).members if names and not data]
    assert names == [("Click here.hta",), ("C:\\Users\\x\\invoice.exe",), ("документ.js",)]


def test_texts(unpack: Unpack) -> None:
    """What stands on the pages, as one text."""
    packed = make.section(
        "Please open the attachment".encode("utf-16-le") + b"\0\0\x01\0\0\0", "Нажмите здесь".encode("utf-16-le")
    )
    [(names, text)] = unpack("one", packed).members
    assert names == ()
    assert {"Please open the attachment", "Нажмите здесь"} <= set(text.decode().split("\n"))


def test_a_file_that_hides_others(unpack: Unpack) -> None:
    """A size that reaches over the next file hides it no more than one that reaches beyond the end."""
    packed = make.section(make.file(b"MZ", 10**9), make.file(b"second"))
    opened = unpack("one", packed)
    assert opened.members[0][1].startswith(b"MZ")
    assert opened.members[1][1] == b"second"
    assert opened.reasons == {Reason.UNREADABLE}


def test_form_of_servers(unpack: Unpack) -> None:
    """A section that keeps its files in another way is told."""
    assert unpack("one", make.section(form=bytes(16))).reasons == {Reason.UNREADABLE}


def test_limits(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files above the limit are cut; the sink's stop is obeyed; files and names are counted."""
    packed = make.section(make.file(bytes(1000)), make.file(b"two"), make.name("a.exe"), make.name("b.exe"))
    opened = unpack("one", packed, replace(Limits(), member_bytes=300))
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}
    assert len(unpack("one", packed, max_bytes=500).members) == 1
    for most in range(4):
        assert len(unpack("one", packed, max_members=most).members) == most + 1
    monkeypatch.setattr(onenote, "FILES", 1)
    monkeypatch.setattr(onenote, "NAMES", 1)
    assert [detail for _, detail in unpack("one", packed).gaps] == ["more than 1 files", "more than 1 names"]


def test_names_that_are_shown_otherwise(unpack: Unpack) -> None:
    """Signs that turn a name round, or that nobody sees, belong to it."""
    packed = make.section(make.name("invoice\u202efdp.exe"), make.name("a\u200b.js"))
    assert [names for names, _ in unpack("one", packed).members] == [("invoice\u202efdp.exe",), ("a\u200b.js",)]
