"""Plays a dialogue file, which is written as script.py says, against a real listener on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from smtpd import inside
from smtpd.company import Company
from smtpd.house import Pipeline, settings_of
from smtpd.script import offer, show, steps, submit, unescape
from typing import Any

from bartizan.auth.authenticator import Accepted, Later, Outcome, Refused
from bartizan.dns.resolver import Resolver
from bartizan.model.auth import Credentials
from bartizan.model.check import Checks
from bartizan.model.dns import DnsSettings
from bartizan.model.envelope import Peer
from bartizan.model.reply import Reply
from bartizan.smtpd.listener import Listener
from bartizan.smtpd.settings import BareLineEnds, PeerClass, Services
from bartizan.tables.access import AccessTable
from bartizan.tables.compile import compile_list
from bartizan.tables.source import Source, inline
from bartizan.wall.lists import Lists, Subject
from bartizan.wall.patterns import Patterns
from bartizan.wall.wall import Wall
from bench.nameserver import NameServer, Way

CERTIFICATE = Path(__file__).with_name("localhost.pem")
PATIENCE = 5.0


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
        self.classes: list[str] = []
        self.restraint = ""
        self.inside: inside.Inside | None = None

    async def play(self) -> None:
        """The whole dialogue."""
        self._prepare()
        self.pipeline = Pipeline(replace(settings_of(**self.words), classes=tuple(map(self._class, self.classes))))
        with contextlib.ExitStack() as stack:
            self.pipeline.wall = self._wall(stack)
            self.pipeline.authenticator = self.logins if self.logins.known else None
            await self._converse()
            if self.pipeline.wall.resolver is not None:
                await self.pipeline.wall.resolver.close()

    async def _converse(self) -> None:
        sock = socket.create_server(("127.0.0.1", 0))
        self.address = sock.getsockname()
        listener = Listener(self.pipeline.settings, await self._services(), [sock])
        self.company = Company(self.pipeline)
        self.company.connect(self.address, self.others)
        client = socket.create_connection(self.address)
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
            self.company.leave()
            self.writer.close()
            with contextlib.suppress(OSError):
                await self.writer.wait_closed()
            await listener.drain(PATIENCE)
            sock.close()
            if self.inside is not None:
                await self.inside.close()
        assert len(self.pipeline.problems) == self.problems, self.pipeline.problems

    def _prepare(self) -> None:
        """Take out what must be known before the server starts."""
        rest = []
        for number, key, value in self.steps:
            if key == "settings:":
                self.words.update(words_of(value))
            elif key == "class:":
                self.classes.append(value)
            elif key == "restraint:":
                self.restraint = value
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

    async def _services(self) -> Services:
        """What the listener may call; what the dialogue says of a next hop first, that is so from the beginning."""
        services = self.pipeline.services()
        if not self.restraint and not any(key in inside.STEPS for _, key, _ in self.steps):
            return services
        self.inside = inside.Inside(self.restraint)
        while self.steps[0][1] in inside.STEPS:
            _, key, rest = self.steps.pop(0)
            self.inside.tell(key, rest)
        await self.inside.open(self.pipeline.settings.hostname, services.on_problem)
        return self.inside.services(services)

    def _class(self, text: str) -> PeerClass:
        """What class: says, over what settings: say."""
        network, _, words = text.partition(" ")
        return PeerClass((ip_network(network),), settings_of(**{**self.words, **words_of(words)}))

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
                case "submit:":
                    self.pipeline.reply = submit(rest)
                case "hop:" | "scanner:":
                    assert self.inside is not None
                    self.inside.tell(key, rest)
                case "held:":
                    await self.company.hold(self.address, int(rest))
                case "freed:":
                    self.seen += await self.company.let_go()
                case "C+":
                    self.packet += unescape(rest) + b"\r\n"
                case "C:" | "C>":
                    end = b"\r\n" if key == "C:" else b""
                    self.writer.write(self.packet + unescape(rest) + end)
                    self.packet = b""
                    await self.writer.drain()
                case "C*" | "S*":
                    await self._repeat(key, *rest.split(" ", 1))
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

    async def _repeat(self, key: str, times: str, line: str) -> None:
        if key == "C*":
            self.writer.write((unescape(line) + b"\r\n") * int(times))
            await self.writer.drain()
            return
        for _ in range(int(times)):
            await self._expect(line, exact=True)

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
        if key == "H:":
            assert self.inside is not None
            self.inside.was_told(rest)
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


def words_of(text: str) -> dict[str, Any]:
    """The values of `word=value` steps."""
    pairs = (word.partition("=") for word in text.split())
    return {name: setting(name, value) for name, _, value in pairs}


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
