"""Encrypted Office documents: what a password opens, and what cannot be opened."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-untyped]

from bartizan.model.finding import Reason
from pace import seconds
from unpack.conftest import Unpack

WRONG = tuple(f"wrong{number}" for number in range(50))
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def package() -> bytes:
    """A small document."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("[Content_Types].xml", TYPES)
        made.writestr("word/document.xml", "<a>text</a>" * 1000)
    return out.getvalue()


def sealed(password: str) -> bytes:
    """It, with a password."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(package())).encrypt(password, out)
    return out.getvalue()


def test_a_password_opens_a_document(unpack: Unpack) -> None:
    """The package comes in place of what is encrypted."""
    found = unpack("olex", sealed("Sesame"), passwords=("wrong", "Sesame"))
    assert found.contents["EncryptedPackage"][:4] == b"PK\3\4"
    assert (found.gaps, found.opened) == ([], ["Sesame"])


def test_without_it_the_gap_stays(unpack: Unpack) -> None:
    """And the package is no member's content."""
    found = unpack("olex", sealed("Sesame"), passwords=("wrong",))
    assert found.reasons == {Reason.ENCRYPTED}
    assert found.contents["EncryptedPackage"] == b""


def test_offices_own_password_needs_no_hint(unpack: Unpack) -> None:
    """Office opens such a document without a question."""
    found = unpack("olex", sealed("VelvetSweatshop"))
    assert found.contents["EncryptedPackage"][:4] == b"PK\3\4"
    assert (found.gaps, found.opened) == ([], ["VelvetSweatshop"])


def test_in_the_sandbox(unpack_apart: Callable[..., object]) -> None:
    """Nothing is loaded late."""
    found = unpack_apart("olex", sealed("Sesame"), passwords=("Sesame",))
    assert found.contents["EncryptedPackage"][:4] == b"PK\3\4"  # type: ignore[attr-defined]


def test_fifty_tries_are_bounded(unpack: Unpack) -> None:
    """Each costs two hundred thousand rounds of hashing, so that not all are made."""
    data = sealed("Sesame")
    found = []
    assert seconds(lambda: found.append(unpack("olex", data, passwords=WRONG)), enough=8) < 8
    assert found[-1].reasons == {Reason.ENCRYPTED}


def test_rounds_without_end_are_not_made(unpack: Unpack) -> None:
    """What a document asks for counts."""
    data = sealed("Sesame").replace(b'spinCount="100000"', b'spinCount="999999"')
    found = []
    assert seconds(lambda: found.append(unpack("olex", data, passwords=WRONG)), enough=8) < 8
    assert found[-1].reasons == {Reason.ENCRYPTED}


def test_damage_is_no_error(unpack: Unpack) -> None:
    """Cut anywhere."""
    data = sealed("Sesame")
    for end in range(0, len(data), len(data) // 20):
        assert unpack("olex", data[:end], passwords=()).reasons
