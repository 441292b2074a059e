"""Which sender addresses a login may use (RFC 6409 section 6.1).

In: the login and the reverse path of MAIL. Out: yes or no. What [[auth.senders]] names for a login holds alone; a login
without an entry that is an address sends as that address, if `own_address` says so; any other may use all. The empty
sender is always allowed: notifications of receipt have to have it (RFC 8098 section 4).
Not here: the address in the From field.
"""

from __future__ import annotations

from bartizan.auth.canonical import address_key, login_key
from bartizan.model.auth import AuthSettings

_ANY = "*"


class Senders:
    """The rules of one configuration."""

    __slots__ = ("_named", "_own_address")

    def __init__(self, settings: AuthSettings) -> None:
        named: dict[str, set[str]] = {}
        for one in settings.senders:
            named.setdefault(login_key(one.login), set()).update(map(address_key, one.addresses))
        self._named = {login: frozenset(addresses) for login, addresses in named.items()}
        self._own_address = settings.own_address

    def allow(self, login: str, sender: str) -> bool:
        """May `login` send as `sender`?"""
        if not sender:
            return True
        address = address_key(sender)
        named = self._named.get(login_key(login))
        if named is not None:
            return _ANY in named or address in named or "@" + address.rpartition("@")[2] in named
        if not self._own_address or "@" not in login:
            return True
        return address == address_key(login)
