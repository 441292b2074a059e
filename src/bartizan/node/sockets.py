"""The listening sockets of the gateway's slots: made here, or taken over from systemd (socket activation).

A slot is what one smtpd accepts from: for each listener a socket of its own (SO_REUSEPORT), kept by the supervisor
for as long as it runs, so that connections which wait in its queue survive the smtpd. Sockets from systemd are matched
to listeners by their address; with fewer of them than slots several slots share one, with more a slot has several.
Not here: accepting, and when a slot begins to listen.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import Any

from bartizan.config.address import split
from bartizan.config.schema import Listener
from bartizan.model.errors import ConfigError, Problem

FIRST_PASSED = 3
"""The first descriptor that systemd passes (sd_listen_fds(3))."""

Slot = tuple[tuple[socket.socket, ...], ...]
"""For each listener the sockets that one smtpd accepts from."""


def passed_sockets() -> tuple[socket.socket, ...]:
    """The sockets that this process was started with, told by LISTEN_PID and LISTEN_FDS; its children get none."""
    pid, count = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    os.environ.pop("LISTEN_FDNAMES", None)
    if pid != str(os.getpid()) or not count.isdecimal():
        return ()
    passed = []
    for descriptor in range(FIRST_PASSED, FIRST_PASSED + int(count)):
        os.set_inheritable(descriptor, False)
        passed.append(socket.socket(fileno=descriptor))
    return tuple(passed)


def open_slots(listeners: Sequence[Listener], count: int, passed: Sequence[socket.socket] = ()) -> tuple[Slot, ...]:
    """Slots for `count` smtpds. ConfigError when an address is not free, or a passed socket fits no listener."""
    opened: list[socket.socket] = []
    left = list(passed)
    by_listener = []
    try:
        for listener in listeners:
            found = [sock for sock in left if _is_at(sock, listener.address)]
            left = [sock for sock in left if sock not in found]
            by_listener.append([_share(found, index, count) for index in range(count)] if found else None)
        if left:
            where = ", ".join(_name(sock) for sock in left)
            raise ConfigError((Problem("socket activation", "", f"expected a listener with the address {where}"),))
        slots = []
        for listener, shares in zip(listeners, by_listener, strict=True):
            if shares is None:
                shares = [(sock,) for sock in _open(listener, count, opened)]
            slots.append(shares)
        return tuple(zip(*slots, strict=True))
    except ConfigError:
        for sock in opened:
            sock.close()
        raise


def open_one(address: str, key: str) -> socket.socket:
    """One bound socket at `address`, nobody else's. ConfigError, with the configuration's `key`."""
    try:
        host, port = split(address)
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return _bound(family, kind, where, shared=False)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError((Problem(address, key, f"cannot listen here: {reason}"),)) from None


def _open(listener: Listener, count: int, opened: list[socket.socket]) -> list[socket.socket]:
    """`count` bound sockets at one address; none listens yet."""
    try:
        host, port = split(listener.address)
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with _bound(family, kind, where, shared=False) as first:
            # nobody else has the address: a shared one would take part of the other's connections
            where = first.getsockname()
        here = []
        for _ in range(count):
            here.append(_bound(family, kind, where, shared=True))
            opened.append(here[-1])
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError((Problem(listener.address, "", f"cannot listen here: {reason}"),)) from None
    return here


def _bound(family: int, kind: int, where: Any, *, shared: bool) -> socket.socket:
    sock = socket.socket(family, kind)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(where)
    except OSError:
        sock.close()
        raise
    return sock


def _share(sockets: Sequence[socket.socket], index: int, count: int) -> tuple[socket.socket, ...]:
    """Which of the sockets of one address the slot number `index` of `count` serves: every socket has a slot."""
    return tuple(sockets[index::count]) or (sockets[index % len(sockets)],)


def _is_at(sock: socket.socket, address: str) -> bool:
    if sock.type != socket.SOCK_STREAM or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    host, port = split(address)
    try:
        found = socket.getaddrinfo(host, port, family=sock.family, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return any(where[:2] == sock.getsockname()[:2] for *_, where in found)


def _name(sock: socket.socket) -> str:
    where = sock.getsockname()
    return f"{where[0]}:{where[1]}" if isinstance(where, tuple) else repr(where)
