"""What a Dovecot auth service says and is told: lines of the auth protocol, version 1 (its manual, "Auth Protocol").

In: octets as they arrive, in any pieces. Out: what each line says; a line that we do not know says nothing, one that
breaks the protocol is Broken and the last thing that is read. Going out: the lines of a client.
Limits: LINE_MOST octets of a line, USER_MOST of a user's name. Any bytes are answered, none raise.
Not here: connections, time (dovecot.py).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from bartizan.auth.canonical import login_error
from bartizan.model.auth import Credentials

LINE_MOST = 16_384
"""The protocol's own expectation."""
_NUMBER = re.compile(rb"[0-9]{1,10}")
_ESCAPED = re.compile(rb"\001(.)", re.S)
_ESCAPES = {b"0": b"\0", b"1": b"\001", b"t": b"\t", b"r": b"\r", b"n": b"\n"}
_TEMPORARY = (b"temp", b"code=temp_fail")


@dataclass(frozen=True, slots=True)
class Version:
    """The server speaks this version; the number behind the point does not matter."""

    major: int


@dataclass(frozen=True, slots=True)
class Offers:
    """A mechanism that the server has."""

    mechanism: str


@dataclass(frozen=True, slots=True)
class Done:
    """The server has said who it is."""


@dataclass(frozen=True, slots=True)
class Right:
    """Request `number` succeeded; `user` is the server's name for who logged in, "" if it gave none."""

    number: int
    user: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Request `number` failed; `temporary` when that says nothing about the password."""

    number: int
    temporary: bool


@dataclass(frozen=True, slots=True)
class Asks:
    """The server wants to know more about request `number`, which PLAIN never needs."""

    number: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Not the protocol; `reason` is for the log."""

    reason: str


Word = Version | Offers | Done | Right | Wrong | Asks | Broken


class Words:
    """Lines out of one connection's octets."""

    __slots__ = ("_broken", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._broken = False

    def feed(self, data: bytes) -> list[Word]:
        """What the lines say that `data` ends."""
        if self._broken:
            return []
        *lines, self._rest = (self._rest + data).split(b"\n")
        found: list[Word] = []
        for line in lines:
            word = Broken("a line that is too long") if len(line) > LINE_MOST else _read(line)
            if word is not None:
                found.append(word)
            if isinstance(word, Broken):
                break
        else:
            if len(self._rest) <= LINE_MOST:
                return found
            found.append(Broken("a line that is too long"))
        self._broken = True
        self._rest = b""
        return found


def hello(client: int) -> bytes:
    """The first lines of a client; `client` tells its connections apart."""
    return f"VERSION\t1\t2\nCPID\t{client}\n".encode()


def ask(number: int, credentials: Credentials, address: str) -> bytes:
    """Are these right? The client is at `address` and has TLS."""
    login = credentials.login.encode()
    # base64 keeps whatever is in them inside; it has to come last
    response = base64.b64encode(b"\0" + login + b"\0" + credentials.password).decode()
    where = "".join(c for c in address if c.isascii() and c.isprintable())
    return f"AUTH\t{number}\tPLAIN\tservice=smtp\tnologin\tsecured\trip={where}\tresp={response}\n".encode()


def cancel(number: int) -> bytes:
    """Nobody waits for that any more."""
    return f"CANCEL\t{number}\n".encode()


def _read(line: bytes) -> Word | None:
    name, *parameters = line.split(b"\t")
    if name == b"DONE":
        return Done()
    if name == b"MECH":
        return Offers(parameters[0].decode("ascii", "replace").upper()) if parameters else Broken("MECH without a name")
    if name not in (b"VERSION", b"OK", b"FAIL", b"CONT"):
        return None
    if not parameters or not _NUMBER.fullmatch(parameters[0]):
        return Broken(f"{name.decode()} without a number")
    number = int(parameters[0])
    if name == b"VERSION":
        return Version(number)
    if name == b"OK":
        return Right(number, _user(parameters[1:]))
    if name == b"CONT":
        return Asks(number)
    return Wrong(number, any(one in _TEMPORARY for one in parameters[1:]))


def _user(parameters: list[bytes]) -> str:
    for one in parameters:
        if one.startswith(b"user="):
            user = _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), one[5:]).decode("utf-8", "replace")
            return user if login_error(user) is None else ""
    return ""
