"""Logins, passwords and addresses in the form in which they are compared.

In: text or octets as a client or the operator wrote them. Out: a form in which what means the same is the same. Letters
outside ASCII are composed (NFC, as RFC 8265 asks for) and keep their case: folding it would make one login of two.
Limits: LOGIN_MOST octets of a login, PASSWORD_MOST of a password. Not here: who may log in.
"""

from __future__ import annotations

import unicodedata

LOGIN_MOST = 255
PASSWORD_MOST = 1024
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def login_key(login: str) -> str:
    """What a login is looked up and counted by: without regard to the case of ASCII letters."""
    return login.lower() if login.isascii() else _lower(unicodedata.normalize("NFC", login))


def login_error(login: str) -> str | None:
    """Why this cannot be a login, in words for the operator; None if it can."""
    octets = len(login.encode("utf-8", "surrogatepass"))
    if not 1 <= octets <= LOGIN_MOST:
        return f"a login has 1 to {LOGIN_MOST} octets"
    if not login.isascii() and any(unicodedata.category(c) in _INVISIBLE for c in login):
        return "a login has no control characters and nothing invisible"
    if login.isascii() and not login.isprintable():
        return "a login has no control characters and nothing invisible"
    return None


def password_error(password: bytes) -> str | None:
    """Why this cannot be a password, in words for the operator; None if it can."""
    if not 1 <= len(password) <= PASSWORD_MOST:
        return f"a password has 1 to {PASSWORD_MOST} octets"
    return "a password has no NUL" if b"\0" in password else None


def password_key(password: bytes) -> bytes:
    """What of a password is compared: UTF-8 composed, other octets as they are."""
    if password.isascii():
        return password
    try:
        return unicodedata.normalize("NFC", password.decode()).encode()
    except UnicodeDecodeError:
        return password


def address_key(address: str) -> str:
    """What of an address is compared: local part and domain without regard to the case of ASCII letters."""
    return _lower(unicodedata.normalize("NFC", address))


def _lower(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
