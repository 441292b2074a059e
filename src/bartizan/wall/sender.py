"""Does the sender's domain exist, and does it take mail? RFC 5321 section 5.1, RFC 7505.

In: the sender of MAIL. Out: what was found wrong. The null sender has no domain and is never refused for it.
"""

from __future__ import annotations

from collections.abc import Container

from bartizan.dns.budget import LookupBudget
from bartizan.dns.mail_domain import MOST_HOSTS, MailStatus, inward, mail_domain
from bartizan.dns.resolver import Resolver
from bartizan.model.check import Check, Rulings
from bartizan.model.envelope import domain_of
from bartizan.wall.visit import Found, unsure


async def domain(
    resolver: Resolver, sender: str, budget: LookupBudget, rulings: Rulings, own: Container[str] = frozenset()
) -> list[Found]:
    """Look the domain up; an address literal is none, and mail of a domain of our `own` may well lead to ourselves."""
    name = domain_of(sender)
    if not name or name.startswith("["):
        return []
    told = await mail_domain(resolver, name, budget)
    match told.status:
        case MailStatus.ACCEPTS if rulings.on(Check.SENDER_MX) and name not in own:
            hosts = await inward(resolver, told.hosts, budget, own)
            if hosts and len(hosts) == len(told.hosts[:MOST_HOSTS]):
                return [Found(Check.SENDER_MX, f"{hosts[0][:80]} is no mail exchanger of the Internet")]
        case MailStatus.ABSENT | MailStatus.UNUSABLE:
            return [Found(Check.SENDER_DOMAIN, f"{name[:80]} does not exist")]
        case MailStatus.NULL_MX:
            return [Found(Check.NULL_MX, f"{name[:80]} has a null MX")]
        case MailStatus.FAILED:
            return unsure(told.reason, Check.SENDER_DOMAIN, Check.NULL_MX, Check.SENDER_MX)
    return []
