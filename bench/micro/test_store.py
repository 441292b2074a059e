"""What durable keeping costs: mails put one after another, and 16 at a time, which share a commit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bartizan.delivery.sqlite_store import SqliteStore
from bartizan.delivery.store import QUARANTINE, NewEntry
from bartizan.model.envelope import Envelope, Peer, Recipient
from bartizan.model.finding import Finding, Kind

MAILS = 32
TOGETHER = 16
RAW = b"Subject: kept\r\n\r\n" + b"The quick brown fox jumps over the lazy dog.\r\n" * 108
RECIPIENTS = (Recipient("b@load.example"),)
ENTRY = NewEntry(
    QUARANTINE,
    Envelope("id", Peer("192.0.2.1", 25), "mx.load.example", "a@load.example", RECIPIENTS),
    RECIPIENTS,
    "quarantine",
    "default.toml:9 signature",
    10.0,
    (Finding(Kind.SIGNATURE, "EICAR_Test_File", "2", 10.0),),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store in an empty folder."""
    store = SqliteStore(tmp_path / "state", min_free=0)
    yield store
    store.close()


@pytest.mark.parametrize("together", [1, TOGETHER])
def test_put(benchmark: BenchmarkFixture, store: SqliteStore, together: int) -> None:
    """32 mails of 5 kB, each durable when its id is there."""
    awaited = store.awaited()

    async def some() -> list[str]:
        return [await awaited.put(ENTRY, RAW) for _ in range(MAILS // together)]

    async def everything() -> list[str]:
        return [id for ids in await asyncio.gather(*(some() for _ in range(together))) for id in ids]

    ids = benchmark.pedantic(lambda: asyncio.run(everything()), rounds=5)
    assert len(set(ids)) == MAILS
    assert all(store.load(id)[1] == RAW for id in ids)
