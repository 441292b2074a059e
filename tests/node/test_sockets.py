"""Slots: a socket for each smtpd and listener, made here or passed by the service manager."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from bartizan.config.schema import Listener
from bartizan.model.errors import ConfigError
from bartizan.node.sockets import open_slots

HERE = Listener("127.0.0.1:0", ("*",))


def passive(port: int = 0, *, shared: bool = False) -> socket.socket:
    """A listening socket as the service manager makes them."""
    sock = socket.socket()
    if shared:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(("127.0.0.1", port))
    sock.listen()
    return sock


def at(sock: socket.socket) -> Listener:
    """The listener whose address this socket has."""
    return Listener(f"127.0.0.1:{sock.getsockname()[1]}", ("*",))


def test_each_slot_has_a_socket_of_its_own_at_the_same_address() -> None:
    """The kernel shares connections out among the slots."""
    slots = open_slots((HERE, HERE), 3)
    try:
        ports = [[sock.getsockname()[1] for sockets in slot for sock in sockets] for slot in slots]
        assert ports == [ports[0]] * 3
        assert len({sock.fileno() for slot in slots for sockets in slot for sock in sockets}) == 6
    finally:
        for sock in (sock for slot in slots for sockets in slot for sock in sockets):
            sock.close()


def test_a_taken_address_is_refused_and_nothing_stays_open() -> None:
    """Also one that was opened with SO_REUSEPORT, whose connections we would take a part of."""
    with passive(shared=True) as taken:
        before = len(os.listdir("/proc/self/fd"))
        with pytest.raises(ConfigError, match="cannot listen here"):
            open_slots((HERE, at(taken)), 2)
        assert len(os.listdir("/proc/self/fd")) == before


def test_one_passed_socket_is_shared_by_all_slots() -> None:
    """Socket activation gives one socket for an address."""
    with passive() as passed:
        assert open_slots((at(passed),), 2, (passed,)) == (((passed,),), ((passed,),))


def test_every_passed_socket_is_served_by_some_slot() -> None:
    """With ReusePort= the service manager may pass more sockets than there are slots: none may be left unserved."""
    with passive(shared=True) as first:
        port = first.getsockname()[1]
        with passive(port, shared=True) as second, passive(port, shared=True) as third:
            slots = open_slots((at(first),), 2, (first, second, third))
    assert slots == (((first, third),), ((second,),))


def test_a_passed_socket_without_a_listener_is_an_error() -> None:
    """Mail would wait in its queue for ever."""
    with passive() as passed, pytest.raises(ConfigError, match="socket activation"):
        open_slots((HERE,), 1, (passed,))


_TELL = """
import os, socket
from bartizan.node.sockets import passed_sockets
print([sock.getsockname() for sock in passed_sockets()], os.environ.get("LISTEN_FDS"), end="")
"""


@pytest.mark.parametrize("mine", [True, False])
def test_passed_sockets_are_taken_only_when_they_are_for_us(mine: bool) -> None:
    """LISTEN_PID names the process they are for; children do not inherit the variables."""
    with passive() as passed:
        where = passed.getsockname()
        pid = "os.getpid()" if mine else "1"
        code = f"import os; os.dup2({passed.fileno()}, 3); os.environ.update(LISTEN_PID=str({pid}), LISTEN_FDS='1')"
        done = subprocess.run(
            [sys.executable, "-c", code + _TELL],
            pass_fds=(passed.fileno(),),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    assert done.stdout.decode() == f"{[where] if mine else []} None"
