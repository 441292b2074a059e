"""The load test itself: its mails are what they claim, its generator counts right, its account finds every loss."""

from __future__ import annotations

import email
import email.policy
import io
import socket
import threading
import zipfile
from collections import Counter

import pytest

from bench import generator, mix, phrases, verify, wire

REAL = mix.made_up(1, 20)
LISTED = phrases.sample(phrases.vocabulary(REAL), 50, 1)


def message(mail: mix.Mail) -> email.message.EmailMessage:
    """The mail as the standard library reads it after the dots are unstuffed."""
    raw = mail.data.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_mix_is_seeded() -> None:
    """The same arguments give the same bytes; another seed gives others."""
    assert mix.make(REAL, 60, 7, 5, LISTED) == mix.make(REAL, 60, 7, 5, LISTED)
    assert mix.make(REAL, 60, 8)[0].data != mix.make(REAL, 60, 7)[0].data


def test_every_mail_is_unique() -> None:
    """No two mails share a token, and each carries its own."""
    mails = mix.make(REAL, 100, 1, 10, LISTED)
    assert len({mail.token for mail in mails}) == 100
    assert all(message(mail)["X-Load-Token"] == mail.token for mail in mails)


def test_every_nth_is_bad_in_turn() -> None:
    """Of 40 mails every 5th is bad, each way twice."""
    mails = mix.make(REAL, 40, 1, 5, LISTED)
    assert [i for i, mail in enumerate(mails) if mail.bad] == list(range(4, 40, 5))
    assert Counter(mail.bad for mail in mails if mail.bad) == {"zip": 2, "vbs": 2, "html": 2, "base64": 2}


@pytest.mark.parametrize("bad", ["zip", "vbs", "html", "base64"])
def test_bad_part(bad: str) -> None:
    """A bad mail's second part holds what its kind says, its first the original text."""
    mail = next(mail for mail in mix.make(REAL, 40, 1, 5, LISTED) if mail.bad == bad)
    text, part = message(mail).iter_parts()
    assert len(text.get_content()) > 500
    content = part.get_content()
    if isinstance(content, str):
        content = content.replace("\r\n", "\n")
    if bad == "zip":
        archive = zipfile.ZipFile(io.BytesIO(content))
        assert archive.read(archive.namelist()[0]) == wire.test_virus()
    elif bad == "vbs":
        assert (part.get_filename(), part["Content-Transfer-Encoding"]) == ("invoice.vbs", "base64")
    elif bad == "base64":
        assert any(phrase.upper() in content for phrase in LISTED)
    else:
        assert any("</b> \n<b>".join(phrase.split()) in content for phrase in LISTED)


def serve(listener: socket.socket, replies: list[bytes]) -> None:
    """A server of one session that answers its final dots with `replies`, then closes."""
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 x\r\n")
        for line in lines:
            if line.startswith(b"EHLO"):
                connection.sendall(b"250-x\r\n250 PIPELINING\r\n")
            elif line.startswith((b"MAIL", b"RCPT", b"RSET")):
                connection.sendall(b"250 ok\r\n")
            elif line.startswith(b"DATA"):
                connection.sendall(b"354 go\r\n")
            elif line == b".\r\n":
                if not replies:
                    return
                connection.sendall(replies.pop(0))
            elif line.startswith(b"QUIT"):
                connection.sendall(b"221 bye\r\n")
                return


@pytest.mark.parametrize(
    ("replies", "codes"),
    [
        ([b"250 ok\r\n", b"451 later\r\n", b"550-no\r\n550 no\r\n"], {"2xx": 1, "4xx": 1, "5xx": 1}),
        ([b"250 ok\r\n"], {"2xx": 1, "lost": 1}),
    ],
)
def test_generator_counts(replies: list[bytes], codes: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each class of reply is counted; a mail whose connection ends before the reply is lost, the rest unsent."""
    monkeypatch.setattr(generator, "_RECONNECTS", 0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener, list(replies)))
        server.start()
        outcome = generator.send(mix.make(REAL, 3, 1), listener.getsockname()[1], connections=1, deadline=10.0)
        server.join(10.0)
    assert (outcome.classes, outcome.unsent) == (codes, 3 - sum(codes.values()))


def test_account() -> None:
    """A mail that is lost, doubled, or bad and delivered is a problem; a good one in quarantine is only named."""
    mails = mix.make(REAL, 6, 1, 6)
    tokens = [mail.token for mail in mails]
    sink = Counter([tokens[0], tokens[1], tokens[1], tokens[5]])
    result = verify.account(mails, [250, 250, 250, 250, 451, 250], sink, Counter([tokens[3]]))
    assert result.good_in_quarantine == [tokens[3]]
    assert [problem.split(" ")[0] for problem in result.problems] == [tokens[1], tokens[2], tokens[4], tokens[5]]


def test_token_in_a_dump() -> None:
    """The token is found in what smtp-sink keeps, whose line ends are LF."""
    assert verify.tokens_at_sink([b"X-Client-Addr: ::1\nX-Load-Token: 0af\nSubject: x\n\n", b"x\n"]) == {
        "0af": 1,
        "": 1,
    }
