"""Postfix and Exim send through the gateway as on the Internet: over TLS, pipelining, trying again, bouncing."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.gateway import Gateway
from bench.sink import ROOT
from end_to_end.client import Client
from end_to_end.recorder import Recorder, Transaction
from integration.exim import Exim
from integration.postfix import Postfix

pytestmark = pytest.mark.integration

CERTIFICATE = ROOT / "tests" / "smtpd" / "localhost.pem"
TLS = f'tls = {{ certificate = "{CERTIFICATE}", key = "{CERTIFICATE}" }}\n'
SECONDS = 60.0
"""What every wait ends after."""

both = pytest.mark.parametrize("kind", [Postfix, Exim])


@dataclass(frozen=True, slots=True)
class Way:
    """A sender, the gateway it sends to, and the next hop behind that."""

    sender: Postfix | Exim
    gateway: Gateway
    hop: Recorder

    def hand_over(self, raw: bytes, *recipients: str) -> None:
        """Give the sender one mail of a@sender.example; b@here.example is who it is for where nobody is named."""
        with Client(self.sender.port) as client:
            assert client.mail(raw, recipients=recipients or ("b@here.example",)).code == 250

    def until(self, holds: Callable[[], bool]) -> None:
        """Have the sender try again and again until `holds`. AssertionError with its log when time is up before."""
        end = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < end, self.sender.log()[-8000:]
            self.sender.flush()
            time.sleep(0.1)

    def arrived(self, transactions: int) -> list[Transaction]:
        """What the next hop took, once it is so much and nothing waits in the sender any more."""
        self.until(lambda: len(self.hop.finished) >= transactions and self.sender.waiting() == 0)
        return self.hop.finished

    def messages(self) -> list[dict[str, object]]:
        """What the gateway tells of messages."""
        return [event for event in self.gateway.seen() if event["event"] == "message"]


Build = Callable[..., Way]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled rules for all gateways here."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def build(cache: Path) -> Iterator[Build]:
    """Starts a way: build(Exim, listener="soft_recipients = 10"); what belongs to it ends with the test."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bartizan-senders-")))
        folder.chmod(0o755)

        def begin(
            kind: type[Postfix | Exim],
            listener: str = "",
            more: str = "",
            answers: Callable[[bytes], bytes | None] = lambda line: None,
            *,
            tls: bool = True,
        ) -> Way:
            hop = stack.enter_context(Recorder(answers))
            gateway = stack.enter_context(
                Gateway(
                    folder / "gateway",
                    hop.port,
                    workers=1,
                    scanners=1,
                    cache=cache,
                    listener=TLS + listener,
                    more=more,
                )
            )
            (folder / "sender").mkdir(mode=0o755)
            sender = kind(folder / "sender")
            sender.relay(gateway.port, CERTIFICATE if tls else None)
            stack.enter_context(sender)
            return Way(sender, gateway, hop)

        yield begin


LINES = (b"", b".", b"..", b".dot", b"plain", b"From the start", b"blank at the end ", b"\ttab", b"x" * 900)


def body(number: int) -> bytes:
    """A body like no other: dots, octets above 127, long and empty lines, from a few octets to a hundred thousand."""
    chance = random.Random(number)
    lines = [b"number %d" % number, *chance.choices((*LINES, "Grüße ☃".encode()), k=chance.choice((3, 30, 600)))]
    return b"\r\n".join(lines) + b"\r\n"


def mail(content: bytes = b"hello\r\n") -> bytes:
    """A mail with this body."""
    return (
        b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: letter\r\nMessage-ID: <1@sender.example>\r\n"
        b"Date: Tue, 24 Nov 2026 03:00:00 +0000\r\n\r\n" + content
    )


def content(transaction: Transaction) -> bytes:
    """The body that arrived."""
    return transaction.message.partition(b"\r\n\r\n")[2]


def bounces(taken: list[Transaction]) -> list[Transaction]:
    """Those that tell a sender what was not delivered."""
    return [one for one in taken if one.sender == ""]


def fifty(build: Build, kind: type[Postfix | Exim], tls: bool) -> tuple[Way, list[bytes], list[bytes]]:
    """A way that fifty mails went; the bodies that were sent and those that arrived, sorted."""
    way = build(kind, tls=tls)
    bodies = [body(number) for number in range(50)]
    for one in bodies:
        way.hand_over(mail(one))
    return way, sorted(bodies), sorted(map(content, way.arrived(50)))


@both
def test_fifty_mails(build: Build, kind: type[Postfix | Exim]) -> None:
    """Fifty mails arrive octet for octet, over verified TLS, pipelined, over connections that are used again."""
    way, sent, arrived = fifty(build, kind, True)

    assert sorted(set(arrived)) == sent
    assert {str(event["tls"]).partition(" ")[0] for event in way.messages()} == {"TLSv1.3"}
    assert way.sender.pipelined() == 50
    assert way.sender.reused() > 0
    assert len({event["port"] for event in way.messages()}) < 50


@pytest.mark.parametrize(
    ("kind", "tls"),
    [(Postfix, True), (Postfix, False), (Exim, True), (Exim, False)],
)
def test_each_arrives_once(build: Build, kind: type[Postfix | Exim], tls: bool) -> None:
    """Of fifty mails none arrives twice."""
    _, sent, arrived = fifty(build, kind, tls)

    assert arrived == sent


