"""The event loop of every process that serves. The only importer of uvloop."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import uvloop


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run `main` to its end."""
    uvloop.run(main)
