"""The generations of a node: which one is followed, how the next one comes to be, when an old one goes.

A reload prepares the next configuration in a process of its own and starts new scanners beside the old ones; only when
both are well is it followed, by all from their next message on. Whatever goes wrong on the way is told, and the old
generation stays. Its scanners go when no smtpd has work for them. One reload at a time; what is asked for meanwhile
is done afterwards.
Not here: who asks (the supervisor), taking a change (node/smtpd.py).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from bartizan.config.load import Source
from bartizan.config.schema import Settings
from bartizan.model.errors import ConfigError, Problem, TemporaryError
from bartizan.node.builder import Builder
from bartizan.node.children import Followed
from bartizan.node.generation import publish
from bartizan.node.prepare import Prepared
from bartizan.observe.events import EventLog
from bartizan.observe.supervision import Supervision
from bartizan.sandbox.users import Account
from bartizan.scanner.processes import ScannerProcesses

Scanners = Callable[[Settings, str, str], ScannerProcesses]
"""Makes the scanners for settings and a bundle's directory, with their sockets in a directory."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A generation with its scanners."""

    prepared: Prepared
    followed: Followed
    scanners: ScannerProcesses


class Generations:
    """All that are followed, the newest last. Belongs to the supervisor's main thread."""

    def __init__(
        self,
        source: Source,
        runtime: str,
        scanners: Scanners,
        events: EventLog,
        supervision: Supervision,
        account: Account | None,
    ) -> None:
        """`runtime` is where the generations' folders are made, `account` whom they belong to."""
        self._source = source
        self._runtime = runtime
        self._make_scanners = scanners
        self._events = events
        self._supervision = supervision
        self._account = account
        self._members: list[_Member] = []
        self._coming: _Member | None = None
        self._builder: Builder | None = None
        self._number = 0

    def start(self, prepared: Prepared) -> None:
        """Begin with a first one, its scanners ready. ConfigError, TemporaryError, OSError."""
        member = self._make(prepared)
        self._members.append(member)
        self._supervision.set_generation(self._number)
        member.scanners.start()

    @property
    def current(self) -> Followed:
        """The one to follow."""
        return self._members[-1].followed

    @property
    def prepared(self) -> Prepared:
        """What the current one was made of."""
        return self._members[-1].prepared

    @property
    def scanners(self) -> ScannerProcesses:
        """The current one's."""
        return self._members[-1].scanners

    @property
    def changing(self) -> bool:
        """A reload is under way."""
        return self._builder is not None or self._coming is not None

    def reload(self) -> None:
        """Begin to prepare what the configuration says now; not while `changing`."""
        try:
            self._builder = Builder(self._source)
        except OSError as error:
            self._refuse((Problem("reload", "", str(error)),))

    def tick(self, oldest: int) -> bool:
        """Look after all scanners and the reload under way; True when there is a new generation to follow. `oldest`
        is the lowest number that an smtpd still follows."""
        for member in self._members:
            member.scanners.tick()
        while len(self._members) > 1 and self._members[0].followed.generation.number < oldest and self._leave():
            pass
        if self._builder is not None:
            result = self._builder.result()
            if result is not None:
                self._builder = None
                self._prepared(result)
        return self._coming is not None and self._arrived(self._coming)

    def close(self, seconds: float = 5.0) -> None:
        """End all scanners, after the job in hand where that takes less than `seconds`."""
        if self._builder is not None:
            self._builder.cancel()
        for member in (*self._members, *([self._coming] if self._coming else [])):
            member.scanners.stop(seconds)
            self._remove(member)
        self._members, self._coming, self._builder = [], None, None

    def _make(self, prepared: Prepared) -> _Member:
        """The next one, its scanners not yet started. OSError; then nothing is left of it."""
        self._number += 1
        settings, built = prepared.settings, prepared.bundle
        directory = os.path.join(self._runtime, str(self._number))
        with ExitStack() as undo:
            undo.callback(shutil.rmtree, directory, ignore_errors=True)
            generation = publish(
                self._number,
                settings,
                built.hash,
                prepared.certificates,
                prepared.lists,
                prepared.passwords,
                directory,
                self._account,
            )
            followed = Followed(generation, built.directory)
            undo.callback(followed.close)
            scanners = self._make_scanners(settings, built.directory, directory)
            undo.pop_all()
        return _Member(prepared, followed, scanners)

    def _prepared(self, result: Prepared | tuple[Problem, ...]) -> None:
        """The configuration was read: start scanners for it, if it is a good one and a new one."""
        if not isinstance(result, Prepared):
            self._refuse(result)
            return
        result, waiting = as_far_as_possible(result, self.prepared)
        for what in waiting:
            self._events.process("reload", "supervisor", f"{what} waits for a restart")
        if result == self.prepared:
            self._supervision.reloaded(True)
            self._events.process("reload", "supervisor", "nothing has changed", result.bundle.hash)
            return
        try:
            self._coming = self._launched(result)
        except (TemporaryError, OSError) as error:
            self._refuse((Problem("reload", "", str(error)),))

    def _launched(self, prepared: Prepared) -> _Member:
        """The next one, its scanners started. TemporaryError, OSError; then nothing is left of it."""
        member = self._make(prepared)
        try:
            member.scanners.launch()
        except TemporaryError:
            self._remove(member)
            raise
        return member

    def _arrived(self, coming: _Member) -> bool:
        """The new scanners are ready: it is the current one from now on."""
        try:
            if not coming.scanners.all_ready():
                return False
        except (ConfigError, TemporaryError) as error:
            self._remove(coming)
            self._coming = None
            self._refuse((Problem("scanner", "", str(error)),))
            return False
        self._coming = None
        self._members.append(coming)
        generation = coming.followed.generation
        self._supervision.reloaded(True)
        self._supervision.set_generation(generation.number)
        self._events.process("reload", "supervisor", f"generation {generation.number}", generation.bundle)
        return True

    def _leave(self) -> bool:
        """Let the oldest one go; True when it is gone."""
        scanners = self._members[0].scanners
        scanners.retire()
        scanners.tick()
        if not scanners.gone:
            return False
        scanners.stop(0.0)
        self._remove(self._members.pop(0))
        return True

    def _remove(self, member: _Member) -> None:
        member.followed.close()
        shutil.rmtree(member.followed.generation.directory, ignore_errors=True)

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        self._supervision.reloaded(False)
        for problem in problems:
            self._events.process("reload refused", "supervisor", str(problem))


def as_far_as_possible(new: Prepared, old: Prepared) -> tuple[Prepared, tuple[str, ...]]:
    """`new` with everything as in `old` that only a restart can change, and what that is.

    The processes, their accounts and the state stay as they are, the addresses and the number of listeners too.
    """
    fixed = ("server", "admin", "log")
    waiting = [section for section in fixed if getattr(new.settings, section) != getattr(old.settings, section)]
    settings = replace(new.settings, **{section: getattr(old.settings, section) for section in waiting})
    certificates, lists = new.certificates, new.lists
    addresses = [[listener.address for listener in one.settings.listeners] for one in (new, old)]
    if addresses[0] != addresses[1]:
        waiting.append("listener")
        settings = replace(settings, listeners=old.settings.listeners)
        certificates, lists = old.certificates, old.lists
    return replace(new, settings=settings, certificates=certificates, lists=lists), tuple(waiting)
