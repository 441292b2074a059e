"""Argon2 hashes of passwords: read, compared, made (RFC 9106). The only importer of argon2.

In: the text of a hash, `$argon2id$v=19$m=47104,t=1,p=1$SALT$HASH`, salt and hash in base64 without padding. Out: its
cost, or HashError with what is wrong with it. Everything that is loaded is loaded by the import; hashing needs memory
and, with several lanes, threads, but no files.
Limits: argon2id or argon2i, version 19; MEMORY KiB, PASSES, LANES, and WORK KiB in all passes, so that no line
can take the host's memory or a minute of its time; salt and hash as the constants say.
Not here: threads of ours (verifier.py), files (passwords.py).
"""

from __future__ import annotations

import binascii
import contextlib
import ctypes
import re
import secrets
from dataclasses import dataclass

from argon2.exceptions import VerifyMismatchError
from argon2.low_level import ARGON2_VERSION, Type, hash_secret, verify_secret

from bartizan.auth.canonical import password_key

MEMORY = (4096, 262_144)
PASSES = (1, 64)
LANES = (1, 16)
WORK = 1 << 20
"""Memory times passes, in KiB: about a second of one core."""
SALT_OCTETS = (8, 64)
HASH_OCTETS = (16, 64)
HASH_MOST = 512
"""Characters of the text of a hash."""

_TYPES = {"argon2id": Type.ID, "argon2i": Type.I}
_HASH = re.compile(
    r"\$(argon2[a-z]{0,2})\$v=(\d{1,10})\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,10})\$([^$]*)\$([^$]*)", re.A
)

with contextlib.suppress(OSError):  # other C libraries do without it
    # glibc loads this when a thread first ends by pthread_exit, as argon2's lanes do, and aborts where it cannot: in a
    # process that is locked down by then
    ctypes.CDLL("libgcc_s.so.1")


class HashError(ValueError):
    """A text that is no hash that we compare; says why, in words for the operator, and does not repeat the text."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one comparison takes: `memory` in KiB, so many `passes` over it, in so many `lanes` (threads)."""

    memory: int
    passes: int
    lanes: int


OURS = Cost(47_104, 1, 1)
"""What new hashes cost: 46 MiB and about 40 ms, the first that OWASP's cheat sheet on password storage recommends."""


def cost_of(text: str) -> Cost:
    """What comparing with this hash takes. Raises HashError for what is none, or costs too little or too much."""
    if not text.startswith("$argon2"):
        raise HashError("is no argon2 hash; `bartizan password` makes one")
    found = _HASH.fullmatch(text) if len(text) <= HASH_MOST else None
    if found is None:
        raise HashError("is no argon2 hash in its usual form, $argon2id$v=19$m=...,t=...,p=...$salt$hash")
    kind, version = found[1], int(found[2])
    if kind not in _TYPES:
        raise HashError(f"is of type {kind}; only {' and '.join(_TYPES)} are taken")
    if version != ARGON2_VERSION:
        raise HashError(f"is of version {version}, not {ARGON2_VERSION}")
    cost = Cost(int(found[3]), int(found[4]), int(found[5]))
    for name, value, (least, most) in (
        ("m", cost.memory, MEMORY),
        ("t", cost.passes, PASSES),
        ("p", cost.lanes, LANES),
        ("octets of salt", _octets(found[6]), SALT_OCTETS),
        ("octets of hash", _octets(found[7]), HASH_OCTETS),
    ):
        if not least <= value <= most:
            raise HashError(f"has {name} {value}, which must be from {least} to {most}")
    if cost.memory * cost.passes > WORK:
        raise HashError(f"has m times t {cost.memory * cost.passes}, which must be at most {WORK}")
    return cost


def matches(text: str, password: bytes) -> bool:
    """Is this the password? Takes the hash's cost; holds no lock of the interpreter meanwhile.

    Raises argon2's VerificationError when it could not be found out: no memory, no thread.
    """
    try:
        return verify_secret(text.encode(), password_key(password), _TYPES[text.split("$", 2)[1]])
    except VerifyMismatchError:
        return False


def make(password: bytes, cost: Cost = OURS) -> str:
    """A new hash of a password, with a salt of its own."""
    salt = secrets.token_bytes(16)
    key = password_key(password)
    return hash_secret(key, salt, cost.passes, cost.memory, cost.lanes, 32, Type.ID).decode()


def decoy(text: str = "") -> str:
    """A hash that no password has, which costs what `text` does; without that, what ours do."""
    parts = text.split("$") if text else ["", "argon2id", f"v={ARGON2_VERSION}", _written(OURS), "A" * 22, "A" * 43]
    parts[-2:] = [_random(part) for part in parts[-2:]]
    return "$".join(parts)


def _written(cost: Cost) -> str:
    return f"m={cost.memory},t={cost.passes},p={cost.lanes}"


def _random(coded: str) -> str:
    """Random octets, as many as `coded` has, in base64 without padding."""
    return binascii.b2a_base64(secrets.token_bytes(_octets(coded)), newline=False).decode().rstrip("=")


def _octets(coded: str) -> int:
    """How many octets base64 without padding stands for. Raises HashError when it is none."""
    padded = coded + "=" * (-len(coded) % 4)
    try:
        octets = binascii.a2b_base64(padded, strict_mode=True)
    except (binascii.Error, ValueError):
        octets = b""
    if coded.endswith("=") or binascii.b2a_base64(octets, newline=False).decode() != padded:
        raise HashError("has a salt or hash that is not base64")
    return len(octets)
