"""Opens containers in children that can open no file and have limits of memory and time, as the scanner's have.

One may crash libarchive, or want what `prepare` should have loaded. They are forked by a small process of its own,
which `started` starts: the process that runs all tests is large by then, and a fork of it takes long.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from bartizan.model.limits import MIB
from bartizan.unpack.base import prepare
from unpack.opening import Opened, opened

SECONDS = 10
MEMORY = 1024 * MIB


@contextlib.contextmanager
def started() -> Iterator[Callable[..., Opened]]:
    """Containers are opened, with the arguments of `opened`, while this lasts."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-m", "unpack.apart"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        requests, answers = process.stdin, process.stdout
        assert requests is not None
        assert answers is not None

        def run(*arguments: object, **options: object) -> Opened:
            pickle.dump((arguments, options), requests)
            requests.flush()
            found = pickle.load(answers)
            assert isinstance(found, Opened)
            return found

        yield run
        requests.close()


def _held() -> int:
    """Bytes of address space that this process has."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def _in_a_child(*arguments: Any, **options: Any) -> Opened:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            faulthandler.disable()
            os.close(reading)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            signal.alarm(SECONDS)
            memory = _held() + MEMORY  # what the interpreter holds already is none of the archive's
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(opened(*arguments, **options), pipe)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status:
        return Opened(died=status)
    found = pickle.loads(told)
    assert isinstance(found, Opened)
    return found


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    prepare()
    with contextlib.suppress(EOFError):
        while True:
            arguments, options = pickle.load(requests)
            pickle.dump(_in_a_child(*arguments, **options), answers)
            answers.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
