"""Encrypted OpenDocument packages: what a password opens, and that nothing of the rest is taken for read."""

from __future__ import annotations

import base64
import hashlib
import io
import warnings
import zipfile
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from unpack.conftest import Unpack

TEXT = b"<office:document-content>" + b"The quarterly figures. " * 200 + b"</office:document-content>"
SPACE = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
MIME = "application/vnd.oasis.opendocument.text"
VECTOR, SALT = bytes(range(16)), bytes(range(16, 32))
ENTRY = (
    '<m:file-entry m:full-path="{name}" m:media-type="text/xml" m:size="{size}"><m:encryption-data'
    f' m:checksum-type="{SPACE}#sha256-1k" m:checksum="{{checksum}}">'
    '<m:algorithm m:algorithm-name="{cipher}" m:initialisation-vector="{vector}"/><m:start-key-generation'
    ' m:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256" m:key-size="32"/>'
    '<m:key-derivation m:key-derivation-name="PBKDF2" m:key-size="32" m:iteration-count="{rounds}" m:salt="{salt}"/>'
    "</m:encryption-data></m:file-entry>"
)
AES_256 = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"


def base64_of(raw: bytes) -> str:
    """As the manifest has bytes."""
    return base64.b64encode(raw).decode()


def sealed(content: bytes, password: str, rounds: int, missing: int = 0) -> tuple[bytes, bytes]:
    """An entry's encrypted bytes and its checksum; `missing` bytes of what was packed are not there."""
    deflater = zlib.compressobj(wbits=-15)
    packed = deflater.compress(content) + deflater.flush()
    packed = packed[: len(packed) - missing]
    key = hashlib.pbkdf2_hmac("sha1", hashlib.sha256(password.encode()).digest(), SALT, rounds, 32)
    padding = 16 - len(packed) % 16
    padded = packed + bytes(padding - 1) + bytes([padding])
    return Cipher(AES(key), CBC(VECTOR)).encryptor().update(padded), hashlib.sha256(packed[:1024]).digest()


