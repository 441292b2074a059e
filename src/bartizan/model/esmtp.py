"""Which commands and extensions of ESMTP a listener lets through, as the operator chooses them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Esmtp:
    """[listener.esmtp]: what a client may use. What is switched off is neither offered nor taken.

    EXPN is never answered, and neither is ATRN: it would have the next hop send mail out past every check.
    """

    ehlo: bool = True
    """EHLO; false takes HELO alone, and with it no extension at all."""
    auth: bool = True
    """AUTH, where [auth] names who may log in, and only over TLS (RFC 4954)."""
    starttls: bool = True
    """STARTTLS, where the listener has a certificate (RFC 3207)."""
    pipelining: bool = True
    """PIPELINING: several commands at once (RFC 2920). Without it, see the check `pipelining`."""
    size: bool = True
    """SIZE: the largest message is named, and refused at MAIL (RFC 1870)."""
    eight_bit: bool = True
    """8BITMIME, where the next hop offers it (RFC 6152)."""
    smtputf8: bool = True
    """SMTPUTF8, where the next hop offers it (RFC 6531)."""
    dsn: bool = True
    """DSN, where the next hop offers it (RFC 3461)."""
    chunking: bool = False
    """CHUNKING: BDAT beside DATA (RFC 3030)."""
    etrn: bool = False
    """ETRN: passed on to the next hop, where that offers it, with its answer (RFC 1985)."""
    vrfy: bool = True
    """VRFY: always answered 252, which says nothing; false answers 502."""
    help: bool = True
    """HELP: always answered with the same line; false answers 502."""
