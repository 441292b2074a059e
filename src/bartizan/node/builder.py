"""Prepare the next configuration in a process of its own, so that the supervisor goes on looking after the others.

Compiling thousands of rules takes a minute, and whoever sits in the supervisor's loop for a minute lets dead processes
lie. What comes back is either complete or a list of problems; what dies on the way is a problem too.
Run as `python -c "from bartizan.node.builder import main; main()" ORDER RESULT`, both inherited descriptors.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass

from bartizan.config.load import Source
from bartizan.model.errors import ConfigError, Problem, TemporaryError
from bartizan.node.memory import file_of
from bartizan.node.prepare import Prepared, prepare
from bartizan.observe import codec

_CODE = "from bartizan.node.builder import main; main()"


@dataclass(frozen=True, slots=True)
class _Result:
    prepared: Prepared | None
    problems: tuple[Problem, ...]


class Builder:
    """The parent's side: one preparation under way."""

    def __init__(self, source: Source) -> None:
        """Start it. OSError."""
        order = file_of(codec.pack(source))
        self._result = file_of(b"")
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-X", "utf8", "-c", _CODE, str(order), str(self._result)],
                stdin=subprocess.DEVNULL,
                pass_fds=(order, self._result),
            )
        except BaseException:
            os.close(self._result)
            raise
        finally:
            os.close(order)

    def result(self) -> Prepared | tuple[Problem, ...] | None:
        """What came of it, None while it is under way. Ask no more after that."""
        if self._process.poll() is None:
            return None
        size = os.fstat(self._result).st_size
        packed = os.pread(self._result, size, 0)
        os.close(self._result)
        try:
            result = codec.unpack(packed, _Result)
        except ValueError:
            return (Problem("reload", "", f"the preparation ended with exit code {self._process.returncode}"),)
        return result.problems if result.prepared is None else result.prepared

    def cancel(self) -> None:
        """Nobody wants it any more."""
        self._process.kill()
        self._process.wait()
        os.close(self._result)


def main() -> None:
    """The child's side."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal's is for the supervisor
    order, result = map(int, sys.argv[1:])
    with open(order, "rb") as file:
        source = codec.unpack(file.read(), Source)
    try:
        answer = _Result(prepare(source), ())
    except ConfigError as error:
        answer = _Result(None, error.problems)
    except (TemporaryError, OSError) as error:
        answer = _Result(None, (Problem("reload", "", str(error)),))
    with open(result, "wb") as file:
        file.write(codec.pack(answer))
