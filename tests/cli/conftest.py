"""A stand-in for the scanners: it finds what the text of a mail says."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bartizan.cli.examine import Examine
from bartizan.model.errors import TemporaryError
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.message import Examination, Node


class Examiner:
    """Gives an Examine; `most` is how many were under way at the same time at most."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0

    async def examine(self, raw: bytes, id: str) -> Examination:
        """bad: a signature; locked: a gap; broken: no scanner; else nothing. The first ones take longest."""
        self.running += 1
        self.most = max(self.most, self.running)
        for _ in range(50 - int(id.removeprefix("scan") or 0) if id.startswith("scan") else 1):
            await asyncio.sleep(0)
        self.running -= 1
        if raw == b"broken":
            raise TemporaryError("no scanner")
        node = Node("message", (), "", "mail", len(raw), hashlib.sha256(raw).hexdigest())
        findings = {
            b"bad": (
                Finding(Kind.SIGNATURE, "eicar", "2/a.zip!/b", 10.0, "r.yar"),
                Finding(Kind.PHRASE, "x", "1", 1.0),
            ),
            b"locked": (gap(Reason.ENCRYPTED, "2/a.zip", "password"),),
        }
        return Examination(findings.get(raw, ()), (node,), ("nul-byte",) if b"\0" in raw else ())

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Examine]:
        """As app.examiner."""
        yield self.examine


@pytest.fixture
def examiner() -> Examiner:
    """A fresh stand-in."""
    return Examiner()
