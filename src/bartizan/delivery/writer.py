"""One thread that owns the database: gathers what waits into one transaction, and answers when it is durable.

In: jobs from any thread. Out: a Future for each. All writing jobs that wait are committed together (group commit): a
sync costs the same for one message as for a hundred.

When a write or sync fails, everybody in that transaction is told so and the connection is closed: nothing is retried
into a success. Until the database was opened anew and found sound, every job is refused at once. That is tried after
1 s, 2 s, ... 30 s.

Limits: 256 jobs or about 64 MiB a transaction. Not here: SQL (sqlite_store), the checks (database).
"""

from __future__ import annotations

import contextlib
import errno
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from bartizan.delivery.bodies import SyncFailed
from bartizan.model.errors import TemporaryError
from bartizan.model.reply import INTERNAL, NO_SPACE

BATCH_JOBS = 256
BATCH_BYTES = 64 << 20
FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 30.0


def _nothing() -> None:
    """No work before or after."""


@dataclass(eq=False, slots=True)
class Job:
    """Something to do with the database.

    `work` gets the connection, and for `writes` runs inside the transaction; a LookupError or TemporaryError of it is
    an answer like any other. `before` runs ahead of the transaction and may fail this job alone; `undo` takes it back
    when the transaction never began; `after` runs when it is committed. `size`: about how many bytes it writes.
    """

    work: Callable[[sqlite3.Connection], Any]
    writes: bool = True
    before: Callable[[], None] = _nothing
    undo: Callable[[], None] = _nothing
    after: Callable[[], None] = _nothing
    size: int = 0
    future: Future[Any] = field(default_factory=Future)


class Writer:
    """The thread. `open_database(again)` gives a sound connection; `again` says that the last one failed."""

    def __init__(self, open_database: Callable[[bool], sqlite3.Connection], name: str) -> None:
        """Returns when the database is open. Raises what `open_database` does, as TemporaryError."""
        self._open_database = open_database
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        self._retry_at = 0.0
        self._retry_after = FIRST_RETRY_SECONDS
        self._gate = threading.Lock()
        self.broken = ""
        """Why jobs are refused now; "" when they are not."""
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name=name, daemon=True)
        self._thread.start()
        try:
            opened.result()
        except Exception as problem:
            raise as_temporary(problem) from problem

    def submit(self, job: Job) -> Future[Any]:
        """Queue the job; its future fails with TemporaryError when it cannot be done now."""
        with self._gate:
            if not self.broken:
                self._jobs.put(job)
                return job.future
        job.future.set_exception(TemporaryError(f"store cannot be used: {self.broken}"))
        return job.future

    def close(self) -> None:
        """Do what is queued, then let go of the database. Later jobs are refused."""
        with self._gate:
            self.broken = "closed"
            self._jobs.put(None)
        self._thread.join()

    # --- everything below runs in the thread

    def _run(self, opened: Future[None]) -> None:
        try:
            self._connection = self._open_database(False)
        except Exception as problem:
            opened.set_exception(as_temporary(problem))
            return
        opened.set_result(None)
        more = True
        while more:
            more, batch = self._gather()
            if self._connection is None:
                self._open_again()
            if batch:
                self._serve(batch)
        if self._connection is not None:
            self._connection.close()

    def _gather(self) -> tuple[bool, list[Job]]:
        """Wait for a job (when broken, only until it is time to try again) and take all that wait; False at the end."""
        batch: list[Job] = []
        size = 0
        patience = None if self._connection is not None else max(0.0, self._retry_at - time.monotonic())
        try:
            job = self._jobs.get(timeout=patience)
            while job is not None:
                if job.future.set_running_or_notify_cancel():
                    batch.append(job)
                    size += job.size
                if len(batch) >= BATCH_JOBS or size >= BATCH_BYTES:
                    return True, batch
                job = self._jobs.get_nowait()
        except queue.Empty:
            return True, batch
        return False, batch

    def _open_again(self) -> None:
        if time.monotonic() < self._retry_at:
            return
        try:
            self._connection = self._open_database(True)
        except Exception as problem:  # whatever it is: the thread must live on, or jobs would wait for ever
            self._break(problem)
            return
        self._retry_after = FIRST_RETRY_SECONDS
        with self._gate:
            if self.broken != "closed":
                self.broken = ""

    def _break(self, problem: Exception) -> None:
        """Stop believing in the connection."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
        self._retry_at = time.monotonic() + self._retry_after
        self._retry_after = min(LAST_RETRY_SECONDS, self._retry_after * 2)
        with self._gate:
            if self.broken != "closed":
                self.broken = str(as_temporary(problem))

    def _serve(self, batch: list[Job]) -> None:
        """Do every job of the batch; each future is done afterwards."""
        try:
            self._write([job for job in batch if job.writes])
            for job in batch:
                if not job.writes:
                    self._answer(job, self._attempt(job))
        except Exception as problem:
            self._break(problem)
            _fail(batch, problem)

    def _write(self, jobs: list[Job]) -> None:
        """One transaction for all jobs. Raises what makes the database unusable, or busy."""
        ready = []
        for job in jobs:
            try:
                self._usable()
                job.before()
                ready.append(job)
            except SyncFailed:
                raise
            except (OSError, TemporaryError) as problem:
                _fail([job], problem)
        if not ready:
            return
        connection = self._usable()
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as problem:
            for job in ready:
                job.undo()
            if not _is_busy(problem):
                raise
            _fail(ready, problem)
            return
        answers = [self._attempt(job) for job in ready]
        connection.execute("COMMIT")
        for job, answer in zip(ready, answers, strict=True):
            job.after()
            self._answer(job, answer)

    def _attempt(self, job: Job) -> Any:
        try:
            return job.work(self._usable())
        except (LookupError, TemporaryError) as answer:
            return answer

    def _answer(self, job: Job, answer: Any) -> None:
        if isinstance(answer, LookupError | TemporaryError):
            job.future.set_exception(answer)
        else:
            job.future.set_result(answer)

    def _usable(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.OperationalError(self.broken or "closed")
        return self._connection


def as_temporary(problem: Exception) -> TemporaryError:
    """What a failure of disk or database means for the sender: no space, or try again later."""
    if isinstance(problem, TemporaryError):
        return problem
    full = getattr(problem, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    full = full or getattr(problem, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
    return TemporaryError(f"store: {type(problem).__name__}: {problem}", NO_SPACE if full else INTERNAL)


def _is_busy(problem: Exception) -> bool:
    code = getattr(problem, "sqlite_errorcode", 0) or 0
    return code & 0xFF == sqlite3.SQLITE_BUSY


def _fail(jobs: list[Job], problem: Exception) -> None:
    failure = as_temporary(problem)
    for job in jobs:
        if not job.future.done():
            job.future.set_exception(TemporaryError(str(failure), failure.reply))
