"""Looks names up as a confined smtpd: `python locked.py SERVER NAME...`; prints what became of each name's TXT records.

The resolver is made before the lock-down, as an smtpd makes it, and everything else happens after it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading

from bartizan.dns.resolver import Resolver
from bartizan.dns.system import system_servers
from bartizan.model.dns import DnsSettings
from bartizan.node.loop import run
from bartizan.sandbox import places, profiles
from bartizan.sandbox.lockdown import Lockdown, Mode


async def look_up(resolver: Resolver, names: list[str]) -> None:
    """All of them at once, and then each again."""
    budget = resolver.budget()
    answers = await asyncio.gather(*(resolver.texts(name, budget) for name in names))
    told = {name: [one.status.value, *map(bytes.decode, one.values)] for name, one in zip(names, answers, strict=True)}
    for name in names:
        assert (await resolver.texts(name, budget)).status.value == told[name][0]
    assert resolver.counts.queries == len(names)
    await resolver.close()
    print(json.dumps(told))


def main(server: str, *names: str) -> None:
    """Lock down, then ask."""
    places.prepare()
    assert system_servers()
    resolver = Resolver(DnsSettings(servers=(server,), timeout=0.5))
    assert threading.active_count() == 1
    Lockdown(profiles.smtpd(places.network()), Mode.REQUIRED).apply()
    run(look_up(resolver, list(names)))


if __name__ == "__main__":
    main(*sys.argv[1:])
