"""XCLIENT: a trusted host says whom it speaks for, to try the wall out from anywhere (Postfix XCLIENT_README).

In: the argument of the command. Out: whom it names, or None for what is not understood. What it leaves out, or calls
[UNAVAILABLE] or [TEMPUNAVAIL], stays as it is; a reverse name is not believed but looked up.
Not here: who may say it, what follows for the session.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

ATTRIBUTES = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN")
"""As EHLO offers them."""

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")
_ESCAPE = re.compile(r"\+([0-9A-F]{2})")
_UNKNOWN = frozenset({"[UNAVAILABLE]", "[TEMPUNAVAIL]"})


@dataclass(frozen=True, slots=True)
class Client:
    """Whom the session is for from now on; "" and 0 are not told."""

    address: str = ""
    port: int = 0
    helo: str = ""
    login: str = ""


def parse(argument: str) -> Client | None:
    """The client that `argument` names."""
    told: dict[str, str] = {}
    for word in argument.split(" "):
        name, equals, value = word.partition("=")
        name = name.upper()
        if not equals or name not in ATTRIBUTES or name in told or not _XTEXT.fullmatch(value):
            return None
        told[name] = "" if value.upper() in _UNKNOWN else _decoded(value)
    address, port = told.get("ADDR", ""), told.get("PORT", "")
    if address:
        try:
            address = str(ip_address(re.sub("^ipv6:", "", address, flags=re.I)))
        except ValueError:
            return None
    if port and not (port.isascii() and port.isdigit() and int(port[:6]) < 65536):
        return None
    return Client(address, int(port or 0), told.get("HELO", ""), told.get("LOGIN", ""))


def _decoded(xtext: str) -> str:
    """RFC 3461 section 4; what is no text stays visible as "?"."""
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), xtext)
    return "".join(letter if " " < letter <= "~" else "?" for letter in text)
