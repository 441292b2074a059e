"""The processes that serve mail, as their supervisor sees them: started, told, watched, ended.

A child is told through inherited descriptors and knows nothing else; started by root it gets its own account.
Not here: when any of this is done (smtpds.py), what happens inside (node/smtpd.py).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from bartizan.bundle import PHRASES
from bartizan.model.errors import TemporaryError
from bartizan.node import sockets
from bartizan.node.generation import Generation
from bartizan.node.order import Change, SmtpdOrder, send_change, send_order
from bartizan.sandbox.users import Account, identity
from bartizan.scanner.slot import Slot

Process = subprocess.Popen[bytes]

START_SECONDS = 60.0
SILENT = 5.0
"""Seconds without a heartbeat after which an smtpd is killed."""


def start(code: str, arguments: Sequence[int], passed: Sequence[int], account: Account | None) -> Process:
    """A Python process that runs `code` with `arguments`, and inherits the descriptors `passed`. TemporaryError."""
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", "-c", code, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # ours may be the event log
            pass_fds=tuple(passed),
            cwd="/",
            **identity(account),
        )
    except OSError as error:
        who = f" as {account.name}" if account is not None else ""
        raise TemporaryError(f"cannot start {sys.executable}{who}: {error.strerror}") from error


class Followed:
    """A generation as smtpds are told of it: its phrase file stays open for those that come later."""

    def __init__(self, generation: Generation, bundle: str) -> None:
        """`bundle` is the bundle's directory. OSError."""
        self.generation = generation
        self.phrases = os.open(os.path.join(bundle, PHRASES), os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        """Nobody follows it any more."""
        os.close(self.phrases)


class SmtpdProcess:
    """An smtpd that is running, or has everything loaded and waits for its order."""

    def __init__(self, account: Account | None) -> None:
        """Start it. TemporaryError, OSError."""
        self._control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)  # one that does not read must not make us wait
        self._page = Slot.create()
        self.slot = Slot(self._page)
        try:
            code = "from bartizan.node.smtpd import main; main()"
            self.process = start(code, (control.fileno(), os.getpid()), (control.fileno(),), account)
        except BaseException:
            self._free()
            raise
        finally:
            control.close()
        self.began = time.monotonic()
        self.killed = False

    def begin(self, followed: Followed, slot: sockets.Slot, *, events: int, meter: int, patient: bool) -> None:
        """Have it serve a slot; `events` is the log's descriptor, `meter` that of the slot's page of counters. One
        that cannot be told is killed."""
        order = SmtpdOrder(
            generation=followed.generation.directory,
            phrases=followed.phrases,
            events=events,
            slot=self._page,
            meter=meter,
            sockets=tuple(tuple(sock.fileno() for sock in one) for one in slot),
            patient=patient,
        )
        self.began = time.monotonic()
        try:
            send_order(self._control, order)
        except OSError:
            self.kill()

    @property
    def ended(self) -> bool:
        """It is gone (and reaped)."""
        return self.process.poll() is not None

    @property
    def stuck(self) -> bool:
        """It should have given a sign of life, or have become ready, but has not."""
        if self.slot.ready:
            return self.slot.working_seconds() > SILENT
        return time.monotonic() - self.began > START_SECONDS

    def tell(self, followed: Followed, events: int) -> None:
        """Have it follow another generation, and write to another log. One that cannot be told is killed."""
        try:
            send_change(self._control, Change(followed.generation.directory, followed.phrases, events))
        except OSError:
            self.kill()

    def terminate(self) -> None:
        """Ask it to drain and end."""
        if not self.ended:
            self.process.terminate()

    def kill(self) -> None:
        """End it now; `killed` says so from then on."""
        self.killed = True
        with suppress(ProcessLookupError):
            self.process.kill()

    def close(self) -> None:
        """Free what belongs to it here; it must have ended, or been killed."""
        self.process.wait()
        self._free()

    def _free(self) -> None:
        self._control.close()
        self.slot.close()
        os.close(self._page)
