"""The name servers of this host, from /etc/resolv.conf (resolv.conf(5)).

Read once, before the lock-down: later the file may be out of reach. Limits: 64 KiB, 8 servers.
Known gaps: its options and search list are not followed; an address with a scope (fe80::1%eth0) is left out, since
finding the interface is refused after the lock-down.
"""

from __future__ import annotations

from pathlib import Path

from bartizan.dns.name import address

RESOLV_CONF = Path("/etc/resolv.conf")
_MOST_BYTES = 64 * 1024
_MOST_SERVERS = 8
_DEFAULT = ("127.0.0.1",)


def system_servers(path: Path = RESOLV_CONF) -> tuple[str, ...]:
    """Addresses in the file's order; 127.0.0.1 where it names none or cannot be read, as the C library has it."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("ascii", "replace")
    except OSError:
        return _DEFAULT
    lines = (line.split() for line in text.splitlines())
    named = [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver" and "%" not in words[1]]
    found = [str(one) for one in map(address, named) if one is not None]
    return tuple(dict.fromkeys(found))[:_MOST_SERVERS] or _DEFAULT
