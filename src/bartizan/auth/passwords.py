"""The password file: who may log in, each with the argon2 hash of a password.

In: its text, one line `login:hash` for each login, as `bartizan password` prints them. Blank lines and lines that begin
with # say nothing; white space around login and hash is no part of them. Logins are the same in upper and lower case.
Out: a PasswordFile, or a ConfigError with everything that is wrong, by file and line, which never repeats what stands
there. A login that is not in the file takes the time of one that is.
Limits: LINE_MOST characters a line, LOGINS_MOST logins, PROBLEMS_MOST problems told.
Not here: reading the file and watching it; the time that comparing takes (verifier.py).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Self

from bartizan.auth.argon import HashError, cost_of, decoy
from bartizan.auth.canonical import login_error, login_key
from bartizan.auth.verifier import Answer, Verifier
from bartizan.model.errors import ConfigError, Problem

LINE_MOST = 1024
LOGINS_MOST = 1_000_000
PROBLEMS_MOST = 100


class PasswordFile:
    """The logins of one file; never changed."""

    __slots__ = ("_decoys", "_entries", "_key")

    def __init__(self, entries: Mapping[str, tuple[str, str]]) -> None:
        """`entries`: for each login_key the login as it is written and the text of its hash."""
        self._entries = dict(entries)
        self._key = secrets.token_bytes(16)
        # for each hash one decoy of the same cost, one text for each kind: what an unknown login costs, and how likely,
        # is then what a known one does
        kinds: dict[str, str] = {}
        self._decoys = [kinds.setdefault(_kind(text), decoy(text)) for _, text in self._entries.values()] or [decoy()]

    def __len__(self) -> int:
        return len(self._entries)

    @classmethod
    def parse(cls, text: str, name: str) -> Self:
        """Read the text of the file `name`. Raises ConfigError."""
        entries: dict[str, tuple[str, str]] = {}
        lines: dict[str, int] = {}
        problems: list[Problem] = []
        for number, line in enumerate(text.split("\n"), 1):
            entry = line.strip(" \t\r")
            if not entry or entry.startswith("#"):
                continue
            wrong = _add(entry, number, entries, lines)
            if wrong is not None:
                problems.append(Problem(name, f"line {number}", wrong))
                if len(problems) >= PROBLEMS_MOST:
                    problems.append(Problem(name, "", "what comes after that was not looked at"))
                    break
        if problems:
            raise ConfigError(tuple(problems))
        return cls(entries)

    async def check(self, login: str, password: bytes, verifier: Verifier) -> tuple[Answer, str]:
        """Is this the password of `login`, and how the file writes the login ("" if it has none).

        Does not suspend where the verifier knows the answer.
        """
        key = login_key(login)
        entry = self._entries.get(key)
        if entry is None:
            answer = await verifier.verify(self._decoy(key), password, key)
            return (Answer.UNKNOWN if answer is Answer.UNKNOWN else Answer.WRONG), ""
        return await verifier.verify(entry[1], password, key), entry[0]

    def _decoy(self, key: str) -> str:
        """Always the same for a login, like a hash would be."""
        digest = hashlib.blake2b(key.encode(), digest_size=8, key=self._key).digest()
        return self._decoys[int.from_bytes(digest) % len(self._decoys)]


def _kind(text: str) -> str:
    """What hashes of the same cost have in common: everything but the values of salt and hash."""
    head, salt, value = text.rsplit("$", 2)
    return f"{head}${len(salt)}${len(value)}"


def _add(entry: str, number: int, entries: dict[str, tuple[str, str]], lines: dict[str, int]) -> str | None:
    """Take one line in; what is wrong with it otherwise."""
    if len(entry) > LINE_MOST:
        return f"has more than {LINE_MOST} characters"
    login, colon, text = entry.partition(":")
    if not colon:
        return "is not login:hash"
    login, text = login.strip(" \t"), text.strip(" \t")
    error = login_error(login)
    if error is not None:
        return error
    try:
        cost_of(text)
    except HashError as wrong:
        return f"the password {wrong}"
    key = login_key(login)
    if key in lines:
        return f"the login stands in line {lines[key]} already"
    if len(entries) >= LOGINS_MOST:
        return f"more than {LOGINS_MOST} logins"
    lines[key] = number
    entries[key] = (login, text)
    return None
