"""Makes PDFs: objects, streams, pages, and the standard security handler's side that encrypts."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
IDENTIFIER = b"0123456789abcdef"
Encrypt = Callable[[int, bytes], bytes]


def stream(number: int, content: bytes, entries: bytes = b"", *, packed: bool = True) -> bytes:
    """An object that is a stream."""
    if packed:
        content, entries = zlib.compress(content), entries + b"/Filter/FlateDecode"
    return b"%d 0 obj<<%b/Length %d>>stream\n%b\nendstream endobj\n" % (number, entries, len(content), content)


def document(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A document without a cross-reference table, as readers repair it."""
    return b"%PDF-1.7\n" + b"".join(objects) + b"trailer<</Root 1 0 R" + trailer + b">>\n%%EOF\n"


def page(content: bytes, fonts: bytes = b"", *others: bytes) -> bytes:
    """A document of one page."""
    return document(
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<<" + fonts + b">>>>>>endobj\n",
        stream(4, content),
        *others,
    )


def rc4(key: bytes, content: bytes) -> bytes:
    """RC4, as it is told everywhere."""
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in content:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def cbc(key: bytes, vector: bytes, content: bytes) -> bytes:
    """AES in CBC mode, without padding."""
    return Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor().update(content)


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def hash_6(password: bytes, salt: bytes, more: bytes) -> bytes:
    """The hash of revision 6, as the standard tells it (algorithm 2.B)."""
    key = hashlib.sha256(password + salt + more).digest()
    number = 0
    while True:
        text = cbc(key[:16], key[16:32], (password + key + more) * 64)
        name = ("sha256", "sha384", "sha512")[int.from_bytes(text[:16], "big") % 3]
        key = hashlib.new(name, text).digest()
        number += 1
        if number >= 64 and text[-1] <= number - 32:
            return key[:32]


class Encryption:
    """A way to encrypt: `method` is RC4, AESV2 or AESV3, `revision` the handler's; `user` and `owner` are passwords."""

    def __init__(
        self,
        revision: int,
        method: str,
        length: int = 128,
        user: bytes = b"",
        owner: bytes = b"owner",
        *,
        metadata: bool = True,
    ) -> None:
        self.revision, self.method, self.length, self.metadata = revision, method, length, metadata
        self.entries = b"/Filter/Standard/R %d/P -44" % revision
        if revision >= 5:
            self._strong(user, owner)
        else:
            self._weak(user, owner)
        if revision >= 4:
            self.entries += b"/V %d/Length %d/StmF/StdCF/StrF/StdCF/CF<</StdCF<</CFM/%b/AuthEvent/DocOpen>>>>" % (
                5 if revision > 4 else 4,
                256 if revision > 4 else 128,
                b"V2" if method == "RC4" else method.encode(),
            )
        else:
            self.entries += b"/V %d/Length %d" % (1 if length == 40 else 2, length)
        if not metadata:
            self.entries += b"/EncryptMetadata false"

    def _weak(self, user: bytes, owner: bytes) -> None:
        size = self.length // 8
        many = 50 if self.revision >= 3 else 0
        key = _md5((owner + PADDING)[:32])
        for _ in range(many):
            key = _md5(key[:size])
        sealed = (user + PADDING)[:32]
        for number in range(20 if many else 1):
            sealed = rc4(bytes(byte ^ number for byte in key[:size]), sealed)
        whole = (user + PADDING)[:32] + sealed + (-44 & 0xFFFFFFFF).to_bytes(4, "little") + IDENTIFIER
        key = _md5(whole + (b"" if self.metadata else b"\xff\xff\xff\xff"))
        for _ in range(many):
            key = _md5(key[:size])
        self.key = key[:size]
        if many:
            check = _md5(PADDING + IDENTIFIER)
            for number in range(20):
                check = rc4(bytes(byte ^ number for byte in self.key), check)
            check = check.ljust(32, b"\0")
        else:
            check = rc4(self.key, PADDING)
        self.entries += b"/O<%b>/U<%b>" % (sealed.hex().encode(), check.hex().encode())

    def _strong(self, user: bytes, owner: bytes) -> None:
        self.key = bytes(range(32))

        def hashed(password: bytes, salt: bytes, more: bytes) -> bytes:
            if self.revision == 5:
                return hashlib.sha256(password + salt + more).digest()
            return hash_6(password, salt, more)

        u = hashed(user, b"validate", b"") + b"validatekeysalt1"
        o = hashed(owner, b"valid8or", u) + b"valid8orkeysalt2"
        ue = cbc(hashed(user, b"keysalt1", b""), bytes(16), self.key)
        oe = cbc(hashed(owner, b"keysalt2", u), bytes(16), self.key)
        for name, value in ((b"U", u), (b"O", o), (b"UE", ue), (b"OE", oe)):
            self.entries += b"/%b<%b>" % (name, value.hex().encode())

    def encrypt(self, number: int, content: bytes) -> bytes:
        """What a string or stream of the object `number` becomes."""
        key = self.key
        if self.method != "AESV3":
            salt = b"sAlT" if self.method == "AESV2" else b""
            key = _md5(key + number.to_bytes(3, "little") + b"\0\0" + salt)[: min(len(key) + 5, 16)]
        if self.method == "RC4":
            return rc4(key, content)
        pad = 16 - len(content) % 16
        return IDENTIFIER + cbc(key, IDENTIFIER, content + bytes([pad]) * pad)

    def string(self, number: int, content: bytes) -> bytes:
        """A string of the object `number`."""
        return b"<" + self.encrypt(number, content).hex().encode() + b">"

    def stream(self, number: int, content: bytes, entries: bytes = b"") -> bytes:
        """A stream."""
        return stream(
            number, self.encrypt(number, zlib.compress(content)), entries + b"/Filter/FlateDecode", packed=False
        )

    def document(self, *objects: bytes) -> bytes:
        """The objects with the dictionary that says how to open them."""
        own = b"9 0 obj<<" + self.entries + b">>endobj\n"
        mark = IDENTIFIER.hex().encode()
        return document(*objects, own, trailer=b"/Encrypt 9 0 R/ID[<" + mark + b"><" + mark + b">]")
