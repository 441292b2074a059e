"""A name server on loopback, UDP and TCP, for any test that looks names up.

    with NameServer() as server:
        server.add("example.org", "MX", "10 mx.example.org.")         # as in a zone file; names end in a dot
        server.add("1.2.0.192.in-addr.arpa", "PTR", "mx.example.org.")
        server.does("broken.example", Way.SERVFAIL)
        Resolver(DnsSettings(servers=(server.address,)))

A name that nothing was said about does not exist (NXDOMAIN, with an SOA record); one that has only other records has no
such record (NODATA). Aliases (CNAME) are followed. `asked` lists the questions that came, in lower case.
`hold()` keeps answers back until `release()`. It runs in a thread of its own and ends with the block.
"""

from __future__ import annotations

import enum
import selectors
import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType

from dnslib import OPCODE, QTYPE, RCODE, RR, SOA, DNSHeader, DNSRecord

LONGEST_OVER_UDP = 1232


class Way(enum.Enum):
    """What can be done with a question other than to answer it."""

    SERVFAIL = "servfail"
    REFUSED = "refused"
    NOTIMP = "notimp"
    FORMERR = "formerr"
    NOTAUTH = "notauth"
    SILENCE = "silence"
    """No answer at all."""
    TRUNCATED = "truncated"
    """Cut off over UDP, so that TCP must be asked."""
    TRUNCATED_ALWAYS = "truncated always"
    """Cut off over UDP, and the TCP connection is closed."""
    WRONG_ID = "wrong id"
    """An answer to something else, and then silence."""
    WRONG_QUESTION = "wrong question"
    """An answer with the right id about another name, and then silence."""
    GARBAGE = "garbage"
    """The right id, and then bytes that are no answer."""
    EMPTY = "empty"
    """NOERROR with nothing in it, not even an SOA record."""


_CODES = {Way.SERVFAIL: 2, Way.REFUSED: 5, Way.NOTIMP: 4, Way.FORMERR: 1, Way.NOTAUTH: 9}


