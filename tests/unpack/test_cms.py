"""CMS objects: what is signed or compressed comes out, in every way to write it; what cannot be read is told."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.sniff import sniff
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import ber, cms
from unpack import cms_object as make

Unpack = Callable[..., Any]
MAIL = b"Content-Type: text/plain\r\n\r\nHello\r\n" * 5


@given(content=st.binary(max_size=500), in_ber=st.booleans(), build=st.sampled_from([make.signed, make.compressed]))
def test_round_trip(content: bytes, in_ber: bool, build: Callable[[bytes, bool], bytes], unpack: Unpack) -> None:
    """With lengths, and without them and in pieces."""
    packed = build(content, in_ber)
    opened = unpack("p7m", packed)

    assert sniff(packed) == "p7m"
    assert (opened.members, opened.gaps) == ([((), content)], [])


@pytest.mark.parametrize("option", ["-nodetach", "-stream"])
def test_made_by_openssl(option: str, tmp_path: Path, unpack: Unpack) -> None:
    """What a real program signs, with lengths and as a stream."""
    if shutil.which("openssl") is None:
        pytest.fail("this test needs openssl")
    run = {"check": True, "cwd": tmp_path, "capture_output": True, "timeout": 60}
    new = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout key -out cert"
    subprocess.run(new.split(), **run)
    (tmp_path / "mail").write_bytes(MAIL * 300)
    sign = f"openssl cms -sign -binary -nodetach {option} -in mail -signer cert -inkey key -outform DER"
    packed = subprocess.run(sign.split(), **run).stdout

    opened = unpack("p7m", packed)
    assert (opened.members, opened.gaps) == ([((), MAIL * 300)], [])


@pytest.mark.parametrize("label", [b"PKCS7", b"CMS"])
def test_armour(label: bytes, unpack: Unpack) -> None:
    """In armour, also without its end."""
    text = b"-----BEGIN " + label + b"-----\r\n" + base64.encodebytes(make.signed(MAIL))
    assert sniff(text) == "p7m"
    for end in (b"", b"-----END " + label + b"-----\r\n"):
        opened = unpack("p7m", text + end)
        assert (opened.members, opened.gaps) == ([((), make.signed(MAIL))], [])


def test_everything_in_armour(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block with whatever is behind the object in it, also one with fields, and the text around them."""
    packed = make.signed(MAIL), make.compressed(MAIL) + b"behind"
    blocks = [base64.encodebytes(one) for one in (*packed, b"a certificate")]
    text = b"-----BEGIN PKCS7-----\n%b-----END PKCS7-----\nHello,\n-----BEGIN CMS-----\nComment: yes\n%b" % (
        *blocks[:2],
    )
    text += b"-----END CMS-----\nBob\n-----BEGIN CERTIFICATE-----\n%b-----END CERTIFICATE-----\n" % blocks[2]
    opened = unpack("p7m", text)
    around = b"Hello,\n\nBob"
    assert [data for _, data in opened.members] == [*packed, b"a certificate", around]
    assert opened.gaps == []
    assert len(unpack("p7m", text, max_members=1).members) == 2
    monkeypatch.setattr(cms, "BLOCKS", 2)
    opened = unpack("p7m", text)
    assert [data for _, data in opened.members[:2]] == list(packed)
    assert opened.gaps == [(Reason.LIMIT_MEMBERS, "more than 2 blocks of armour")]


@pytest.mark.parametrize("in_ber", [False, True])
def test_stamped(in_ber: bool, unpack: Unpack) -> None:
    """Content goes by the name in its stamp; without content there is only the name."""
    about = make.value(0x30, make.value(1, b"\xff"), make.value(12, "ä.exe".encode()), make.value(22, b"text/plain"))
    content = make.pieces(MAIL) if in_ber else make.value(4, MAIL)
    address = make.value(22, b"http://example.com/a.exe")
    for fields, members in (
        ((about, content), [(("ä.exe",), MAIL)]),
        ((content,), [((), MAIL)]),
        ((address, about), [(("ä.exe",), b"")]),
    ):
        inside = make.value(0x30, make.value(2, b"\1"), *fields, make.value(0xA0, b"evidence"))
        opened = unpack("p7m", make.wrapped(make.SMIME + b"\x1f", inside, in_ber))
        assert (opened.members, opened.gaps) == (members, [])


def test_kinds_that_are_not_known(unpack: Unpack) -> None:
    """A collection of objects, for one, is told."""
    packed = make.wrapped(make.SMIME + b"\x13", make.value(0x30, make.signed(MAIL)))
    assert unpack("p7m", packed).reasons == {Reason.UNREADABLE}


@pytest.mark.parametrize(
    "packed",
    [
        make.signed(None),
        make.signed(None, True),
        make.value(0x30, make.value(2, b"\3"), make.value(0x30, make.value(6, make.DATA))),
    ],
)
def test_what_holds_nothing(packed: bytes, unpack: Unpack) -> None:
    """A detached signature, a store of keys."""
    opened = unpack("p7m", packed)
    assert (opened.members, opened.gaps) == ([], [])


@pytest.mark.parametrize("last", [3, 4, 6])
def test_encrypted(last: int, unpack: Unpack) -> None:
    """Every kind of encryption has its own reason, also inside a signature that says so."""
    kind = make.PKCS7 + bytes([last])
    for packed in (make.wrapped(kind, make.value(0x30, b"\2\1\0")), make.signed(b"x", kind=kind)):
        assert unpack("p7m", packed).reasons == {Reason.ENCRYPTED_SMIME}
    assert unpack("p7m", make.wrapped(make.SMIME + b"\x17", b"")).reasons == {Reason.ENCRYPTED_SMIME}


