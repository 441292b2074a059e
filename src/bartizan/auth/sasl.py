"""The exchange in which a client names itself: PLAIN (RFC 4616) and LOGIN, inside AUTH (RFC 4954). No waiting, no I/O.

In: what stands behind the mechanism in AUTH, then the lines that answer challenges. Out: the next challenge, or how it
ended. Base64 is read strictly, in the one form that RFC 4648 gives to each value. A login is UTF-8 without invisible
characters; a password is any octets but NUL. Nobody logs in to act for somebody else: an authorization identity is
empty or the login.
Limits: LINE_MOST octets of a line with its CRLF (RFC 4954 section 4.12), LOGIN_MOST and PASSWORD_MOST (canonical.py).
Any bytes are answered, none raise.
Not here: whether TLS is on, whether the password is right, the replies.
"""

from __future__ import annotations

import binascii
import enum
from dataclasses import dataclass

from bartizan.auth.canonical import login_error, login_key, password_error
from bartizan.model.auth import Credentials

LINE_MOST = 12288


class Mechanism(enum.StrEnum):
    """The mechanisms, as EHLO and AUTH name them (in any case)."""

    PLAIN = "PLAIN"
    LOGIN = "LOGIN"


@dataclass(frozen=True, slots=True)
class Challenge:
    """To be sent as `334 text`, with the space even when the text is empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The client gave up with `*`."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """The client broke the exchange; `reason` is for the log."""

    reason: str


Step = Challenge | Credentials | Cancelled | Malformed

_CANCELLED = Cancelled()
_NOTHING = Challenge("")
_USERNAME = Challenge("VXNlcm5hbWU6")
_PASSWORD = Challenge("UGFzc3dvcmQ6")
_OVER = Malformed("the exchange is over")


def mechanism_of(name: str) -> Mechanism | None:
    """The mechanism of that name, None for one that we do not know."""
    try:
        return Mechanism(name.upper()) if name.isascii() else None
    except ValueError:
        return None


class Exchange:
    """One AUTH command: `start` once, then `answer` as long as there are challenges."""

    __slots__ = ("_login", "_mechanism", "_open")

    def __init__(self, mechanism: Mechanism) -> None:
        self._mechanism = mechanism
        self._login: str | None = None
        self._open = True

    def start(self, initial: str | None = None) -> Step:
        """`initial` is the initial response of AUTH: None without one, `=` for an empty one (RFC 4954 section 4)."""
        if not self._open:
            return _OVER
        if initial is None:
            return _NOTHING if self._mechanism is Mechanism.PLAIN else _USERNAME
        if initial == "=":
            return self._told(b"")
        if not 0 < len(initial) <= LINE_MOST or not initial.isascii():
            return self._over(Malformed("an initial response that is no base64"))
        return self._read(initial.encode())

    def answer(self, line: bytes) -> Step:
        """The client's answer to a challenge, without its CRLF."""
        if not self._open:
            return _OVER
        if line == b"*":
            return self._over(_CANCELLED)
        if len(line) + 2 > LINE_MOST:
            return self._over(Malformed("a line that is too long"))
        return self._read(line)

    def _read(self, line: bytes) -> Step:
        try:
            octets = binascii.a2b_base64(line, strict_mode=True)
        except binascii.Error:
            octets = None
        if octets is None or binascii.b2a_base64(octets, newline=False) != line:
            return self._over(Malformed("no base64"))
        return self._told(octets)

    def _told(self, octets: bytes) -> Step:
        if self._mechanism is Mechanism.PLAIN:
            return self._over(_plain(octets))
        if self._login is None:
            login = _login(octets)
            if isinstance(login, Malformed):
                return self._over(login)
            self._login = login
            return _PASSWORD
        return self._over(_credentials(self._login, octets))

    def _over(self, step: Step) -> Step:
        self._open = False
        self._login = None
        return step


def _plain(octets: bytes) -> Credentials | Malformed:
    """message = [authzid] NUL authcid NUL passwd"""
    fields = octets.split(b"\0")
    if len(fields) != 3:
        return Malformed("not three fields")
    login = _login(fields[1])
    if isinstance(login, Malformed):
        return login
    if fields[0]:
        acting_as = _login(fields[0])
        if isinstance(acting_as, Malformed) or login_key(acting_as) != login_key(login):
            return Malformed("an authorization identity that is not the login")
    return _credentials(login, fields[2])


def _login(octets: bytes) -> str | Malformed:
    try:
        login = octets.decode()
    except UnicodeDecodeError:
        return Malformed("a login that is no UTF-8")
    error = login_error(login)
    return login if error is None else Malformed(error)


def _credentials(login: str, password: bytes) -> Credentials | Malformed:
    error = password_error(password)
    return Credentials(login, password) if error is None else Malformed(error)
