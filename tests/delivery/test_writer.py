"""The thread that owns the database: closed stays closed, and nothing ends it but the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from bartizan.delivery import writer
from bartizan.delivery.writer import Job, Writer
from bartizan.model.errors import TemporaryError

SECONDS = 20.0


def fail(connection: sqlite3.Connection) -> None:
    """A job that makes the database unusable."""
    raise sqlite3.OperationalError("told to")


def one(connection: sqlite3.Connection) -> int:
    """A job that works."""
    return int(connection.execute("SELECT 1").fetchone()[0])


def opener(*later: Exception) -> Callable[[bool], sqlite3.Connection]:
    """Opens a database; each opening after the first raises the next of `later`, then they work again."""
    failures = list(later)

    def open_database(again: bool) -> sqlite3.Connection:
        if again and failures:
            raise failures.pop(0)
        return sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)

    return open_database


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken database is tried again without delay."""
    monkeypatch.setattr(writer, "FIRST_RETRY_SECONDS", 0.0)
    monkeypatch.setattr(writer, "LAST_RETRY_SECONDS", 0.0)


def break_it(thread: Writer) -> None:
    """Make the database fail once."""
    with pytest.raises(TemporaryError):
        thread.submit(Job(fail)).result(SECONDS)


def works_again(thread: Writer) -> int:
    """The answer of a job that is offered until it is taken."""
    while True:
        future: Future[Any] = thread.submit(Job(one))
        try:
            return int(future.result(SECONDS))
        except TemporaryError:
            continue


@pytest.mark.parametrize(
    "problem", [sqlite3.OperationalError("x"), OSError(5, "x"), TemporaryError("x"), KeyError("x")]
)
def test_any_failure_to_open_again_is_survived(problem: Exception) -> None:
    """Whatever opening raises, it is tried again; no job waits for ever."""
    thread = Writer(opener(problem), "test")
    thread._retry_after = 0.0
    break_it(thread)

    assert works_again(thread) == 1
    thread.close()


def test_closed_stays_closed() -> None:
    """A job after the end is refused at once, also when the database was broken at that moment."""
    thread = Writer(opener(), "test")
    thread._retry_after = 0.0
    break_it(thread)
    thread.close()

    with pytest.raises(TemporaryError, match="closed"):
        thread.submit(Job(one)).result(SECONDS)
