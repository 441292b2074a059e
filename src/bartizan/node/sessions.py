"""What the sessions of one listener are told, worked out from a generation's settings."""

from __future__ import annotations

import ipaddress
import ssl

from bartizan.config.schema import ANY_DOMAIN
from bartizan.node.generation import Generation
from bartizan.smtpd.settings import BareLineEnds, Caps, SessionSettings, Timeouts


def session_settings(generation: Generation, index: int) -> SessionSettings:
    """For the listener number `index`; caps of the node are shared out evenly among its smtpds. OSError, ValueError
    when the listener's certificate cannot be used."""
    settings = generation.settings
    listener = settings.listeners[index]
    workers, largest = settings.server.workers, settings.limits.message_bytes
    times, caps, domains = settings.timeouts, settings.caps, listener.recipient_domains
    return SessionSettings(
        hostname=settings.server.hostname,
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
        recipient_domains=None if domains == ANY_DOMAIN else domains,
        trusted=tuple(ipaddress.ip_network(text, strict=False) for text in listener.trusted),
        bare_line_ends=BareLineEnds.NORMALIZE if listener.bare_line_ends == "normalize" else BareLineEnds.REFUSE,
        tls=_tls(generation.certificate(index)),
    )


def _tls(certificate: str | None) -> ssl.SSLContext | None:
    """The context for STARTTLS with the chain and key in a file."""
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate)
    return context
