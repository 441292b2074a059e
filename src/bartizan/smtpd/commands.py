"""The arguments of HELO, MAIL, RCPT and ETRN, read strictly and kept exactly as they were sent.

Comes in: the text behind the verb, free of control characters. Goes out: a value, or the Reply that refuses it.
RFC 5321 section 4.1.1, SIZE (RFC 1870), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531), DSN (RFC 3461): a parameter is
understood only where its extension was offered to a session that said EHLO, else 555.
Not here: whether the command is in order, and who may send to whom.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bartizan.model.envelope import Recipient
from bartizan.model.offer import Offer
from bartizan.model.reply import BAD_ADDRESS, BAD_PARAMETER, NON_ASCII_ADDRESS, SOURCE_ROUTE, SYNTAX, TOO_BIG, Reply
from bartizan.smtpd.address import Path, parse_path

_HELO = re.compile(r"[!-~]{1,255}")
_NODE = re.compile(r"[@#]?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?")
_PARAMETER = re.compile("([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\u0080-\U0010ffff]+))?")


@dataclass(frozen=True, slots=True)
class Mail:
    """One MAIL command: `size` is what SIZE= declared, 0 when it did not."""

    sender: str
    parameters: tuple[str, ...]
    size: int
    smtputf8: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter that we understand: where it is `offered`, the form of its `value` ("" for none), and `others`:
    values of extensions that are not offered."""

    offered: Callable[[Offer], bool]
    value: re.Pattern[str]
    others: frozenset[str] = frozenset()


_XTEXT = r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})"
_NOTICE = "(?:SUCCESS|FAILURE|DELAY)"
_MAIL = {
    "SIZE": Parameter(lambda offer: offer.sized, re.compile("[0-9]{1,20}")),
    "BODY": Parameter(
        lambda offer: offer.eight_bit, re.compile("7BIT|8BITMIME", re.I | re.A), frozenset({"BINARYMIME"})
    ),
    "SMTPUTF8": Parameter(lambda offer: offer.smtputf8, re.compile("")),
    "RET": Parameter(lambda offer: offer.dsn, re.compile("FULL|HDRS", re.I | re.A)),
    "ENVID": Parameter(lambda offer: offer.dsn, re.compile(f"(?=.{{1,100}}$){_XTEXT}*")),
}
_RCPT = {
    "NOTIFY": Parameter(lambda offer: offer.dsn, re.compile(f"NEVER|{_NOTICE}(?:,{_NOTICE}){{0,2}}", re.I | re.A)),
    "ORCPT": Parameter(lambda offer: offer.dsn, re.compile("(?=.{1,500}$)[A-Za-z0-9-]+;[!-~\u0080-\U0010ffff]+")),
}


def valid_helo(argument: str) -> bool:
    """Any one word is taken as a client's name: what real clients say is no domain often enough."""
    return _HELO.fullmatch(argument) is not None


def valid_node(argument: str) -> bool:
    """Is it what ETRN takes: a host name, behind @ one with its subdomains, behind # a queue (RFC 1985 section 5.2)?"""
    return _NODE.fullmatch(argument) is not None


def parse_mail(argument: str, extended: bool, offer: Offer, size_limit: int, routes: bool = True) -> Mail | Reply:
    """MAIL's argument; `size_limit` is the SIZE that was offered, in bytes. Without `routes` a source route is refused
    instead of left out."""
    found = _path_after("FROM:", argument, routes)
    if isinstance(found, Reply):
        return found
    if found.mailbox and "@" not in found.mailbox:
        return BAD_ADDRESS
    size = 0
    smtputf8 = False
    parameters: tuple[str, ...] = ()
    if found.end < len(argument):
        parameters = _words(argument, found.end)
        values = _read_parameters(parameters, _MAIL, extended, offer)
        if isinstance(values, Reply):
            return values
        size = int(values.get("SIZE", 0))
        smtputf8 = "SMTPUTF8" in values
    if not smtputf8 and not argument.isascii():
        return NON_ASCII_ADDRESS
    if size > size_limit:
        return TOO_BIG
    return Mail(found.mailbox, parameters, size, smtputf8)


def parse_rcpt(argument: str, extended: bool, offer: Offer, smtputf8: bool, routes: bool = True) -> Recipient | Reply:
    """RCPT's argument; `smtputf8` says that MAIL declared it, `routes` as with `parse_mail`."""
    found = _path_after("TO:", argument, routes)
    if isinstance(found, Reply):
        return found
    if not found.mailbox:
        return BAD_ADDRESS
    parameters: tuple[str, ...] = ()
    if found.end < len(argument):
        parameters = _words(argument, found.end)
        values = _read_parameters(parameters, _RCPT, extended, offer)
        if isinstance(values, Reply):
            return values
    if not smtputf8 and not argument.isascii():
        return NON_ASCII_ADDRESS
    return Recipient(found.mailbox, parameters)


def _path_after(keyword: str, argument: str, routes: bool) -> Path | Reply:
    """The path behind FROM: or TO:; spaces after the colon are forgiven, other deviations are not."""
    start = len(keyword)
    if argument[:start].upper() != keyword:
        return SYNTAX
    while argument.startswith(" ", start):
        start += 1
    if not argument.startswith("<", start):
        return SYNTAX
    path = parse_path(argument, start)
    if path is None:
        return BAD_ADDRESS
    if path.end < len(argument) and argument[path.end] != " ":
        return BAD_ADDRESS
    return SOURCE_ROUTE if path.routed and not routes else path


def _words(argument: str, start: int) -> tuple[str, ...]:
    """Split at spaces alone: other white space of Unicode is part of a word."""
    return tuple([word for word in argument[start:].split(" ") if word])


def _read_parameters(
    words: tuple[str, ...], understood: dict[str, Parameter], extended: bool, offer: Offer
) -> dict[str, str] | Reply:
    """Keywords in upper case with their values ("" for none), or the reply to the first word that is wrong."""
    result: dict[str, str] = {}
    for word in words:
        match = _PARAMETER.fullmatch(word)
        if match is None:
            return SYNTAX
        keyword = match[1].upper()
        value = match[2] or ""
        parameter = understood.get(keyword)
        if parameter is None or not extended or not parameter.offered(offer) or value.upper() in parameter.others:
            return BAD_PARAMETER
        if keyword in result or not parameter.value.fullmatch(value):
            return SYNTAX
        result[keyword] = value
    return result
