"""What of the inside is not to be seen outside, as the operator chooses it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Literal

PRIVATE = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),
    *("fc00::/7", "fe80::/10", "::1/128"),
)
DROPPED = (
    *("X-Mailer", "User-Agent", "X-MimeOLE", "X-Originating-IP", "X-OriginatorOrg", "X-ClientProxiedBy"),
    *("X-MS-Exchange-*", "X-Received", "X-Source*", "X-PHP-*", "X-Authenticated-*", "X-AntiAbuse"),
    *("X-Get-Message-Sender-Via", "X-Virus-*", "X-Spam-*", "X-Scanned-By", "Delivered-To", "X-Original-To"),
)

_NAME = re.compile(r"[^\s@*<>()\[\],;:\\\"/.]+(?:\.[^\s@*<>()\[\],;:\\\"/.]+)*")
_FIELD = re.compile(r"[!-)+-9;-~]{1,64}\*?")
_KEPT = frozenset({"from", "date", "received", "to", "cc", "message-id", "subject", "mime-version"})
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")


@dataclass(frozen=True, slots=True)
class HidePair:
    """[[hide.map]]: an inside address and the one it has outside, or a whole domain, written with @ in front."""

    inside: str
    """"jd@corp.internal", or "@eng.corp.internal" for all addresses of exactly this domain."""
    outside: str
    """"john.doe@example.com", or "@eng.example.com"."""

    def __post_init__(self) -> None:
        for side in (self.inside, self.outside):
            local, at, domain = side.rpartition("@")
            if not at or not is_name(domain) or (local and not _LOCAL.fullmatch(local)):
                raise ValueError(f"neither an address nor @domain: {side!r}")
        if not self.outside.isascii():
            raise ValueError(f"expected A-labels (xn--...) outside: {self.outside!r}")
        if self.inside.startswith("@") != self.outside.startswith("@"):
            raise ValueError("inside and outside must both be addresses, or both domains")


@dataclass(frozen=True, slots=True)
class Hide:
    """[hide]: names and addresses of the inside, taken out of what goes out. Nothing is changed without `public`."""

    public: str = ""
    """The domain that is seen outside, in ASCII: user@host.corp.internal becomes user@ this."""
    domains: tuple[str, ...] = ()
    """Inside domains: "corp.internal" is this one with all below, ".example.com" only what is below."""
    shown: tuple[str, ...] = ()
    """Names in these domains that are public all the same; `public`, [server] hostname and outsides of the map are."""
    networks: tuple[str, ...] = PRIVATE
    """Inside addresses: which Received fields come from inside, and domain literals."""
    received: Literal["keep", "drop", "anonymize"] = "anonymize"
    """Received fields that name the inside: left, taken out, or replaced by one with nothing but the date.

    The field that this host adds is never dropped; unless kept, it does not name a client inside.
    """
    drop: tuple[str, ...] = DROPPED
    """Header fields taken out altogether; a * at the end is any rest of a name."""
    message_ids: bool = True
    """Also in Message-ID, In-Reply-To and References, in all of them alike."""
    internal: bool = False
    """Also in mail of trusted clients that is for recipients here alone."""
    map: tuple[HidePair, ...] = ()
    """Addresses and domains that have a name of their own outside; each side once."""
    reversible: bool = True
    """Recipients of incoming mail that are outsides of `map` become the insides before the next hop is told."""

    def __post_init__(self) -> None:
        if not self.public and (self.domains or self.map):
            raise ValueError("public is needed with domains or map")
        if not self.public.isascii():
            raise ValueError(f"expected A-labels (xn--...) in public: {self.public!r}")
        names = [*self.shown, *(one.removeprefix(".") for one in self.domains), *([self.public] * bool(self.public))]
        wrong = [one for one in names if not is_name(one)]
        if wrong:
            raise ValueError(f"not a domain name: {', '.join(_shown(wrong))}")
        for network in self.networks:
            ip_network(network, strict=False)
        wrong = [one for one in self.drop if not _FIELD.fullmatch(one) or one.lower() in _KEPT]
        if wrong:
            raise ValueError(f"not a header field that can be dropped: {', '.join(_shown(wrong))}")
        for side in ("inside", "outside"):
            seen = [getattr(pair, side).lower() for pair in self.map]
            if len(set(seen)) < len(seen):
                raise ValueError(f"map has an {side} twice")


def is_name(text: str) -> bool:
    """A domain name that has A-labels."""
    try:
        return _NAME.fullmatch(text) is not None and len(text.encode("idna")) <= 255
    except UnicodeError:
        return False


def _shown(names: list[str]) -> list[str]:
    """Names as a complaint shows them."""
    return [repr(one) for one in names]
