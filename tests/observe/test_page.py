"""Pages of cells: where things are, what a dead or lying writer can do to those who read."""

from __future__ import annotations

import mmap
import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.observe.metrics import SMTPD, SUPERVISOR
from bartizan.observe.page import MOST, SIZE, Family, Layout, Reader, Reading, Shape, added_up, attach, create, private

SMALL = Layout(
    (
        Family("out", Shape.COUNTER, "Out.", "way", ("a", "b")),
        Family("in", Shape.COUNTER, "In."),
        Family("left", Shape.DIFFERENCE, "In less out.", of=("in", "out")),
        Family("wait", Shape.HISTOGRAM, "Waiting.", "stage", ("x", "y"), (0.1, 1.0)),
    )
)


@pytest.mark.parametrize("layout", [SMALL, SMTPD, SUPERVISOR])
def test_every_cell_belongs_to_one_family(layout: Layout) -> None:
    """Behind the mark, families cover all cells and none twice; values of a label follow each other."""
    covered = [at for family in layout.families for at in range(*layout.span(family.name).indices(layout.length))]
    assert covered == list(range(1, layout.length))
    for family in layout.families:
        if family.width:
            cells = [layout.cell(family.name, value) for value in family.values or ("",)]
            assert cells == list(range(cells[0], cells[0] + family.cells, family.width))


def test_cells_of_a_small_layout() -> None:
    """The places themselves: a page outlives the process that wrote it, so they are no detail."""
    assert [SMALL.cell("out", "a"), SMALL.cell("out", "b"), SMALL.cell("in")] == [1, 2, 3]
    assert [SMALL.cell("wait", "x"), SMALL.cell("wait", "y"), SMALL.length] == [4, 8, 12]


def test_layouts_that_cannot_be() -> None:
    """Two families of one name, and more cells than a page has, are errors at import."""
    with pytest.raises(ValueError, match="two families"):
        Layout((Family("a", Shape.GAUGE, ""), Family("a", Shape.GAUGE, "")))
    with pytest.raises(ValueError, match="do not fit"):
        Layout((Family("a", Shape.GAUGE, "", "n", tuple(map(str, range(SIZE // 8)))),))
    with pytest.raises(ValueError, match="not in tuple"):
        SMALL.cell("out", "c")


def test_what_is_written_is_read() -> None:
    """A writer and a reader of one descriptor, which is closed, see the same numbers."""
    descriptor = create(SMALL)
    cells, reader = attach(descriptor, SMALL), Reader(descriptor, SMALL)
    os.close(descriptor)
    cells[SMALL.cell("in")] = 5
    cells[SMALL.cell("out", "b")] = 2
    reading = added_up(SMALL, (reader,))
    assert (reading.value("in"), reading.value("out", "a"), reading.value("out", "b")) == (5, 0, 2)
    assert reading.value("left") == 3


def test_pages_are_added_up() -> None:
    """Two slots are one number, histograms too."""
    pages = [create(SMALL), create(SMALL)]
    for number, descriptor in enumerate(pages, 1):
        cells = attach(descriptor, SMALL)
        cells[SMALL.cell("in")] = number
        cells[SMALL.cell("wait", "y") + 1] = number
        cells[SMALL.cell("wait", "y") + 3] = 500_000
    reading = added_up(SMALL, [Reader(descriptor, SMALL) for descriptor in pages])
    assert reading.value("in") == 3
    assert reading.buckets("wait", "y") == ([0, 3, 0], 1.0)
    assert reading.buckets("wait", "x") == ([0, 0, 0], 0.0)
    assert added_up(SMALL, ()).value("in") == 0


def test_a_successor_goes_on() -> None:
    """What was counted is still there for the next writer, except numbers that cannot be counts."""
    descriptor = create(SMALL)
    first = attach(descriptor, SMALL)
    first[SMALL.cell("in")] = MOST
    first[SMALL.cell("out", "a")] = MOST + 1
    first[SMALL.cell("out", "b")] = -1
    second = attach(descriptor, SMALL)
    assert second[SMALL.cell("in")] == MOST
    assert second[SMALL.cell("out", "a")] == second[SMALL.cell("out", "b")] == 0


def test_another_layout_is_not_read() -> None:
    """A page of another version adds nothing to a reader, and a new writer begins it anew."""
    descriptor = create(SUPERVISOR)
    reader = Reader(descriptor, SMALL)
    attach(descriptor, SUPERVISOR)[1] = 7
    assert reader.read() is None
    assert added_up(SMALL, (reader,)).value("out", "a") == 0
    attach(descriptor, SMALL)
    assert reader.read() == [SMALL.mark] + [0] * (SMALL.length - 1)


def test_a_reader_cannot_write() -> None:
    """Its mapping is read-only, and cannot be made anything else: whoever takes over a reader cannot stop a writer."""
    descriptor = create(SMALL)
    before = mappings()
    reader = Reader(descriptor, SMALL)
    [(_, flags)] = mappings() - before
    os.close(descriptor)
    with pytest.raises(TypeError, match="read-only"):
        reader._cells[1] = 1
    assert "mr" in flags.split()
    assert "mw" not in flags.split()


def mappings() -> set[tuple[str, str]]:
    """Where in this process pages are mapped, and with which flags of the kernel; mw: may be written."""
    return {
        (head.splitlines()[-1].split()[0], rest.partition("VmFlags:")[2].partition("\n")[0])
        for head, rest in pairwise(Path("/proc/self/smaps").read_text().split("memfd:metrics"))
    }


def test_a_writer_cannot_shrink_a_page() -> None:
    """The size is sealed: no reader dies of a page that ends early."""
    descriptor = create(SMALL)
    with pytest.raises(PermissionError):
        os.ftruncate(descriptor, 0)
    with pytest.raises(PermissionError):
        os.ftruncate(descriptor, 2 * SIZE)


def test_private_cells_are_cells() -> None:
    """Memory that nobody reads is written like a page."""
    cells = private(SMALL)
    cells[1] += 3
    assert (cells[0], cells[1]) == (SMALL.mark, 3)


@given(st.binary(min_size=8 * SMTPD.length, max_size=8 * SMTPD.length))
def test_garbage_is_numbers(garbage: bytes) -> None:
    """Whatever a page holds, every family of it can be read, and every number is a believable one."""
    descriptor = create(SMTPD)
    reader = Reader(descriptor, SMTPD)
    with mmap.mmap(descriptor, SIZE) as page:
        page[8 : 8 * SMTPD.length] = garbage[8:]
    os.close(descriptor)
    reading = added_up(SMTPD, (reader,))
    assert all(
        0 <= number <= len(SMTPD.families) * MOST
        for family in SMTPD.families
        for value in family.values or ("",)
        for number in numbers(reading, family, value)
    )


def numbers(reading: Reading, family: Family, value: str) -> list[float]:
    """Everything that is told of one value of a family's label."""
    if family.shape is Shape.HISTOGRAM:
        counts, total = reading.buckets(family.name, value)
        return [*counts, total]
    return [reading.value(family.name, value)]
