"""The mails of the kill test: each unique, made again from its token alone, so that nothing has to be kept."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from dataclasses import dataclass

from bench import wire

ALICE, BOB = "alice@here.example", "bob@here.example"
DOMAIN = "@sender.example"
SPLIT_RULE = """
[policy]
default = "accept"

[[rule]]
name = "hold for bob"
who = { recipient = "bob@here.example" }
action = "quarantine"
"""
_KINDS = ("plain",) * 9 + ("zip",) * 4 + ("large",) + ("virus", "virus", "virus", "blocked", "blocked") + ("split",) * 3


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail: `raw` with CRLF; `bad` must never reach the next hop; Bob's copy is held back by a rule."""

    token: str
    kind: str
    raw: bytes
    recipients: tuple[str, ...]

    @property
    def sender(self) -> str:
        """Its envelope sender, which names it everywhere."""
        return self.token + DOMAIN

    @property
    def bad(self) -> bool:
        """There is something in it that every scanner finds."""
        return self.kind in ("virus", "blocked")


def letter(token: str) -> Letter:
    """The mail that belongs to a token."""
    chance = random.Random(token)
    kind = chance.choice(_KINDS)
    text = f"{hashlib.sha256(token.encode()).hexdigest()}\r\n.a line with a dot\r\n" * chance.randint(1, 40)
    raw = (
        f"From: <{token}{DOMAIN}>\r\nTo: <{ALICE}>\r\nSubject: {kind} {token}\r\n"
        f"Message-ID: <{token}{DOMAIN}>\r\n\r\n{text}"
    ).encode()
    boundary = b"=_" + token.encode()
    if kind == "zip":
        raw = wire.with_part(raw, wire.attachment("notes.zip", b"application/zip", _zip(text.encode())), boundary)
    elif kind == "large":
        content = (text * (80_000 // len(text) + 1)).encode()
        raw = wire.with_part(raw, wire.attachment("log.txt", b"text/plain", content), boundary)
    elif kind == "virus":
        raw = wire.with_part(raw, wire.zip_part("a.txt", wire.test_virus() + token.encode(), "a.zip"), boundary)
    elif kind == "blocked":
        raw = wire.with_part(raw, wire.attachment("a.vbs", b"text/plain", token.encode()), boundary)
    return Letter(token, kind, raw, (ALICE, BOB) if kind == "split" else (ALICE,))


def _zip(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("notes.txt"), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
