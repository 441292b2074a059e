"""The mails of a load test: real ones from the corpus, each made unique in every part, every Nth made bad.

In: a folder of mails (or none: then made-up ones), a count, a seed, which mix. Out: Mail values, ready for the wire,
all made before anything is measured. The same arguments give the same bytes. Each mail has a token: sender address, a
header field, and octets in every leaf.
Not here: sending (generator), what becomes of them (verify).
"""

from __future__ import annotations

import enum
import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import attached, large, wire
from bench.unique import Template, template
from bench.wire import TOKEN_FIELD

DOMAIN = b"load.example"
AVERAGE = 5000
"""Bytes of a mail, as DESIGN's budget assumes."""
ATTACHED_EVERY = 5

Way = Callable[[random.Random, bytes], bytes]


class Kind(enum.StrEnum):
    """Which mails, and over how many connections."""

    REAL = "real"
    ATTACHMENTS = "attachments"
    """The same, every fifth with a file of 50 to 500 kB: zip, document, PDF, program in turn; programs count as bad."""
    LARGE = "large"
    """10 MB each."""
    NEWCONN = "newconn"
    """The same as real, each over a connection of its own."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: its token, how it was made bad ("" when it was not), its envelope commands, and what DATA sends.

    `rest` follows `data`; only large mails have one, whose pieces are shared.
    """

    token: str
    bad: str
    commands: bytes
    data: bytes
    rest: tuple[bytes, ...] = ()

    @property
    def size(self) -> int:
        """Bytes that DATA sends."""
        return len(self.data) + sum(map(len, self.rest))


def load(folder: Path | None, seed: int, most: int = 3000, average: int = AVERAGE) -> list[bytes]:
    """Up to `most` real mails below `folder` in canonical form; made-up ones when it is None or absent, ValueError when
    none are in it.

    So many of the smaller half are left out, at random, that the rest have `average` bytes (0: as they are).
    """
    if folder is None or not folder.is_dir():
        return made_up(seed)
    chance = random.Random(seed)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if not paths:
        raise ValueError(f"no mails in {folder}")
    chance.shuffle(paths)
    return _averaging([wire.canonical(path.read_bytes()) for path in paths[:most]], average)


def _averaging(mails: list[bytes], average: int) -> list[bytes]:
    """`mails` in their order without the first small ones that keep them below `average`."""
    total, count = sum(map(len, mails)), len(mails)
    median = sorted(map(len, mails))[count // 2]
    kept = []
    for mail in mails:
        if total < average * count and len(mail) < min(median, average):
            total, count = total - len(mail), count - 1
        else:
            kept.append(mail)
    return kept


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


def make(
    real: Sequence[bytes],
    count: int,
    seed: int,
    bad_every: int = 0,
    phrases: Sequence[str] = (),
    kind: Kind = Kind.REAL,
) -> list[Mail]:
    """`count` mails from `real` in turn; every `bad_every`th is made bad, the ways taking turns (0: none is)."""
    if kind is Kind.LARGE:
        return _large(count, seed)
    ways = _ways(phrases)
    chance = random.Random(seed)
    templates: dict[int, Template] = {}
    mails = []
    for number in range(count):
        token = _token(seed, number)
        which = number % len(real)
        if which not in templates:
            templates[which] = template(real[which])
        message = TOKEN_FIELD + b": " + token + b"\r\n" + templates[which].fill(token)
        bad = ""
        if bad_every and number % bad_every == bad_every - 1:
            bad, way = ways[number // bad_every % len(ways)]
            message = wire.with_part(message, way(chance, token), b"=_" + token)
        elif kind is Kind.ATTACHMENTS and number % ATTACHED_EVERY == 0:
            name, part = _attachment(chance, number // ATTACHED_EVERY)
            bad = name if name == attached.PROGRAM else ""
            message = wire.with_part(message, part, b"=_" + token)
        mails.append(Mail(token.decode(), bad, _commands(token), wire.stuffed(message)))
    return mails


def _ways(phrases: Sequence[str]) -> list[tuple[str, Way]]:
    """The ways to make a mail bad: a name, and what makes the part that is added."""
    ways: list[tuple[str, Way]] = [
        ("zip", lambda _, token: wire.zip_part("invoice.txt", wire.test_virus() + b"\r\n" + token, "invoice.zip")),
        (
            "vbs",
            lambda _, token: wire.attachment(
                "invoice.vbs", b"application/octet-stream", b'MsgBox "hello"\r\n' * 20 + b"' " + token + b"\r\n"
            ),
        ),
    ]
    if phrases:
        ways += [
            ("html", lambda chance, token: wire.html_part(chance.choice(phrases), token.decode())),
            ("base64", lambda chance, token: wire.text_part(chance.choice(phrases), token.decode())),
        ]
    return ways


def _attachment(chance: random.Random, number: int) -> tuple[str, bytes]:
    """The kind of the `number`th attached file, and the part."""
    kind, name, media_type, make_file = attached.KINDS[number % len(attached.KINDS)]
    content = make_file(chance, chance.randint(attached.SMALLEST, attached.LARGEST))
    return kind, wire.attachment(name, media_type, content)


def _large(count: int, seed: int) -> list[Mail]:
    """Mails of 10 MB each."""
    chance = random.Random(seed)
    shared = large.blocks(seed)
    mails = []
    for number in range(count):
        token = _token(seed, number)
        first, rest = large.mail(token, TOKEN_FIELD + b": " + token + b"\r\n", shared, chance)
        mails.append(Mail(token.decode(), "", _commands(token), first, rest))
    return mails


def _token(seed: int, number: int) -> bytes:
    return hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()[:20].encode()


def _commands(token: bytes) -> bytes:
    return b"MAIL FROM:<%b@%b>\r\nRCPT TO:<somebody@%b>\r\nDATA\r\n" % (token, DOMAIN, DOMAIN)
