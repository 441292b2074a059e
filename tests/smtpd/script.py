r"""The language of dialogue files, and what its words mean.

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
    submit: 550 5.7.1 text     the answer to messages from now on; `submit: raise ErrorName` raises that exception
    hop: POINT reply           a real pipeline and client stand behind the door, and its next hop says this at POINT
                               (fake_nexthop.py), or does `close`, `reset` or `stall`; `a | b`: first a, then b, then
                               what is usual; messages are then answered by what becomes of them, not by `submit:`
    scanner: dies | lives      the same, and two scanners die of each message; `restraint: word=value` are settings
    early: bytes               are sent before the server has accepted the connection
    others: number             so many other connections of this client have come before
    class: network word=value  settings of a class of peers, where they are other ones
    held: number               a message of so many octets of another client is here, and no message is decided on
    freed:                     until then
    C: line                    the client sends the line and CRLF
    C+ line                    the same, but in one packet with the next C: or C>
    C* number line             the line so many times, in one packet
    C> bytes                   the client sends exactly these bytes
    C. fin | reset | tls | wait          half-closes; resets; shakes hands; lets the server receive a message
    S: line                    the server answers exactly this line
    S~ regex                   the server answers a line that matches
    S* number line             so many times the same line
    H: line                    the next hop got this command next
    S.                         the server closes
    E: <sender> params -> <recipient> params ...    the next message that was submitted had this envelope
    M: check action detail     this was noted about it, in any order; before its D:
    D: bytes                   and these bytes
    R: check action detail     the next refusal that was told of
    problems: number           so many errors of ours were noted (none unless said otherwise)

Bytes and lines may hold the escapes of Python: \r \n \t \\ \x00; text that is not ASCII is sent as UTF-8.
Not here: playing one (dialogue.py).
"""

from __future__ import annotations

import codecs
import re

from bartizan.model.envelope import Envelope
from bartizan.model.offer import Offer
from bartizan.model.reply import Reply

_ESCAPE = re.compile(rb"\\x[0-9a-fA-F]{2}|\\.")
_STEP = re.compile(
    r"(settings:|login:|zone:|list:|pattern:|offer:|refused:|unknown:|class:|held:|freed:|hop:|scanner:|restraint:|"
    r"submit:|early:|others:|problems:|C[:+>.*]|S[:~.*]|[EDMRH]:)(?: (.*))?"
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
