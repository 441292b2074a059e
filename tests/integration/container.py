"""Starts an Image as an engine would: name spaces of its own, read-only root, its volume, no privileges.

Needs root. Not here: the name spaces (spaces.py), what happens before the program starts (launch.py).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.sink import ROOT
from integration.image import Image
from integration.launch import Order
from integration.spaces import Spaces


class Container:
    """A running container, from enter to exit; everything it writes outside the image is below `folder`."""

    def __init__(
        self,
        image: Image,
        folder: Path,
        *,
        files: Mapping[str, Path] | None = None,
        user: str = "",
        capabilities: Sequence[str] = (),
        tmpfs: Sequence[str] = ("/tmp",),
    ) -> None:
        """`user` replaces the image's USER; `files` are mounted read-only. A volume that is there already stays."""
        self._image = image
        self._folder = folder
        self._user = image.ids(user or image.user)
        self._volumes = {inside: folder / "volumes" / inside.strip("/").replace("/", "-") for inside in image.volumes}
        self._order = Order(
            root=str(image.root),
            command=[*image.entrypoint, *image.command],
            environment={"HOME": "/", **image.environment},
            directory=image.directory,
            user=self._user[0],
            group=self._user[1],
            volumes={inside: str(outside) for inside, outside in self._volumes.items()},
            files={inside: str(outside) for inside, outside in (files or {}).items()},
            tmpfs=list(tmpfs),
            capabilities=list(capabilities),
        )

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        for inside, outside in self._volumes.items():
            # a new volume begins as what the image has there
            outside.parent.mkdir(parents=True, exist_ok=True)
            if not outside.exists():
                subprocess.run(["cp", "--archive", self._image.root / inside.lstrip("/"), outside], check=True)
        order = self._folder / "order.json"
        order.write_text(json.dumps(asdict(self._order)))
        self._spaces = Spaces(
            self._folder / "output",
            [sys.executable, "-m", "integration.launch", order],
            {"PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}"},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spaces.close()

    @property
    def pid(self) -> int:
        """Process 1 of the container, as the host sees it."""
        return self._spaces.pid

    def healthy(self) -> None:
        """Wait as an engine does until the health check succeeds: within its start period."""
        health = self._image.health
        assert health is not None
        self._spaces.started(self._order.command)
        self.until(lambda: self.run(*health.command).returncode == 0, health.start_period)

    def until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until `holds`. AssertionError, with what the container said, when it ends or time is up before."""
        self._spaces.until(holds, seconds)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program inside, as the container's user: `exec` of an engine."""
        return self._spaces.run(command, self._order.environment, self._user)

    def network(self) -> AbstractContextManager[None]:
        """What the calling thread opens inside the block is in the container's network."""
        return self._spaces.network()

    def stop(self, seconds: float) -> int:
        """Send the image's stop signal to process 1; its exit code. TimeoutExpired."""
        os.kill(self.pid, signal.Signals[self._image.stop_signal])
        return self.wait(seconds)

    def wait(self, seconds: float) -> int:
        """The exit code, once it has ended. TimeoutExpired."""
        return self._spaces.wait(seconds)

    def said(self) -> str:
        """What it wrote to standard output and error so far."""
        return self._spaces.output.read_text(errors="replace")

    def events(self) -> list[dict[str, Any]]:
        """The events among that, complete lines only."""
        lines = self._spaces.output.read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines if line.startswith(b"{")]
