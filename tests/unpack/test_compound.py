"""Compound files are read sector by sector as others read them, and what is damaged ends in what is left and a gap."""

from __future__ import annotations

import struct
from pathlib import Path

import olefile
import pytest

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.compound import DEPTH, Compound
from bartizan.unpack.ole import REPORTED
from unpack.compound_file import Layout, Tree, compound
from unpack.conftest import Unpack

SMALL, LARGE = b"a small stream", bytes(range(256)) * 40
TREE = {"one": LARGE, "store": {"two": SMALL, "deeper": {"three": LARGE[::-1]}}, "four": SMALL * 10, "empty": b""}
CONTENTS = {"one": LARGE, "store/two": SMALL, "store/deeper/three": LARGE[::-1], "four": SMALL * 10, "empty": b""}


def backwards(count: int) -> list[int]:
    """No sector of a stream follows another."""
    return list(range(count))[::-1]


LAYOUTS = {
    "plain": Layout(),
    "fragmented": Layout(order=backwards),
    "difat": Layout(difat=True, order=backwards),
    "sectors of 4096": Layout(shift=12, order=backwards),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_streams(unpack: Unpack, name: str) -> None:
    """All streams of all storages, from sectors and mini sectors, wherever they lie."""
    opened = unpack("ole", compound(TREE, LAYOUTS[name]))
    assert (opened.contents, opened.gaps) == (CONTENTS, [])


def test_more_of_the_table_than_the_header_lists(unpack: Unpack) -> None:
    """A file of eight megabytes lists the rest of its table in sectors."""
    content = bytes(8 << 20)
    layout = Layout()
    data = compound({"one": content, "two": LARGE}, layout)
    assert struct.unpack_from("<I", data, 72) == (1,)
    opened = unpack("ole", data)
    assert (opened.contents, opened.gaps) == ({"one": content, "two": LARGE}, [])
    with olefile.OleFileIO(data) as other:
        assert other.openstream("two").read() == LARGE


def test_corpus(corpus: Path) -> None:
    """Documents that others made give what olefile gives."""
    folder = corpus / "clamav-testfiles" / "usr" / "share" / "clamav-testfiles"
    paths = [*(folder / name for name in ("clam.ole.doc", "clam.ppt")), *corpus.glob("tnef/tests/files/**/*.doc*")]
    assert len(paths) > 4
    for path in paths:
        data = path.read_bytes()
        found = Compound(memoryview(data), 1 << 30)
        with olefile.OleFileIO(data) as other:
            theirs = {tuple(name): other.openstream(name).read() for name in other.listdir()}
        assert {stream.path: found.read(stream, len(data))[0] for stream in found.streams} == theirs
        assert found.damage == {}


def patched(data: bytes, at: int, value: int) -> bytes:
    """A file with one number changed."""
    return data[:at] + struct.pack("<I", value) + data[at + 4 :]


def entry_at(layout: Layout, number: int) -> int:
    """Where an entry of the directory begins (in one sector of the directory)."""
    return layout.directory_at + 128 * number


def test_loop_in_the_table(unpack: Unpack) -> None:
    """A chain that returns to itself ends there."""
    layout = Layout()
    data = compound({"one": LARGE, "two": LARGE}, layout)
    chain = layout.chains["one"]
    opened = unpack("ole", patched(data, layout.fat_at + 4 * chain[3], chain[1]))
    assert opened.reasons == {Reason.UNREADABLE}
    assert opened.contents == {"one": LARGE[:2048], "two": LARGE}


def test_loop_of_the_directory(unpack: Unpack) -> None:
    """So does the directory's, with all that was read."""
    layout = Layout()
    data = compound(TREE, layout)
    chain = layout.chains["directory"]
    opened = unpack("ole", patched(data, layout.fat_at + 4 * chain[-1], chain[0]))
    assert (opened.contents, opened.reasons) == (CONTENTS, {Reason.UNREADABLE})


@pytest.mark.parametrize("place", [68, 72, 76])
def test_loop_in_the_tree(unpack: Unpack, place: int) -> None:
    """An entry that is its own neighbour or child hides nothing."""
    layout = Layout()
    data = compound(TREE, layout)
    opened = unpack("ole", patched(data, entry_at(layout, 2) + place, 2))
    assert set(opened.contents.values()) >= set(CONTENTS.values())


def test_streams_that_no_storage_leads_to(unpack: Unpack) -> None:
    """They are read, by their own names."""
    layout = Layout()
    data = compound({"one": LARGE, "two": SMALL}, layout)
    opened = unpack("ole", patched(data, entry_at(layout, 0) + 76, 0xFFFFFFFF))
    assert (opened.contents, opened.gaps) == ({"one": LARGE, "two": SMALL}, [])


def test_deep_tree(unpack: Unpack) -> None:
    """Thousands of neighbours in a row need no recursion."""
    tree = {f"s{number}": b"%d" % number for number in range(3000)}
    assert unpack("ole", compound(tree)).contents == tree


@pytest.mark.parametrize("cut", [600, 1500, 5000, 9000, 14_000])
def test_cut_off(unpack: Unpack, cut: int) -> None:
    """A file that ends early is a gap, wherever it ends."""
    opened = unpack("ole", compound(TREE)[:cut])
    assert Reason.UNREADABLE in opened.reasons


@pytest.mark.parametrize(
    ("at", "value"),
    [(28, 0xFEFF), (30, 0x0006000C), (26, 0xFFFE0007), (32, 7), (56, 8192), (60, 0xFFFF), (48, 0xFFFF), (76, 0xFFFF)],
)
def test_odd_headers(unpack: Unpack, at: int, value: int) -> None:
    """What no program writes is a gap: others may read it in another way."""
    assert Reason.UNREADABLE in unpack("ole", patched(compound(TREE), at, value)).reasons


def test_no_header_and_nothing_inside(unpack: Unpack) -> None:
    """A mark alone, and a file without streams, are gaps."""
    assert unpack("ole", compound({})[:8]).reasons == {Reason.UNREADABLE}
    assert unpack("ole", compound({})).reasons == {Reason.UNREADABLE}


def test_size_that_is_not_there(unpack: Unpack) -> None:
    """A stream is as long as its sectors, whatever it claims."""
    layout = Layout()
    data = compound({"one": LARGE}, layout)
    opened = unpack("ole", patched(data, entry_at(layout, 1) + 120, 0x7FFFFFFF))
    assert (opened.contents, opened.reasons) == ({"one": LARGE}, {Reason.UNREADABLE})


def test_limits(unpack: Unpack) -> None:
    """A member of more than `member_bytes`, and a sink that says stop."""
    data = compound(TREE)
    opened = unpack("ole", data, Limits(member_bytes=5000))
    assert opened.contents["one"] == LARGE[:5000]
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}
    assert len(unpack("ole", data, max_members=2).members) == 3


