"""What a peer can see of a running gateway, and of the inside behind it."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable

from bartizan.model import reply as replies
from bartizan.model.reply import Reply
from bench.gateway import Gateway
from end_to_end.client import Client, mail
from end_to_end.recorder import Recorder

HIDE = """
[hide]
public = "example.com"
domains = ["corp.internal"]
[[hide.map]]
inside = "ann@corp.internal"
outside = "ann.archer@example.com"
"""
OFF = (
    'checks = { sender_domain = "off", null_mx = "off", reverse_dns = "off", forward_dns = "off", helo_dns = "off",'
    ' helo_form = "off" }'
)
TELLING = re.compile(
    r"bartizan|aiosmtpd|postfix|exchange|python|uvloop|cython|yara|sqlite|linux|debian|corp\.internal|\b\d+\.\d+\.\d+[a-z]?\b"
    rf"|Traceback|\.py\b|/(?:home|usr|var|work|tmp)/|\b{re.escape(socket.gethostname())}\b",
    re.IGNORECASE,
)
ENHANCED = re.compile(r"^[245]\.\d{1,3}\.\d{1,3} ", re.MULTILINE)
COMMANDS = (
    *(b"HELO client.example", b"EHLO client.example", b"HELP", b"HELP MAIL", b"NOOP", b"VRFY root", b"EXPN staff"),
    *(b"XYZZY", b"MAIL", b"MAIL FROM:<a b>", b"MAIL FROM:<a@b.example> X=Y", b"RCPT TO:<a@b.example>", b"DATA"),
    *(b"AUTH PLAIN", b"STARTTLS", b"ETRN here.example", b"BDAT 0 LAST", b"TURN", b"XCLIENT NAME=a", b"X" * 3000),
    *(b"MAIL FROM:<a@sender.example>", b"RCPT TO:<a@elsewhere.example>", b"RCPT TO:<@a:b@c>", b"RSET", b"QUIT"),
)


def test_nothing_telling_in_a_session(start: Callable[..., Gateway]) -> None:
    """Greeting, every command right or wrong, a next hop that talks about the inside, our Received field."""

    def answers(line: bytes) -> bytes | None:
        return b"550 5.1.1 no such user at mx1.corp.internal, Postfix 3.7.1" if b"<no@" in line else None

    with Recorder(answers) as recorder:
        gateway = start(recorder.port, domains=("here.example",), trusted=("127.0.0.2",), listener=OFF, more=HIDE)
        seen = []
        with Client(gateway.port) as client:
            seen += [client.greeting.text, client.extensions]
            for command in COMMANDS:
                try:
                    seen.append(client.say(command).text)
                except ConnectionError:
                    break
        assert len(seen) > 15
        letter = b"From: a@sender.example\r\nSubject: x\r\n\r\nx\r\n"
        seen.append(mail(gateway.port, letter, recipients=("b@here.example",)).text)
        seen.append(mail(gateway.port, letter, recipients=("no@here.example",)).text)
        seen.append(mail(gateway.port, letter, recipients=("no@here.example", "b@here.example")).text)
        head = recorder.finished[-1].message.removesuffix(letter).decode("ascii")
    with Client(gateway.port) as client:
        seen.append(client.mail(letter).text)
    for text in seen:
        assert not TELLING.search(ENHANCED.sub("", text)), text
    assert head.startswith("Received: from client.example ([127.0.0.1])\r\n by localhost with ESMTP id ")
    assert not TELLING.search(head.replace("127.0.0.1", ""))


def test_nothing_telling_in_any_reply() -> None:
    """The closed table of replies, all of it."""
    table = [one for one in vars(replies).values() if isinstance(one, Reply)]
    assert len(table) > 40
    assert [one for one in table if TELLING.search(one.text)] == []


def test_out_and_back(start: Callable[..., Gateway]) -> None:
    """Mail from inside leaves with outside names alone; the answer to it arrives inside."""
    raw = (
        b"Received: from ws9.corp.internal ([10.0.0.9])\r\n by mail.corp.internal; Tue, 24 Nov 2026 10:00:00 +0000\r\n"
        b"From: Ann <ann@corp.internal>\r\nCc: Bob\r\n <bob@x.corp.internal>\r\nTo: y@out.example\r\n"
        b"Message-ID: <1@ws9.corp.internal>\r\nX-Mailer: Outlook 16\r\nSubject: x\r\n\r\nx\r\n"
    )
    with Recorder() as recorder:
        gateway = start(recorder.port, domains=("example.com",), trusted=("127.0.0.1",), listener=OFF, more=HIDE)
        assert mail(gateway.port, raw, "ann@corp.internal", ("y@out.example",)).code == 250
        out = recorder.finished[-1]
        with Client(gateway.port, "127.0.0.2") as client:
            assert client.mail(raw, "y@out.example", ("Ann.Archer@example.com", "bob@example.com")).code == 250
        back = recorder.finished[-1]
    assert (out.sender, out.recipients) == ("ann.archer@example.com", ["y@out.example"])
    assert re.fullmatch(
        rb"Received: by localhost with ESMTP id [A-Za-z0-9]+;\r\n [^\r\n]+\r\n"
        rb"Received: by unknown;\r\n Tue, 24 Nov 2026 10:00:00 \+0000\r\n"
        rb"From: Ann <ann\.archer@example\.com>\r\nCc: Bob\r\n <bob@example\.com>\r\nTo: y@out\.example\r\n"
        rb"Message-ID: <1@example\.com>\r\nSubject: x\r\n\r\nx\r\n",
        out.message,
    )
    assert back.recipients == ["ann@corp.internal", "bob@example.com"]
    assert back.message.endswith(raw)


def test_a_refusal_is_remembered(start: Callable[..., Gateway]) -> None:
    """What the next hop refused by its inside name is refused at RCPT by its outside name."""
    no = b"RCPT TO:<ann@corp.internal>"
    with Recorder(lambda line: b"550 5.1.1 no" if line == no else None) as recorder:
        gateway = start(recorder.port, domains=("example.com",), trusted=("127.0.0.2",), listener=OFF, more=HIDE)
        with Client(gateway.port) as client:
            both = ("ann.archer@example.com", "bob@example.com")
            assert client.mail(b"From: y@out.example\r\n\r\nx\r\n", "y@out.example", both).code == 451
            assert client.say(b"MAIL FROM:<y@out.example>").code == 250
            assert client.say(b"RCPT TO:<ann.archer@example.com>").code == 550
            assert client.say(b"RCPT TO:<bob@example.com>").code == 250
