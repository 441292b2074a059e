"""Running gateways and next hops. Everything is on loopback, on ports of its own, and stopped at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.gateway import Gateway
from bench.sink import Sink, program
from end_to_end.recorder import Recorder

Start = Callable[..., Gateway]


@pytest.fixture(scope="session")
def rules_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where compiled rules are kept for all gateways of this run."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def start(tmp_path: Path, rules_cache: Path) -> Iterator[Start]:
    """Starts a gateway in front of a port: start(relay_port, more="[[rule]] ...")."""
    with ExitStack() as stack:

        def begin(relay_port: int, **options: object) -> Gateway:
            gateway = Gateway(tmp_path / "gateway", relay_port, workers=1, scanners=1, cache=rules_cache, **options)  # type: ignore[arg-type]
            return stack.enter_context(gateway)

        yield begin


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, rules_cache: Path) -> Iterator[tuple[Gateway, Recorder]]:
    """One gateway with built-in rules and its recording next hop, for tests that do not disturb each other."""
    folder = tmp_path_factory.mktemp("shared")
    phrases = folder / "phrases.txt"
    phrases.write_text("wire the money today\n", encoding="utf-8")
    with (
        Recorder() as recorder,
        Gateway(
            folder / "gateway", recorder.port, phrases=[phrases], workers=1, scanners=1, cache=rules_cache
        ) as gateway,
    ):
        yield gateway, recorder


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Callable[..., Sink]]:
    """Starts smtp-sink: sink("-r", "RCPT"); what it takes is kept."""
    try:
        program("smtp-sink")
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(Sink(tmp_path / "arrived", options))
