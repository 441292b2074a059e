"""What the processes need for their work: one function for each need, which returns when it was met.

Runs inside the canary, locked down; what must be there before is made by a function of PREPARATIONS.
"""

from __future__ import annotations

import asyncio
import ctypes
import fcntl
import mmap
import os
import signal
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvloop
from attempts import Ground

from bartizan.scanner import codecs

TESTS = Path(__file__).resolve().parent.parent
sys.path.append(str(TESTS))

from bartizan.delivery.sqlite_store import SqliteStore  # noqa: E402
from delivery.samples import entry  # noqa: E402

CERTIFICATE = TESTS / "smtpd" / "localhost.pem"
LARGE = 2 << 20
LOOPBACK = b"\x7f\0\0\1"


def compute(ground: Ground) -> None:
    """Allocate, sleep, tell the time, print."""
    data = bytearray(8 << 20)
    time.sleep(0.001)
    time.localtime()
    os.write(2, b"")
    assert len(bytes(data)) == 8 << 20


def decode_everything(ground: Ground) -> None:
    """Every codec that was loaded."""
    for name in codecs.names():
        try:
            "a".encode(name, "replace")
            b"abc".decode(name, "replace")
        except (LookupError, UnicodeError, TypeError, ValueError):
            continue


def map_memory_file(ground: Ground) -> None:
    """Read what another process wrote."""
    with mmap.mmap(ground.memory, 4096, prot=mmap.PROT_READ) as mapped:
        assert mapped[:4] == b"page"


def keep_mail(ground: Ground) -> None:
    """The store: rows, body files, two connections, vanished owners."""
    raw = os.urandom(LARGE)
    first, second = SqliteStore(ground.own), SqliteStore(ground.own)
    ids = [first.put(entry(), data) for data in (b"Subject: small\r\n\r\n", raw)]
    assert second.load(ids[1])[1] == raw
    assert second.remove(ids) == 2
    first.close()
    second.close()


def write_files(ground: Ground) -> None:
    """Everything that a folder of one's own is for."""
    (ground.own / "a" / "b").mkdir(parents=True)
    file = ground.own / "a" / "b" / "file"
    with file.open("wb") as writing:
        writing.write(b"x" * 100)
        writing.truncate(10)
        os.fsync(writing.fileno())
        os.fchmod(writing.fileno(), 0o600)
        fcntl.flock(writing, fcntl.LOCK_EX)
    file.rename(ground.own / "moved")
    assert sorted(os.listdir(ground.own)) == ["a", "file", "moved"]
    (ground.own / "moved").unlink()
    os.statvfs(ground.own)


def append_event(ground: Ground) -> None:
    """The event log was opened before, wherever it is."""
    assert os.write(ground.prepared, b"{}\n") == 3


def connect_tcp(ground: Ground) -> None:
    """The next hop."""
    with socket.create_connection(ground.prepared.getsockname()):
        ground.prepared.accept()[0].close()


def connect_scanner(ground: Ground) -> None:
    """A Unix socket with a path."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(ground.foreign / "scan"))


def resolve(ground: Ground) -> None:
    """A name of the hosts file, and one that a DNS server tells."""
    assert ("127.0.0.1", 25) in [found[4] for found in socket.getaddrinfo("localhost", 25, socket.AF_INET)]
    server = threading.Thread(target=_answer, args=(ground.prepared,), daemon=True)
    server.start()
    state = ctypes.cast(_state(), ctypes.POINTER(ctypes.c_ubyte * 36)).contents
    address = struct.pack("=H", socket.AF_INET) + struct.pack(">H4s8x", ground.prepared.getsockname()[1], LOOPBACK)
    state[:36] = list(bytes(state[:16]) + struct.pack("=i", 1) + address)  # nscount and nsaddr_list[0] of _res
    assert socket.getaddrinfo("mx.bartizan.test.", 25, proto=socket.IPPROTO_TCP)[0][4] == ("127.0.0.9", 25)


def hand_over(ground: Ground) -> None:
    """A sealed message to a scanner."""
    memory = os.memfd_create("message", os.MFD_ALLOW_SEALING)
    os.write(memory, b"page")
    fcntl.fcntl(memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | 0x10)
    socket.send_fds(ground.unix[0], [b"x"], [memory])
    _, (received,), _, _ = socket.recv_fds(ground.unix[1], 1, 1)
    with mmap.mmap(received, 4, prot=mmap.PROT_READ) as mapped:
        assert mapped[:] == b"page"


def work_in_threads(ground: Ground) -> None:
    """Several at once."""
    threads = [threading.Thread(target=time.localtime) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def speak_tls(ground: Ground) -> None:
    """Both ends of a session, the certificate checked; and the system's own certificates can be read."""
    ssl.create_default_context()
    serving, trusting = ground.prepared
    ways = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        serving.wrap_bio(*ways, server_side=True),
        trusting.wrap_bio(*reversed(ways), server_hostname="localhost"),
    ]
    for turn in range(8):
        try:
            ends[(turn + 1) % 2].do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert ends[1].getpeercert()["subject"]  # type: ignore[index]


