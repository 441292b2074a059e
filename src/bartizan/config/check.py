"""Checks of the configuration that need more than one value, or the file system. Nothing here changes anything.

In: settings of which every single value is well formed, and the names of sections that had to be left out because they
are not. Out: complaints as (path of keys, what was expected); bartizan.config.load adds file and line.
"""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from bartizan.config import address
from bartizan.config.schema import ANY_DOMAIN, MAP_FILE, Certificate, Listener, PeerClass, Settings, Tls
from bartizan.model.check import Checks, Ruling
from bartizan.model.rule import Rule
from bartizan.model.verdict import Action

Complaint = tuple[tuple[str | int, ...], str]

_DOMAIN = re.compile(r"\[[!-Z^-~]+\]|[^\s@\x00-\x20*.\[\]]+(?:\.[^\s@\x00-\x20*.\[\]]+)*")
_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}")
_HOP = re.compile(r"[A-Za-z0-9_:][A-Za-z0-9._:-]{0,254}")
_FIELD_NAME = re.compile(r"[!-9;-~]{1,64}")
_EXTENSION = re.compile(r"[a-z0-9_+-]{1,16}")
_REPLY_TEXT = 200
_TAG_VALUE = 500
_STRUCTURAL = frozenset(
    {"from", "sender", "reply-to", "to", "cc", "bcc", "date", "subject", "message-id", "in-reply-to", "references"}
    | {"received", "return-path", "mime-version", "dkim-signature", "authentication-results"}
)


def complaints(settings: Settings, broken: frozenset[str] = frozenset()) -> Iterator[Complaint]:
    """Everything wrong between the sections of `settings`; what depends on a `broken` section is not looked at."""
    for index, listener in enumerate(settings.listeners):
        yield from _listener(index, listener)
    yield from _doubled(settings)
    if "server" not in broken and not settings.server.hostname and _outward(settings):
        yield ("server", "hostname"), "required with a listener that is not on loopback: the public name of this host"
    if settings.server.hostname and not _HOST.fullmatch(settings.server.hostname):
        yield ("server", "hostname"), "expected a host name in ASCII"
    hop = settings.next_hop
    for listener in settings.listeners if hop is not None else ():
        if hop is not None and _same(listener.address, hop.host, hop.port):
            yield ("next_hop", "host"), f"expected another address than that of a listener ({listener.address})"
    if settings.next_hop is not None and not _HOP.fullmatch(settings.next_hop.host):
        yield ("next_hop", "host"), "expected a host name in ASCII, or an address without brackets"
    for cap in ("bytes_in_flight", "bytes_in_flight_per_peer") if not broken & {"caps", "limits"} else ():
        if getattr(settings.caps, cap) < settings.limits.message_bytes:
            yield ("caps", cap), f"expected at least limits.message_bytes ({settings.limits.message_bytes})"
    yield from _sizes(settings) if "limits" not in broken else ()
    yield from _patience(settings, broken)
    if settings.policy.default is Action.TAG:
        yield ("policy", "default"), "expected 'accept', 'quarantine', 'reject' or 'defer'"
    for index, path in enumerate(settings.signatures.paths):
        if not os.access(path, os.R_OK):
            yield ("signatures", "paths", index), f"expected a readable file or folder, found nothing at {path}"
    for index, path in enumerate(settings.phrases.files):
        yield from _file(("phrases", "files", index), path)
    for key in fields(settings.attachments):
        for index, extension in enumerate(getattr(settings.attachments, key.name) or ()):
            if not _EXTENSION.fullmatch(extension):
                yield ("attachments", key.name, index), "expected an extension in lower case, without the dot"
    if settings.admin.address:
        yield from _admin(settings)
    if settings.hide.public and any(listener.recipient_domains == ANY_DOMAIN for listener in settings.listeners):
        yield ("hide", "public"), 'nothing is known to go out where a listener has recipient_domains "*": name them'
    for index, rule in enumerate(settings.rules):
        for path_in_rule, expected in rule_complaints(rule):
            yield ("rules", index, *path_in_rule), expected


