"""Hide the inside in mail that goes out: other names in its envelope and header, and fields that only tell of it.

In: what is about to be sent on, after the verdict. Out: the same as the outside may see it; or, for incoming mail, with
the recipients that the inside knows. Only the fields of the tables below and of the configuration are touched, only
where they name the inside, and all other bytes stay as they came. A signature is made over what comes out of here.

Limits: a header above MAX_HEADER, and MAX_WORK bytes of fields that may name the inside; beyond, the message is refused
(550 5.6.0), for nothing may leak. The time is linear. Content never raises anything else.
Not here: bodies, attached mails, encoded words (RFC 2047), subjects; how an address is read (addresses).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace

from bartizan.actions.addresses import rewritten
from bartizan.actions.inside import Inside, key
from bartizan.model.envelope import Direction, Envelope, Recipient
from bartizan.model.errors import PermanentError
from bartizan.model.hide import Hide
from bartizan.model.reply import FORM_REFUSED

MAX_HEADER = 2 * 1024 * 1024
MAX_WORK = 128 * 1024
MAX_RECEIVED = 8 * 1024


class _Kind(enum.Enum):
    ADDRESSES = enum.auto()
    IDENTIFIERS = enum.auto()
    TEXT = enum.auto()
    TRACE = enum.auto()
    """Said by a host about the way here: taken out when it names the inside."""
    RECEIVED = enum.auto()
    DROPPED = enum.auto()


_ADDRESSES = (
    *("From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Return-Path", "Errors-To", "Apparently-To", "X-Sender"),
    *("Resent-From", "Resent-Sender", "Resent-Reply-To", "Resent-To", "Resent-Cc", "Resent-Bcc", "X-Envelope-From"),
    *("Disposition-Notification-To", "Return-Receipt-To", "Mail-Followup-To", "Mail-Reply-To", "Original-Recipient"),
)
_IDENTIFIERS = ("Message-ID", "In-Reply-To", "References", "Resent-Message-ID", "Original-Message-ID")
_TEXT = ("List-*", "Organization", "Archived-At", "Autocrypt", "X-Mailing-List", "X-BeenThere")
_TRACE = (
    *("DKIM-Signature", "DomainKey-Signature", "ARC-*", "Authentication-Results", "Received-SPF", "X-Forwarded-*"),
    *("X-Google-DKIM-Signature", "Delivered-To", "X-Original-To", "X-Envelope-To"),
)
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),\s{1,8})?\d{1,2}\s{1,8}[A-Z][a-z]{2}\s{1,8}\d{4}\s{1,8}\d\d:\d\d(?::\d\d)?"
    r"\s{1,8}[+-]\d{4}"
)
_BARE_HOST = re.compile(r"(?:^|\s)(?:from|by)\s+(?![\w-]+\.)(?!unknown(?:[\s;]|$))[\w-]+(?:[\s;(]|$)", re.IGNORECASE)
_ORIGINAL = re.compile(r"ORCPT=(?P<type>[A-Za-z0-9-]{1,20};)(?P<address>[!-~]{1,1000})", re.IGNORECASE)
_ENCODED = re.compile(r"\+([0-9A-Fa-f]{2})")
_TO_ENCODE = re.compile(r"[^!-*,-<>-~]")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the next hop is told, and whether our own Received field says nothing of the client."""

    envelope: Envelope
    raw: bytes | memoryview
    anonymous: bool = False

    def recipients(self, before: Envelope, some: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
        """What `some` of the recipients that the envelope had `before` are called now."""
        if self.envelope.recipients is before.recipients:
            return some
        now = dict(zip(before.recipients, self.envelope.recipients, strict=True))
        return tuple(now[one] for one in some)


class Hiding:
    """What is hidden under one configuration."""

    def __init__(self, hide: Hide | None = None, hostname: str = "") -> None:
        """`hostname` is this host's public name; nothing is hidden without `hide` or its `public`."""
        hide = hide or Hide()
        self._hide = hide
        self._inside = Inside(hide, hostname)
        self._received = hide.received
        self._exact: dict[bytes, _Kind] = {}
        self._begins: list[tuple[bytes, _Kind]] = []
        self._name(hide.drop, _Kind.DROPPED)
        self._name(_ADDRESSES, _Kind.ADDRESSES)
        self._name(_IDENTIFIERS if hide.message_ids else (), _Kind.IDENTIFIERS)
        self._name(_TEXT, _Kind.TEXT)
        self._name(_TRACE, _Kind.TRACE)
        self._name(("Received",) if hide.received != "keep" else (), _Kind.RECEIVED)
        names = [re.escape(name) for name in self._exact]
        names += [re.escape(name) + rb"[!-9;-~]*+" for name, _ in self._begins]
        self._fields = re.compile(
            rb"^(%b)[ \t\r]*+:([^\n]*(?:\n|\Z)(?:[ \t\r][^\n]*(?:\n|\Z))*)" % b"|".join(names),
            re.IGNORECASE | re.MULTILINE,
        )
        self._back = {}
        if hide.reversible:
            self._back = {key(one.outside): one.inside for one in hide.map}

    def outgoing(self, envelope: Envelope, raw: bytes | memoryview) -> Outgoing:
        """The message as its next hop sees it; PermanentError when it has more header than can be read."""
        if not self._hide.public:
            return Outgoing(envelope, raw)
        if envelope.direction is Direction.INBOUND:
            return Outgoing(self._inward(envelope), raw)
        if envelope.direction is Direction.INTERNAL and not self._hide.internal:
            return Outgoing(envelope, raw)
        return Outgoing(self._outward(envelope), self._header(raw), self._received != "keep")

    def guises(self, sender: str, recipient: str) -> tuple[tuple[str, str], ...]:
        """The pairs that a next hop may know these two by, whichever way the mail goes."""
        here = (sender, recipient)
        if not self._hide.public:
            return (here,)
        inward = self._inside_recipient(Recipient(recipient)).address
        return tuple(dict.fromkeys((here, (sender, inward), (self._path(sender), recipient))))

    def _inward(self, envelope: Envelope) -> Envelope:
        """With the recipients that replies are meant for."""
        if not self._back:
            return envelope
        return replace(envelope, recipients=tuple(map(self._inside_recipient, envelope.recipients)))

    def _inside_recipient(self, recipient: Recipient) -> Recipient:
        local, at, domain = recipient.address.rpartition("@")
        if not at or not self._back:
            return recipient
        whole = self._back.get(key(recipient.address))
        if whole is not None:
            return replace(recipient, address=whole)
        there = self._back.get(key(f"@{domain}"))
        return recipient if there is None else replace(recipient, address=local + there)

    def _outward(self, envelope: Envelope) -> Envelope:
        """With another sender, and without the inside in parameters."""
        recipients = tuple(
            replace(one, parameters=tuple(map(self._parameter, one.parameters))) if one.parameters else one
            for one in envelope.recipients
        )
        parameters = tuple("AUTH=<>" if one.upper().startswith("AUTH=") else one for one in envelope.parameters)
        return replace(envelope, sender=self._path(envelope.sender), recipients=recipients, parameters=parameters)

    def _path(self, address: str) -> str:
        """An address without brackets as it is called outside."""
        local, at, domain = address.rpartition("@")
        if not at:
            return address
        whole = self._inside.address(address)
        if whole is not None:
            return whole
        if domain.startswith("["):
            return f"{local}@{self._inside.public}" if self._inside.literal(domain) else address
        there = self._inside.outside(domain)
        return address if there is None else f"{local}@{there}"

    def _parameter(self, parameter: str) -> str:
        """ORCPT (RFC 3461 section 4.2) with the outside address in it."""
        found = _ORIGINAL.fullmatch(parameter)
        if found is None:
            return parameter
        address = _ENCODED.sub(lambda code: chr(int(code[1], 16)), found["address"])
        path = self._path(address)
        if path == address:
            return parameter
        return f"ORCPT={found['type']}" + _TO_ENCODE.sub(lambda one: f"+{ord(one[0]) & 255:02X}", path)

    def _header(self, raw: bytes | memoryview) -> bytes | memoryview:
        """`raw` with what is hidden replaced or taken out; the same object when nothing was."""
        if raw[:1] == b"\n" or raw[:2] == b"\r\n":
            return raw
        empty = _EMPTY_LINE.search(raw)
        end = empty.start() + 1 if empty else len(raw)
        if end > MAX_HEADER:
            raise PermanentError("hide: header too long", FORM_REFUSED)
        view = memoryview(raw)
        pieces: list[bytes | memoryview] = []
        at = work = 0
        for found in self._fields.finditer(raw, 0, end):
            kind = self._kind(found[1].lower())
            if kind is _Kind.DROPPED:
                new = b""
            else:
                value = found[2].decode("utf-8", "surrogateescape")
                if kind is not _Kind.RECEIVED and not self._inside.suspect(value):
                    continue
                work += len(found[2])
                if work > MAX_WORK:
                    raise PermanentError("hide: too much header that may name the inside", FORM_REFUSED)
                changed = self._value(kind, value)
                if changed == value:
                    continue
                name = bytes(view[found.start() : found.start(2)])
                new = b"" if changed is None else name + changed.encode("utf-8", "surrogateescape")
            pieces += (view[at : found.start()], new)
            at = found.end()
        return b"".join((*pieces, view[at:])) if pieces else raw

    def _value(self, kind: _Kind, value: str) -> str | None:
        """What the field's value becomes; None takes the field out."""
        inside = self._inside
        match kind:
            case _Kind.ADDRESSES:
                return rewritten(value, inside)
            case _Kind.IDENTIFIERS:
                return rewritten(value, inside, identifiers=True)
            case _Kind.TEXT:
                return inside.without(value)
            case _Kind.TRACE:
                return None if inside.named(value) else value
            case _Kind.RECEIVED:
                if len(value) <= MAX_RECEIVED and not _BARE_HOST.search(value) and not inside.named(value):
                    return value
                return _anonymous(value) if self._received == "anonymize" else None
            case _Kind.DROPPED:
                return None

    def _kind(self, name: bytes) -> _Kind:
        """The kind of a field that has one of the names; the exact name goes first."""
        return self._exact.get(name) or next(kind for begin, kind in self._begins if name.startswith(begin))

    def _name(self, names: tuple[str, ...], kind: _Kind) -> None:
        """Read `names` as fields of a kind, unless they are of one already."""
        for name in names:
            low = name.lower().encode("ascii")
            if low.endswith(b"*"):
                self._begins.append((low[:-1], kind))
            else:
                self._exact.setdefault(low, kind)


def _anonymous(value: str) -> str:
    """A Received field's value with nothing but its date (RFC 5321 section 4.4)."""
    date = _DATE.search(value, max(value.rfind(";"), 0), len(value))
    return f" by unknown;\r\n {' '.join(date[0].split())}\r\n" if date else " by unknown\r\n"
