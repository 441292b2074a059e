"""The running server beside a model of RFC 5321, over real sockets and TLS: whatever was said before, no RCPT without
MAIL, no state from before STARTTLS or RSET, no relaying without a login, and every reply well formed."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from smtpd.dialogue import CERTIFICATE, Logins, server_context
from smtpd.house import Pipeline, settings_of

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from bartizan.model.rates import RateSettings
from bartizan.model.reply import ACCEPTED, REJECTED
from bartizan.smtpd.listener import Listener
from bartizan.smtpd.rates import Rates

REPLY = re.compile(rb"([2345]\d\d)([ -])[ -~]*\r\n")
PATIENT = {"errors": 10**6, "junk": 10**6, "unknown": 10**6, "sessions_per_peer": 1000}


class Server:
    """The listener in a loop of a thread of its own."""

    def __init__(self) -> None:
        self.pipeline = Pipeline(settings_of(**PATIENT, tls=server_context(), recipient_domains=("here.example",)))
        self.pipeline.authenticator = logins = Logins()
        logins.known["ann"] = (b"secret",)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.loop = asyncio.new_event_loop()
        self.ended = asyncio.Event()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self._serve(),))
        self.thread.start()
        assert self.ready.wait(10)

    async def _serve(self) -> None:
        listener = Listener(self.pipeline.settings, self.pipeline.services(), [self.socket])
        listener.office.admission.rates = Rates(RateSettings(errors=0))
        await listener.start()
        self.ready.set()
        await self.ended.wait()
        await listener.drain(1)

    def close(self) -> None:
        """Stop."""
        self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join(10)
        self.loop.close()
        self.socket.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One for all sessions."""
    one = Server()
    yield one
    one.close()


def machine(server: Server) -> type[RuleBasedStateMachine]:
    """The model, one session for each run."""

    class Session(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.connect()

        def connect(self) -> None:
            self.socket = socket.create_connection(server.socket.getsockname(), timeout=10)
            self.lines = self.socket.makefile("rb")
            self.tls = self.login = False
            self.forget()
            assert self.reply() == 220

        def forget(self) -> None:
            self.extended: bool | None = None
            self.clear()

        def clear(self) -> None:
            self.sender, self.accepted, self.refused = False, 0, 0

        def reply(self) -> int:
            while True:
                line = self.lines.readline()
                match = REPLY.fullmatch(line)
                assert match is not None, line
                if match[2] == b" ":
                    return int(match[1])

        def close(self) -> None:
            self.lines.close()
            self.socket.close()

        def say(self, line: bytes) -> int:
            self.socket.sendall(line + b"\r\n")
            return self.reply()

        def teardown(self) -> None:
            self.close()
            assert not server.pipeline.problems

        @rule()
        def helo(self) -> None:
            assert self.say(b"HELO c.example") == 250
            self.extended = False
            self.clear()

        @rule()
        def ehlo(self) -> None:
            assert self.say(b"EHLO c.example") == 250
            self.extended = True
            self.clear()

        @rule()
        def mail(self) -> None:
            allowed = self.extended is not None and not self.sender
            assert self.say(b"MAIL FROM:<a@b.example>") == (250 if allowed else 503)
            self.sender = self.sender or allowed

        @rule()
        def rcpt_of_ours(self) -> None:
            assert self.say(b"RCPT TO:<a@here.example>") == (250 if self.sender else 503)
            self.accepted += self.sender

        @rule()
        def rcpt_elsewhere(self) -> None:
            expected = 503 if not self.sender else 250 if self.login else 550
            assert self.say(b"RCPT TO:<a@away.example>") == expected
            self.accepted += expected == 250
            self.refused += expected == 550

        @rule()
        def data(self) -> None:
            self._data(b"Subject: x\r\n\r\nhello\r\n.", 250)

        @rule()
        def data_that_is_refused(self) -> None:
            server.pipeline.reply = REJECTED
            self._data(b"Subject: x\r\n\r\nhello\r\n.", 550)
            server.pipeline.reply = ACCEPTED

        @rule()
        def data_with_a_bare_line_end(self) -> None:
            if self._data(b"Subject: x\r\n\r\nhel\nlo\r\n.", 550):
                assert self.lines.readline() == b""
                self.close()
                self.connect()

        def _data(self, raw: bytes, expected: int) -> bool:
            if not self.accepted:
                assert self.say(b"DATA") == (554 if self.sender and self.refused else 503)
                if self.sender and self.refused:
                    self.clear()
                return False
            assert self.say(b"DATA") == 354
            assert self.say(raw) == expected
            self.clear()
            return True

        @rule()
        def rset(self) -> None:
            assert self.say(b"RSET") == 250
            self.clear()

        @rule()
        def nonsense(self) -> None:
            assert self.say(b"RCPT FROM:<>") == (501 if self.sender else 503)
            self.refused += self.sender
            assert self.say(b"MAIL TO:<>") in (501, 503)
            assert self.say(b"XYZZY") == 500

        @rule()
        def auth(self) -> None:
            expected = self._auth_refused() or 235
            assert self.say(b"AUTH PLAIN AGFubgBzZWNyZXQ=") == expected
            self.login = self.login or expected == 235

        @rule()
        def auth_that_is_wrong(self) -> None:
            assert self.say(b"AUTH PLAIN AGFubgB3cm9uZw==") == (self._auth_refused() or 535)

        def _auth_refused(self) -> int:
            if self.sender:
                return 503
            if not self.extended:
                return 502
            if not self.tls:
                return 538
            return 503 if self.login else 0

        @precondition(lambda self: not self.tls and not self.sender)
        @rule()
        def starttls(self) -> None:
            assert self.say(b"STARTTLS") == 220
            context = ssl.create_default_context(cafile=str(CERTIFICATE))
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
            self.lines = self.socket.makefile("rb")
            self.tls, self.login = True, False
            self.forget()

        @precondition(lambda self: self.tls)
        @rule()
        def starttls_again(self) -> None:
            assert self.say(b"STARTTLS") == 503

    return Session


def test_machine(server: Server) -> None:
    """Sessions of 40 commands."""
    run_state_machine_as_test(
        machine(server),
        settings=settings(
            max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
