"""A real Postfix as next hop: clean mail is delivered, its refusals become ours."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import wire
from bench.gateway import Gateway
from end_to_end.client import Client, mail
from integration.postfix import Postfix

pytestmark = pytest.mark.integration

RAW = (
    "From: a@sender.example\r\nTo: b@here.example\r\nSubject: Grüße\r\nMessage-ID: <1@sender.example>\r\n"
    "Date: Tue, 24 Nov 2026 03:00:00 +0000\r\n\r\n.dot\r\n..\r\n" + "ü" * 2000 + "\r\n" + "x" * 5000 + "\r\n"
).encode()


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    """A running Postfix."""
    with tempfile.TemporaryDirectory(prefix="bartizan-postfix-") as folder:
        Path(folder).chmod(0o755)
        with Postfix(Path(folder)) as server:
            yield server


@pytest.fixture(scope="module")
def gateway(postfix: Postfix, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway in front of it."""
    with Gateway(tmp_path_factory.mktemp("gateway"), postfix.port, workers=1, scanners=1) as running:
        yield running


def test_clean_mail_is_delivered(postfix: Postfix, gateway: Gateway) -> None:
    """A mail with dots, 8-bit text and long lines is in the mailbox as it was sent."""
    before = len(postfix.mails(at_least=0))
    assert mail(gateway.port, RAW).code == 250
    delivered = postfix.mails(at_least=before + 1)[-1]
    assert delivered.endswith(RAW.replace(b"\r\n", b"\n"))


def test_bad_mail_is_not_delivered(postfix: Postfix, gateway: Gateway) -> None:
    """The test virus in a zip is held; a clean mail after it is all that arrives."""
    before = len(postfix.mails(at_least=0))
    bad = wire.with_part(RAW, wire.zip_part("a.txt", wire.test_virus(), "a.zip"), b"=_x")
    assert mail(gateway.port, bad, "bad@sender.example").code == 250
    assert mail(gateway.port, RAW).code == 250
    after = postfix.mails(at_least=before + 1)
    assert (len(after), any(b"a.zip" in one for one in after)) == (before + 1, False)
    assert [row["sender"] for row in gateway.quarantine()] == ["bad@sender.example"]


@pytest.mark.parametrize(("recipient", "code"), [("nobody@here.example", 550), ("later@here.example", 451)])
def test_refused_recipient(gateway: Gateway, recipient: str, code: int) -> None:
    """A sole recipient that Postfix refuses is refused with the class of its reply."""
    assert mail(gateway.port, RAW, recipients=(recipient,)).code == code


def test_extensions(gateway: Gateway) -> None:
    """What Postfix offers is offered, its size limit too."""
    with Client(gateway.port) as client:
        offered = client.extensions.split("\n")
    assert "8BITMIME" in offered
    assert "SIZE 20000000" in offered


def test_a_hundred_in_one_session(postfix: Postfix, gateway: Gateway) -> None:
    """A kept session delivers a hundred mails, each once."""
    before = len(postfix.mails(at_least=0))
    with Client(gateway.port) as client:
        for number in range(100):
            assert client.mail(b"X-Number: %d\r\n" % number + RAW).code == 250
    new = postfix.mails(at_least=before + 100)
    numbers = [line for one in new for line in one.split(b"\n") if line.startswith(b"X-Number: ")]
    assert (len(numbers), len(set(numbers))) == (100, 100)