def test_other_kinds(unpack: Unpack) -> None:
    """Data, digested data, authenticated data, and content that is no string."""
    inner = make.value(0x30, make.value(6, make.DATA), make.value(0xA0, make.value(4, MAIL)))
    algorithm = make.value(0x30, make.value(6, b"\x2a"), make.value(5))
    for kind in (make.DIGESTED, make.AUTHENTICATED):
        packed = make.wrapped(kind, make.value(0x30, make.value(2, b"\0"), make.value(0x31), algorithm, inner))
        assert unpack("p7m", packed).members == [((), MAIL)]
    assert unpack("p7m", make.wrapped(make.DATA, make.value(4, MAIL))).members == [((), MAIL)]
    strange = make.value(0x30, make.value(2, b"\1"))
    inner = make.value(0x30, make.value(6, b"\x2a\x03"), make.value(0xA0, strange))
    packed = make.wrapped(make.SIGNED, make.value(0x30, make.value(2, b"\1"), make.value(0x31), inner))
    assert unpack("p7m", packed).members == [((), strange)]


def test_object_in_an_object(unpack: Unpack) -> None:
    """What is told to be signed data itself is given so that it can be told again."""
    [(_, inner)] = unpack("p7m", make.signed(bytes(5) and make.value(0x30, b"\2\1\1"), kind=make.SIGNED)).members
    assert sniff(inner) == "p7m"


@pytest.mark.parametrize(
    "packed", [b"0", b"0\x80", b"0\x03abc", b"-----BEGIN CMS-----\n!", make.wrapped(make.COMPRESSED, b"")]
)
def test_damage(packed: bytes, unpack: Unpack) -> None:
    """What is no object is told."""
    opened = unpack("p7m", packed)
    assert (opened.members, opened.reasons) == ([], {Reason.UNREADABLE})


@pytest.mark.parametrize("in_ber", [False, True])
@pytest.mark.parametrize("build", [make.signed, make.compressed])
def test_cut_short(in_ber: bool, build: Callable[[bytes, bool], bytes], unpack: Unpack) -> None:
    """Cut anywhere before its content ends, an object gives the beginning of it, and a gap."""
    packed = build(MAIL, in_ber)
    content = MAIL if build is make.signed else make.zlib.compress(MAIL)
    last = packed.index(content[-3:]) + 3 if not in_ber else len(packed) - 60
    for cut in range(1, last):
        opened = unpack("p7m", packed[:cut])
        assert opened.reasons == {Reason.UNREADABLE}, cut
        assert all(MAIL.startswith(data) for _, data in opened.members)


def test_damaged_compression(unpack: Unpack) -> None:
    """What could be inflated is given."""
    packed = bytearray(make.compressed(bytes(range(256)) * 40))
    packed[-20] ^= 0xFF
    opened = unpack("p7m", bytes(packed))
    assert opened.reasons == {Reason.UNREADABLE}


@pytest.mark.parametrize("build", [make.signed, make.compressed])
@pytest.mark.parametrize("in_ber", [False, True])
def test_limits(build: Callable[[bytes, bool], bytes], in_ber: bool, unpack: Unpack) -> None:
    """Large content is cut; the sink's stop is obeyed."""
    opened = unpack("p7m", build(bytes(100_000), in_ber), replace(Limits(), member_bytes=5000))
    assert [len(data) for _, data in opened.members] == [5000]
    assert opened.gaps == [(Reason.LIMIT_MEMBER_BYTES, "more than 5000 bytes")]
    assert len(unpack("p7m", build(bytes(100_000), in_ber), max_members=0).members) == 1


def test_levels_and_steps(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A string in strings without end, and one of very many, end in a gap."""
    deep = b"\x24\x80" * 100_000
    packed = b"0\x80" + make.value(6, make.DATA) + b"\xa0\x80" + deep
    assert unpack("p7m", packed).gaps == [(Reason.UNREADABLE, "S/MIME object that is cut short")]
    before = b"0\x80" + make.value(6, make.SIGNED) + b"\xa0\x80" + b"0\x80" + b"\x31\x80" * 100_000
    assert unpack("p7m", before).reasons == {Reason.UNREADABLE}
    monkeypatch.setattr(ber, "STEPS", 5)
    assert unpack("p7m", make.signed(MAIL, True)).reasons == {Reason.UNREADABLE}


def test_parameters_that_look_like_content(unpack: Unpack) -> None:
    """An algorithm may have any parameters; the content behind it comes out as well."""
    octets = make.value(0x04, b"harmless")
    algorithm = make.value(0x30, make.value(0x06, b"\x2a\x03"), make.value(0xA0, octets))
    inner = make.value(0x30, make.value(0x06, make.DATA), make.value(0xA0, make.value(0x04, MAIL)))
    digested = make.value(0x30, make.value(0x02, b"\0"), algorithm, inner, make.value(0x04, b"digest"))
    opened = unpack("p7m", make.wrapped(make.DATA[:-1] + b"\5", digested))
    assert opened.members == [((), b"harmless"), ((), MAIL)]


def test_unknown_kind(unpack: Unpack) -> None:
    """What is in it nobody here can say."""
    packed = make.wrapped(make.DATA[:-1] + b"\x63", make.value(0x04, MAIL))
    assert unpack("p7m", packed).reasons == {Reason.UNREADABLE}
