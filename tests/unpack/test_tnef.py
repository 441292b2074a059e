"""TNEF files: bodies, attachments under all their names, and what is wrong with them."""

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
from bartizan.unpack import mapi, tnef
from unpack import tnef_file as make
from unpack.tnef_file import ATTACHMENT, BINARY, MESSAGE, OBJECT, STRING8, UNICODE, prop

Unpack = Callable[..., Any]
NAMES = (b"a.exe", b"b.js", b"\xe4.txt")


@given(files=st.lists(st.tuples(st.sampled_from(NAMES), st.binary(max_size=200)), max_size=4))
def test_round_trip(files: list[tuple[bytes, bytes]], unpack: Unpack) -> None:
    """Every attachment comes out with its name and its bytes."""
    packed = make.tnef(*(make.attachment(name, content) for name, content in files))
    opened = unpack("tnef", packed)

    assert sniff(packed) == "tnef"
    assert opened.gaps == []
    assert opened.members == [((name.decode("cp1252"),), content) for name, content in files]


def test_all_names(unpack: Unpack) -> None:
    """The title, the name for transport, and the names among the properties, in any order and behind the content."""
    packed = make.tnef(
        make.begin(),
        make.attribute(ATTACHMENT, 0x6800F, b"content"),
        make.properties(
            ATTACHMENT,
            prop(0x3707, UNICODE, "lóng name.exe".encode("utf-16-le") + b"\0\0"),
            prop(0x3704, STRING8, b"LONGNA~1.EXE\0"),
            prop(0x3001, STRING8, b"display.pdf\0"),
            prop(0x3703, STRING8, b".scr\0"),
        ),
        make.attribute(ATTACHMENT, 0x69001, b"transport\0"),
        make.attribute(ATTACHMENT, 0x18010, b"title\0"),
    )

    assert unpack("tnef", packed).members == [
        (("lóng name.exe", "LONGNA~1.EXE", "transport", "title", "display.pdf", ".scr"), b"content")
    ]


def test_codepage(unpack: Unpack) -> None:
    """Names of eight bits are read as the code page of the file says, and as 1252 where that is none."""
    name = "письмо.exe"
    for page, expected in ((1251, name), (77777, name.encode("cp1251").decode("cp1252", "replace"))):
        page_of = make.attribute(MESSAGE, 0x69007, make.number(page) + bytes(4))
        opened = unpack("tnef", make.tnef(page_of, make.attachment(name.encode("cp1251"), b"x")))
        assert opened.names == [(expected,)]


def test_bodies(unpack: Unpack) -> None:
    """Text as an attribute; text, HTML and compressed RTF among the properties."""
    rtf = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    packed = make.tnef(
        make.attribute(MESSAGE, 0x2800C, b"plain\0"),
        make.properties(
            MESSAGE,
            prop(0x1000, UNICODE, "ünicode".encode("utf-16-le")),
            prop(0x1013, BINARY, b"<html>hello"),
            prop(0x1009, BINARY, rtf),
        ),
    )
    opened = unpack("tnef", packed)

    assert [content for _, content in opened.members] == [
        b"plain", "ünicode".encode(), b"<html>hello", b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    ]  # fmt: skip
    assert opened.names == [(), (), ("body.html",), ()]
    assert opened.gaps == []


def test_damaged_rtf(unpack: Unpack) -> None:
    """RTF whose compression ends early is given as far as it goes."""
    opened = unpack(
        "tnef", make.tnef(make.properties(MESSAGE, prop(0x1009, BINARY, bytes(8) + b"LZFu" + bytes(4) + b"\0hello")))
    )

    assert opened.members == [((), b"hello")]
    assert opened.gaps == [(Reason.UNREADABLE, "compressed RTF: cut short")]


def test_attached_message(unpack: Unpack) -> None:
    """A message within is a file of its own, and its display name, which is its subject, no name of a file."""
    inner = make.tnef(make.attachment(b"inner.exe", b"MZ"))
    outer = make.tnef(
        make.begin(),
        make.properties(
            ATTACHMENT, prop(0x3001, STRING8, b"come to example.com\0"), prop(0x3701, OBJECT, make.MESSAGE_ID + inner)
        ),
    )

    assert unpack("tnef", outer).members == [((), inner)]


