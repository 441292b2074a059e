"""Where mail goes that leaves the pipeline: the client of the next hop, and the store of held mail."""

from __future__ import annotations

from bartizan.config.schema import Settings
from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.opening import HopTimeouts, Tls
from bartizan.delivery.sqlite_store import SqliteStore


def quarantine(settings: Settings) -> SqliteStore:
    """The store of held mail. TemporaryError when it cannot be opened."""
    return SqliteStore(settings.server.state)


def next_hop(settings: Settings) -> NextHop:
    """The client for the configured next hop; ValueError when there is none."""
    hop = settings.next_hop
    if hop is None:
        raise ValueError("no next hop is configured")
    timeouts = HopTimeouts(
        connect=hop.connect_timeout, command=hop.command_timeout, dot=hop.data_timeout, idle=hop.idle_timeout
    )
    return NextHop(
        hop.host,
        hop.port,
        hostname=settings.server.hostname,
        connections=hop.connections,
        timeouts=timeouts,
        tls=Tls(hop.tls),
    )
