"""Encrypted PDFs are read if they open without a question, or with a password of the message."""

from __future__ import annotations

import zlib

import pytest

from bartizan.model.finding import Reason
from unpack.conftest import Unpack
from unpack.pdf_file import Encryption, document, stream
from unpack.test_pdf import ZIP

WAYS = {
    "rc4-40": (2, "RC4", 40),
    "rc4-64": (3, "RC4", 64),
    "rc4-128": (3, "RC4", 128),
    "rc4-filter": (4, "RC4", 128),
    "aes-128": (4, "AESV2", 128),
    "aes-256-draft": (5, "AESV3", 256),
    "aes-256": (6, "AESV3", 256),
}


def sealed(encryption: Encryption) -> bytes:
    """A document with a page, an embedded file, a script and a link, all of it encrypted."""
    return encryption.document(
        b"1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS"
        + encryption.string(1, b"app.alert('hi')")
        + b">>>>endobj\n",
        encryption.stream(2, b"BT (claim your prize) Tj ET"),
        encryption.stream(3, ZIP, b"/Type/EmbeddedFile"),
        b"4 0 obj<</F" + encryption.string(4, b"invoice.vbs") + b"/EF<</F 3 0 R>>>>endobj\n",
    )


@pytest.mark.parametrize("way", WAYS)
def test_without_a_question(unpack: Unpack, way: str) -> None:
    """An empty password of the user: everything in it is read."""
    opened = unpack("pdf", sealed(Encryption(*WAYS[way])))
    assert opened.gaps == []
    assert ((), ZIP) in opened.members
    assert ("invoice.vbs",) in opened.names
    assert opened.contents["pages.txt"] == b"claim your prize\n"
    assert opened.contents["script.txt"] == b"app.alert('hi')"
    assert opened.opened == [""]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("password", ["secret", "owner"])
def test_with_a_password(unpack: Unpack, way: str, password: str) -> None:
    """It is a gap without one, and read with the user's or the owner's."""
    packed = sealed(Encryption(*WAYS[way], user=b"secret"))
    opened = unpack("pdf", packed)
    assert opened.reasons == {Reason.ENCRYPTED}
    assert ((), ZIP) not in opened.members
    opened = unpack("pdf", packed, passwords=("wrong", password))
    assert opened.gaps == []
    assert ((), ZIP) in opened.members
    assert opened.opened == [password]


@pytest.mark.parametrize("way", ["rc4-filter", "aes-128", "aes-256"])
def test_metadata_in_the_clear(unpack: Unpack, way: str) -> None:
    """They are no part of what is encrypted, if the dictionary says so."""
    encryption = Encryption(*WAYS[way], metadata=False)
    packed = encryption.document(encryption.stream(2, ZIP), stream(3, ZIP + b"1", b"/Type/Metadata/Subtype/XML"))
    opened = unpack("pdf", packed)
    assert {((), ZIP), ((), ZIP + b"1")} <= set(opened.members)
    assert opened.gaps == []


def test_a_stream_that_is_exempt(unpack: Unpack) -> None:
    """A crypt filter of its own says so."""
    encryption = Encryption(4, "AESV2")
    packed = encryption.document(
        stream(2, zlib.compress(ZIP), b"/DecodeParms[<</Name/Identity>>]/Filter[/Crypt/Fl]", packed=False)
    )
    assert ((), ZIP) in unpack("pdf", packed).members


def test_numbers_in_strings(unpack: Unpack) -> None:
    """What looks like an object in a string or a comment is none: the key is another one."""
    encryption = Encryption(4, "AESV2")
    packed = encryption.document(encryption.stream(2, ZIP, b"/X(7 0 obj)%8 0 obj\n"))
    assert ((), ZIP) in unpack("pdf", packed).members


def test_two_documents_in_one(unpack: Unpack) -> None:
    """Each with a handler of its own; one that cannot be opened is a gap, and the other is read."""
    first, second = Encryption(4, "AESV2"), Encryption(3, "RC4")
    both = first.document(first.stream(2, ZIP)) + second.document(second.stream(2, ZIP + b"2")).replace(b"9 0", b"19 0")
    opened = unpack("pdf", both)
    assert {((), ZIP), ((), ZIP + b"2")} <= set(opened.members)
    assert opened.gaps == []
    closed = Encryption(6, "AESV3", user=b"secret")
    both = first.document(first.stream(2, ZIP)) + closed.document(closed.stream(2, ZIP)).replace(b"9 0", b"19 0")
    opened = unpack("pdf", both)
    assert ((), ZIP) in opened.members
    assert opened.reasons == {Reason.ENCRYPTED}


@pytest.mark.parametrize(
    "entries",
    [
        b"/Filter/Adobe.PubSec/V 4/R 4",
        b"/Filter/Standard/V 9/R 6",
        b"/Filter/Standard/V 4/R 4",
        b"/Filter/Standard/V 5/R 6/U<00>/UE<00>",
        b"",
    ],
)
def test_not_understood(unpack: Unpack, entries: bytes) -> None:
    """Another handler, or none of its entries: a gap."""
    packed = document(stream(2, ZIP), b"9 0 obj<<" + entries + b">>endobj\n", trailer=b"/Encrypt 9 0 R")
    assert unpack("pdf", packed).reasons == {Reason.ENCRYPTED}


def test_many_strings(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than are decrypted is a gap; so are strings without end."""
    monkeypatch.setattr("bartizan.unpack.pdfcrypt.STRINGS", 100)
    encryption = Encryption(4, "AESV2")
    packed = encryption.document(b"1 0 obj[" + encryption.string(1, b"x") * 200 + b"]endobj\n")
    assert unpack("pdf", packed).reasons == {Reason.LIMIT_TIME}
    assert unpack("pdf", encryption.document(b"1 0 obj[" + b"(" * 200)).reasons == {Reason.LIMIT_TIME}


def test_apart(unpack_apart: Unpack) -> None:
    """Nothing is loaded late."""
    opened = unpack_apart("pdf", sealed(Encryption(6, "AESV3")))
    assert opened.died == 0
    assert opened.contents["pages.txt"] == b"claim your prize\n"
