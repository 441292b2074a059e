"""The way in through a balancer and TLS, in the real confined processes: whose mail it is, which certificate."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from smtpd.test_tls_names import made

import pytest

from bench.gateway import Gateway
from bench.sink import free_port
from end_to_end.recorder import Recorder
from end_to_end.test_reload import reload

BALANCER = "127.0.0.2"
LINE = b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 465\r\n"
BINARY = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes((192, 0, 2, 8, 198, 51, 100, 1)) + struct.pack("!HH", 4, 465)
SECONDS = 30.0


class Door:
    """One TLS connection from 127.0.0.2 behind a header."""

    def __init__(self, port: int, header: bytes, name: str = "mx.example") -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", port), timeout=SECONDS, source_address=(BALANCER, 0))
        try:
            plain.sendall(header)
            self._socket = context.wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise
        self.certificate = self._socket.getpeercert(binary_form=True) or b""
        self._lines = self._socket.makefile("rb")
        self.greeting = self._lines.readline()

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._socket.close()

    def say(self, command: bytes) -> bytes:
        """The last line of the answer."""
        self._socket.sendall(command)
        while (line := self._lines.readline())[3:4] == b"-":
            pass
        return line

    def mail(self) -> list[bytes]:
        """Codes of one transaction."""
        mail = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: x\r\n\r\nhello\r\n.\r\n"
        commands = (
            b"EHLO c.example\r\n",
            b"MAIL FROM:<a@sender.example>\r\n",
            b"RCPT TO:<b@here.example>\r\n",
            b"DATA\r\n",
        )
        return [self.say(command)[:3] for command in (*commands, mail)]


@pytest.fixture
def certificates(tmp_path: Path) -> Callable[[str], bytes]:
    """Makes the two certificates of the gateway anew; answers that of this name (DER)."""

    def make(name: str) -> bytes:
        found = {}
        for file, names in (("first", "DNS:mx.example"), ("second", "DNS:*.second.example")):
            made(tmp_path, file, names)
            found[file] = ssl.PEM_cert_to_DER_cert((tmp_path / f"{file}.crt").read_text(encoding="ascii"))
        return found[name]

    return make


@pytest.fixture
def gateway(
    start: Callable[..., Gateway], tmp_path: Path, certificates: Callable[[str], bytes]
) -> Iterator[tuple[Gateway, bytes]]:
    """One with a listener for a balancer, TLS from the start; and its second certificate."""
    second = certificates("second")
    listener = f"""
proxy = ["{BALANCER}"]
tls_required = true
checks = {{ reverse_dns = "off", forward_dns = "off", helo_dns = "off", sender_domain = "off", null_mx = "off" }}
[listener.tls]
mode = "implicit"
certificate = "{tmp_path}/first.crt"
key = "{tmp_path}/first.key"
more = [{{ certificate = "{tmp_path}/second.crt", key = "{tmp_path}/second.key" }}]
"""
    with Recorder() as recorder:
        yield start(recorder.port, listener=listener, port=free_port()), second


def told(gateway: Gateway, kind: str, count: int) -> list[dict[str, object]]:
    """The events of this kind, once there are so many."""
    end = time.monotonic() + SECONDS
    while len(found := [event for event in gateway.seen() if event["event"] == kind]) < count:
        assert time.monotonic() < end, found
        os.sched_yield()
    return found


def refused(port: int, source: str, sent: bytes) -> bool:
    """Is a connection from this address that sends this closed, with an alert of TLS at most?"""
    answer = b""
    with (
        contextlib.suppress(ConnectionError),
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS, source_address=(source, 0)) as client,
    ):
        client.sendall(sent)
        while piece := client.recv(100):
            answer += piece
    return answer[:1] in (b"", b"\x15")


def test_through_the_door(gateway: tuple[Gateway, bytes], certificates: Callable[[str], bytes]) -> None:
    """The client's address and its TLS are in the event; a reload changes the certificate and no session."""
    house, second = gateway
    with Door(house.port, LINE) as old:
        assert old.mail() == [b"250", b"250", b"250", b"354", b"250"]
        with Door(house.port, BINARY, "a.second.example") as other:
            assert other.mail() == [b"250", b"250", b"250", b"354", b"250"]
            assert other.certificate == second
        assert [(e["peer"], str(e["tls"])[:7]) for e in told(house, "message", 2)] == [
            ("192.0.2.7", "TLSv1.3"),
            ("192.0.2.8", "TLSv1.3"),
        ]
        renewed = certificates("first")
        reload(house)
        end = time.monotonic() + SECONDS
        while True:
            with Door(house.port, LINE) as new:
                if new.certificate == renewed:
                    break
            assert time.monotonic() < end
        assert old.certificate != renewed
        assert old.mail() == [b"250", b"250", b"250", b"354", b"250"]


def test_who_is_kept_out(gateway: tuple[Gateway, bytes]) -> None:
    """Other addresses, no header, no TLS, a name that is not ASCII: closed, told of as sessions, no error of ours."""
    house, _ = gateway
    hello = b"\x16\x03\x01\x00\x05hello"
    for source, sent in (("127.0.0.1", LINE + hello), (BALANCER, hello), (BALANCER, LINE + b"EHLO c\r\n")):
        assert refused(house.port, source, sent)
    outgoing = ssl.MemoryBIO()
    engine = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="abcdefgh.example")
    with contextlib.suppress(ssl.SSLWantReadError):
        engine.do_handshake()
    assert refused(house.port, BALANCER, LINE + outgoing.read().replace(b"abcdefgh", b"abc\xff\xfefgh"))
    ends = [(e["peer"], e["ended"]) for e in told(house, "session", 5)]
    assert sorted(ends) == [
        ("127.0.0.1", "refused"),  # whoever waited for the gateway to listen
        ("127.0.0.1", "refused"),
        ("127.0.0.2", "refused"),
        ("192.0.2.7", "client"),
        ("192.0.2.7", "client"),
    ]
    with Door(house.port, LINE) as client_after:
        assert client_after.mail()[-1] == b"250"
    assert house.stop() == 0
    assert "Traceback" not in (house.folder / "stderr").read_text(encoding="utf-8")
    assert [event for event in house.seen() if event["event"] == "problem"] == []
