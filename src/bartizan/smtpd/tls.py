"""What TLS towards clients is like: versions, ciphers, and which of several certificates a client is presented.

In: PEM files of chain and key, with the names that each certificate is for. Out: one context for a listener, which
chooses by the name that the client asks for (SNI, RFC 6066 section 3); a name that no certificate has, or none, gets
the first. A wildcard stands for one label (RFC 9525 section 6.3). Files with the same name and different kinds of key
are presented to clients according to what these can verify; of one kind the first.
Settings are the "intermediate" ones of Mozilla's Server Side TLS 5.7: TLS 1.2 and 1.3 with forward secrecy; no session
tickets, whose key would stay as long as the context. No compression, no renegotiation.
Not here: when a handshake begins (session.py, acceptor.py), reading configuration.

Known gaps: a client that asks for a name that is not ASCII is not served, see `quietly`. Finite-field Diffie-Hellman
(the DHE ciphers) is left out: costly for a server, and needed by no client that knows TLS 1.2 with elliptic curves.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

CIPHERS = ":".join(
    (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
    )
)
"""Of TLS 1.2; TLS 1.3 has only good ones. The client chooses: it knows what its hardware is fast at."""
MOST_NAME_OCTETS = 255
_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which the ssl module has no name for."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A PEM file with a chain and its key; `names` are those of the certificate in lower case, perhaps wildcards."""

    file: str
    names: tuple[str, ...] = ()


def server_context(chains: Sequence[Chain]) -> ssl.SSLContext:
    """The context of a listener with at least one chain, the first of them the default. OSError (ssl.SSLError is one)
    when a file cannot be used."""
    contexts: dict[tuple[Chain, ...], ssl.SSLContext] = {}

    def holding(some: tuple[Chain, ...]) -> ssl.SSLContext:
        if some not in contexts:
            contexts[some] = _context(some)
        return contexts[some]

    def having(name: str) -> tuple[Chain, ...]:
        return tuple(chain for chain in chains if name in chain.names)

    first = chains[0]
    default = holding(having(first.names[0]) if first.names else (first,))
    by_name = {name: holding(having(name)) for chain in chains for name in chain.names}
    if len(contexts) > 1:
        default.sni_callback = _chooser(by_name)
    return default


def names_of(file: str) -> tuple[str, ...]:
    """The names that a certificate is for: its DNS names, or else its common name where that is one. () when it has
    none, or cannot be used for a handshake. OSError when chain and key cannot be used.

    The ssl module tells what is in a certificate only when it came in a handshake and is trusted. So it comes in one,
    with ourselves, where nothing but itself is trusted, also when it has expired.
    """
    server = _context((Chain(file),))
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    with contextlib.suppress(ssl.SSLError):
        client.load_verify_locations(file)
        client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VerifyFlags(_NO_CHECK_TIME)
        return _names(_meet(server, client))
    return ()


def quietly(hook: Callable[[Any], object]) -> Callable[[Any], object]:
    """A `sys.unraisablehook` that keeps silent about names asked for that are not ASCII, and leaves the rest to `hook`.

    The ssl module ends such a handshake before it asks the context, and prints a traceback, which a client could fill a
    log with."""

    def quiet(unraisable: Any) -> None:
        if not (issubclass(unraisable.exc_type, UnicodeDecodeError) and isinstance(unraisable.object, bytes)):
            hook(unraisable)

    return quiet


def _context(chains: tuple[Chain, ...]) -> ssl.SSLContext:
    """One that presents the first of each kind of key. OSError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_TICKET
    context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    context.num_tickets = 0
    for chain in reversed(chains):  # each replaces one of its kind
        context.load_cert_chain(chain.file)
    return context


def _chooser(by_name: dict[str, ssl.SSLContext]) -> Callable[[ssl.SSLObject, str | None, ssl.SSLContext], None]:
    """What a context asks when a client has said whom it wants."""

    def choose(engine: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        found = _find(name, by_name) if name else None
        if found is not None and found is not context:
            engine.context = found

    return choose


def _find(name: str, by_name: dict[str, ssl.SSLContext]) -> ssl.SSLContext | None:
    if len(name) > MOST_NAME_OCTETS:
        return None
    name = name.lower().removesuffix(".")
    return by_name.get(name) or by_name.get("*." + name.partition(".")[2])


def _meet(server: ssl.SSLContext, client: ssl.SSLContext) -> dict[str, Any]:
    """Have two contexts shake hands in memory: the certificate that the client saw. ssl.SSLError when they do not."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    caller = client.wrap_bio(down, up)
    called = server.wrap_bio(up, down, server_side=True)
    for end in (caller, called, caller):
        with contextlib.suppress(ssl.SSLWantReadError):
            end.do_handshake()
    return caller.getpeercert() or {}


def _names(certificate: dict[str, Any]) -> tuple[str, ...]:
    names = [name for kind, name in certificate.get("subjectAltName", ()) if kind == "DNS"]
    if not names:
        common = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
        names = [name for name in common if "." in name and " " not in name]
    return tuple(dict.fromkeys(name.lower().removesuffix(".") for name in names))
