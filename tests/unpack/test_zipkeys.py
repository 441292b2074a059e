"""Encrypted zips: both ciphers, the password among others, and what hostile ones cost."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import pyzipper  # type: ignore[import-untyped]

from bartizan.model.finding import Reason
from bartizan.unpack import archive, zipkeys
from pace import seconds
from unpack.conftest import Unpack

WRONG = tuple(f"wrong{number}" for number in range(40))
TEXT = b"The content of an encrypted entry.\n" * 40


def aes(*entries: tuple[str, bytes, str], bits: int = 256, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of entries (name, content, password) encrypted by AES."""
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=method) as made:
        for name, content, password in entries:
            made.setpassword(password.encode())
            made.setencryption(pyzipper.WZ_AES, nbits=bits)
            made.writestr(name, content)
    return out.getvalue()


def traditional(path: Path, password: str, *options: str, **contents: bytes) -> bytes:
    """A zip by Info-ZIP's program, with its own cipher."""
    for name, content in contents.items():
        (path / name).write_bytes(content)
    command = ["zip", "-q", "-X", "-P", password, *options, "made.zip", *contents]
    subprocess.run(command, cwd=path, check=True, timeout=60)
    return (path / "made.zip").read_bytes()


@pytest.mark.parametrize("bits", [128, 192, 256])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_aes(unpack: Unpack, bits: int, method: int) -> None:
    """All strengths; the password is one of many, and without it the gap stays."""
    data = aes(("a.txt", TEXT, "Sesame"), bits=bits, method=method)
    found = unpack("zip", data, passwords=(*WRONG, "Sesame"))
    assert (found.contents, found.gaps, found.opened) == ({"a.txt": TEXT}, [], ["Sesame"])
    assert unpack("zip", data, passwords=WRONG).reasons == {Reason.ENCRYPTED}
    assert unpack("zip", data).reasons == {Reason.ENCRYPTED}


@pytest.mark.parametrize("options", [("-0",), ("-9",)], ids=["stored", "deflated"])
def test_the_traditional_cipher(unpack: Unpack, tmp_path: Path, options: tuple[str, ...]) -> None:
    """Wrong passwords that its one byte lets pass are told apart, so that the right one is found among thousands."""
    data = traditional(tmp_path, "Sesame", *options, file=TEXT)
    many = tuple(f"wrong{number}" for number in range(2000))
    found = unpack("zip", data, passwords=(*many, "Sesame"))
    assert (found.contents, found.gaps, found.opened) == ({"file": TEXT}, [], ["Sesame"])
    assert unpack("zip", data, passwords=many).reasons == {Reason.ENCRYPTED}


def test_a_stream_of_encrypted_entries(unpack: Unpack, tmp_path: Path) -> None:
    """The time stands where checksums were not known yet; what was read has the checksums of the directory."""
    (tmp_path / "a.txt").write_bytes(TEXT)
    (tmp_path / "b.txt").write_bytes(TEXT * 2)
    command = ["zip", "-q", "-fd", "-P", "Sesame", "-", "a.txt", "b.txt"]
    data = subprocess.run(command, cwd=tmp_path, check=True, timeout=60, capture_output=True).stdout
    found = unpack("zip", data, passwords=("Sesame",))
    assert (found.contents, found.gaps) == ({"a.txt": TEXT, "b.txt": TEXT * 2}, [])
    at = data.index(b"PK\1\2") + 16
    changed = data[:at] + bytes(4) + data[at + 4 :]
    assert Reason.UNREADABLE in unpack("zip", changed, passwords=("Sesame",)).reasons


def test_an_entry_for_each_password(unpack: Unpack) -> None:
    """What no password fits is a gap."""
    data = aes(("a", b"1" * 100, "one"), ("b", b"2" * 100, "two"), ("c", b"3" * 100, "three"))
    found = unpack("zip", data, passwords=("two", "one", "four"))
    assert found.contents == {"a": b"1" * 100, "b": b"2" * 100, "c": b""}
    assert [reason for reason, _ in found.gaps] == [Reason.ENCRYPTED]
    assert sorted(found.opened) == ["one", "two"]