def import_late(ground: Ground) -> None:
    """A module of the standard library that is written in Python."""
    sys.modules.pop("colorsys", None)
    try:
        import colorsys  # noqa: F401
    except ImportError as problem:
        raise OSError("refused") from problem


def import_library_late(ground: Ground) -> None:
    """One that is a shared library."""
    sys.modules.pop("_lsprof", None)
    try:
        import _lsprof  # noqa: F401
    except ImportError as problem:
        raise OSError("refused") from problem


def serve(ground: Ground) -> None:
    """uvloop, a listener that was inherited, and a client that waits in its queue already."""
    listener, client = ground.prepared

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def everything() -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, lambda: None)
        async with await asyncio.start_server(answer, sock=listener):
            reader, writer = await asyncio.open_connection(sock=client)
            writer.write(b"hello\n")
            assert await reader.readline() == b"hello\n"
            writer.close()

    uvloop.run(everything())


def relay(ground: Ground) -> None:
    """uvloop, a connection by name, and work that it gives to a thread."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220\r\n")
        writer.close()

    async def everything() -> None:
        async with await asyncio.start_server(greet, sock=ground.prepared):
            reader, writer = await asyncio.open_connection("localhost", ground.prepared.getsockname()[1])
            assert await reader.readline() == b"220\r\n"
            writer.close()
            assert await asyncio.get_running_loop().run_in_executor(None, os.getpid) == os.getpid()

    uvloop.run(everything())


def _state() -> int:
    """Where this thread's resolver keeps its state."""
    libc = ctypes.CDLL(None)
    libc.__res_init()
    libc.__res_state.restype = ctypes.c_void_p
    return int(libc.__res_state())


def _answer(server: socket.socket) -> None:
    """A DNS server for two questions: 127.0.0.9 to the one for an address of version 4, nothing to the other."""
    for _ in range(2):
        question, client = server.recvfrom(512)
        end = question.index(b"\0", 12) + 5
        record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f\0\0\x09" if question[end - 4 : end - 2] == b"\0\1" else b""
        counts = struct.pack(">4H", 1, 1 if record else 0, 0, 0)
        server.sendto(question[:2] + b"\x85\x80" + counts + question[12:end] + record, client)


def _name_server(ground: Ground) -> socket.socket:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    return server


def _listener(ground: Ground) -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def _listener_and_client(ground: Ground) -> tuple[socket.socket, socket.socket]:
    listener = _listener(ground)
    client = socket.create_connection(listener.getsockname())
    for one in (listener, client):
        one.setblocking(False)
    return listener, client


def _scanner(ground: Ground) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(ground.foreign / "scan"))
    listener.listen()
    return listener


def _contexts(ground: Ground) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(CERTIFICATE)
    return serving, ssl.create_default_context(cafile=str(CERTIFICATE))


def _log(ground: Ground) -> int:
    return os.open(ground.foreign / "events", os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def _page(ground: Ground) -> int:
    return os.write(ground.memory, b"page".ljust(4096))


PREPARATIONS: dict[str, Callable[[Ground], Any]] = {
    "append_event": _log,
    "connect_tcp": _listener,
    "connect_scanner": _scanner,
    "map_memory_file": _page,
    "relay": _listener,
    "resolve": _name_server,
    "serve": _listener_and_client,
    "speak_tls": _contexts,
}
NEEDS: tuple[Callable[[Ground], None], ...] = (
    compute, decode_everything, map_memory_file, keep_mail, write_files, append_event, connect_tcp, connect_scanner,
    resolve, hand_over, work_in_threads, speak_tls, import_late, import_library_late, serve, relay,
)  # fmt: skip