def rule_complaints(rule: Rule) -> Iterator[Complaint]:
    """Everything wrong inside one rule."""
    if not rule.name.strip() or not rule.name.isprintable():
        yield ("name",), "expected a printable name"
    yield from _networks(("who", "peer"), rule.who.peer)
    for side in (rule.who, rule.what):
        for condition in fields(side):
            globs = getattr(side, condition.name)
            if isinstance(globs, tuple) and "" in globs:
                section = "who" if side is rule.who else "what"
                yield (section, condition.name), 'expected no empty text; the null sender is "<>"'
    if rule.action is Action.TAG:
        yield from _tag(rule)
    elif rule.tag is not None:
        yield ("tag",), "only action tag has one"
    if rule.text and rule.action not in (Action.REJECT, Action.DEFER):
        yield ("text",), "only actions reject and defer give a reply text"
    if len(rule.text) > _REPLY_TEXT or not all(" " <= c <= "~" for c in rule.text):
        yield ("text",), f"expected one line of printable ASCII, at most {_REPLY_TEXT} characters"


def _tag(rule: Rule) -> Iterator[Complaint]:
    if rule.tag is None:
        yield ("tag",), "required by action tag: { name, value }"
        return
    name = rule.tag.name
    if not _FIELD_NAME.fullmatch(name) or name.lower() in _STRUCTURAL or name.lower().startswith("content-"):
        yield ("tag", "name"), "expected the name of a header field that means nothing to mail readers, such as X-Tag"
    if len(rule.tag.value) > _TAG_VALUE or not all(" " <= c <= "~" for c in rule.tag.value):
        yield ("tag", "value"), f"expected one line of printable ASCII, at most {_TAG_VALUE} characters"


def _same(listener: str, host: str, port: int) -> bool:
    """Would mail for this next hop come back to the listener?"""
    try:
        own, at = address.split(listener)
    except ValueError:
        return False
    return at == port and own.lower() == host.lower()


def _listener(index: int, listener: Listener) -> Iterator[Complaint]:
    here = ("listeners", index)
    loopback = True
    try:
        loopback = address.is_loopback(address.split(listener.address)[0])
    except ValueError as problem:
        yield (*here, "address"), str(problem)
    domains = listener.recipient_domains
    if "*" in domains and domains != ANY_DOMAIN:
        yield (*here, "recipient_domains"), 'expected either "*" alone or domain names'
    elif domains == ANY_DOMAIN and not loopback:
        yield (
            (*here, "recipient_domains"),
            'an address that is not on loopback needs its domains by name ("*" would be an open relay)',
        )
    for which, domain in enumerate(domains):
        if domain != "*" and not domain.startswith(MAP_FILE) and not _is_domain(domain.removeprefix(".")):
            expected = f"expected a domain name, .name, or {MAP_FILE}PATH, found {domain!r}"
            yield (*here, "recipient_domains", which), expected
    yield from _networks((*here, "trusted"), listener.trusted, everybody=loopback)
    yield from _networks((*here, "xclient"), listener.xclient)
    yield from _networks((*here, "proxy"), listener.proxy, everybody=loopback)
    yield from _wall(here, listener)
    if listener.tls_required and listener.tls is None:
        yield (*here, "tls_required"), "needs [listener.tls]"
    for which, one in enumerate(listener.classes):
        yield from _networks((*here, "classes", which, "peers"), one.peers)
        yield from _wall((*here, "classes", which), one)
        if one.tls_required and listener.tls is None:
            yield (*here, "classes", which, "tls_required"), "needs [listener.tls]"
    if listener.tls is not None:
        yield from _certificate((*here, "tls"), listener.tls)
        for which, more in enumerate(listener.tls.more):
            yield from _certificate((*here, "tls", "more", which), more)


def _is_domain(text: str) -> bool:
    """A domain or an address literal, one that has A-labels."""
    try:
        return _DOMAIN.fullmatch(text) is not None and (text.isascii() or bool(text.encode("idna")))
    except UnicodeError:
        return False


