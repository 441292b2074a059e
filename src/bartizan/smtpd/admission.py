"""Who may come in, how much of them, and for which recipients.

One `Admission` for each process counts sessions and bytes of messages in flight, for the process and for each peer;
`Relaying` answers for whom mail is taken. A peer is an IPv4 address or an IPv6 /64. Not here: rates over time
(rates.py), how long a client may take (settings.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from bartizan.model.envelope import Direction, Peer, Recipient, domain_of, peer_key
from bartizan.model.rates import RateSettings, StressSettings
from bartizan.model.reply import RELAY_DENIED, Reply
from bartizan.observe.meter import Meter
from bartizan.smtpd.address import is_postmaster
from bartizan.smtpd.rates import Rates
from bartizan.smtpd.settings import Caps, Network
from bartizan.tables.access import AccessTable
from bartizan.wall.own import Own, canonical_domain


@dataclass(slots=True)
class Account:
    """What one peer holds in this process; `capped` is False for trusted peers."""

    key: str
    capped: bool
    sessions: int = 0
    octets: int = 0


class Admission:
    """Sessions and octets of messages in flight in this process, against its caps."""

    __slots__ = (
        "_accounts", "_caps", "_memory", "_meter", "_octets", "_octets_per_peer", "_stress",
        "octets", "rates", "sessions", "stressed",
    )  # fmt: skip

    def __init__(
        self,
        caps: Caps,
        message_bytes: int,
        meter: Meter | None = None,
        rates: RateSettings | None = None,
        stress: StressSettings | None = None,
    ) -> None:
        """`message_bytes` is the size limit of one message: two always fit, whatever the caps say."""
        self._accounts: dict[str, Account] = {}
        self._meter = meter or Meter.unread()
        self._memory = 0.0
        self.sessions = 0
        self.octets = 0
        self.stressed = False
        """Sessions or memory run short: be strict with whoever is not trusted."""
        self.rates = Rates(rates or RateSettings())
        """What peers do in a minute."""
        self.renew(caps, message_bytes, rates, stress)

    def renew(
        self,
        caps: Caps,
        message_bytes: int,
        rates: RateSettings | None = None,
        stress: StressSettings | None = None,
    ) -> None:
        """Other caps from now on; what is held already stays counted."""
        if rates is not None and not self.rates.same(rates):
            self.rates = Rates(rates)
        self._stress = stress or StressSettings()
        self._caps = caps
        self._octets = max(caps.in_flight_bytes, 2 * message_bytes)
        self._octets_per_peer = max(caps.in_flight_bytes_per_peer, 2 * message_bytes)

    def enter(self, peer: Peer, trusted: bool, most: int = 0) -> Account | None:
        """Count one more session of `peer`, which may have `most` (0: what the caps say); None when a cap is reached
        and nothing was counted."""
        key = peer_key(peer) + ("" if trusted else "?")  # a trusted host vouches for nobody else in its /64
        account = self._accounts.get(key) or Account(key, not trusted)
        if self.sessions >= self._caps.sessions:
            return None
        most = most or self._caps.sessions_per_peer
        if self.stressed:
            most = min(most, self._stress.sessions_per_peer)
        if account.capped and account.sessions >= most:
            return None
        self._accounts[key] = account
        account.sessions += 1
        self.sessions += 1
        self._feel()
        return account

    def leave(self, account: Account) -> None:
        """The session that entered has ended; its commit may still hold octets."""
        account.sessions -= 1
        self.sessions -= 1
        self._feel()
        self._forget(account)

    def notice(self, memory: float) -> None:
        """So much of the node's memory is in use, as a share of 1."""
        self._memory = memory
        self._feel()

    def room(self, account: Account, octets: int) -> bool:
        """Would so many more octets fit?"""
        if account.capped and account.octets + octets > self._octets_per_peer:
            return False
        return self.octets + octets <= self._octets

    def take(self, account: Account, octets: int) -> bool:
        """Count octets that have arrived, in any case; False when that is more than the caps allow."""
        account.octets += octets
        self.octets += octets
        self._meter.hold(octets)
        return self.octets <= self._octets and (account.octets <= self._octets_per_peer or not account.capped)

    def give(self, account: Account, octets: int) -> None:
        """Octets taken before are not held any more."""
        account.octets -= octets
        self.octets -= octets
        self._meter.hold(-octets)
        self._forget(account)

    def _feel(self) -> None:
        """Does stress begin or end? It ends a tenth below where it began, so that it does not flicker."""
        ease = 0.9 if self.stressed else 1.0
        crowded = self.sessions >= self._stress.sessions * ease * self._caps.sessions
        self.stressed = crowded or self._memory >= self._stress.memory * ease

    def _forget(self, account: Account) -> None:
        if not account.sessions and not account.octets:
            self._accounts.pop(account.key, None)


class Relaying:
    """For whom mail is taken: from trusted peers for anyone, from others for the recipient domains."""

    __slots__ = ("_ours", "_trusted")

    def __init__(
        self, domains: tuple[str, ...] | None, trusted: tuple[Network, ...], listed: AccessTable | None = None
    ) -> None:
        """`domains` are names, or `.name` for a domain and all below it; `listed` are more of them. Names that are no
        domain raise ValueError."""
        self._ours = None if domains is None else Own(domains, listed)
        self._trusted = trusted

    def trusts(self, peer: Peer) -> bool:
        """May this peer send to any domain?"""
        return among(peer.address, self._trusted)

    def refuse(self, recipient: Recipient, trusted: bool) -> Reply | None:
        """RELAY_DENIED, or None; `<postmaster>` has no domain and is always ours (RFC 5321 section 4.5.1).

        A local part that says where to go on from here (user%elsewhere, elsewhere!user, "user@elsewhere") is not for
        us: a next hop that understands it, and trusts us, would be an open relay.
        """
        if trusted:
            return None
        if self._ours is not None and _routed(recipient.address):
            return RELAY_DENIED
        return None if self._is_ours(recipient.address) else RELAY_DENIED

    def direction(self, recipients: list[Recipient], trusted: bool) -> Direction:
        """Mail of trusted peers goes out, or stays inside when every recipient is in a domain of ours;
        where no domains are configured everything counts as coming in."""
        if not trusted or self._ours is None:
            return Direction.INBOUND
        ours = all(self._is_ours(recipient.address) for recipient in recipients)
        return Direction.INTERNAL if ours else Direction.OUTBOUND

    def _is_ours(self, mailbox: str) -> bool:
        if self._ours is None or is_postmaster(mailbox):
            return True
        domain = domain_of(mailbox)
        if not domain.isascii():
            try:
                domain = canonical_domain(domain)
            except ValueError:
                return False
        return domain in self._ours


def among(address: str, networks: tuple[Network, ...]) -> bool:
    """Does the address lie in one of them?"""
    if not networks:
        return False
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _routed(mailbox: str) -> bool:
    local = mailbox.rpartition("@")[0]
    return "%" in local or "!" in local or "@" in local


def peer_at(host: str, port: int) -> Peer:
    """A socket's address as a Peer: IPv4 addresses mapped into IPv6 are IPv4, scopes are cut off."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return Peer("", 0)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return Peer(str(address), port)
