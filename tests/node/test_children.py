"""A child that does not listen costs its supervisor no time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from bartizan.node import children
from bartizan.node.children import SmtpdProcess

DEAF = "import sys; sys.stdin.read()"


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpdProcess]:
    """An smtpd that never looks at its control socket, which it holds."""

    def start(_code: str, _arguments: object, passed: tuple[int, ...], _account: object) -> children.Process:
        return subprocess.Popen([sys.executable, "-c", DEAF], stdin=subprocess.PIPE, pass_fds=passed)

    monkeypatch.setattr(children, "start", start)
    one = SmtpdProcess(None)
    yield one
    one.kill()
    one.process.communicate()
    one.close()


def test_one_that_does_not_read_is_killed(deaf: SmtpdProcess) -> None:
    """The supervisor looks after everybody else at the same time: it never waits for room in a socket."""
    null = os.open(os.devnull, os.O_RDONLY)
    followed = SimpleNamespace(generation=SimpleNamespace(directory="/run/1"), phrases=null)
    told = 0
    while not deaf.killed and told < 100_000:
        deaf.tell(followed, null)  # type: ignore[arg-type]
        told += 1
    os.close(null)
    assert deaf.killed
    assert told > 1


def test_descriptors_of_a_child() -> None:
    """It may complain; it may not write where our own output goes, which may be the event log."""
    code = "import os, sys; print('spoken'); os.write(int(sys.argv[1]), os.readlink('/proc/self/fd/1').encode())"
    reader, writer = os.pipe()
    process = children.start(code, (writer,), (writer,), None)
    os.close(writer)
    with open(reader, "rb") as told:
        assert told.read() == b"/dev/null"
    assert process.wait() == 0
