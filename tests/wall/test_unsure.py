"""What the DNS did not answer is asked again at the next MAIL of the session; an answer is not."""

from __future__ import annotations

import asyncio

from bartizan.dns.resolver import Resolver
from bartizan.model.check import Check, Checks, Rulings
from bartizan.model.dns import DnsSettings
from bartizan.model.envelope import Peer
from bartizan.wall.visit import Visit
from bartizan.wall.wall import Wall
from bench.nameserver import NameServer, Way

RULINGS = Rulings(Checks(reverse_dns="reject", forward_dns="off", helo_form="off", helo_dns="off"))


def test_asked_again() -> None:
    """A failure of the first MAIL does not defer all mail of a long session."""

    async def scene(server: NameServer) -> None:
        resolver = Resolver(DnsSettings(servers=(server.address,), timeout=0.5, tries=1, failure_ttl=0.0))
        wall, visit = Wall(resolver=resolver), Visit(Peer("192.0.2.7"))
        server.does("7.2.0.192.in-addr.arpa", Way.SERVFAIL)
        first = await wall.mail(visit, "", RULINGS)
        assert [(one.check, one.unsure) for one in first if one.check is Check.REVERSE_DNS] == [
            (Check.REVERSE_DNS, True)
        ]
        server.does("7.2.0.192.in-addr.arpa", None)
        server.add("7.2.0.192.in-addr.arpa", "PTR", "mx.example.")
        server.add("mx.example", "A", "192.0.2.7")
        assert await wall.mail(visit, "", RULINGS) == []
        asked = len(server.asked)
        assert await wall.mail(visit, "", RULINGS) == []
        assert (visit.names, len(server.asked)) == (("mx.example",), asked)
        await resolver.close()

    with NameServer() as server:
        asyncio.run(scene(server))
