"""Encrypted OpenDocument packages: the entries that a password opens (OpenDocument 1.3 part 2, 3.8 and 4.8).

In: the zip, its manifests, passwords to try. Out: the decrypted entries as further members, or a gap: what a manifest
calls encrypted is noise to other readers. AES in CBC mode with PBKDF2, as LibreOffice writes it since 3.5; the checksum
of an entry tells a wrong password. Where a name leads to more than one content, or a manifest is at no place where it
was read, nothing is taken for opened. Never raises for what is in the file.

Limits: ENTRIES entries of the zip, those of odfmanifests.py, WORK rounds of hashing in all, `member_bytes` of an entry.
Known gaps: Blowfish, AES-GCM and Argon2, OpenPGP.
Not here: the other entries (archive.py).
"""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from collections.abc import Iterator, Set
from dataclasses import dataclass
from xml.etree import ElementTree

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import aes
from bartizan.unpack.give import give
from bartizan.unpack.odfmanifests import Manifests
from bartizan.unpack.zipnames import LOCAL, Listed, decoded, directory

ENTRIES = 10_000
WORK = 4_000_000
DIGEST = 20
"""Bytes that one round of the key derivation makes."""
CHECKED = 1024
"""So many packed bytes of an entry the checksum is of."""
DECRYPTED = 256
"""Bytes of an entry that cost what a round costs."""
MARK = b"encryption-data"
HASHES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha1/1k": hashlib.sha1, "sha256-1k": hashlib.sha256}


class NotOpened(Exception):
    """An entry that is encrypted, and no password for it, or no cipher."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the manifest says of an encrypted entry: cipher, key and checksum."""

    name: str
    vector: bytes
    salt: bytes
    rounds: int
    key_size: int
    start_key: str
    digest: str
    checksum: bytes

    def opened(self, content: bytes, password: str) -> bytes | None:
        """The entry as it was before it was encrypted, if this is the password: packed."""
        start = HASHES[self.start_key](password.encode()).digest()
        key = hashlib.pbkdf2_hmac("sha1", start, self.salt, self.rounds, self.key_size)
        whole = aes.decrypted(key, self.vector, content)
        packed = whole[: -whole[-1]] if whole and 0 < whole[-1] <= aes.BLOCK else whole
        return packed if HASHES[self.digest](packed[:CHECKED]).digest() == self.checksum else None


def give_sealed(packed: bytes, manifests: Manifests, known: Set[str], limits: Limits) -> bool:
    """Give the entries that a manifest calls encrypted to the sink that the manifests passed through, or tell that they
    are; `known`: names that stand where the content was read. False: the sink said stop."""
    try:
        opened = _opened(packed, manifests, known)
        return all(_give_inflated(name, content, manifests, limits) for name, content in opened)
    except (NotOpened, LookupError, OverflowError, ValueError, ElementTree.ParseError):
        # What the manifest says is not what an encrypted package has, or is nothing that can be read here.
        manifests.gap(Reason.ENCRYPTED, "encrypted entries of an OpenDocument package")
        return True


def _give_inflated(name: str, packed: bytes, sink: Manifests, limits: Limits) -> bool:
    """Give an entry that was opened. False: the sink said stop."""
    inflater = zlib.decompressobj(-15)
    try:
        content = inflater.decompress(packed, limits.member_bytes + 1)
    except zlib.error:
        content = b""
    if not give(sink, (name,), content, limits):
        return False
    if not inflater.eof and len(content) <= limits.member_bytes:
        sink.gap(Reason.UNREADABLE, "damaged entry of an OpenDocument package")
    return True


def _opened(packed: bytes, manifests: Manifests, known: Set[str]) -> Iterator[tuple[str, bytes]]:
    """Name and packed content of the encrypted entries."""
    if not manifests.names:
        return
    entries: dict[str, Listed] = {}
    doubled = set(manifests.doubled)
    for one in directory(packed, ENTRIES).listed:
        name = decoded(one.name)
        if name in entries:
            doubled.add(name)
        entries[name] = one
    work = WORK
    right: str | None = None
    for sealed in _sealed(manifests, known):
        if sealed.name in doubled:
            raise NotOpened
        content = _raw(packed, entries[sealed.name])
        for password in manifests.passwords if right is None else (right,):
            work -= sealed.rounds * -(-sealed.key_size // DIGEST) + len(content) // DECRYPTED
            found = sealed.opened(content, password) if work >= 0 else None
            if found is not None:
                break
        else:
            raise NotOpened
        if right is None:
            manifests.opened(password)
        right = password
        yield sealed.name, found


def _sealed(manifests: Manifests, known: Set[str]) -> Iterator[Sealed]:
    """The encrypted entries of every manifest."""
    texts = manifests.contents()
    # A name without content: what stands there was read by another name.
    if not manifests.whole or (manifests.empty and (texts or not set(manifests.empty) <= known)):
        raise NotOpened
    for text in texts:
        plain = text.replace(b"\0", b"")
        # Nobody writes entities here, and they can be as long as they like.
        if b"<!ENTITY" in plain:
            raise NotOpened
        if MARK not in plain:
            continue
        root = ElementTree.fromstring(text)
        left = sum(_local(element.tag) == MARK.decode() for element in root.iter())
        for file in root:
            told = {_local(element.tag): element for element in file.iter()}
            if MARK.decode() in told:
                left -= 1
                yield _read(_local_names(file)["full-path"], {name: _local_names(one) for name, one in told.items()})
        if left:
            raise NotOpened


def _read(name: str, told: dict[str, dict[str, str]]) -> Sealed:
    """One entry, from what its elements say. ValueError or KeyError if it is encrypted in another way."""
    data, derivation = told[MARK.decode()], told["key-derivation"]
    start = told.get("start-key-generation", {"start-key-generation-name": "sha1"})
    cipher = told["algorithm"]["algorithm-name"].lower()
    if not cipher.endswith(("#aes128-cbc", "#aes192-cbc", "#aes256-cbc")):
        raise ValueError(cipher)
    if derivation["key-derivation-name"].lower().rpartition("#")[2] != "pbkdf2":
        raise ValueError(derivation["key-derivation-name"])
    return Sealed(
        name,
        base64.b64decode(told["algorithm"]["initialisation-vector"]),
        base64.b64decode(derivation["salt"]),
        int(derivation["iteration-count"]),
        int(derivation.get("key-size", "16")),
        start["start-key-generation-name"].lower().rpartition("#")[2],
        data["checksum-type"].lower().rpartition("#")[2],
        base64.b64decode(data["checksum"]),
    )


def _raw(packed: bytes, entry: Listed) -> bytes:
    """The bytes of an entry as they stand in the zip; no more of them than its size says."""
    at = entry.local
    if packed[at : at + 4] != LOCAL or len(packed) < at + 30:
        raise NotOpened
    name, extra = struct.unpack_from("<HH", packed, at + 26)
    start = at + 30 + name + extra
    return packed[start : start + entry.size]


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _local_names(element: ElementTree.Element) -> dict[str, str]:
    return {_local(name): value for name, value in element.attrib.items()}
