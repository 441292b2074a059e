"""The demo's next hop: an SMTP server of its own process that files every message into a Maildir.

Run as `python -m bartizan.cli.maildir_sink DIRECTORY`; prints "listening on PORT" and serves on loopback until its
standard input ends or SIGTERM comes. A message is written to tmp/, synced, and moved to new/, and that is synced too,
before it is acknowledged.
Not here: looking into messages, limits on who may come.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

from bartizan._core.stream import MessageStream
from bartizan.delivery.receipt import Receipt, acknowledge
from bartizan.model.envelope import Envelope
from bartizan.model.limits import Limits
from bartizan.model.offer import Offer
from bartizan.model.reply import Reply
from bartizan.smtpd.identifiers import Identifiers
from bartizan.smtpd.listener import Listener
from bartizan.smtpd.settings import Services, SessionSettings

_OFFER = Offer(eight_bit=True, smtputf8=True, pipelining=True)
_DRAIN_SECONDS = 5.0


class Maildir:
    """A mail folder of files (tmp, new, cur), made when it is not there."""

    def __init__(self, directory: Path) -> None:
        self._tmp, self._new = directory / "tmp", directory / "new"
        for folder in (self._tmp, self._new, directory / "cur"):
            folder.mkdir(parents=True, exist_ok=True)

    def file(self, name: str, content: bytes | memoryview) -> Path:
        """Store one message durably; the path it has from then on. OSError when it cannot be stored."""
        draft, place = self._tmp / name, self._new / name
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(place)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        folder = os.open(self._new, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return place


async def serve(directory: Path) -> None:
    """File messages under `directory` until told to stop."""
    maildir = Maildir(directory)

    async def submit(envelope: Envelope, stream: MessageStream) -> Reply:
        place = await asyncio.to_thread(maildir.file, f"{envelope.id}.bartizan", stream.raw)
        return acknowledge(envelope.recipients, (Receipt(envelope.recipients, place.name),))

    limits = Limits()
    services = Services(
        submit=submit,
        new_stream=lambda normalize: MessageStream(normalize_bare=normalize, max_bytes=limits.message_bytes),
        new_id=Identifiers().new,
        offer=lambda: _OFFER,
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listener = Listener(SessionSettings("localhost", limits=limits), services, (listening,))
        await listener.start()
        print(f"listening on {listening.getsockname()[1]}", flush=True)
        await _told_to_stop()
        await listener.drain(_DRAIN_SECONDS)


async def _told_to_stop() -> None:
    """Wait for the end of standard input, or SIGTERM."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)  # Ctrl-C reaches the gateway, which still needs us

    def watch() -> None:
        if not os.read(0, 4096):
            loop.remove_reader(0)
            told.set()

    loop.add_reader(0, watch)
    await told.wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