def package(
    password: str = "Sesame",
    rounds: int = 1000,
    cipher: str = AES_256,
    names: tuple[str, ...] = ("content.xml", "styles.xml"),
    prolog: str = "",
    codec: str = "utf-8",
    missing: int = 0,
    entry: str = ENTRY,
) -> bytes:
    """A text document whose entries are encrypted."""
    content, checksum = sealed(TEXT, password, rounds, missing)
    told = {"cipher": cipher, "rounds": rounds, "vector": base64_of(VECTOR), "salt": base64_of(SALT)}
    entries = "".join(entry.format(name=name, size=len(TEXT), checksum=base64_of(checksum), **told) for name in names)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", MIME)
        for name in names:
            made.writestr(name, content)
        manifest = f'{prolog}<m:manifest xmlns:m="{SPACE}">{entries}</m:manifest>'
        made.writestr("META-INF/manifest.xml", manifest.encode(codec), zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize("type", ["odt", "zip"])
def test_a_password_opens_a_package(unpack: Unpack, type: str) -> None:
    """One of many; each entry comes once more, as it is meant."""
    found = unpack(type, package(), passwords=("wrong", "Sesame"))
    assert [names for names, data in found.members if data == TEXT] == [("content.xml",), ("styles.xml",)]
    assert (found.gaps, found.opened) == ([], ["Sesame"])


@pytest.mark.parametrize("passwords", [(), ("wrong",)])
def test_without_it_there_is_a_gap(unpack: Unpack, passwords: tuple[str, ...]) -> None:
    """Noise is not taken for a document."""
    found = unpack("odt", package(), passwords=passwords)
    assert (found.reasons, found.opened) == ({Reason.ENCRYPTED}, [])


def test_a_manifest_in_utf_16(unpack: Unpack) -> None:
    """Parsers of XML read it, and so do we."""
    found = unpack("odt", package(codec="utf-16"), passwords=("Sesame",))
    assert (found.gaps, found.opened) == ([], ["Sesame"])
    assert unpack("odt", package(codec="utf-16")).reasons == {Reason.ENCRYPTED}


@pytest.mark.parametrize(
    "changed",
    [
        package(cipher="Blowfish CFB"),
        package(names=("Pictures/../content.xml",)).replace(b"Pictures/../content.xml", b"Pictures/..\\content.xml", 1),
        package(prolog="<broken><encryption-data"),
        package(prolog='<!DOCTYPE m [<!ENTITY a "b">'),
    ],
    ids=["another cipher", "another name", "no XML", "half a type"],
)
def test_what_cannot_be_opened_is_a_gap(unpack: Unpack, changed: bytes) -> None:
    """Whatever the manifest says."""
    assert unpack("odt", changed, passwords=("wrong",)).reasons == {Reason.ENCRYPTED}


def appended(packed: bytes, *entries: tuple[str, bytes]) -> bytes:
    """The package with further entries."""
    out = io.BytesIO(packed)
    with zipfile.ZipFile(out, "a") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in entries:
            made.writestr(name, content)
    return out.getvalue()


MANIFEST = "META-INF/manifest.xml"
PLAIN = f'<m:manifest xmlns:m="{SPACE}"/>'.encode()


def called_stored(packed: bytes, name: str) -> bytes:
    """The package whose directory says that an entry is not packed."""
    at = packed.index(name.encode(), packed.index(b"PK\1\2")) - 46
    return packed[: at + 10] + b"\0\0" + packed[at + 12 :]


@pytest.mark.parametrize("passwords", [(), ("Sesame",)])
@pytest.mark.parametrize(
    "changed",
    [
        appended(package(codec="utf-16"), (MANIFEST, PLAIN), ("content.xml", b"plain")),
        package()[: package().rindex(b"PK\5\6")],
        called_stored(package(), MANIFEST),
        package().replace(MANIFEST.encode(), b"META-INF/manifest.txt", 1),
        appended(package(), ("content.xml", b"plain")),
    ],
    ids=["two manifests", "no end", "stored", "another local name", "a name twice"],
)
def test_where_programs_disagree_nothing_is_taken_for_opened(
    unpack: Unpack, changed: bytes, passwords: tuple[str, ...]
) -> None:
    """Some read the entry that others do not."""
    assert Reason.ENCRYPTED in unpack("odt", changed, passwords=passwords).reasons


def test_rounds_have_a_limit(unpack: Unpack) -> None:
    """A manifest may ask for any number of them; nobody waits for that."""
    many = tuple(f"wrong{number}" for number in range(5000))
    assert unpack("odt", package(), passwords=(*many, "Sesame")).reasons == {Reason.ENCRYPTED}
    huge = package(rounds=10)
    with zipfile.ZipFile(io.BytesIO(huge)) as made:
        contents = {name: made.read(name) for name in made.namelist()}
    contents["META-INF/manifest.xml"] = contents["META-INF/manifest.xml"].replace(b'count="10"', b'count="2000000000"')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as again:
        for name, content in contents.items():
            again.writestr(name, content)
    assert unpack("odt", out.getvalue(), passwords=("Sesame",)).reasons == {Reason.ENCRYPTED}


def test_content_that_many_entries_share_has_a_limit(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory may lead to the same bytes again and again: they are decrypted each time."""
    size = len(sealed(TEXT, "Sesame", 1)[0])
    monkeypatch.setattr("bartizan.unpack.odfkeys.DECRYPTED", 1)
    for entries, reasons in ((2, set()), (1, {Reason.ENCRYPTED})):
        monkeypatch.setattr("bartizan.unpack.odfkeys.WORK", entries * (size + 2))
        assert unpack("odt", package(rounds=1), passwords=("Sesame",)).reasons == reasons


def test_an_entry_that_is_cut_off(unpack: Unpack) -> None:
    """The password is right, and not all is there."""
    found = unpack("odt", package(names=("content.xml",), missing=4), passwords=("Sesame",))
    assert (found.reasons, found.opened) == ({Reason.UNREADABLE}, ["Sesame"])
    assert found.members[-1][1] == TEXT[: len(found.members[-1][1])] != b""


def test_much_of_manifests_is_a_gap(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows may be the mark of encryption."""
    monkeypatch.setattr("bartizan.unpack.odfmanifests.MOST", 1000)
    for size, reasons in ((900, set()), (1100, {Reason.ENCRYPTED})):
        many = appended(b"", (MANIFEST, PLAIN + b" " * (size - len(PLAIN))), ("content.xml", TEXT))
        assert unpack("odt", many).reasons == reasons


def test_an_entry_that_is_told_of_twice(unpack: Unpack) -> None:
    """Nothing says which of both counts."""
    entry = ENTRY.replace("<m:encryption-data", "<m:encryption-data/><m:encryption-data", 1)
    assert unpack("odt", package(entry=entry), passwords=("Sesame",)).reasons == {Reason.ENCRYPTED}


def test_what_is_too_long_is_cut(unpack: Unpack) -> None:
    """As any other member."""
    found = unpack("odt", package(names=("content.xml",)), Limits(member_bytes=4000), passwords=("Sesame",))
    assert found.members[-1] == (("content.xml",), TEXT[:4000])
    assert found.reasons == {Reason.LIMIT_MEMBER_BYTES}


def test_other_manifests_say_nothing(unpack: Unpack) -> None:
    """An ordinary document, and a manifest that is none."""
    for manifest in (f'<m:manifest xmlns:m="{SPACE}"/>', "not XML at all", ""):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            made.writestr("META-INF/manifest.xml", manifest)
            made.writestr("content.xml", TEXT)
        assert unpack("odt", out.getvalue()).gaps == []
