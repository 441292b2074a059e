"""The arguments of HELO, MAIL and RCPT, read strictly and kept exactly as they were sent.

Comes in: the text behind the verb, free of control characters. Goes out: a value, or the Reply that refuses it.
RFC 5321 section 4.1.1, SIZE (RFC 1870), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531), DSN (RFC 3461): a parameter is
understood only where its extension was offered to a session that said EHLO, else 555.
Not here: whether the command is in order, and who may send to whom.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bartizan.model.envelope import Recipient
from bartizan.model.offer import Offer
from bartizan.model.reply import BAD_ADDRESS, BAD_PARAMETER, NON_ASCII_ADDRESS, SYNTAX, TOO_BIG, Reply
from bartizan.smtpd.address import Path, parse_path

_HELO = re.compile(r"[!-~]{1,255}")
_PARAMETER = re.compile("([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\u0080-\U0010ffff]+))?")
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")
_NOTIFY = re.compile(r"NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2}")
_ORCPT = re.compile("[A-Za-z0-9-]+;[!-~\u0080-\U0010ffff]+")
_ENVID_OCTETS = 100
_ORCPT_OCTETS = 500


@dataclass(frozen=True, slots=True)
class Mail:
    """One MAIL command: `size` is what SIZE= declared, 0 when it did not."""

    sender: str
    parameters: tuple[str, ...]
    size: int
    smtputf8: bool


def valid_helo(argument: str) -> bool:
    """Any one word is taken as a client's name: what real clients say is no domain often enough."""
    return _HELO.fullmatch(argument) is not None


def parse_mail(argument: str, extended: bool, offer: Offer, size_limit: int) -> Mail | Reply:
    """MAIL's argument; `size_limit` is the SIZE that was offered, in bytes."""
    found = _path_after("FROM:", argument)
    if isinstance(found, Reply):
        return found
    if found.mailbox and "@" not in found.mailbox:
        return BAD_ADDRESS
    size = 0
    smtputf8 = False
    parameters: tuple[str, ...] = ()
    if found.end < len(argument):
        split = _split_parameters(argument, found.end)
        if isinstance(split, Reply):
            return split
        refusal = _refuse_mail_parameters(split, extended, offer)
        if refusal is not None:
            return refusal
        size = int(split.get("SIZE") or 0)
        smtputf8 = "SMTPUTF8" in split
        parameters = _words(argument, found.end)
    if not smtputf8 and not argument.isascii():
        return NON_ASCII_ADDRESS
    if size > size_limit:
        return TOO_BIG
    return Mail(found.mailbox, parameters, size, smtputf8)


def parse_rcpt(argument: str, extended: bool, offer: Offer, smtputf8: bool) -> Recipient | Reply:
    """RCPT's argument; `smtputf8` says that MAIL declared it."""
    found = _path_after("TO:", argument)
    if isinstance(found, Reply):
        return found
    if not found.mailbox:
        return BAD_ADDRESS
    parameters: tuple[str, ...] = ()
    if found.end < len(argument):
        split = _split_parameters(argument, found.end)
        if isinstance(split, Reply):
            return split
        refusal = _refuse_rcpt_parameters(split, extended, offer)
        if refusal is not None:
            return refusal
        parameters = _words(argument, found.end)
    if not smtputf8 and not argument.isascii():
        return NON_ASCII_ADDRESS
    return Recipient(found.mailbox, parameters)


def _path_after(keyword: str, argument: str) -> Path | Reply:
    """The path behind FROM: or TO:; spaces after the colon are forgiven, other deviations are not."""
    start = len(keyword)
    if argument[:start].upper() != keyword:
        return SYNTAX
    while argument[start : start + 1] == " ":
        start += 1
    if argument[start : start + 1] != "<":
        return SYNTAX
    path = parse_path(argument, start)
    if path is None:
        return BAD_ADDRESS
    if path.end < len(argument) and argument[path.end] != " ":
        return BAD_ADDRESS
    return path


def _words(argument: str, start: int) -> tuple[str, ...]:
    """Split at spaces alone: other white space of Unicode is part of a word."""
    return tuple(word for word in argument[start:].split(" ") if word)


def _split_parameters(argument: str, start: int) -> dict[str, str | None] | Reply:
    """Keywords in upper case with their values as sent; each keyword once."""
    result: dict[str, str | None] = {}
    for word in _words(argument, start):
        match = _PARAMETER.fullmatch(word)
        if match is None:
            return SYNTAX
        keyword = match[1].upper()
        if keyword in result:
            return SYNTAX
        result[keyword] = match[2]
    return result


def _refuse_mail_parameters(parameters: dict[str, str | None], extended: bool, offer: Offer) -> Reply | None:
    for keyword, value in parameters.items():
        if not extended or not _mail_offered(keyword, offer):
            return BAD_PARAMETER
        if keyword == "BODY" and value is not None and value.upper() == "BINARYMIME":
            return BAD_PARAMETER
        if not _valid_mail_value(keyword, value):
            return SYNTAX
    return None


def _mail_offered(keyword: str, offer: Offer) -> bool:
    match keyword:
        case "SIZE":
            return True
        case "BODY":
            return offer.eight_bit
        case "SMTPUTF8":
            return offer.smtputf8
        case "RET" | "ENVID":
            return offer.dsn
    return False


def _valid_mail_value(keyword: str, value: str | None) -> bool:
    if value is None:
        return keyword == "SMTPUTF8"
    match keyword:
        case "SIZE":
            return value.isascii() and value.isdigit() and len(value) <= 20
        case "BODY":
            return value.upper() in ("7BIT", "8BITMIME")
        case "RET":
            return value.upper() in ("FULL", "HDRS")
        case "ENVID":
            return len(value) <= _ENVID_OCTETS and _XTEXT.fullmatch(value) is not None
    return False


def _refuse_rcpt_parameters(parameters: dict[str, str | None], extended: bool, offer: Offer) -> Reply | None:
    for keyword, value in parameters.items():
        if not extended or not offer.dsn or keyword not in ("NOTIFY", "ORCPT"):
            return BAD_PARAMETER
        if value is None:
            return SYNTAX
        if keyword == "NOTIFY" and _NOTIFY.fullmatch(value.upper()) is None:
            return SYNTAX
        if keyword == "ORCPT" and (len(value.encode()) > _ORCPT_OCTETS or _ORCPT.fullmatch(value) is None):
            return SYNTAX
    return None
