"""The life of the admin process: told by its supervisor, confined, answering until the end.

Everything is imported and every page mapped before the lock-down; what comes after meets clients.
Run as `python -c "from bartizan.admin.process import main; main()" ORDER`, an inherited descriptor.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable

from bartizan.admin.app import application
from bartizan.admin.board import Board
from bartizan.admin.order import AdminOrder
from bartizan.admin.server import serve
from bartizan.observe import codec
from bartizan.sandbox import profiles
from bartizan.sandbox.lockdown import Lockdown, Mode, die_with_parent


def unconfined() -> None:
    """No lock-down: for tests."""


def run_admin(order: AdminOrder, confine: Callable[[], None] = unconfined) -> None:
    """Serve until SIGTERM or the supervisor's end. `confine` locks the process down, before the first client."""
    board = Board(order.pages, order.supervisor_page, order.bundle)
    for page in {*order.pages, order.supervisor_page, order.bundle}:
        os.close(page)
    serve(application(board), socket.socket(fileno=order.socket), lifeline=order.lifeline, confine=confine)


def main() -> None:
    """The process of the order in the descriptor that is the first argument."""
    os.umask(0o077)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal's is for the supervisor
    with open(int(sys.argv[1]), "rb") as file:
        order = codec.unpack(file.read(), AdminOrder)
    die_with_parent(order.parent)
    run_admin(order, Lockdown(profiles.admin(), Mode(order.sandbox)).apply)


if __name__ == "__main__":
    main()
