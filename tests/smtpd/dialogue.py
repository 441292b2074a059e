r"""Plays a dialogue file against a real listener on loopback.

One line is one step; `#` begins a comment line, empty lines are nothing.

    settings: word=value ...   fields of Limits, Timeouts, Caps, Esmtp, Checks, SessionSettings; before the first step;
                               `+` stands for a space in a value
    zone: name TYPE value      a record of the DNS, which is asked where there is one; `zone: name servfail`
    list: deny senders entry, entry ...          a list, as [listener.deny] and [listener.allow] have them
    pattern: regex             one of sender_patterns
    login: name password [sender]                who may log in, and as whom it may send; `later` must wait
    offer: 8bitmime smtputf8 dsn size=1000      what the next hop offers (8bitmime unless said otherwise)
    refused: address code enhanced text          a refusal that the next hop is remembered for
    unknown: address code enhanced text          what it says of a recipient when it is asked
    etrn: code enhanced text                     and to ETRN
    submit: 550 5.7.1 text     the answer to messages from now on; `submit: raise ErrorName` raises that exception
    early: bytes               are sent before the server has accepted the connection
    others: number             so many other connections of this client have come before
    C: line                    the client sends the line and CRLF
    C+ line                    the same, but in one packet with the next C: or C>
    C> bytes                   the client sends exactly these bytes
    C. fin | reset | tls | wait          half-closes; resets; shakes hands; lets the server receive a message
    S: line                    the server answers exactly this line
    S~ regex                   the server answers a line that matches
    S.                         the server closes
    E: <sender> params -> <recipient> params ...    the next message that was submitted had this envelope
    M: check action detail     this was noted about it, in any order; before its D:
    D: bytes                   and these bytes
    R: check action detail     the next refusal that was told of
    problems: number           so many errors of ours were noted (none unless said otherwise)

Bytes and lines may hold the escapes of Python: \r \n \t \\ \x00; text that is not ASCII is sent as UTF-8.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import re
import socket
import ssl
import struct
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from smtpd.house import Pipeline, settings_of
from typing import Any

from bartizan.auth.authenticator import Accepted, Later, Outcome, Refused
from bartizan.dns.resolver import Resolver
from bartizan.model.auth import Credentials
from bartizan.model.check import Checks
from bartizan.model.dns import DnsSettings
from bartizan.model.envelope import Envelope, Peer
from bartizan.model.offer import Offer
from bartizan.model.reply import Reply
from bartizan.smtpd.listener import Listener
from bartizan.smtpd.settings import BareLineEnds
from bartizan.tables.access import AccessTable
from bartizan.tables.compile import compile_list
from bartizan.tables.source import Source, inline
from bartizan.wall.lists import Lists, Subject
from bartizan.wall.patterns import Patterns
from bartizan.wall.wall import Wall
from bench.nameserver import NameServer, Way

CERTIFICATE = Path(__file__).with_name("localhost.pem")
PATIENCE = 5.0
_ESCAPE = re.compile(rb"\\x[0-9a-fA-F]{2}|\\.")
_STEP = re.compile(
    r"(settings:|login:|zone:|list:|pattern:|offer:|refused:|unknown:|etrn:|"
    r"submit:|early:|others:|problems:|[CSEDMR][:+>~.])(?: (.*))?"
)


def unescape(text: str) -> bytes:
    """The bytes that a step's text means."""
    return _ESCAPE.sub(lambda match: codecs.escape_decode(match[0])[0], text.encode())  # type: ignore[attr-defined]