def test_some_entries_are_not_encrypted(unpack: Unpack, tmp_path: Path) -> None:
    """They are read with and without."""
    data = traditional(tmp_path, "x1", first=TEXT)
    with zipfile.ZipFile(tmp_path / "made.zip", "a") as made:
        made.writestr("open.txt", b"open")
    data = (tmp_path / "made.zip").read_bytes()
    assert unpack("zip", data).contents == {"first": b"", "open.txt": b"open"}
    assert unpack("zip", data, passwords=("x1",)).contents == {"first": TEXT, "open.txt": b"open"}


@pytest.mark.parametrize("password", ["Schlüssel", "пароль", "密码"])
def test_passwords_of_other_letters(unpack: Unpack, password: str) -> None:
    """As UTF-8."""
    assert unpack("zip", aes(("a", TEXT, password)), passwords=(password,)).contents == {"a": TEXT}


def test_passwords_in_code_pages(unpack: Unpack, tmp_path: Path) -> None:
    """As Windows has them."""
    data = traditional(tmp_path, "Schl\udcfcssel", file=TEXT)
    assert unpack("zip", data, passwords=("Schlüssel",)).contents == {"file": TEXT}


def test_content_that_was_changed_is_a_gap(unpack: Unpack) -> None:
    """The authentication code of AES tells."""
    data = bytearray(aes(("a", TEXT, "x1"), method=zipfile.ZIP_STORED))
    data[data.index(b"a") + 60] ^= 1
    assert unpack("zip", bytes(data), passwords=("x1",)).gaps


def test_without_a_directory_it_stays_a_gap(unpack: Unpack, tmp_path: Path) -> None:
    """Though the password is found: libarchive reads no encrypted entry so."""
    data = traditional(tmp_path, "x1", file=TEXT)
    found = unpack("zip", data[: data.index(b"PK\1\2")], passwords=("x1",))
    assert found.gaps
    assert found.names[0] == ("file",)


@pytest.mark.parametrize("made", ["same salt", "many entries"])
def test_hostile_zips_cost_little(unpack: Unpack, made: str) -> None:
    """Fifty passwords on thousands of entries, none of which fits, or each of which costs a derivation."""
    one = aes(("a", b"x", "no"))
    if made == "many entries":
        one = aes(*((f"{number}", b"x", "no") for number in range(1500)))
    wrong = (*WRONG, *(f"more{number}" for number in range(10)))
    found = []
    assert seconds(lambda: found.append(unpack("zip", one, passwords=wrong)), enough=3) < 3
    assert found[-1].reasons == {Reason.ENCRYPTED}


def test_entries_above_the_limit_stay_encrypted(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the password is known."""
    monkeypatch.setattr(archive, "UNLOCKED", 2)
    found = unpack("zip", aes(*((f"{number}", TEXT, "x1") for number in range(4))), passwords=("x1",))
    assert [data for _, data in found.members] == [TEXT, TEXT, b"", b""]
    assert found.reasons == {Reason.ENCRYPTED}


def test_damage_is_no_error(tmp_path: Path) -> None:
    """Whatever is cut or changed."""
    for data in (aes(("a", TEXT, "x1")), traditional(tmp_path, "x1", file=TEXT)):
        for cut in range(0, len(data), 7):
            zipkeys.fitting(data[:cut], ("x1",))
            zipkeys.fitting(data[:cut] + b"\xff" + data[cut + 1 :], ("x1",))


def test_in_the_sandbox(unpack_apart: Callable[..., object]) -> None:
    """Nothing is loaded late."""
    found = unpack_apart("zip", aes(("a", TEXT, "Schlüssel")), passwords=("Schlüssel",))
    assert found.contents == {"a": TEXT}  # type: ignore[attr-defined]