def _doubled(settings: Settings) -> Iterator[Complaint]:
    """Two listeners at one address would each get a part of the connections, by chance."""
    seen: dict[tuple[str, int], int] = {}
    for index, listener in enumerate(settings.listeners):
        try:
            host, port = address.split(listener.address)
        except ValueError:
            continue
        first = seen.setdefault((address.canonical(host), port), index)
        if port and first != index:
            yield ("listeners", index, "address"), f"expected another address than that of listener {first + 1}"


def _sizes(settings: Settings) -> Iterator[Complaint]:
    """No listener or class takes larger messages than the gateway."""
    most = settings.limits.message_bytes
    expected = f"expected at most limits.message_bytes ({most})"
    for index, listener in enumerate(settings.listeners):
        if listener.message_bytes > most:
            yield ("listeners", index, "message_bytes"), expected
        for which, one in enumerate(listener.classes):
            if (one.message_bytes or 0) > most:
                yield ("listeners", index, "classes", which, "message_bytes"), expected


def _patience(settings: Settings, broken: frozenset[str]) -> Iterator[Complaint]:
    """Who is told 451 while the message goes on its way will send it again, and again."""
    commit, scan, hop = settings.timeouts.commit, settings.limits.hard_seconds, settings.next_hop
    if not broken & {"timeouts", "limits"} and commit <= scan:
        yield ("timeouts", "commit"), f"expected more than limits.hard_seconds ({scan:g})"
    if not broken & {"timeouts", "next_hop"} and hop is not None and hop.data_timeout >= commit:
        yield ("next_hop", "data_timeout"), f"expected less than timeouts.commit ({commit:g})"


def _certificate(path: tuple[str | int, ...], tls: Tls | Certificate) -> Iterator[Complaint]:
    """What keeps chain and key from being used."""
    unreadable = [*_file((*path, "certificate"), tls.certificate), *_file((*path, "key"), tls.key)]
    yield from unreadable
    if unreadable:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.certificate, tls.key, password=_no_password)
    except (OSError, ValueError) as problem:  # ssl.SSLError is an OSError
        what = getattr(problem, "reason", None) or str(problem)
        expected = f"expected a chain in {tls.certificate} that fits the key in {tls.key}, without a password: {what}"
        yield (*path, "certificate"), expected


def _no_password() -> str:
    """Instead of the question that OpenSSL would ask at the terminal."""
    raise ValueError("the key is encrypted")


def _admin(settings: Settings) -> Iterator[Complaint]:
    here = ("admin", "address")
    try:
        port = address.split(settings.admin.address)[1]
    except ValueError as problem:
        yield here, str(problem)
        return
    if port and any(listener.address == settings.admin.address for listener in settings.listeners):
        yield here, "expected another address than that of a listener"


def _wall(here: tuple[str | int, ...], part: Listener | PeerClass) -> Iterator[Complaint]:
    """Actions of checks, and names of header fields."""
    for check in fields(Checks) if part.checks is not None else ():
        try:
            Ruling.parse(getattr(part.checks, check.name))
        except ValueError as problem:
            yield (*here, "checks", check.name), str(problem)
    for name in part.field_lengths or ():
        if not _FIELD_NAME.fullmatch(name):
            yield (*here, "field_lengths", name), "expected the name of a header field"
    soft, hard = part.soft_recipients, part.hard_recipients
    if soft and hard and hard <= soft:
        yield (*here, "hard_recipients"), f"expected more than soft_recipients ({soft})"


def _networks(path: tuple[str | int, ...], networks: tuple[str, ...], *, everybody: bool = True) -> Iterator[Complaint]:
    for index, network in enumerate(networks):
        try:
            if not ipaddress.ip_network(network, strict=False).prefixlen and not everybody:
                yield (*path, index), "an address that is not on loopback cannot trust everybody (an open relay)"
        except ValueError:
            yield (*path, index), f"expected an IP address or network such as 192.0.2.0/24, found {network!r}"


def _file(path: tuple[str | int, ...], name: str) -> Iterator[Complaint]:
    if not (Path(name).is_file() and os.access(name, os.R_OK)):
        yield path, f"expected a readable file, found none at {name}"


def _outward(settings: Settings) -> bool:
    for listener in settings.listeners:
        try:
            if not address.is_loopback(address.split(listener.address)[0]):
                return True
        except ValueError:
            continue
    return False
