"""Builds a Dockerfile without an engine: each stage is a bare Debian root in which the instructions are carried out.

In: the Dockerfile and the folder it is in. Out: an Image, the last stage's root with everything that an engine would
know about how to start it. Only Debian 12 and earlier stages can be built on. Not here: reading (dockerfile.py),
starting (container.py).
"""

from __future__ import annotations

import posixpath
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from integration import context, debian, dockerfile
from integration.dockerfile import Healthcheck, Instruction, Stage

_DEBIAN = frozenset({"debian:bookworm-slim", "debian:12-slim"})


@dataclass(slots=True)
class Image:
    """A root and its configuration."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    directory: str = "/"
    user: str = "root"
    volumes: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    stop_signal: str = "SIGTERM"
    health: Healthcheck | None = None

    def ids(self, user: str) -> tuple[int, int]:
        """User and group number of an account of the image. KeyError."""
        accounts = {line.split(":")[0]: line.split(":") for line in (self.root / "etc/passwd").read_text().splitlines()}
        return int(accounts[user][2]), int(accounts[user][3])


def build(source: Path, work: Path, arguments: Mapping[str, str] | None = None) -> Image:
    """The image that `source`/Dockerfile describes, its roots made below `work`. DockerfileError, NoDebian."""
    described = dockerfile.parse((source / "Dockerfile").read_text())
    built: dict[str, Image] = {}
    image = Image(work)
    for number, stage in enumerate(described.stages):
        if stage.base not in _DEBIAN:
            raise dockerfile.DockerfileError(f"only Debian 12 can be built on here, not {stage.base}")
        image = Image(work / (stage.name or f"stage-{number}"))
        debian.make(image.root)
        _Builder(source, image, built, dict(arguments or {})).carry_out(stage)
        if stage.name:
            built[stage.name] = image
    return image


class _Builder:
    """One stage while it is built."""

    def __init__(self, source: Path, image: Image, stages: Mapping[str, Image], given: dict[str, str]) -> None:
        self._source = source
        self._image = image
        self._stages = stages
        self._given = given
        self._arguments: dict[str, str] = {}

    def carry_out(self, stage: Stage) -> None:
        for instruction in stage.instructions:
            getattr(self, f"_{instruction.word.lower()}")(instruction)

    def _text(self, instruction: Instruction) -> str:
        return dockerfile.replaced(instruction.rest, self._arguments | self._image.environment, instruction)

    def _arg(self, instruction: Instruction) -> None:
        name, default = dockerfile.argument(instruction)
        value = self._given.get(name, default)
        if value is not None:
            self._arguments[name] = value

    def _env(self, instruction: Instruction) -> None:
        known = self._arguments | self._image.environment
        for name, value in dockerfile.pairs(instruction):
            self._image.environment[name] = dockerfile.replaced(value, known, instruction)

    def _label(self, instruction: Instruction) -> None:
        known = self._arguments | self._image.environment
        for name, value in dockerfile.pairs(instruction):
            self._image.labels[name] = dockerfile.replaced(value, known, instruction)

    def _run(self, instruction: Instruction) -> None:
        if self._image.user != "root":
            raise instruction.error("expected before USER")
        if instruction.rest.startswith(("[", "--")):
            raise instruction.error("expected a shell command without options")
        environment = self._arguments | self._image.environment
        debian.run(self._image.root, instruction.rest, environment, self._image.directory)

    def _workdir(self, instruction: Instruction) -> None:
        self._image.directory = posixpath.join(self._image.directory, self._text(instruction))
        self._here(self._image.directory).mkdir(parents=True, exist_ok=True)

    def _copy(self, instruction: Instruction) -> None:
        words = self._text(instruction).split()
        stage = None
        if words[0].startswith("--"):
            option, _, name = words.pop(0).partition("=")
            if option != "--from" or name not in self._stages:
                raise instruction.error("expected --from=STAGE, or no option")
            stage = self._stages[name]
        *sources, target = words
        if not sources or any(character in word for word in words for character in "*?["):
            raise instruction.error("expected SOURCE... TARGET, without wild cards")
        into = target.endswith("/")
        if len(sources) > 1 and not into:
            raise instruction.error("several sources need a target that ends with /")
        place = self._here(posixpath.join(self._image.directory, target))
        for source in sources:
            if stage:
                self._copy_tree(stage.root / source.lstrip("/"), place, instruction)
            else:
                self._copy_context(source, place, into, instruction)

    def _copy_tree(self, source: Path, place: Path, instruction: Instruction) -> None:
        """A folder of another stage, with owners and modes."""
        if not source.is_dir():
            raise instruction.error(f"expected a folder at {source}")
        place.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "--archive", f"{source}/.", place], check=True)

    def _copy_context(self, source: str, place: Path, into: bool, instruction: Instruction) -> None:
        """A file, or what is in a folder; owned by root whoever it belongs to here."""
        files = [path for path in context.files(self._source) if path == Path(source) or Path(source) in path.parents]
        if not files:
            raise instruction.error(f"{source} is not in the build context")
        for path in files:
            whole = path == Path(source)
            target = (place / path.name if into else place) if whole else place / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self._source / path, target)

    def _here(self, path: str) -> Path:
        return self._image.root / path.lstrip("/")

    def _user(self, instruction: Instruction) -> None:
        self._image.user = self._text(instruction)
        self._image.ids(self._image.user)

    def _volume(self, instruction: Instruction) -> None:
        self._image.volumes += dockerfile.exec_form(instruction)

    def _expose(self, instruction: Instruction) -> None:
        self._image.ports += tuple(map(int, self._text(instruction).split()))

    def _healthcheck(self, instruction: Instruction) -> None:
        self._image.health = dockerfile.healthcheck(instruction)

    def _stopsignal(self, instruction: Instruction) -> None:
        self._image.stop_signal = self._text(instruction)

    def _entrypoint(self, instruction: Instruction) -> None:
        self._image.entrypoint = dockerfile.exec_form(instruction)

    def _cmd(self, instruction: Instruction) -> None:
        self._image.command = dockerfile.exec_form(instruction)
