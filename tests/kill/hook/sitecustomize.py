"""Makes scanners obey their messages, where a test has put this folder on PYTHONPATH.

A mail whose subject is `die` kills the scanner that looks into it, one with `hang` keeps it busy. Python imports a
module of this name at its start; it does nothing in any other process.
"""

from __future__ import annotations

import os
import sys

if "bartizan.scanner.worker" in sys.orig_argv:
    from collections.abc import Iterator, Sequence

    from bartizan.detect import base
    from bartizan.model.finding import Finding
    from bartizan.model.message import Node

    class Obey:
        """Dies or hangs on command."""

        def look(self, node: Node, data: bytes | memoryview) -> Iterator[Finding]:
            """Obey a raw message's subject."""
            if node.path == "message":
                start = bytes(data[:400])
                if b"Subject: die" in start:
                    os.kill(os.getpid(), 9)
                while b"Subject: hang" in start:
                    pass
            yield from ()

    _usual = base.load

    def _load(directory: str) -> Sequence[base.Detector]:
        return (*_usual(directory), Obey())

    base.load = _load
