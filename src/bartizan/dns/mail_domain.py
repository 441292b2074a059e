"""Whether a domain takes mail, and where to (RFC 5321 section 5.1, RFC 7505).

In: a domain, as it stands behind the @ of an address. Out: a MailDomain. Mail exchangers come first; a domain without
any takes mail at its own address. `inward` finds exchangers that lead to ourselves or to nobody on the Internet: to
answer such a sender we would connect to our own network.
Limits: MOST_HOSTS exchangers are looked at by `inward`. Not here: address literals, which are no domains.
"""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Container
from dataclasses import dataclass

from bartizan.dns.answer import Status
from bartizan.dns.budget import LookupBudget
from bartizan.dns.name import askable
from bartizan.dns.resolver import Resolver

MOST_HOSTS = 5


class MailStatus(enum.Enum):
    """What became of the question whether a domain takes mail."""

    ACCEPTS = "accepts"
    """It has a mail exchanger or an address."""
    NULL_MX = "null_mx"
    """It says that it takes none."""
    UNUSABLE = "unusable"
    """It has mail exchangers, none of which is the name of a host; its address does not count then."""
    ABSENT = "absent"
    """It does not exist, or has neither exchanger nor address."""
    FAILED = "failed"
    """It could not be found out: neither a yes nor a no."""


@dataclass(frozen=True, slots=True)
class MailDomain:
    """`hosts` take its mail, the preferred first; `reason` says why it FAILED, for people."""

    status: MailStatus
    hosts: tuple[str, ...] = ()
    reason: str = ""


async def mail_domain(resolver: Resolver, domain: str, budget: LookupBudget) -> MailDomain:
    """Look up how `domain` takes mail."""
    exchangers = await resolver.mx(domain, budget)
    if exchangers.status is Status.FAILED:
        return MailDomain(MailStatus.FAILED, reason=exchangers.reason)
    if exchangers.status is Status.FOUND:
        hosts = tuple(dict.fromkeys(one.host for one in exchangers.values if one.host))
        if hosts:
            return MailDomain(MailStatus.ACCEPTS, hosts)
        return MailDomain(MailStatus.NULL_MX if exchangers.values else MailStatus.UNUSABLE)
    addresses = await resolver.addresses(domain, budget)
    if addresses.status is Status.FAILED:
        return MailDomain(MailStatus.FAILED, reason=addresses.reason)
    if addresses.status is Status.FOUND and addresses.values:
        return MailDomain(MailStatus.ACCEPTS, (askable(domain) or domain,))
    return MailDomain(MailStatus.ABSENT)


async def inward(
    resolver: Resolver, hosts: tuple[str, ...], budget: LookupBudget, own: Container[str] = frozenset()
) -> tuple[str, ...]:
    """Those of `hosts` that are in `own` (names and addresses) or have an address that is nobody's on the Internet:
    loopback, private, link-local. What could not be found out is not among them."""
    found = []
    for host in hosts[:MOST_HOSTS]:
        if host in own:
            found.append(host)
            continue
        addresses = await resolver.addresses(host, budget)
        if any(one in own or not _public(one) for one in addresses.values):
            found.append(host)
    return tuple(found)


def _public(address: str) -> bool:
    """It can be somebody's on the Internet."""
    known = ipaddress.ip_address(address)
    return known.is_global and not known.is_multicast
