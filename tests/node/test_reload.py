"""What is followed after a reload that fails on its way: the old generation, with nothing left of the new one."""

from __future__ import annotations

import io
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bartizan.bundle import PHRASES, Bundle
from bartizan.config.load import Source
from bartizan.config.resolve import Flags
from bartizan.config.schema import Settings
from bartizan.model.errors import TemporaryError
from bartizan.node import reload
from bartizan.node.prepare import Prepared
from bartizan.node.reload import Generations
from bartizan.observe.events import EventLog
from bartizan.observe.supervision import Supervision


@dataclass(eq=False)
class Scanners:
    """Scanners without processes."""

    startable: bool = True
    ready: bool = True
    retired: bool = False
    stopped: bool = False

    def start(self) -> None:
        """They are ready at once."""

    def launch(self) -> None:
        """Like the real ones, that leave nothing running when they fail."""
        if not self.startable:
            self.stopped = True
            raise TemporaryError("a scanner cannot be started")

    def all_ready(self) -> bool:
        """As the test says."""
        return self.ready

    def retire(self) -> None:
        """Nobody has work for them any more."""
        self.retired = True

    def tick(self) -> None:
        """Nothing is due."""
        assert not self.stopped

    @property
    def gone(self) -> bool:
        """They end as soon as they may."""
        return self.retired

    def stop(self, _seconds: float) -> None:
        """The end."""
        self.stopped = True


@dataclass
class Node:
    """The generations of a node, and what is put into them."""

    generations: Generations
    runtime: Path
    coming: Scanners
    log: io.BytesIO
    prepared: Prepared

    def reload(self, prepared: Prepared) -> bool:
        """A reload that finds `prepared`; True when it is followed."""
        self.prepared = prepared
        self.generations.reload()
        followed = [self.generations.tick(1) for _ in range(3)]
        return any(followed)

    def folders(self) -> list[str]:
        """The generations that have one."""
        return sorted(os.listdir(self.runtime))


def other(prepared: Prepared, drain: float) -> Prepared:
    """The same with one thing changed."""
    settings = prepared.settings
    return replace(prepared, settings=replace(settings, timeouts=replace(settings.timeouts, drain=drain)))


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Node:
    """A node with one generation."""
    bundle, runtime = tmp_path / "bundle", tmp_path / "run"
    bundle.mkdir()
    runtime.mkdir()
    (bundle / PHRASES).write_bytes(b"")
    log = io.BytesIO()
    prepared = Prepared(Settings(), Bundle(str(bundle), "00", 0, 0), (), ())

    class Builder:
        """Finds at once what the test wants."""

        def __init__(self, _source: Source) -> None:
            pass

        def result(self) -> Prepared:
            return made.prepared

    monkeypatch.setattr(reload, "Builder", Builder)
    generations = Generations(
        Source(None, Flags()),
        str(runtime),
        lambda _settings, _bundle, _directory: made.coming,  # type: ignore[arg-type,return-value]
        EventLog(log),
        Supervision.unread(),
        None,
    )
    made = Node(generations, runtime, Scanners(), log, prepared)
    generations.start(prepared)
    made.coming = Scanners()
    return made


def test_a_reload_is_followed(node: Node) -> None:
    """Once its scanners are ready."""
    assert node.reload(other(node.prepared, 7.0))
    assert node.generations.current.generation.number == 2
    assert node.folders() == ["1", "2"]


def test_scanners_that_cannot_be_started(node: Node) -> None:
    """A machine without room for a process keeps what it has, and the next reload is a new one."""
    old = node.prepared
    node.coming.startable = False
    assert not node.reload(other(old, 7.0))
    assert node.generations.prepared == old
    assert not node.generations.changing
    assert node.folders() == ["1"]
    assert b"reload refused" in node.log.getvalue()
    node.coming = Scanners()
    assert node.reload(other(old, 7.0))


def test_a_folder_that_cannot_be_filled(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left of what was begun: neither a folder nor a descriptor."""

    def full(*_: object) -> Scanners:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(node.generations, "_make_scanners", full)
    before = len(os.listdir("/proc/self/fd"))
    assert not node.reload(other(node.prepared, 7.0))
    assert node.folders() == ["1"]
    assert len(os.listdir("/proc/self/fd")) == before
    assert not node.generations.changing


def test_a_bundle_that_vanishes(node: Node) -> None:
    """Between building and following it."""
    shutil.rmtree(node.prepared.bundle.directory)
    assert not node.reload(other(node.prepared, 7.0))
    assert node.folders() == ["1"]
    assert not node.generations.changing