class NameServer:
    """Made, it listens; entered, it answers. All methods may be called from any thread at any time."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.over_tcp: list[tuple[str, str]] = []
        self._zone: dict[str, list[RR]] = {}
        self._ways: dict[str, Way] = {}
        self._changes: dict[str, Callable[[bytes], bytes]] = {}
        self._held: list[tuple[bytes, tuple[str, int]]] | None = None
        self._lock = threading.Condition()
        self._udp, self._tcp = _same_port()
        self._ended, self._end = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="name server", daemon=True)
        host, port = self._udp.getsockname()
        self.address = f"{host}:{port}"
        """As DnsSettings.servers has it."""

    def add(self, name: str, kind: str, *values: str, ttl: int = 300) -> None:
        """Records of `name`, each value as in a zone file."""
        with self._lock:
            kept = self._zone.setdefault(name.lower(), [])
            for value in values:
                kept += RR.fromZone(f"{name}. {ttl} IN {kind} {value}")

    def add_record(self, name: str, record: RR) -> None:
        """A record of dnslib's, for what cannot be written in a zone file."""
        with self._lock:
            self._zone.setdefault(name.lower(), []).append(record)

    def does(self, name: str, way: Way | None) -> None:
        """From now on questions about `name` go that way; None: they are answered."""
        with self._lock:
            if way is None:
                self._ways.pop(name.lower(), None)
            else:
                self._ways[name.lower()] = way

    def spoil(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """What is sent about `name` is what `change` makes of the right packet."""
        with self._lock:
            self._changes[name.lower()] = change

    def hold(self) -> None:
        """Keep what would be answered over UDP back."""
        with self._lock:
            self._held = []

    def release(self, expected: int = 0) -> None:
        """Send what was kept back, once `expected` answers are there."""
        with self._lock:
            assert self._held is not None
            held = self._held
            assert self._lock.wait_for(lambda: len(held) >= expected, 10.0), "the questions did not come"
            self._held = None
            for answer, client in held:
                self._udp.sendto(answer, client)

    def __enter__(self) -> NameServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.close()
        self._thread.join()
        for one in (self._udp, self._tcp, self._ended):
            one.close()

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            for one in (self._udp, self._tcp, self._ended):
                selector.register(one, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._udp:
                        self._answer_udp(*self._udp.recvfrom(65535))
                    elif key.fileobj is self._tcp:
                        self._answer_tcp(self._tcp.accept()[0])
                    else:
                        return

    def _answer_udp(self, packet: bytes, client: tuple[str, int]) -> None:
        question = DNSRecord.parse(packet)
        with self._lock:
            self.asked.append(_asked(question))
            for answer in self._answers(question, LONGEST_OVER_UDP):
                if self._held is None:
                    self._udp.sendto(answer, client)
                else:
                    self._held.append((answer, client))
                    self._lock.notify_all()

    def _answer_tcp(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as reader:
            connection.settimeout(10.0)
            question = DNSRecord.parse(reader.read(struct.unpack(">H", reader.read(2))[0]))
            with self._lock:
                self.over_tcp.append(_asked(question))
                if self._ways.get(_asked(question)[0]) is Way.TRUNCATED_ALWAYS:
                    return
                answers = self._answers(question, 65535)
            for answer in answers:
                connection.sendall(struct.pack(">H", len(answer)) + answer)
            reader.read(1)  # the client closes

    def _answers(self, question: DNSRecord, longest: int) -> list[bytes]:
        """The packets to send."""
        name = _asked(question)[0]
        way = self._ways.get(name)
        reply = question.reply(ra=1)
        over_udp = longest < 65535
        if way in _CODES:
            reply.header.rcode = _CODES[way]
            return [reply.pack()]
        if way is Way.SILENCE:
            return []
        if way is Way.EMPTY:
            return [reply.pack()]
        if way is Way.GARBAGE:
            return [question.pack()[:2] + b"\x84\x00\x00\x01\x00\x09" + b"\xc0" * 40]
        if way is Way.WRONG_QUESTION:
            other = DNSRecord.question("other.example", QTYPE[question.q.qtype])
            other.header.id = question.header.id
            return [other.reply().pack()]
        self._fill(reply, question)
        if way is Way.WRONG_ID:
            reply.header.id ^= 1
        packed = reply.pack()
        if over_udp and (len(packed) > longest or way in (Way.TRUNCATED, Way.TRUNCATED_ALWAYS)):
            header = DNSHeader(id=question.header.id, qr=1, tc=1, rd=1, ra=1, opcode=OPCODE.QUERY)
            return [DNSRecord(header, q=question.q).pack()]
        return [self._changes.get(name, bytes)(packed)]

    def _fill(self, reply: DNSRecord, question: DNSRecord) -> None:
        name, kind = _asked(question)
        for _ in range(20):
            records = self._zone.get(name)
            if records is None:
                reply.header.rcode = RCODE.NXDOMAIN
                break
            found = [one for one in records if QTYPE[one.rtype] == kind]
            if found:
                reply.add_answer(*found)
                return
            aliases = [one for one in records if QTYPE[one.rtype] == "CNAME"]
            if not aliases:
                break
            reply.add_answer(*aliases)
            name = str(aliases[0].rdata.label).rstrip(".").lower()
        reply.add_auth(RR("example", QTYPE.SOA, rdata=SOA("ns.example", "root.example", (1, 60, 60, 60, 60)), ttl=60))


def _asked(question: DNSRecord) -> tuple[str, str]:
    return str(question.q.qname).rstrip(".").lower(), QTYPE[question.q.qtype]


def _same_port() -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket with one port number."""
    for _ in range(50):
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
            continue
        return udp, tcp
    raise OSError("no port is free for both UDP and TCP")