def test_huge_directory(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """More entries than are read are a gap."""
    monkeypatch.setattr("bartizan.unpack.compound.ENTRIES", 100)
    opened = unpack("ole", compound({f"s{number}": b"x" for number in range(150)}))
    assert (len(opened.members), opened.reasons) == (99, {Reason.LIMIT_MEMBERS})


def test_sectors_that_all_streams_share(unpack: Unpack) -> None:
    """What is read is paid for: as many streams as there are entries may begin at the same sector."""
    layout = Layout()
    tree = {"long": bytes(100_000), **{f"s{number}": LARGE for number in range(200)}}
    data = bytearray(compound(tree, layout))
    first = layout.chains["long"][0]
    for number in range(200):
        directory = layout.chains["directory"][(2 + number) // 4]
        at = (directory + 1) * 512 + (2 + number) % 4 * 128
        struct.pack_into("<II", data, at + 116, first, 100_000)
    opened = unpack("ole", bytes(data), Limits(total_bytes=1_000_000))
    assert sum(len(content) for _, content in opened.members) == 1_000_000
    assert opened.reasons == {Reason.LIMIT_TOTAL_BYTES}


def test_storages_in_storages(unpack: Unpack) -> None:
    """What lies too deep is read by its own name, and is a gap."""
    tree: Tree = {"deep": SMALL}
    for number in range(DEPTH + 3):
        tree = {f"s{number}": tree}
    opened = unpack("ole", compound(tree))
    assert (opened.contents, opened.reasons) == ({"deep": SMALL}, {Reason.LIMIT_DEPTH})


def test_many_damaged_streams_do_not_hide_a_limit(unpack: Unpack) -> None:
    """Damage is told a few times; a limit always."""
    layout = Layout()
    tree = {f"s{number}": LARGE for number in range(30)} | {"long": LARGE * 2}
    data = bytearray(compound(tree, layout))
    for number in range(30):
        struct.pack_into("<I", data, layout.fat_at + 4 * layout.chains[f"s{number}"][2], 0xFFFFFFFE)
    opened = unpack("ole", bytes(data), Limits(member_bytes=len(LARGE)))
    assert opened.reasons == {Reason.UNREADABLE, Reason.LIMIT_MEMBER_BYTES}
    assert len(opened.gaps) == REPORTED + 1
