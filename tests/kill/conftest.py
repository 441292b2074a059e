"""What the kill tests share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.gateway import Gateway
from end_to_end.recorder import Recorder
from kill.deadly import HOOK, WORKERS, Start


@pytest.fixture(scope="session")
def rules_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where compiled rules are kept for all gateways of this run."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files of everything that is started (short: sockets live there)."""
    with tempfile.TemporaryDirectory(prefix="kill-") as folder:
        os.chmod(folder, 0o711)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@pytest.fixture
def start(tmp_path: Path, rules_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a gateway whose scanners obey their messages."""
    paths = [str(HOOK), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    with ExitStack() as stack:

        def begin(**options: object) -> tuple[Gateway, Recorder]:
            recorder = stack.enter_context(Recorder())
            folder = tmp_path / "gateway"
            gateway = Gateway(folder, recorder.port, workers=WORKERS, scanners=2, cache=rules_cache, **options)  # type: ignore[arg-type]
            return stack.enter_context(gateway), recorder

        yield begin
