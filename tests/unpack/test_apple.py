"""Files in the wrappings of Macintosh programs: forks, names, and what is cut short."""

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
from bartizan.unpack import apple
from unpack import apple_file as make

Unpack = Callable[..., Any]
CONTENT = st.binary(max_size=300)


@given(data=CONTENT, resource=CONTENT)
def test_single(data: bytes, resource: bytes, unpack: Unpack) -> None:
    """Both forks, the data fork under the real name."""
    packed = make.apple(make.SINGLE, (9, bytes(32)), (3, "ä.exe".encode()), (2, resource), (1, data))
    opened = unpack("applefile", packed)

    assert sniff(packed) == "applefile"
    assert opened.gaps == []
    assert opened.members == [(("ä.exe",), data), *[((), resource)] * bool(resource)]


def test_double(unpack: Unpack) -> None:
    """The name of what another part holds, the resource fork, a comment."""
    packed = make.apple(make.DOUBLE, (3, b"a.exe"), (2, b"resource"), (4, b"a comment"))
    assert sniff(packed) == "applefile"
    assert unpack("applefile", packed).members == [(("a.exe",), b""), ((), b"resource"), ((), b"a comment")]


def test_entries_twice(unpack: Unpack) -> None:
    """Of two forks of one kind both are given."""
    packed = make.apple(make.SINGLE, (1, b"one"), (1, b"two"))
    assert {data for _, data in unpack("applefile", packed).members} == {b"one", b"two"}


def test_single_cut_short(unpack: Unpack) -> None:
    """Cut anywhere, the beginning of the fork is given, and a gap."""
    packed = make.apple(make.SINGLE, (3, b"a.exe"), (1, b"content"))
    for cut in range(26, len(packed)):
        opened = unpack("applefile", packed[:cut])
        assert opened.reasons == {Reason.UNREADABLE}
        assert all(b"content".startswith(data) for _, data in opened.members)


@given(data=CONTENT, resource=CONTENT, version=st.sampled_from([1, 2, 3]))
def test_macbinary(data: bytes, resource: bytes, version: int, unpack: Unpack) -> None:
    """All versions, with and without forks."""
    packed = make.macbinary("ä.exe".encode("mac-roman"), data, resource, version)
    opened = unpack("macbin", packed)

    assert sniff(packed) == "macbin" or (version == 1 and not (data or resource))
    assert (opened.members, opened.gaps) == ([(("ä.exe",), data), *[((), resource)] * bool(resource)], [])


def test_behind_macbinary(unpack: Unpack) -> None:
    """A comment, or whatever else follows the forks."""
    assert unpack("macbin", make.macbinary(b"a", b"data", comment=b"hello")).members[1:] == [((), b"hello")]


@pytest.mark.parametrize("version", [2, 3])
def test_macbinary_with_a_wrong_sum(version: int, unpack: Unpack) -> None:
    """Forks that fill the file tell it as well."""
    packed = bytearray(make.macbinary(b"a.exe", b"data", b"fork", version))
    packed[124] ^= 1
    assert sniff(packed) == "macbin"
    assert unpack("macbin", bytes(packed)).members == [(("a.exe",), b"data"), ((), b"fork")]


@pytest.mark.parametrize("cut", [128, 130, 300])
def test_macbinary_cut_short(cut: int, unpack: Unpack) -> None:
    """What there is of the forks is given."""
    opened = unpack("macbin", make.macbinary(b"a", bytes(300), bytes(300))[:cut])
    assert opened.reasons == {Reason.UNREADABLE}
    assert opened.members[0] == (("a",), bytes(cut - 128))


@pytest.mark.parametrize(
    "packed", [bytes(300), b"\0\5hello" + bytes(200), make.macbinary(b"a", b"x", version=1) + bytes(200)]
)
def test_no_macbinary(packed: bytes) -> None:
    """Zeros, a short name by chance, sizes that do not fit."""
    assert sniff(packed) == ""


def test_limits(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forks above the limit are cut; the sink's stop is obeyed; entries are counted."""
    single = make.apple(make.SINGLE, (1, bytes(1000)), (2, bytes(1000)))
    for type, packed in (("applefile", single), ("macbin", make.macbinary(b"a", bytes(1000), bytes(1000)))):
        opened = unpack(type, packed, replace(Limits(), member_bytes=300))
        assert [len(data) for _, data in opened.members] == [300, 300]
        assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}
        assert len(unpack(type, packed, max_bytes=500).members) == 1
        assert len(unpack(type, packed, max_members=0).members) == 1
    monkeypatch.setattr(apple, "ENTRIES", 1)
    assert unpack("applefile", single).gaps == [(Reason.LIMIT_MEMBERS, "more than 1 entries")]
