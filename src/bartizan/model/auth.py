"""Who may log in and send mail out, as the operator chooses it, and what a client said to log in."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client logs in with: `login` is text of 1 to 255 octets of UTF-8, `password` octets without NUL."""

    login: str
    password: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoginSenders:
    """[[auth.senders]]: the sender addresses of one login, in place of what `own_address` says."""

    login: str
    """The login, as the password file or the auth socket names it."""
    addresses: tuple[str, ...]
    """Addresses; @example.com is any address of that domain alone, * is any address."""

    def __post_init__(self) -> None:
        if not self.login or not self.addresses:
            raise ValueError("login and addresses must not be empty")
        wrong = [one for one in self.addresses if one != "*" and ("@" not in one or one.endswith("@"))]
        if wrong:
            raise ValueError(f"neither an address nor @domain nor *: {', '.join(wrong)}")


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """[auth]: who may log in over TLS and then send anywhere. Without `passwords` and `socket`, nobody."""

    passwords: str = ""
    """A file of lines `login:hash`, as `bartizan password` prints them."""
    socket: str = ""
    """The socket of a Dovecot auth service, in place of `passwords`."""
    socket_timeout: float = 20.0
    """Seconds for an answer of the socket; Dovecot holds back answers to peers that guess for up to 17."""
    threads: int = 2
    """Passwords that each SMTP process compares at the same time."""
    queue: int = 64
    """Passwords that wait for it in each SMTP process, or for the socket; what is over that is answered 454."""
    remember: float = 300.0
    """Seconds for which a password that was right is known without comparing it again; 0 is never."""
    peer_failures: int = 10
    """Wrong passwords from one IPv4 address or IPv6 /64 before the next attempts have to wait."""
    login_failures: int = 20
    """Wrong passwords for one login, from anywhere, before attempts from where it never succeeded have to wait."""
    delay: float = 30.0
    """Seconds of the first wait; each further wrong password doubles it."""
    longest_delay: float = 3600.0
    """Seconds of the longest wait."""
    fade: float = 600.0
    """Seconds after which one wrong password is forgotten, for each."""
    accounts: int = 100_000
    """Peers, and as many logins, whose wrong passwords are counted; the least recently seen goes first."""
    own_address: bool = True
    """A login that is an address sends only as that address, unless [[auth.senders]] names others."""
    senders: tuple[LoginSenders, ...] = ()
    """What single logins may send as."""

    def __post_init__(self) -> None:
        if self.passwords and self.socket:
            raise ValueError("passwords and socket cannot both be given")
        positive = (
            "socket_timeout",
            "threads",
            "queue",
            "peer_failures",
            "login_failures",
            "delay",
            "fade",
            "accounts",
        )
        wrong = [one.name for one in fields(self) if one.name in positive and getattr(self, one.name) <= 0]
        if wrong:
            raise ValueError(f"must be positive: {', '.join(wrong)}")
        if self.remember < 0 or self.longest_delay < self.delay:
            raise ValueError("remember must not be negative, longest_delay not below delay")

    @property
    def anybody(self) -> bool:
        """May anybody log in at all?"""
        return bool(self.passwords or self.socket)
