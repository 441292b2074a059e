"""Sandboxed scanners for all corpus tests, started once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from bartizan.app import examiner
from bartizan.config.load import load
from bartizan.config.resolve import Flags
from bartizan.config.schema import Settings
from bartizan.model.envelope import Envelope, Peer, Recipient
from bartizan.model.message import Examination
from bartizan.policy import engine
from bartizan.policy import load as policy
from corpora.examined import TIGHT, Examined, Scan

WAITING = 4
"""Messages given to the scanners at a time."""
ENVELOPE = Envelope("corpus", Peer("127.0.0.1"), "", "", (Recipient("postmaster"),))


@pytest.fixture(scope="session")
def scan() -> Iterator[Scan]:
    """Examine mails as `bartizan scan` does without a configuration."""
    with _scanning(load(None, Flags(best_effort=True))) as run:
        yield run


@pytest.fixture(scope="session")
def scan_tightly() -> Iterator[Scan]:
    """The same with limits that many archives reach."""
    with _scanning(replace(load(None, Flags(best_effort=True)), limits=TIGHT)) as run:
        yield run


@contextlib.contextmanager
def _scanning(settings: Settings) -> Iterator[Scan]:
    """Scanners for the time of the context, and the function that gives mails to them."""
    rules = policy.build(settings.rules, settings.policy.default)

    def judged(examination: Examination) -> Examined:
        [verdict] = engine.decide(rules, ENVELOPE, examination, ENVELOPE.received_at)
        return Examined(examination, verdict.action)

    with asyncio.Runner() as runner:
        context = examiner(settings)
        examine = runner.run(context.__aenter__())

        async def all_of(mails: Mapping[str, bytes]) -> dict[str, Examined]:
            turns = asyncio.Semaphore(WAITING)

            async def one(number: int, raw: bytes) -> Examined:
                async with turns:
                    return judged(await examine(raw, f"corpus{number}"))

            jobs = [one(number, raw) for number, raw in enumerate(mails.values())]
            return dict(zip(mails, await asyncio.gather(*jobs), strict=True))

        try:
            yield lambda mails: runner.run(all_of(mails))
        finally:
            runner.run(context.__aexit__(None, None, None))