def steps(text: str) -> list[tuple[int, str, str]]:
    """Line number, key and rest of every step; ValueError for a line that is none."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _STEP.fullmatch(line)
        if match is None:
            raise ValueError(f"line {number}: no step: {line}")
        found.append((number, match[1], match[2] or ""))
    return found


def show(envelope: Envelope) -> str:
    """An envelope in the form of E: steps."""
    parts = [f"<{envelope.sender}>", *envelope.parameters, "->"]
    for recipient in envelope.recipients:
        parts += [f"<{recipient.address}>", *recipient.parameters]
    return " ".join(parts)


class Logins:
    """Stands for the authenticator: takes a turn of the loop to think, as a real one that has to compare."""

    mechanisms = ("PLAIN", "LOGIN")

    def __init__(self) -> None:
        self.known: dict[str, tuple[Any, ...]] = {}

    async def check(self, credentials: Credentials, peer: Peer) -> Outcome:
        """Is it the password?"""
        await asyncio.sleep(0)
        if credentials.login == "later":
            return Later("wrong passwords before", 30.0)
        known = self.known.get(credentials.login)
        return Accepted(credentials.login) if known and known[0] == credentials.password else Refused()

    def may_send(self, login: str, sender: str) -> bool:
        """As its own sender alone, where it has one."""
        return self.known[login][1:] in ((), (sender,))


class Player:
    """Plays one dialogue; AssertionError names the line that went otherwise."""

    def __init__(self, text: str) -> None:
        self.steps = steps(text)
        self.words: dict[str, Any] = {}
        self.early = b""
        self.others = 0
        self.problems = 0
        self.packet = b""
        self.seen = 0
        self.told = 0
        self.patterns: list[str] = []
        self.lists: dict[str, dict[str, AccessTable]] = {}
        self.records: list[str] = []
        self.logins = Logins()

    async def play(self) -> None:
        """The whole dialogue."""
        self._prepare()
        self.pipeline = Pipeline(settings_of(**self.words))
        with contextlib.ExitStack() as stack:
            self.pipeline.wall = self._wall(stack)
            self.pipeline.authenticator = self.logins if self.logins.known else None
            await self._converse()
            if self.pipeline.wall.resolver is not None:
                await self.pipeline.wall.resolver.close()

    async def _converse(self) -> None:
        sock = socket.create_server(("127.0.0.1", 0))
        listener = Listener(self.pipeline.settings, self.pipeline.services(), [sock])
        others = [socket.create_connection(sock.getsockname()) for _ in range(self.others)]
        client = socket.create_connection(sock.getsockname())
        if self.early:
            client.sendall(self.early)
        await listener.start()
        self.reader, self.writer = await asyncio.open_connection(sock=client)
        try:
            for number, key, rest in self.steps:
                try:
                    await self._step(key, rest)
                except (AssertionError, TimeoutError, OSError, asyncio.IncompleteReadError) as error:
                    raise AssertionError(f"line {number}: {key} {rest}: {error or type(error).__name__}") from error
        finally:
            for other in others:
                other.close()
            self.writer.close()
            with contextlib.suppress(OSError):
                await self.writer.wait_closed()
            await listener.drain(PATIENCE)
            sock.close()
        assert len(self.pipeline.problems) == self.problems, self.pipeline.problems

    def _prepare(self) -> None:
        """Take out what must be known before the server starts."""
        rest = []
        for number, key, value in self.steps:
            if key == "settings:":
                for word in value.split():
                    name, _, text = word.partition("=")
                    self.words[name] = setting(name, text)
            elif key == "login:":
                name, password, *sender = value.split(" ")
                self.logins.known[name] = (password.encode(), *sender)
            elif key == "zone:":
                self.records.append(value)
            elif key == "list:":
                kind, subject, entries = value.split(" ", 2)
                source = inline(subject, re.split(", *", entries))
                assert isinstance(source, Source), source
                self.lists.setdefault(subject, {})[kind] = AccessTable.open(compile_list([source]).data)
            elif key == "pattern:":
                self.patterns.append(value)
            elif key == "early:":
                self.early = unescape(value)
            elif key == "others:":
                self.others = int(value)
            elif key == "problems:":
                self.problems = int(value)
            else:
                rest.append((number, key, value))
        self.steps = rest

    def _wall(self, stack: contextlib.ExitStack) -> Wall:
        """The checks, and a name server for them where the dialogue has a zone."""
        resolver = None
        if self.records:
            server = stack.enter_context(NameServer())
            for record in self.records:
                name, kind, *data = record.split(" ", 2)
                if data:
                    server.add(name, kind, data[0])
                else:
                    server.does(name, Way[kind.upper()])
            resolver = Resolver(DnsSettings(servers=(server.address,), timeout=0.5, tries=1))
        lists = Lists(**{subject: Subject(**tables) for subject, tables in self.lists.items()})
        domains = self.pipeline.settings.recipient_domains or ()
        return Wall(lists, Patterns(self.patterns), resolver, frozenset({"mx.example", *domains}))

    async def _step(self, key: str, rest: str) -> None:
        async with asyncio.timeout(PATIENCE):
            match key:
                case "offer:":
                    self.pipeline.offer = offer(rest)
                case "refused:" | "unknown:":
                    address, code, enhanced, text = rest.split(" ", 3)
                    said = self.pipeline.refusals if key == "refused:" else self.pipeline.unknown
                    said[address] = Reply(int(code), enhanced, text)
                case "etrn:":
                    code, enhanced, text = rest.split(" ", 2)
                    self.pipeline.etrn_reply = Reply(int(code), enhanced, text)
                case "submit:":
                    self.pipeline.reply = submit(rest)
                case "C+":
                    self.packet += unescape(rest) + b"\r\n"
                case "C:" | "C>":
                    end = b"\r\n" if key == "C:" else b""
                    self.writer.write(self.packet + unescape(rest) + end)
                    self.packet = b""
                    await self.writer.drain()
                case "C.":
                    await self._act(rest)
                case "S:" | "S~":
                    await self._expect(rest, exact=key == "S:")
                case "S.":
                    await self._expect_close()
                case _:
                    self._look(key, rest)

    def _refused(self, wanted: str) -> None:
        refusal = self.pipeline.refused[self.told]
        self.told += 1
        text = f"{refusal.check} {refusal.action} {refusal.detail}".strip()
        assert text == wanted, f"got {text}"

    async def _act(self, what: str) -> None:
        if what == "fin":
            self.writer.write_eof()
        elif what == "reset":
            sock = self.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.writer.transport.abort()
        elif what == "tls":
            context = ssl.create_default_context(cafile=str(CERTIFICATE))
            await self.writer.start_tls(context, server_hostname="localhost")
        elif what == "wait":
            await self.pipeline.arrived.wait()
        else:
            raise AssertionError(f"the client cannot {what}")

    async def _expect(self, wanted: str, exact: bool) -> None:
        line = (await self.reader.readuntil(b"\r\n"))[:-2]
        if exact:
            assert line == unescape(wanted), f"got {line!r}"
        else:
            assert re.fullmatch(wanted, line.decode()), f"got {line!r}"

    async def _expect_close(self) -> None:
        with contextlib.suppress(ConnectionError):
            rest = await self.reader.read(1000)
            assert rest == b"", f"got {rest!r}"

    def _look(self, key: str, rest: str) -> None:
        if key == "R:":
            self._refused(rest)
            return
        envelope, raw = self.pipeline.accepted[self.seen]
        if key == "E:":
            assert show(envelope) == rest, f"got {show(envelope)}"
        elif key == "M:":
            marks = [f"{mark.check} {mark.action} {mark.detail}" for mark in envelope.marks]
            assert rest in marks, f"got {marks}"
        else:
            self.seen += 1
            self.pipeline.arrived.clear()
            assert raw == unescape(rest), f"got {raw!r}"


def setting(name: str, text: str) -> Any:
    """The value of one word of settings:."""
    special: dict[str, Callable[[], Any]] = {
        "bare_line_ends": lambda: BareLineEnds(text),
        "recipient_domains": lambda: tuple(text.split(",")),
        "trusted": lambda: tuple(map(ip_network, text.split(","))),
        "xclient": lambda: tuple(map(ip_network, text.split(","))),
        "tls": server_context,
    }
    if name in special:
        return special[name]()
    if name in Checks.__dataclass_fields__:
        return text.replace("+", " ")
    if text in ("true", "false"):
        return text == "true"
    return float(text) if "." in text else int(text)


def server_context() -> ssl.SSLContext:
    """What offers STARTTLS with the test certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def offer(words: str) -> Offer:
    """What offer: says."""
    size = re.search(r"size=(\d+)", words)
    return Offer(
        eight_bit="8bitmime" in words,
        smtputf8="smtputf8" in words,
        dsn="dsn" in words,
        size=int(size[1]) if size else 0,
    )


def submit(words: str) -> Reply | BaseException:
    """What submit: says."""
    first, _, rest = words.partition(" ")
    if first == "raise":
        errors = {"ConnectionResetError": ConnectionResetError("secret"), "ValueError": ValueError("secret")}
        return errors[rest]
    enhanced, _, text = rest.partition(" ")
    return Reply(int(first), enhanced, text)
