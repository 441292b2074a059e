"""One command after another, each with its exact code and enhanced code: states, syntax, lines, budgets.

A case is what the client sends, and the replies it must get: the beginning of each, divided by " | ", with " ." where
the session is over. A line has its CRLF added unless it is given as bytes.
"""

from __future__ import annotations

from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of
from typing import Any

import pytest

PATIENT = {"errors": 10**6, "junk": 10**6, "unknown": 10**6}
SYNTAX, ORDER, BAD_LINE, TOO_LONG = "501 5.5.4 ", "503 5.5.1 ", "500 5.5.2 Only CRLF", "500 5.5.2 Line too long"
UNKNOWN, CLOSED, DONE = "500 5.5.1 ", "554 5.5.0 Commands sent out of turn, closing channel .", "250 2.0.0 Done"
NAMED, MAIL, RCPT = "250 mx.example", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>"
TO_DATA = f"HELO c\r\n{MAIL}\r\n{RCPT}\r\nDATA"
TO_DATA_OK = f"{NAMED} | 250 2.1.0 Ok | 250 2.1.5 Ok | 354 "
Step = tuple[str | bytes, str]

CASES: dict[str, tuple[Step, ...]] = {
    # Names
    "helo-none": (("HELO", SYNTAX), ("HELO ", SYNTAX), ("EHLO", SYNTAX), (MAIL, ORDER)),
    "helo-literals": (("HELO [127.0.0.1]", NAMED), ("HELO [IPv6:::1]", NAMED), ("HELO []", NAMED), ("HELO .", NAMED)),
    "helo-words": (("HELO a b", SYNTAX), ("HELO  a", NAMED), ("HELO a  ", NAMED), ("hELo a", NAMED)),
    "helo-longest": (("HELO " + "x" * 255, NAMED), ("HELO " + "x" * 256, SYNTAX), ("HELO " + "x" * 506, TOO_LONG)),
    "helo-letters": (("HELO é", SYNTAX), ("HELO \N{NO-BREAK SPACE}", SYNTAX), ("HELO <x>", NAMED), ("HELO 'x", NAMED)),
    "helo-refused-keeps": (("HELO c", NAMED), (MAIL, "250 2.1.0"), ("HELO a b", SYNTAX), (RCPT, "250 2.1.5")),
    "helo-again-resets": (("HELO c", NAMED), (MAIL, "250"), ("HELO d", NAMED), (RCPT, ORDER), (MAIL, "250 2.1.0")),
    "helo-has-no-parameters": (("HELO c", NAMED), (f"{MAIL} SIZE=1", "555 5.5.4 "), (MAIL, "250 2.1.0")),
    "tab-is-no-space": (("HELO\tc", BAD_LINE), ("HELO c", NAMED), ("MAIL\tFROM:<>", BAD_LINE)),
    "space-first": ((" HELO c", UNKNOWN), (" ", UNKNOWN), ("", UNKNOWN)),
    "kelvin": (("HELO c", NAMED), ("N\N{LATIN CAPITAL LETTER O WITH STROKE}OP", UNKNOWN), ("\N{KELVIN SIGN}", UNKNOWN)),
    # Order
    "order-before-helo": ((MAIL, ORDER), (RCPT, ORDER), ("DATA", ORDER), ("RSET", DONE), ("NOOP", DONE)),
    "order-no-mail": (("HELO c", NAMED), (RCPT, ORDER), ("DATA", ORDER), (MAIL, "250 2.1.0 Ok")),
    "order-no-rcpt": (("HELO c", NAMED), (MAIL, "250 2.1.0"), ("DATA", ORDER), (RCPT, "250 2.1.5 Ok")),
    "order-mail-twice": (("HELO c", NAMED), (MAIL, "250 2.1.0"), (MAIL, ORDER), (RCPT, "250"), (MAIL, ORDER)),
    "order-after-message": ((TO_DATA, TO_DATA_OK), (".", "250 2.0.0"), (RCPT, ORDER), ("DATA", ORDER), (MAIL, "250")),
    "order-refused-mail": (("HELO c", NAMED), ("MAIL FROM:<a>", "553 5.1.3 "), (RCPT, ORDER), ("DATA", ORDER)),
    "no-valid-recipients": (
        ("HELO c", NAMED), (MAIL, "250"), ("RCPT TO:<x>", "553 5.1.3 "), ("DATA", "554 5.5.1 No valid"), (RCPT, ORDER),
    ),
    "one-valid-recipient": (("HELO c", NAMED), (MAIL, "250"), ("RCPT TO:<x>", "553"), (RCPT, "250"), ("DATA", "354 ")),
    "rset-forgets-both": (
        ("HELO c", NAMED), (MAIL, "250"), (RCPT, "250"), ("RSET", DONE), (RCPT, ORDER), ("DATA", ORDER), (MAIL, "250"),
        ("DATA", ORDER), ("RSET", DONE), ("RSET", DONE), ("rset ", DONE),
    ),
    "rset-argument": (("HELO c", NAMED), (MAIL, "250"), ("RSET now", SYNTAX), (RCPT, "250 2.1.5 ")),
    "data-argument": (("HELO c", NAMED), (MAIL, "250"), (RCPT, "250"), ("DATA now", SYNTAX), ("DATA ", "354 ")),
    # Other verbs
    "noop": (("NOOP", DONE), ("NOOP any thing <>", DONE), ("noop é", DONE)),
    "vrfy": (("VRFY", SYNTAX), ("VRFY a", "252 2.0.0 "), ("VRFY <a@b.example>", "252 2.0.0 "), ("vrfy \\", "252 ")),
    "expn": (("EXPN", "502 5.5.1 "), ("EXPN list", "502 5.5.1 ")),
    "not-offered": tuple((verb, "502 5.5.1 ") for verb in ("BDAT 3 LAST", "BDAT", "ETRN x", "ETRN", "ATRN x", "ATRN")),
    "help": (("HELP", "214 2.0.0 "), ("HELP MAIL", "214 2.0.0 "), ("HELP \\r", "214 ")),
    "auth": (("AUTH PLAIN AGEAYg==", "502 5.5.1 "), ("AUTH", "502 5.5.1 "), ("HELO c", NAMED), ("AUTH LOGIN", "502 ")),
    "starttls-not-offered": (("STARTTLS", "502 5.5.1 "), ("STARTTLS now", SYNTAX), ("HELO c", NAMED), (MAIL, "250")),
    "not-ours": tuple((verb, UNKNOWN) for verb in ("TURN", "SEND FROM:<>", "SOML")),
    "not-ours-either": tuple((verb, UNKNOWN) for verb in ("XCLIENT A=b", "XFORWARD A=b", "XEXCH50 1 2", "LHLO c")),
    "proxy": (("PROXY TCP4 192.0.2.9 192.0.2.1 1 25", UNKNOWN), ("HELO c", NAMED)),
    "quit": (("QUIT now", SYNTAX), ("quit", "221 2.0.0 Bye ."), ),
    "quit-in-a-group": (("NOOP\r\nQUIT\r\nNOOP", f"{DONE} | 221 2.0.0 Bye ."),),
    "http": (("HELO c", NAMED), ("GET / HTTP/1.1\r\nHost: x", CLOSED)),
    "http-post": (("POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\nMAIL FROM:<a@b.example>", CLOSED),),
    "http-connect": (("connect 192.0.2.1:25 HTTP/1.0", CLOSED),),
    "tls-hello": ((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n", BAD_LINE), (b"\x80\x2e\x01\x00\x02\r\n", BAD_LINE)),
    # Lines
    "bare-lf": ((b"NOOP\n", ""), (b"NOOP\r\n", BAD_LINE), ("NOOP", DONE)),
    "bare-cr": ((b"NOOP\rNOOP\r\n", BAD_LINE), (b"\r\r\n", BAD_LINE), (b"NOOP\r\r\n", BAD_LINE), (b"\n\r\n", BAD_LINE)),
    "crlf-cut": ((b"NOOP\r", ""), (b"\nNOO", DONE), (b"P\r\n", DONE)),
    "controls": tuple((b"NOOP %b\r\n" % bytes((c,)), BAD_LINE) for c in (*range(10), 11, 12, *range(14, 32), 127)),
    "no-utf8": tuple((b"NOOP %b\r\n" % text, BAD_LINE) for text in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xe9")),
    "other-line-ends": tuple((f"NOOP {c}x", BAD_LINE) for c in "\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"),
    "line-512": (("NOOP " + "x" * 505, DONE), ("NOOP " + "x" * 506, TOO_LONG), ("x" * 600, UNKNOWN)),
    "line-4096": (("HELO c", NAMED), (f"{MAIL} {'X' * 4070}", "555 "), (f"{MAIL} {'X' * 4071}", TOO_LONG)),
    "line-beyond": (("x" * 5000, TOO_LONG), ("NOOP " + "x" * 5000 + "\r\nNOOP", f"{TOO_LONG} | {DONE}")),
    # Groups
    "group": ((f"HELO c\r\n{MAIL}\r\n{RCPT}\r\nRSET\r\n{RCPT}", f"{NAMED} | 250 | 250 2.1.5 | {DONE} | {ORDER}"),),
    "group-behind-data": (("HELO c", NAMED), (MAIL, "250"), (RCPT, "250"), ("DATA\r\nSubject: x", CLOSED)),
    "group-behind-refused-data": (("HELO c", NAMED), ("DATA\r\nNOOP", CLOSED)),
    "group-behind-starttls": (("STARTTLS\r\nNOOP", CLOSED),),
    "behind-the-dot": ((TO_DATA, TO_DATA_OK), (".\r\nNOOP\r\nQUIT", f"250 2.0.0 Ok | {DONE} | 221 2.0.0 Bye .")),
    "message-behind-the-dot": (
        (TO_DATA, TO_DATA_OK), (f".\r\n{TO_DATA}", f"250 2.0.0 Ok | {TO_DATA_OK}"), ("x\r\n.", "250 2.0.0 Ok"),
    ),
    "data-behind-the-dot-not-last": (
        (TO_DATA, TO_DATA_OK), (f".\r\n{TO_DATA}\r\nx", f"250 2.0.0 | {NAMED} | 250 2.1.0 | 250 2.1.5 | {CLOSED}"),
    ),
}  # fmt: skip


def play(rig: Rig, steps: tuple[Step, ...]) -> None:
    """Each step, in a packet of its own; the replies must be exactly so many, each beginning as said."""
    for sent, expected in steps:
        data = sent if isinstance(sent, bytes) else sent.encode() + b"\r\n"
        answer = rig.send(data).decode()
        over = expected.endswith(" .")
        wanted = [one for one in expected.removesuffix(" .").split(" | ") if one]
        lines = answer.splitlines()
        assert len(lines) == len(wanted), f"{sent!r}: {lines}"
        for line, begin in zip(lines, wanted, strict=True):
            assert line.startswith(begin.rstrip()), f"{sent!r}: {line}"
        assert (rig.transport.closed or rig.transport.ended) == over, sent
    assert rig.pipeline.problems == []


@pytest.mark.parametrize("name", CASES)
def test_commands(loop: VirtualLoop, name: str) -> None:
    """As the table says."""
    rig = Rig(loop, Pipeline(settings_of(**PATIENT)))
    assert rig.read() == b"220 mx.example ESMTP\r\n"
    play(rig, CASES[name])


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ({"errors": 3}, (("x", UNKNOWN), (MAIL, ORDER), ("DATA", "421 4.7.0 Too many errors, closing channel ."))),
        ({"unknown": 2}, (("x", UNKNOWN), ("NOOP", DONE), ("y", "421 4.7.0 ."))),
        ({"junk": 2, "errors": 2}, (("NOOP", DONE), ("RSET", DONE), ("NOOP", DONE), ("HELO c", "421 4.7.0 ."))),
        ({"errors": 2}, (("x", UNKNOWN), (TO_DATA, TO_DATA_OK), (".", "250"), ("x", UNKNOWN), ("x", "421 4.7.0 ."))),
        ({"errors": 1}, (("x\r\nNOOP\r\nQUIT", "421 4.7.0 ."),)),
        ({"errors": 2}, (("HELO " + "x" * 5000, TOO_LONG), ("NOOP \x01", "421 4.7.0 ."))),
        ({"recipients": 1}, (("HELO c", NAMED), (MAIL, "250"), (RCPT, "250"), (RCPT, "452 4.5.3 "), ("DATA", "354 "))),
    ],
)
def test_patience(loop: VirtualLoop, words: dict[str, Any], steps: tuple[Step, ...]) -> None:
    """Errors, unknown verbs and junk are counted; a message forgives; 4yz is nobody's error."""
    rig = Rig(loop, Pipeline(settings_of(**{**PATIENT, **words})))
    rig.read()
    play(rig, steps)


@pytest.mark.parametrize("recipients", [1000, 1001])
def test_the_most_recipients(loop: VirtualLoop, recipients: int) -> None:
    """1,000 are taken; the next is told to come back, and the message goes to the 1,000."""
    rig = Rig(loop, Pipeline(settings_of(**PATIENT)))
    rig.read()
    play(rig, (("HELO c", NAMED), (MAIL, "250")))
    for number in range(1000):
        play(rig, ((f"RCPT TO:<c{number}@d.example>", "250 2.1.5 Ok"),))
    if recipients > 1000:
        play(rig, ((RCPT, "452 4.5.3 Too many recipients"),))
    play(rig, (("DATA", "354 "), (".", "250 2.0.0 Ok")))
    assert len(rig.pipeline.accepted[0][0].recipients) == 1000
