"""What is laid over well-formed settings: command line flags, absolute paths, the numbers that 0 stands for."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from pathlib import Path

from bartizan.config import address
from bartizan.config.schema import DEFAULT_LISTENER, MAP_FILE, Entries, Listener, NextHop, Phrases, Settings, Signatures
from bartizan.model.errors import Problem

COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says; an empty value or None leaves what the file says.

    `best_effort` is how the command uses the sandbox where the file does not say.
    """

    listen: tuple[str, ...] = ()
    relay: str = ""
    signatures: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    workers: int | None = None
    skip_broken: bool = False
    best_effort: bool = False


def with_flags(settings: Settings, flags: Flags) -> Settings:
    """`settings` with what the command line says instead; values must have passed `flag_problems`.

    A listener of the command line takes everything but its address from the first configured one.
    """
    server = settings.server
    if flags.workers is not None:
        server = replace(server, workers=flags.workers)
    if flags.best_effort and server.sandbox is None:
        server = replace(server, sandbox="best-effort")
    settings = replace(settings, server=server)
    if flags.listen:
        like = settings.listeners[0] if settings.listeners else DEFAULT_LISTENER
        settings = replace(settings, listeners=tuple(replace(like, address=text) for text in flags.listen))
    if flags.relay:
        host, port = address.split(flags.relay)
        old = settings.next_hop
        hop = NextHop(host, port) if old is None else replace(old, host=host, port=port)
        settings = replace(settings, next_hop=hop)
    if flags.signatures:
        settings = replace(settings, signatures=replace(settings.signatures, paths=flags.signatures))
    if flags.skip_broken:
        settings = replace(settings, signatures=replace(settings.signatures, skip_broken=True))
    if flags.phrases:
        settings = replace(settings, phrases=Phrases(flags.phrases))
    return settings


def flag_problems(flags: Flags) -> tuple[Problem, ...]:
    """What is wrong with the values of the flags."""
    problems = []
    if flags.workers is not None and flags.workers < 0:
        problems.append(Problem(COMMAND_LINE, "--workers", "expected 0 or more"))
    for option, texts in (("--listen", flags.listen), ("--relay", (flags.relay,) if flags.relay else ())):
        for text in texts:
            try:
                address.split(text)
            except ValueError as problem:
                problems.append(Problem(COMMAND_LINE, option, f"{problem}, found {text!r}"))
    return tuple(problems)


def with_paths_from(base: Path, settings: Settings) -> Settings:
    """`settings` of a file in the folder `base`, with the paths that it names counted from there."""

    def there(name: str) -> str:
        return str(base / name)

    def entries(those: Entries) -> Entries:
        return Entries(*(tuple(map(entry, getattr(those, one.name))) for one in fields(Entries)))

    def entry(text: str) -> str:
        return MAP_FILE + there(text.removeprefix(MAP_FILE)) if text.startswith(MAP_FILE) else text

    def listener(item: Listener) -> Listener:
        domains = tuple(map(entry, item.recipient_domains))
        item = replace(item, recipient_domains=domains, allow=entries(item.allow), deny=entries(item.deny))
        tls = item.tls
        if tls is None:
            return item
        more = tuple(replace(one, certificate=there(one.certificate), key=there(one.key)) for one in tls.more)
        return replace(item, tls=replace(tls, certificate=there(tls.certificate), key=there(tls.key), more=more))

    server, log = settings.server, settings.log
    return replace(
        settings,
        server=replace(
            server,
            state=there(server.state) if server.state else "",
            cache=there(server.cache) if server.cache else "",
        ),
        listeners=tuple(map(listener, settings.listeners)),
        auth=replace(
            settings.auth,
            passwords=there(settings.auth.passwords) if settings.auth.passwords else "",
            socket=there(settings.auth.socket) if settings.auth.socket else "",
        ),
        signatures=replace(settings.signatures, paths=tuple(map(there, settings.signatures.paths))),
        phrases=Phrases(tuple(map(there, settings.phrases.files))),
        log=log if log.events == "-" else replace(log, events=there(log.events)),
    )


def resolved(settings: Settings) -> Settings:
    """`settings` with nothing left to work out: absolute paths, numbers of processes, domains in lower case."""
    cores = len(os.sched_getaffinity(0))
    server, log = settings.server, settings.log
    cache = server.cache or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "bartizan")
    return replace(
        settings,
        server=replace(
            server,
            hostname=server.hostname or "localhost",
            sandbox=server.sandbox or "required",
            workers=server.workers or cores,
            scanners=server.scanners or cores,
            state=os.path.abspath(server.state or "var"),
            cache=os.path.abspath(cache),
        ),
        listeners=tuple(
            replace(item, recipient_domains=tuple(map(_domain, item.recipient_domains))) for item in settings.listeners
        ),
        signatures=Signatures(tuple(map(os.path.abspath, settings.signatures.paths)), settings.signatures.skip_broken),
        phrases=Phrases(tuple(map(os.path.abspath, settings.phrases.files))),
        log=log if log.events == "-" else replace(log, events=os.path.abspath(log.events)),
    )


def _domain(text: str) -> str:
    """Compared in lower case; the path of a map file stays as it is."""
    return text if text.startswith(MAP_FILE) else text.lower()
