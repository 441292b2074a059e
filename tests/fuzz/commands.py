"""SMTP commands: lines out of bytes, then the arguments of HELO, MAIL and RCPT."""

from __future__ import annotations

from bartizan.model.envelope import Recipient
from bartizan.model.offer import Offer
from bartizan.model.reply import Reply
from bartizan.smtpd.address import parse_path
from bartizan.smtpd.commands import Mail, parse_mail, parse_rcpt, valid_helo
from bartizan.smtpd.lines import LONGEST, CommandLines, readable
from fuzz.chance import chance_of, pieces

OFFERS = (Offer(), Offer(eight_bit=True, smtputf8=True, dsn=True, size=1000))
SIZE = 1 << 30
CONTROL = frozenset(map(chr, (*range(32), *range(127, 160), 0x2028, 0x2029)))


def TestOneInput(data: bytes) -> None:
    """Lines are what CRLF separates, in any pieces; each argument gives a value or a refusal."""
    expected = [line[: LONGEST + 1] for line in data.split(b"\r\n")[:-1]]
    for chunks in ([data], pieces(data, chance_of(data))):
        lines = CommandLines()
        found = []
        for chunk in chunks:
            lines.feed(chunk)
            while (line := lines.next()) is not None:
                found.append(line[: LONGEST + 1])
        assert found == expected
        assert lines.pending <= max(LONGEST + 1, len(chunk))
    for line in expected[:20]:
        text = readable(line)
        if text is None:
            continue
        assert not CONTROL & set(text)
        verb, _, argument = text.partition(" ")
        for candidate in {text, argument}:
            arguments(candidate)
        assert valid_helo(verb) in (True, False)


def arguments(text: str) -> None:
    """One argument as MAIL's and RCPT's."""
    for offer in OFFERS:
        for extended in (False, True):
            mail = parse_mail(text, extended, offer, SIZE)
            assert isinstance(mail, Mail | Reply)
            if isinstance(mail, Mail):
                within(text, mail.sender, mail.parameters)
                assert mail.size <= SIZE
                assert extended or not mail.parameters
            for smtputf8 in (False, True):
                recipient = parse_rcpt(text, extended, offer, smtputf8)
                assert isinstance(recipient, Recipient | Reply)
                if isinstance(recipient, Recipient):
                    within(text, recipient.address, recipient.parameters)
                    assert recipient.address
                    assert smtputf8 or text.isascii()
    path = parse_path(text)
    assert path is None or text[path.end - 1] == ">"


def within(text: str, mailbox: str, parameters: tuple[str, ...]) -> None:
    """What was understood stands in the text exactly so, and cannot end a command that repeats it."""
    assert f"{mailbox}>" in text
    assert all(f" {parameter}" in text for parameter in parameters)
    assert "\r" not in mailbox
    assert "\n" not in mailbox
