"""Encrypted OpenDocument packages: the entries that a password opens (OpenDocument 1.3 part 2, 3.8 and 4.8).

In: the zip and passwords to try. Out: the decrypted entries as further members, or a gap: what the manifest calls
encrypted is noise to other readers. AES in CBC mode with PBKDF2, as LibreOffice writes it since 3.5; the checksum of an
entry tells a wrong password. Never raises for what is in the file.

Limits: ENTRIES entries of the zip, MANIFEST bytes of a manifest, WORK rounds of hashing in all, `member_bytes` of an
entry.
Known gaps: Blowfish, AES-GCM and Argon2, OpenPGP.
Not here: the other entries (archive.py).
"""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.unpack import aes
from bartizan.unpack.give import give
from bartizan.unpack.sink import Sink
from bartizan.unpack.zipnames import LOCAL, Listed, decoded, directory

MANIFEST_NAME = "meta-inf/manifest.xml"
ENTRIES = 10_000
MANIFEST = 4 * MIB
WORK = 4_000_000
DIGEST = 20
"""Bytes that one round of the key derivation makes."""
CHECKED = 1024
"""So many packed bytes of an entry the checksum is of."""
DEFLATED = 8
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


def is_manifest(name: str) -> bool:
    """The name of what says which entries are encrypted."""
    return name.replace("\\", "/").lower() == MANIFEST_NAME


def give_sealed(packed: bytes, sink: Sink, limits: Limits) -> bool:
    """Give the entries that a manifest calls encrypted, or tell that they are. False: the sink said stop."""
    try:
        return all(give(sink, (name,), content, limits) for name, content in _opened(packed, sink, limits.member_bytes))
    except (NotOpened, LookupError, OverflowError, ValueError, ElementTree.ParseError, zlib.error):
        # What the manifest says is not what an encrypted package has, or is nothing that can be read here.
        sink.gap(Reason.ENCRYPTED, "encrypted entries of an OpenDocument package")
        return True


def _opened(packed: bytes, sink: Sink, most: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of the encrypted entries."""
    entries = {decoded(one.name): one for one in directory(packed, ENTRIES).listed}
    work = WORK
    right: str | None = None
    for sealed in _sealed(packed, entries.values()):
        content = _raw(packed, entries[sealed.name])
        for password in sink.passwords if right is None else (right,):
            work -= sealed.rounds * -(-sealed.key_size // DIGEST)
            found = sealed.opened(content, password) if work >= 0 else None
            if found is not None:
                break
        else:
            raise NotOpened
        if right is None:
            sink.opened(password)
        right = password
        yield sealed.name, zlib.decompressobj(-15).decompress(found, most + 1)


def _sealed(packed: bytes, entries: Iterable[Listed]) -> Iterator[Sealed]:
    """The encrypted entries of every manifest."""
    for entry in entries:
        if not is_manifest(decoded(entry.name)):
            continue
        text = _raw(packed, entry)
        if entry.method == DEFLATED:
            text = zlib.decompressobj(-15).decompress(text, MANIFEST + 1)
        plain = text.replace(b"\0", b"")
        # Nobody writes entities here, and they can be as long as they like.
        if len(text) > MANIFEST or b"<!ENTITY" in plain:
            raise NotOpened
        if MARK not in plain:
            continue
        for file in ElementTree.fromstring(text):
            told = {_local(element.tag): element for element in file.iter()}
            if MARK.decode() in told:
                yield _read(_local_names(file)["full-path"], {name: _local_names(one) for name, one in told.items()})


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
