"""Checks on the client itself: the names of its address, and the name that it gives in HELO.

In: a visit. Out: what was found wrong; what had to be looked up is kept in the visit. RFC 5321 section 4.1.4, RFC 1912
section 2.1. Not here: lists (lists.py), what follows (bartizan.smtpd.judge).
"""

from __future__ import annotations

import re
from collections.abc import Container
from ipaddress import ip_address

from bartizan.dns.budget import LookupBudget
from bartizan.dns.mail_domain import MailStatus, mail_domain
from bartizan.dns.resolver import Resolver
from bartizan.dns.reverse import ReverseStatus, reverse
from bartizan.model.check import Check, Rulings
from bartizan.wall.visit import Found, Visit, unsure

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"(?=.{{1,255}}$){_LABEL}(?:\.{_LABEL})+\.?", re.I | re.A)
_NUMBERS = re.compile(r"[0-9.]+", re.A)


async def names(resolver: Resolver, visit: Visit, budget: LookupBudget) -> list[Found]:
    """Has the address a name, and does one lead back? Fills `visit.names`."""
    told = await reverse(resolver, visit.peer.address, budget)
    visit.names = told.names
    match told.status:
        case ReverseStatus.NONE:
            return [Found(Check.REVERSE_DNS, "no reverse name")]
        case ReverseStatus.UNCONFIRMED:
            return [Found(Check.FORWARD_DNS, f"{told.others[0]} does not lead back")]
        case ReverseStatus.FAILED:
            return unsure(told.reason, Check.REVERSE_DNS, Check.FORWARD_DNS)
    return []


def helo_form(name: str) -> list[Found]:
    """Is it a domain with a dot, or an address literal?"""
    if literal(name) is not None:
        return []
    if _DOMAIN.fullmatch(name) is None or _NUMBERS.fullmatch(name):
        return [Found(Check.HELO_FORM, f"{name[:80]} is no domain")]
    return []


async def helo_name(
    resolver: Resolver | None, visit: Visit, budget: LookupBudget, own: Container[str], rulings: Rulings
) -> list[Found]:
    """All checks on the HELO name."""
    name = visit.helo
    found = helo_form(name) if rulings.on(Check.HELO_FORM) else []
    if name.lower().removesuffix(".") in own:
        found.append(Found(Check.HELO_OURS, f"{name[:80]} is our name"))
    address = literal(name)
    if not rulings.on(Check.HELO_DNS):
        return found
    if address is not None:
        if address != visit.peer.address:
            found.append(Found(Check.HELO_DNS, f"{name[:80]} is not its address"))
    elif resolver is not None and not found:
        told = await mail_domain(resolver, name, budget)
        if told.status in (MailStatus.ABSENT, MailStatus.UNUSABLE):
            found.append(Found(Check.HELO_DNS, f"{name[:80]} does not exist"))
        elif told.status is MailStatus.FAILED:
            found += unsure(told.reason, Check.HELO_DNS)
    return found


def literal(name: str) -> str | None:
    """The address of an address literal, in its shortest form; None for anything else."""
    if not (name.startswith("[") and name.endswith("]")):
        return None
    text = name[1:-1]
    try:
        address = ip_address(text[5:] if text[:5].lower() == "ipv6:" else text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
