"""What the sessions of one listener are told, worked out from a generation's settings."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import replace
from typing import Any

from bartizan.config.schema import ANY_DOMAIN, Listener
from bartizan.config.schema import PeerClass as Class
from bartizan.model.check import Rulings
from bartizan.node import lists
from bartizan.node.generation import Generation
from bartizan.smtpd.settings import BareLineEnds, Caps, Network, PeerClass, SessionSettings, Timeouts
from bartizan.smtpd.tls import Chain, server_context


def session_settings(generation: Generation, index: int) -> SessionSettings:
    """For the listener number `index`; caps of the node are shared out evenly among its smtpds. OSError, ValueError
    when the listener's certificate cannot be used."""
    settings = generation.settings
    listener = settings.listeners[index]
    workers, largest = settings.server.workers, settings.limits.message_bytes
    times, caps, domains = settings.timeouts, settings.caps, listener.recipient_domains
    everybody = SessionSettings(
        hostname=settings.server.hostname,
        listener=listener.address,
        limits=settings.limits,
        timeouts=Timeouts(
            command=times.command,
            data_idle=times.data_idle,
            grace=times.rate_grace,
            bytes_per_second=float(times.minimum_rate),
            handshake=times.handshake,
            commit=times.commit,
        ),
        caps=Caps(
            sessions=max(1, caps.sessions // workers),
            sessions_per_peer=max(1, caps.sessions_per_peer // workers),
            in_flight_bytes=max(largest, caps.bytes_in_flight // workers),
            in_flight_bytes_per_peer=max(largest, caps.bytes_in_flight_per_peer // workers),
        ),
        recipient_domains=None if domains == ANY_DOMAIN else lists.named_domains(listener),
        listed_domains=lists.domains(generation.tables(index)),
        trusted=_networks(listener.trusted),
        xclient=_networks(listener.xclient),
        rates=settings.rates,
        stress=settings.stress,
        tls=_tls(generation.chains(index)),
        tls_at_once=listener.tls is not None and listener.tls.mode == "implicit",
        balancers=_networks(listener.proxy),
        **_terms(listener, listener.dns_failure, workers),
    )
    classes = tuple(
        PeerClass(_networks(one.peers), replace(everybody, **_terms(one, listener.dns_failure, workers)))
        for one in listener.classes
    )
    return replace(everybody, classes=classes)


def _terms(part: Listener | Class, dns_failure: str, workers: int) -> dict[str, Any]:
    """What a listener or a class of its peers says itself; what a class leaves open is left out."""
    terms: dict[str, Any] = {
        key: getattr(part, key)
        for key in ("tls_required", "soft_recipients", "hard_recipients", "greeting_delay", "esmtp")
        if getattr(part, key) is not None
    }
    if part.message_bytes is not None:
        terms["largest_message"] = part.message_bytes
    if part.sessions_per_peer is not None:
        terms["peer_sessions"] = max(1, part.sessions_per_peer // workers) if part.sessions_per_peer else 0
    if isinstance(part, Class) and part.rates is not None:
        terms["rates"] = part.rates
    if part.bare_line_ends is not None:
        normalize = part.bare_line_ends == "normalize"
        terms["bare_line_ends"] = BareLineEnds.NORMALIZE if normalize else BareLineEnds.REFUSE
    if part.source_routes is not None:
        terms["source_routes"] = part.source_routes == "strip"
    if part.field_lengths is not None:
        terms["field_lengths"] = tuple((name.lower(), most) for name, most in part.field_lengths.items())
    if part.checks is not None:
        terms["checks"] = Rulings(part.checks, defer_unsure=dns_failure == "defer")
    return terms


def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def _tls(chains: tuple[Chain, ...]) -> ssl.SSLContext | None:
    """The context for a listener with these certificates."""
    return server_context(chains) if chains else None
