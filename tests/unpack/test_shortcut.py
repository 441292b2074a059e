"""Shortcuts: what they would run is a text, what is hung on behind them a member."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bartizan._core.sniff import sniff
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from unpack import shortcut_file as make

Unpack = Callable[..., Any]


@pytest.mark.parametrize("wide", [True, False])
def test_strings(wide: bool, unpack: Unpack) -> None:
    """Each on a line of its own, those of the target and the extra blocks with them."""
    packed = make.shortcut(
        make.environment("%ComSpec%"),
        items=b"\x14\0items" + bytes(11),
        info=make.information(b"C:\\Windows\\cmd.exe"),
        wide=wide,
        name="Invoice",
        arguments=" " * 300 + "/c start évil",
        icon="shell32.dll",
    )
    opened = unpack("lnk", packed)

    assert sniff(packed) == "lnk"
    assert opened.gaps == []
    [(names, text)] = opened.members
    assert names == ()
    assert [line.strip() for line in text.decode().split("\n")] == [
        "C:\\Windows\\cmd.exe", "Invoice", "/c start évil", "shell32.dll", "%ComSpec%", "%ComSpec%"
    ]  # fmt: skip


@pytest.mark.parametrize("end", [bytes(4), b""])
def test_what_is_hung_on(end: bytes, unpack: Unpack) -> None:
    """Bytes behind the last block, and in the place of a block, are a member; padding is none."""
    packed = make.shortcut(make.environment("x"), arguments="/c x", end=end)
    assert unpack("lnk", packed + b"MZ and a program").members[1:] == [((), b"MZ and a program")]
    assert len(unpack("lnk", packed + bytes(100)).members) == 1


def test_cut_short(unpack: Unpack) -> None:
    """Cut within a string, a shortcut gives the beginning of it, and a gap."""
    packed = make.shortcut(items=b"items", arguments="/c start", end=b"")
    for cut in range(77, len(packed)):
        opened = unpack("lnk", packed[:cut])
        assert opened.reasons == {Reason.UNREADABLE}
        assert all("/c start".startswith(text.decode()[:-1]) for _, text in opened.members)
    assert unpack("lnk", packed).gaps == []


def test_limits(unpack: Unpack) -> None:
    """What is hung on is cut at the limit; the sink's stop is obeyed."""
    packed = make.shortcut(arguments="/c x") + b"MZ" * 1000
    opened = unpack("lnk", packed, replace(Limits(), member_bytes=300))
    assert (len(opened.members[1][1]), opened.reasons) == (300, {Reason.LIMIT_MEMBER_BYTES})
    assert len(unpack("lnk", packed, max_members=0).members) == 1
    assert len(unpack("lnk", packed, max_bytes=1).members) == 1
