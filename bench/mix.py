"""The mails of a load test: real ones from the corpus, each made unique, every Nth made bad.

In: a folder of mails (or none: then made-up ones), a count, a seed. Out: Mail values, ready for the wire. The same
arguments give the same bytes. Each mail has a token: sender address, a header field, and a line at the end of its
body (but for a body in base64), so that no cache can answer for it and each can be found again.
Not here: sending (generator), what becomes of them (verify).
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import wire

TOKEN_FIELD = b"X-Load-Token"
DOMAIN = b"load.example"

_BASE64_BODY = re.compile(rb"(?im)^content-transfer-encoding:\s*base64")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: its token, how it was made bad ("" when it was not), its envelope commands and its data."""

    token: str
    bad: str
    commands: bytes
    data: bytes


def load(folder: Path | None, seed: int, most: int = 3000) -> list[bytes]:
    """Up to `most` real mails below `folder` in canonical form; made-up ones when it is None or absent."""
    if folder is None or not folder.is_dir():
        return made_up(seed)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    random.Random(seed).shuffle(paths)
    return [wire.canonical(path.read_bytes()) for path in paths[:most]]


def made_up(seed: int, count: int = 200) -> list[bytes]:
    """Plain mails of made-up words, 1 to 12 kB."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvwz", k=chance.randint(2, 9))) for _ in range(5000)]
    mails = []
    for number in range(count):
        lines = [" ".join(chance.choices(words, k=10)) for _ in range(chance.randint(15, 180))]
        head = f"From: a@load.example\nTo: b@load.example\nSubject: {' '.join(chance.choices(words, k=5))}\n"
        mails.append(wire.canonical(f"{head}Message-ID: <{number}@load.example>\n\n{chr(10).join(lines)}\n".encode()))
    return mails


def make(real: Sequence[bytes], count: int, seed: int, bad_every: int = 0, phrases: Sequence[str] = ()) -> list[Mail]:
    """`count` mails from `real` in turn; every `bad_every`th is made bad, the ways taking turns (0: none is)."""
    ways: list[tuple[str, Callable[[random.Random], bytes]]] = [
        ("zip", lambda _: wire.zip_part("invoice.txt", wire.test_virus(), "invoice.zip")),
        ("vbs", lambda _: wire.attachment("invoice.vbs", b"application/octet-stream", b'MsgBox "hello"\r\n' * 20)),
    ]
    if phrases:
        ways += [
            ("html", lambda chance: wire.html_part(chance.choice(phrases))),
            ("base64", lambda chance: wire.text_part(chance.choice(phrases))),
        ]
    chance = random.Random(seed)
    mails = []
    for number in range(count):
        token = hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()[:20]
        message = _unique(real[number % len(real)], token)
        bad = ""
        if bad_every and number % bad_every == bad_every - 1:
            bad, part = ways[number // bad_every % len(ways)]
            message = wire.with_part(message, part(chance), b"=_" + token.encode())
        commands = b"MAIL FROM:<%s@%s>\r\nRCPT TO:<somebody@%s>\r\nDATA\r\n" % (token.encode(), DOMAIN, DOMAIN)
        mails.append(Mail(token, bad, commands, wire.stuffed(message)))
    return mails


def _unique(message: bytes, token: str) -> bytes:
    """`message` with its token as the first field, and as a last line where that does not damage an encoding."""
    head = message.partition(b"\r\n\r\n")[0]
    tail = b"" if _BASE64_BODY.search(head) else b"\r\n" + token.encode() + b"\r\n"
    return TOKEN_FIELD + b": " + token.encode() + b"\r\n" + message + tail
