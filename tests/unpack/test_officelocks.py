"""Encrypted binary documents: what a password opens is what was there, and the rest stays a gap.

The library that reads them too is the oracle for what these tests encrypt.
"""

from __future__ import annotations

import io
import struct

import olefile
import pytest
from msoffcrypto.format.doc97 import Doc97File  # type: ignore[import-untyped]
from msoffcrypto.format.ppt97 import Ppt97File  # type: ignore[import-untyped]
from msoffcrypto.format.xls97 import Xls97File  # type: ignore[import-untyped]

from bartizan._core.rc4 import rc4
from bartizan.model.finding import Reason
from bartizan.unpack.officeciphers import Api
from unpack.compound_file import Tree, compound
from unpack.conftest import Unpack
from unpack.locked_office import (
    SALT,
    TEXT,
    header_of,
    record,
    sealed_book,
    sealed_slides,
    sealed_word,
    turned_book,
)

KINDS = ["basic", "api40", "api128"]


def by_library(kind: type, tree: Tree, password: str) -> olefile.OleFileIO:
    """What the other reader makes of a document."""
    out = io.BytesIO()
    document = kind(io.BytesIO(compound(tree)))
    document.load_key(password=password)
    document.decrypt(out)
    return olefile.OleFileIO(out.getvalue())


@pytest.mark.parametrize("kind", KINDS)
def test_word(unpack: Unpack, kind: str) -> None:
    """Its text, and the pictures beside it."""
    tree = sealed_word(kind, "Sesame")
    found = unpack("ole", compound(tree), passwords=("wrong", "Sesame"))
    assert found.contents["text.txt"].decode() == TEXT + "日本"
    assert found.contents["Data"] == b"picture" * 200
    assert (found.gaps, found.opened) == ([], ["Sesame"])
    other = by_library(Doc97File, tree, "Sesame")
    assert other.openstream("WordDocument").read()[68:] == found.contents["WordDocument"][68:]


@pytest.mark.parametrize("kind", KINDS)
def test_excel(unpack: Unpack, kind: str) -> None:
    """Its strings; every record is where it was."""
    tree = sealed_book(kind, "Sesame")
    found = unpack("ole", compound(tree), passwords=("wrong", "Sesame"))
    assert found.contents["text.txt"].decode().strip() == TEXT.strip()
    assert (found.gaps, found.opened) == ([], ["Sesame"])
    other = by_library(Xls97File, tree, "Sesame").openstream("Workbook").read()
    assert other[-len(TEXT) - 40 :] == found.contents["Workbook"][-len(TEXT) - 40 :]


@pytest.mark.parametrize("password", ["S", "Sesame", "Sesame7", "fifteen letters"])
def test_excel_by_xor(unpack: Unpack, password: str) -> None:
    """Passwords of all lengths that it allows."""
    tree = turned_book(password)
    found = unpack("ole", compound(tree), passwords=("wrong", password))
    assert found.contents["text.txt"].decode().strip() == TEXT.strip()
    assert (found.gaps, found.opened) == ([], [password])
    assert TEXT.encode() in by_library(Xls97File, tree, password).openstream("Workbook").read()


@pytest.mark.parametrize("kind", ["basic", "xor"])
def test_excel_opens_without_a_question(unpack: Unpack, kind: str) -> None:
    """By the constant that it tries by itself."""
    default = "VelvetSweatshop"
    found = unpack("ole", compound(turned_book(default) if kind == "xor" else sealed_book(kind, default)))
    assert found.contents["text.txt"].decode().strip() == TEXT.strip()
    assert (found.gaps, found.opened) == ([], [default])


def test_powerpoint(unpack: Unpack) -> None:
    """Both of its objects."""
    tree = sealed_slides("Sesame")
    found = unpack("ole", compound(tree), passwords=("wrong", "Sesame"))
    assert found.contents["text.txt"].decode().count(TEXT.strip()) == 2
    assert (found.gaps, found.opened) == ([], ["Sesame"])
    other = by_library(Ppt97File, tree, "Sesame").openstream("PowerPoint Document").read()
    assert TEXT.encode() in other


def test_pictures_stay_encrypted(unpack: Unpack) -> None:
    """And that is told."""
    found = unpack("ole", compound(sealed_slides("Sesame", pictures=b"noise" * 100)), passwords=("Sesame",))
    assert found.reasons == {Reason.ENCRYPTED}
    assert TEXT.encode() in found.contents["PowerPoint Document"]


@pytest.mark.parametrize(
    "tree",
    [
        sealed_word("basic", "x"),
        sealed_word("api128", "x"),
        sealed_book("api40", "x"),
        turned_book("x"),
        sealed_slides("x"),
    ],
    ids=["word", "word by the api", "excel", "xor", "powerpoint"],
)
def test_without_a_password_there_is_a_gap(unpack: Unpack, tree: Tree) -> None:
    """A wrong one opens nothing."""
    found = unpack("ole", compound(tree), passwords=("wrong", "Sesame"))
    assert (found.reasons, found.opened) == ({Reason.ENCRYPTED}, [])


@pytest.mark.parametrize("tree", [sealed_word("api128", "x"), sealed_book("basic", "x"), sealed_slides("x", loop=True)])
@pytest.mark.parametrize("cut", [20, 60, 300, 3000])
def test_damage_never_raises(unpack: Unpack, tree: Tree, cut: int) -> None:
    """Whatever is cut off."""
    short = {name: content[:cut] for name, content in tree.items() if isinstance(content, bytes)}
    assert unpack("ole", compound(short), passwords=("x",)).members


def test_objects_that_share_their_bytes(unpack: Unpack) -> None:
    """What one of them says is noise where the other is decrypted: that is told, and the work is bounded."""
    cipher = Api("x", SALT, 16)
    whole = record(0x03E8, record(0x0FA8, b"y" * 200_000), 15)
    stream = rc4(cipher.key(1), whole)
    session = len(stream)
    stream += record(0x2F14, header_of(cipher), 15)
    directory = len(stream)
    stream += record(
        0x1772, struct.pack("<I2I", 2 << 20 | 1, 0, session) + struct.pack("<I", 900 << 20 | 3) + bytes(3600)
    )
    edit = len(stream)
    stream += record(0x0FF5, struct.pack("<IIIIIIII", 0, 0x03000000, 0, directory, 1, 3, 1, 2))
    user = record(0x0FF6, struct.pack("<III", 20, 0xF3D1C4DF, edit) + bytes(8))
    found = unpack("ole", compound({"Current User": user, "PowerPoint Document": stream}), passwords=("x",))
    assert found.reasons == {Reason.ENCRYPTED}
