"""`bartizan check`: every error of the configuration at once, or what it amounts to."""

from __future__ import annotations

import argparse
from dataclasses import fields

from bartizan.bundle import Bundle
from bartizan.cli import console, options, words
from bartizan.config.schema import Listener, Settings
from bartizan.model.check import Checks
from bartizan.node.prepare import complete
from bartizan.observe.clean import clean
from bartizan.sandbox import users
from bartizan.sandbox.walls import Wall, missing_walls, probe


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    options.add_config(parser)
    options.add_rules(parser)


def run(args: argparse.Namespace) -> int:
    """Check; 0 when serve would start, 2 when something is wrong."""
    settings = options.settings_of(args)
    built = complete(settings).bundle
    rows = [*_settings(settings), *_built(built), ("policy", _policy(settings))]
    console.table(("section", "configured"), [(name, _lines(text)) for name, text in rows])
    console.table(
        ("sandbox wall", "here", "detail"),
        [(wall.name, "ok" if wall.present else "missing", wall.detail) for wall in (*probe(), *_accounts(settings))],
    )
    for problem in built.skipped:
        console.complain(f"left out: {problem}")
    if settings.next_hop is None:
        console.complain("No next hop: serve needs --relay.")
    return _judge_walls(settings)


def _accounts(settings: Settings) -> tuple[Wall, ...]:
    server = settings.server
    return users.walls((server.user, server.scanner_user, server.admin_user))


def _judge_walls(settings: Settings) -> int:
    """2 when serve would refuse to start here; what is missing is said in any case."""
    missing = " and ".join(missing_walls())
    if not missing:
        return 0
    if settings.server.sandbox == "best-effort":
        console.complain(f"This kernel lacks {missing}: the sandbox is incomplete.")
        return 0
    console.complain(f"This kernel lacks {missing}: serve refuses to start, since the sandbox is required.")
    return 2


def _settings(settings: Settings) -> list[tuple[str, str]]:
    server, hop = settings.server, settings.next_hop
    processes = (
        f"{words.count(server.workers, 'SMTP process', 'SMTP processes')}, {words.count(server.scanners, 'scanner')}"
    )
    rows = []
    for listener in settings.listeners:
        rows += [("listener", _listener(listener)), ("its checks", _checks(listener))]
    rows.append(("DNS", ", ".join(settings.dns.servers) or "the name servers of this host"))
    rows.append(("logins", settings.auth.passwords or settings.auth.socket or "none"))
    rows.append(("next hop", f"{hop.host}:{hop.port}, TLS {hop.tls}" if hop else "none"))
    rows.append(("server", f"{server.hostname}, {processes}"))
    rows.append(("sandbox", server.sandbox or "required"))
    rows.append(("state", server.state))
    rows.append(("events", settings.log.events))
    return rows


def _listener(listener: Listener) -> str:
    domains = "any domain" if "*" in listener.recipient_domains else f"for {', '.join(listener.recipient_domains)}"
    tls = "no TLS" if listener.tls is None else "STARTTLS" if listener.tls.mode == "starttls" else "TLS"
    return f"{listener.address}, {domains}, {tls}{', behind balancers' if listener.proxy else ''}"


def _checks(listener: Listener) -> str:
    """The checks by what is done about what they find, and how many entries its lists have here (map files count as
    one)."""
    by_action: dict[str, list[str]] = {}
    for one in fields(Checks):
        by_action.setdefault(getattr(listener.checks, one.name), []).append(one.name)
    lines = [f"{action}: {', '.join(names)}" for action, names in sorted(by_action.items())]
    for kind in ("deny", "allow"):
        lists = getattr(listener, kind)
        told = [f"{one.name} {len(getattr(lists, one.name))}" for one in fields(lists) if getattr(lists, one.name)]
        if told:
            lines.append(f"{kind} lists: {', '.join(told)}")
    if listener.classes:
        lines.append(words.count(len(listener.classes), "class of peers", "classes of peers"))
    return "\n".join(lines)


def _built(built: Bundle) -> list[tuple[str, str]]:
    return [
        ("signatures", words.count(built.signatures, "rule")),
        ("phrases", words.count(built.phrases, "phrase")),
        ("bundle", built.directory),
    ]


def _policy(settings: Settings) -> str:
    rules = "\n".join(f"{rule.identity}: {rule.action}" for rule in settings.rules)
    return f"{rules}\nelse: {settings.policy.default}".strip()


def _lines(text: str) -> str:
    return "\n".join(clean(line, 4000) for line in text.splitlines())
