"""What people see: tables and a progress bar. The one place that knows rich.

Cells are shown as they are: nothing in them is taken for markup, and text of peers must have been cleaned before.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

_COLOURS = {
    "accept": "green",
    "tag": "cyan",
    "quarantine": "yellow",
    "defer": "magenta",
    "reject": "red",
    "missing": "red",
    "ok": "green",
}


_WIDTH = 160


class Step(Protocol):
    """Tells a progress bar that one more thing is done."""

    def __call__(self) -> None: ...


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """Print a table; words such as "accept" have their colour, long cells are folded."""
    drawn = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell, style=_COLOURS.get(cell, "")) for cell in row))
    _output().print(drawn)


def line(text: str) -> None:
    """Print one line, without any interpretation."""
    _output().print(Text(text), soft_wrap=True)


def complain(text: str) -> None:
    """One line on standard error."""
    Console(stderr=True).print(Text(text), soft_wrap=True)


class _Output(Console):
    """Standard output; a reader that has gone is the command's business."""

    def on_broken_pipe(self) -> None:
        """Do not end the process with a code that means something else."""
        raise  # noqa: PLE0704  rich calls this while it handles the BrokenPipeError


def _output() -> Console:
    """Standard output; where that is no terminal, wide enough that most cells stay on one line."""
    console = _Output()
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return _Output(width=_WIDTH)


@contextmanager
def progress(what: str, total: int) -> Iterator[Step]:
    """A progress bar on standard error while the block runs; only on a terminal, and only for more than one thing."""
    console = Console(stderr=True)
    if not console.is_terminal or total < 2:
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
