"""Arguments that several commands share, and the settings and envelopes they make."""

from __future__ import annotations

import argparse
import time
from ipaddress import ip_address
from pathlib import Path

from bartizan.config.load import Source
from bartizan.config.resolve import Flags
from bartizan.config.schema import ANY_DOMAIN, Settings
from bartizan.model.envelope import Direction, Envelope, Peer, Recipient
from bartizan.policy.predicates import network
from bartizan.smtpd.admission import Relaying, peer_at


def add_config(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """--config; `again` for a task below a command that has it too: either place will do."""
    words = "configuration (TOML); without it built-in defaults"
    default = argparse.SUPPRESS if again else None
    parser.add_argument("--config", type=Path, default=default, metavar="FILE", help=words)


def add_rules(parser: argparse.ArgumentParser) -> None:
    """--signatures, --phrases, --skip-broken"""
    parser.add_argument(
        "--signatures",
        action="append",
        default=[],
        metavar="PATH",
        help="YARA file or folder, instead of configured ones",
    )
    parser.add_argument(
        "--phrases", action="append", default=[], metavar="FILE", help="list of phrases, instead of configured ones"
    )
    parser.add_argument("--skip-broken", action="store_true", help="leave out signature files that do not compile")


def add_envelope(parser: argparse.ArgumentParser) -> None:
    """--from, --to, --peer: the envelope a file has not got"""
    parser.add_argument("--from", dest="sender", default="", metavar="A", help="envelope sender (default: <>)")
    parser.add_argument(
        "--to", dest="recipients", action="append", default=[], metavar="B", help="envelope recipient (postmaster)"
    )
    parser.add_argument("--peer", type=_address, default="127.0.0.1", metavar="IP", help="the peer (127.0.0.1)")


def settings_of(args: argparse.Namespace, *, best_effort: bool = False) -> Settings:
    """The settings that the shared arguments ask for; ConfigError lists all problems."""
    return source_of(args, best_effort=best_effort).load()


def source_of(args: argparse.Namespace, *, best_effort: bool = False) -> Source:
    """Where the settings come from, as often as they are wanted."""
    flags = Flags(
        listen=tuple(getattr(args, "listen", ())),
        relay=getattr(args, "relay", None) or "",
        signatures=tuple(getattr(args, "signatures", ())),
        phrases=tuple(getattr(args, "phrases", ())),
        workers=getattr(args, "workers", None),
        skip_broken=getattr(args, "skip_broken", False),
        best_effort=best_effort,
    )
    return Source(None if args.config is None else str(args.config), flags)


def envelope_of(args: argparse.Namespace, id: str, settings: Settings) -> Envelope:
    """The envelope that --from, --to and --peer describe, as the gateway would have made it."""
    recipients = tuple(Recipient(bare(text)) for text in args.recipients or ["postmaster"])
    peer = peer_at(args.peer, 0)
    direction = _direction(settings, peer, recipients)
    return Envelope(id, peer, "", bare(args.sender), recipients, direction=direction, received_at=time.time())


def _direction(settings: Settings, peer: Peer, recipients: tuple[Recipient, ...]) -> Direction:
    """Which way the message goes at the first listener that trusts the peer; at others it can only come in."""
    for listener in settings.listeners:
        domains = None if listener.recipient_domains == ANY_DOMAIN else listener.recipient_domains
        relaying = Relaying(domains, tuple(map(network, listener.trusted)))
        if relaying.trusts(peer):
            return relaying.direction(list(recipients), trusted=True)
    return Direction.INBOUND


def bare(address: str) -> str:
    """An address without the angle brackets it may be written in."""
    return address[1:-1] if address.startswith("<") and address.endswith(">") else address


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected an IP address, found {text!r}") from None