def test_object(unpack: Unpack) -> None:
    """An object is given without the name of its interface; a binary content as it is."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    for type, value in ((OBJECT, make.STORAGE_ID + ole), (BINARY, ole), (OBJECT, ole)):
        opened = unpack("tnef", make.tnef(make.begin(), make.properties(ATTACHMENT, prop(0x3701, type, value))))
        assert opened.members == [((), ole)]


def test_properties_of_every_kind(unpack: Unpack) -> None:
    """Named, numbered, several values, all sizes: what stands behind them is found."""
    packed = make.tnef(
        make.begin(),
        make.properties(
            ATTACHMENT,
            prop(0x8001, UNICODE, b"x\0", name="a name of odd length"),
            prop(0x8002, 0x03, bytes(4), name=77),
            prop(0x0E01, 0x0B, b"\1\0"),
            prop(0x0E02, 0x02, b"\1\0"),
            prop(0x0E03, 0x40, bytes(8)),
            prop(0x0E04, 0x48, bytes(16)),
            prop(0x0E05, 0x1000 | STRING8, b"one\0", b"three\0", b"fourth\0"),
            prop(0x0E06, 0x1003, bytes(4), bytes(4)),
            prop(0x3707, STRING8, b"last.exe\0"),
        ),
    )  # fmt: skip
    opened = unpack("tnef", packed)

    assert opened.members == [(("last.exe",), b"")]
    assert opened.gaps == []


@pytest.mark.parametrize(
    "given",
    [
        make.number(1),
        make.number(9),
        make.number(1) + prop(0x3707, STRING8, b"name")[:-3],
        make.number(1) + prop(0x3707, 0x99, b""),
        make.number(1) + make.number(STRING8, 2) + make.number(0x3707, 2) + b"\xff" * 8,
        make.number(1) + make.number(0x8000001E),
        make.number(0xFFFFFFFF) + prop(0x3707, STRING8, b"name") * 3,
    ],
)
def test_damaged_properties(unpack: Unpack, given: bytes) -> None:
    """Properties that are cut short, lie about their number or have an unknown type are a gap; the content is given."""
    packed = make.tnef(make.attachment(b"a.exe", b"content"), make.attribute(ATTACHMENT, 0x69005, given))
    opened = unpack("tnef", packed)

    assert opened.gaps == [(Reason.UNREADABLE, "damaged properties")]
    assert opened.members[0][0][0] == "a.exe"
    assert opened.members[0][1] == b"content"


def test_damage(unpack: Unpack) -> None:
    """Cut anywhere, a file gives the beginnings of what it holds, and a gap unless all of an attribute is there."""
    attributes = (
        make.begin(), make.attribute(ATTACHMENT, 0x18010, b"a.exe\0"), make.attribute(ATTACHMENT, 0x6800F, b"content")
    )  # fmt: skip
    whole = make.tnef(*attributes)
    complete = {6}
    at = 6
    for attribute in attributes:
        at += len(attribute)
        complete |= {at - 2, at - 1, at}  # nothing needs the checksum
    for cut in range(6, len(whole)):
        opened = unpack("tnef", whole[:cut])
        assert all(b"content".startswith(content) for names, content in opened.members if names)
        assert opened.reasons == (set() if cut in complete else {Reason.UNREADABLE})


def test_what_follows(unpack: Unpack) -> None:
    """Padding is nothing; other bytes behind the last attribute are told and given."""
    whole = make.tnef(make.attachment(b"a.exe", b"content"))
    assert unpack("tnef", whole + b"\0\0\r\n").gaps == []
    opened = unpack("tnef", whole + b"MZ and more")
    assert opened.members[1:] == [((), b"MZ and more")]
    assert opened.reasons == {Reason.UNREADABLE}


def test_limits(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large members are cut, the sink's stop is obeyed, attributes and properties are counted."""
    packed = make.tnef(*(make.attachment(b"a%d" % n, bytes(1000)) for n in range(5)))
    opened = unpack("tnef", packed, replace(Limits(), member_bytes=300))
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}
    assert {len(content) for _, content in opened.members} == {300}
    assert len(unpack("tnef", packed, max_bytes=1500).members) == 2
    assert len(unpack("tnef", packed, max_members=1).members) == 2
    monkeypatch.setattr(tnef, "ATTRIBUTES", 4)
    assert (Reason.LIMIT_MEMBERS, "more than 4 attributes") in unpack("tnef", packed).gaps
    monkeypatch.setattr(mapi, "PROPERTIES", 2)
    monkeypatch.setattr(tnef, "PROPERTIES", 2)
    several = make.properties(MESSAGE, *[prop(0x1000, STRING8, b"x")] * 3)
    assert unpack("tnef", make.tnef(several)).gaps == [(Reason.LIMIT_MEMBERS, "more than 2 properties")]


def test_attachment_at_the_other_level(unpack: Unpack) -> None:
    """An attribute is what its identifier says, whatever level it claims."""
    packed = make.tnef(
        make.attribute(MESSAGE, 0x69002, bytes(14)),
        make.attribute(MESSAGE, 0x18010, b"a.exe\0"),
        make.attribute(MESSAGE, 0x6800F, b"content"),
        make.attribute(ATTACHMENT, 0x2800C, b"body\0"),
    )
    assert unpack("tnef", packed).members == [((), b"body"), (("a.exe",), b"content")]


def test_many_names(unpack: Unpack) -> None:
    """More names of an attachment than are given is a gap."""
    names = [make.attribute(ATTACHMENT, 0x18010, b"%d.txt\0" % number) for number in range(100)]
    content = make.attribute(ATTACHMENT, 0x6800F, b"content")
    assert unpack("tnef", make.tnef(make.begin(), *names, content)).gaps == []
    more = make.attribute(ATTACHMENT, 0x18010, b"a.exe\0")
    assert unpack("tnef", make.tnef(make.begin(), *names, more, content)).reasons == {Reason.LIMIT_MEMBERS}
    shown = make.properties(ATTACHMENT, prop(0x3001, STRING8, *(b"%d\0" % number for number in range(200))))
    assert unpack("tnef", make.tnef(make.begin(), content, shown)).reasons == {Reason.LIMIT_MEMBERS}