@both
def test_chunking(build: Build, kind: type[Postfix | Exim]) -> None:
    """Where BDAT is offered, Exim uses it and Postfix does not; what arrives is the same."""
    way = build(kind, listener="esmtp = { chunking = true }\n")
    bodies = [body(number) for number in range(5)]
    for number, one in enumerate(bodies, 1):
        way.hand_over(mail(one))
        way.arrived(number)

    assert list(map(content, way.hop.finished)) == bodies
    assert way.sender.chunked() == (5 if kind is Exim else 0)


@both
def test_refused_by_the_gateway(build: Build, kind: type[Postfix | Exim]) -> None:
    """Of three recipients the gateway refuses one: the others get the mail, the sender bounces for the one."""
    way = build(kind, listener='deny = { recipients = ["refused@here.example"] }\n')
    way.hand_over(mail(), "b@here.example", "refused@here.example", "c@here.example")

    taken = way.arrived(2)

    (bounce,) = bounces(taken)
    (letter,) = (one for one in taken if one is not bounce)
    assert sorted(letter.recipients) == ["b@here.example", "c@here.example"]
    assert content(letter) == b"hello\r\n"
    assert bounce.recipients == ["a@sender.example"]
    assert b"refused@here.example" in bounce.message


@both
def test_refused_by_the_next_hop(build: Build, kind: type[Postfix | Exim]) -> None:
    """The same where the next hop refuses: first all are put off, at the next try the one is refused."""
    way = build(kind, answers=lambda line: b"550 5.1.1 No such user" if line.startswith(b"RCPT TO:<refused@") else None)
    way.hand_over(mail(), "b@here.example", "refused@here.example", "c@here.example")

    taken = way.arrived(2)

    (bounce,) = bounces(taken)
    (letter,) = (one for one in taken if one is not bounce)
    assert sorted(letter.recipients) == ["b@here.example", "c@here.example"]
    assert bounce.recipients == ["a@sender.example"]
    assert b"refused@here.example" in bounce.message
    assert "451 4.5.1" in way.sender.log()


@both
def test_soft_limit_of_recipients(build: Build, kind: type[Postfix | Exim]) -> None:
    """A mail to more recipients than the soft limit reaches each once, in several transactions, without a bounce.

    On their own both would send it to all 35 in one.
    """
    way = build(kind, listener="soft_recipients = 10\n")
    recipients = [f"r{number:02}@here.example" for number in range(35)]
    way.hand_over(mail(), *recipients)

    taken = way.arrived(4)

    assert sorted(recipient for one in taken for recipient in one.recipients) == recipients
    assert [one for one in taken if len(one.recipients) > 10 or content(one) != b"hello\r\n"] == []


@both
def test_deferred_at_the_end(build: Build, kind: type[Postfix | Exim]) -> None:
    """What the next hop puts off at the final dot is answered 451, kept by the sender and delivered once later."""
    answers = [b"451 4.3.0 Not now", b"451 4.3.0 Not now"]
    way = build(kind, answers=lambda line: answers.pop() if line == b"." and answers else None)
    way.hand_over(mail())
    way.until(lambda: not answers)
    assert way.hop.finished == []

    (letter,) = way.arrived(1)

    assert content(letter) == b"hello\r\n"
    assert "451 4." in way.sender.log()


@both
def test_deferred_at_the_greeting(build: Build, kind: type[Postfix | Exim]) -> None:
    """A gateway that is full says 421: the sender keeps the mail and delivers it once when there is room."""
    way = build(kind, more="[caps]\nsessions = 1\n")
    with Client(way.gateway.port):
        way.hand_over(mail())
        way.until(lambda: "421 4.7.0" in way.sender.log())
        assert (way.sender.waiting(), way.hop.transactions) == (1, [])

    (letter,) = way.arrived(1)

    assert content(letter) == b"hello\r\n"


def test_postfix_without_tls(build: Build) -> None:
    """Where TLS is required, a Postfix without it is told so and, set up to do so, keeps the mail until it has TLS."""
    way = build(Postfix, listener="tls_required = true\n", tls=False)
    assert isinstance(way.sender, Postfix)
    way.sender.relay(way.gateway.port, None, keep=True)
    way.hand_over(mail())
    way.until(lambda: "530 5.7.0" in way.sender.log())
    assert (way.sender.waiting(), way.hop.transactions) == (1, [])

    way.sender.relay(way.gateway.port, CERTIFICATE)

    (letter,) = way.arrived(1)
    assert (letter.sender, content(letter)) == ("a@sender.example", b"hello\r\n")


def test_exim_without_tls(build: Build) -> None:
    """An Exim without it bounces at once; the bounce, which needs TLS too, is kept and tells who sent the mail why."""
    way = build(Exim, listener="tls_required = true\n", tls=False)
    way.hand_over(mail())
    way.until(lambda: "530 5.7.0" in way.sender.log())
    assert (way.sender.waiting(), way.hop.transactions) == (1, [])

    way.sender.relay(way.gateway.port, CERTIFICATE)
    (bounce,) = way.arrived(1)
    way.hand_over(mail())
    letter = way.arrived(2)[1]

    assert (bounce.sender, bounce.recipients) == ("", ["a@sender.example"])
    assert b"530 5.7.0" in bounce.message
    assert content(letter) == b"hello\r\n"
