"""What is known of one client while its session lasts, and what checks find wrong about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bartizan.model.check import Check
from bartizan.model.envelope import Peer
from bartizan.model.reply import Reply


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a check found wrong; `detail` is a cleaned sentence for people. `unsure` says that the check could
    not be carried out, for example because the DNS did not answer: never a reason to refuse for good. `reply` is what
    to answer where that is not the check's own."""

    check: Check
    detail: str = ""
    unsure: bool = False
    reply: Reply | None = None


def unsure(reason: str, *checks: Check) -> list[Found]:
    """What these checks say when the DNS did not answer: each that refuses must know, whatever the others do."""
    return [Found(check, reason, unsure=True) for check in checks]


@dataclass(slots=True)
class Visit:
    """One client. `trusted` ones may send to any domain; `allowed` ones are on a list that spares them the checks;
    `names` are reverse names that lead back to its address, None while nobody has asked; `odd` is what it did wrong
    by its manner alone (spoke early, sent too much at once), `helo_found` what was found about its HELO name."""

    peer: Peer
    trusted: bool = False
    allowed: bool = False
    helo: str = ""
    tls: str = ""
    login: str = ""
    names: tuple[str, ...] | None = None
    odd: list[Found] = field(default_factory=list)
    peer_found: tuple[Found, ...] | None = None
    helo_found: tuple[Found, ...] | None = None

    @property
    def known(self) -> bool:
        """Is it no stranger: trusted, or logged in?"""
        return self.trusted or bool(self.login)

    def greet(self, helo: str) -> None:
        """It gave its name."""
        if helo != self.helo:
            self.helo, self.helo_found = helo, None

    def note(self, check: Check, detail: str = "") -> None:
        """It behaved oddly; each way counts once."""
        if not any(found.check is check for found in self.odd):
            self.odd.append(Found(check, detail))

    def forget(self) -> None:
        """After STARTTLS nothing that it said before counts (RFC 3207 section 4.2)."""
        self.helo, self.helo_found, self.login = "", None, ""
