"""Composition root: settings become the objects that a command or the supervisor works with.

`examiner` is the part of the gateway that `scan` and `explain` need. What an smtpd is made of is put together in its
own process (node/smtpd.py). Not here: what any of the objects does, the process tree (supervisor.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from bartizan._core.automaton import Automaton
from bartizan.bundle import PHRASES, build
from bartizan.config.schema import Settings
from bartizan.message.parse import from_bytes
from bartizan.model.message import Examination
from bartizan.node.runtime import RuntimeDirectory
from bartizan.observe.supervision import Supervision
from bartizan.pipeline import examine
from bartizan.sandbox.lockdown import Mode
from bartizan.sandbox.users import Account
from bartizan.scanner.pool import ScannerPool
from bartizan.scanner.processes import ScannerProcesses

TICK = 0.2
"""Seconds between two looks at the scanner processes."""

Examine = Callable[[bytes, str], Awaitable[Examination]]


def scanner_processes(
    settings: Settings,
    bundle: str,
    directory: str,
    log: Callable[[str], None],
    scanners: Account | None = None,
    clients: Account | None = None,
    supervision: Supervision | None = None,
) -> ScannerProcesses:
    """The scanners that `settings` ask for, not yet started; `bundle` is the bundle's directory, `directory` where
    their sockets are made. They run as `scanners` and answer `clients`, accounts of their own or this process's; what
    happens to them is counted in `supervision`."""
    return ScannerProcesses(
        bundle,
        settings.limits,
        count=settings.server.scanners,
        sandbox=Mode(settings.server.sandbox or "required"),
        log=log,
        directory=directory,
        account=scanners,
        clients=clients,
        supervision=supervision,
    )


@contextlib.asynccontextmanager
async def examiner(settings: Settings) -> AsyncIterator[Examine]:
    """Whole examinations of stored mails: first pass here, the rest in scanners that live as long as the context.

    ConfigError when the bundle cannot be built or a required sandbox cannot be had, TemporaryError when a scanner
    does not start.
    """
    bundle = build(settings)
    automaton = Automaton.open(str(Path(bundle.directory, PHRASES)))
    runtime = RuntimeDirectory()
    scanners = scanner_processes(settings, bundle.directory, runtime.path, lambda line: print(line, file=sys.stderr))
    try:
        scanners.start()
        pool = ScannerPool(scanners.directory, settings.limits)
        watch = asyncio.create_task(_look_after(scanners), name="scanners")

        async def one(raw: bytes, id: str) -> Examination:
            message = from_bytes(raw, automaton, settings.limits, stored=True).message
            return await examine(pool, id, message)

        try:
            yield one
        finally:
            watch.cancel()
            pool.close()
            scanners.stop()
    finally:
        runtime.close()


async def _look_after(scanners: ScannerProcesses) -> None:
    while True:
        scanners.tick()
        await asyncio.sleep(TICK)
