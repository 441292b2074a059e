"""Disk images: the files of every tree that an image has are there, each once, and hostile trees end.

`images` holds what genisoimage made of a few files; each is hidden from some of the trees.
"""

from __future__ import annotations

import lzma
import struct
from pathlib import Path

import pytest

from bartizan._core.sniff import sniff
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import volume
from pace import seconds
from unpack.conftest import Unpack
from unpack.image_file import SECTOR, crafted, record, sectors
from unpack.opening import Opened

IMAGES = Path(__file__).with_name("images")
EVERYWHERE = b"all trees list this\n"


def image(name: str) -> bytearray:
    """An image that can be changed."""
    return bytearray(lzma.decompress((IMAGES / f"{name}.iso.xz").read_bytes()))


def only(tree: str) -> bytes:
    """What a file holds that one tree alone lists."""
    return b"only the tree of %b lists this\n" % tree.encode()


def names_of(opened: Opened, content: bytes) -> list[tuple[str, ...]]:
    """The names of the members that hold this."""
    return [names for names, data in opened.members if data == content]


def record_of(data: bytes, name: bytes) -> int:
    """Where the first record of a directory with a name is."""
    return data.index(bytes((len(name),)) + name) - 32


def test_joliet_beside_rock_ridge(unpack: Unpack) -> None:
    """What only one of them lists, and all names of what both list."""
    opened = unpack("iso", bytes(image("joliet")))
    assert names_of(opened, only("joliet")) == [("joliet-only.txt",)]
    assert names_of(opened, only("iso")) == [("iso-only.txt", "ISO_ONLY.TXT")]
    assert names_of(opened, EVERYWHERE) == [("everywhere.txt", "EVERYWHE.TXT")]
    assert names_of(opened, b"deep\n") == [("deep/er/a rather long name.txt", "deep/er/A_RATHER.TXT")]
    assert opened.gaps == []


@pytest.mark.parametrize("tree", ["udf", "hfs"])
def test_other_trees(unpack: Unpack, tree: str) -> None:
    """ISO 9660 lists nothing of what is in them."""
    opened = unpack("iso", bytes(image(tree)))
    assert names_of(opened, only(tree)) == [(f"{tree}-only.txt",)]
    assert names_of(opened, b"deep\n") == [("deep/er/a rather long name.txt",)]
    assert opened.gaps == []


def test_udf_alone(unpack: Unpack) -> None:
    """An image without any other tree."""
    data = image("udf")
    for number in (16, 17):
        data[number * SECTOR : (number + 1) * SECTOR] = bytes(SECTOR)
    assert sniff(bytes(data)) == "udf"
    opened = unpack("udf", bytes(data))
    assert names_of(opened, EVERYWHERE) == [("everywhere.txt",)]
    assert opened.gaps == []


def test_directories_that_were_moved(unpack: Unpack) -> None:
    """Deeper than ISO 9660 allows."""
    opened = unpack("iso", bytes(image("moved")))
    assert [content for _, content in opened.members] == [b"deep\n"]
    assert opened.gaps == []


def test_compressed_files(unpack: Unpack) -> None:
    """As Linux shows them."""
    opened = unpack("iso", bytes(image("zisofs")))
    numbers = b"".join(b"%d\n" % number for number in range(1, 9001))
    assert names_of(opened, numbers) == [("numbers.txt", "NUMBERS.TXT")]
    assert opened.gaps == []
    found = unpack("iso", bytes(image("zisofs")), Limits(member_bytes=1000))
    assert (numbers[:1000] in [data for _, data in found.members], found.reasons) == (True, {Reason.LIMIT_MEMBER_BYTES})


def test_numbers_in_two_orders(unpack: Unpack) -> None:
    """Where they do not say the same, both are right for somebody."""
    data = image("joliet")
    one, other = (record_of(data, name) for name in (b"EVERYWHE.TXT;1", b"ISO_ONLY.TXT;1"))
    data[one + 6 : one + 10] = data[other + 6 : other + 10]
    opened = unpack("iso", bytes(data))
    assert ("everywhere.txt", "EVERYWHE.TXT") in names_of(opened, EVERYWHERE)
    assert any("everywhere.txt" in names for names, content in opened.members if content == only("iso")[:20])


def test_directory_that_only_a_path_table_lists(unpack: Unpack) -> None:
    """Some programs go by that."""
    data = image("joliet")
    for name in (b"DEEP", "deep".encode("utf-16-be")):
        at = record_of(data, name)
        data[at + 25] = 0
        data[at + 10 : at + 18] = bytes(8)
    opened = unpack("iso", bytes(data))
    assert names_of(opened, b"deep\n")


def test_loops_and_what_leads_out(unpack: Unpack) -> None:
    """A directory in itself is read once; one outside of the image is a gap."""
    data = image("moved")
    at = record_of(data, b"2")
    root = 16 * SECTOR + 156
    data[at + 2 : at + 10] = data[root + 2 : root + 10]
    assert unpack("iso", bytes(data)).reasons <= {Reason.UNREADABLE}
    data[at + 2 : at + 10] = struct.pack("<I", 90_000) + struct.pack(">I", 90_000)
    assert unpack("iso", bytes(data)).reasons == {Reason.UNREADABLE}
    whole = bytes(image("joliet"))
    cut = unpack("iso", whole[: whole.index(EVERYWHERE) + 5])
    assert Reason.UNREADABLE in cut.reasons


@pytest.mark.parametrize("kind", [2, 5, 6, 256, 257, 261])
def test_damaged_udf(unpack: Unpack, kind: int) -> None:
    """A tree that is there and cannot be read is a gap, whatever other trees have."""
    data = image("udf")
    tag = struct.pack("<HH", kind, 2)
    found = [at for at in range(0, len(data), SECTOR) if data[at : at + 4] == tag]
    assert found
    for at in found:
        data[at : at + 2] = b"\xff\xff"
    assert unpack("iso", bytes(data)).reasons == {Reason.UNREADABLE}


def test_an_image_of_nothing(unpack: Unpack) -> None:
    """It only looks like one."""
    data = bytes(0x8001) + b"CD001\x01" + bytes(4000)
    assert unpack("iso", data).reasons == {Reason.UNREADABLE}


def test_limits(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """More directories or entries than are read are told."""
    assert Reason.LIMIT_MEMBERS in unpack("iso", bytes(image("moved")), Limits(members=3)).reasons
    monkeypatch.setattr(volume, "ENTRIES", 5)
    assert Reason.LIMIT_MEMBERS in unpack("iso", bytes(image("joliet"))).reasons


def test_directories_that_share_their_blocks(unpack: Unpack) -> None:
    """Each begins one block further on, and goes on to the end."""
    count, size = 900, 3000
    rest = record(b"\0", 0, SECTOR, 2).ljust(SECTOR, b"\0") * size
    first = 18 + len(sectors([record(b"D%d" % number, 0, 0, 2) for number in range(-2, count)])) // SECTOR
    folders = [record(b"D%d" % number, first + number, (size - number) * SECTOR, 2) for number in range(count)]
    data = crafted(folders, rest)
    assert unpack("iso", data).reasons == {Reason.LIMIT_TIME}
    assert seconds(lambda: unpack("iso", data), enough=2) < 2


def test_an_image_of_many_entries(unpack: Unpack) -> None:
    """Reading ends soon, and says so."""
    data = crafted([record(b"F%d.TXT;1" % number, 0, 0) for number in range(60_000)], b"")
    assert Reason.LIMIT_MEMBERS in unpack("iso", data, max_members=5000).reasons
    assert seconds(lambda: unpack("iso", data, max_members=5000), enough=2) < 2


def test_folders_in_folders(unpack: Unpack) -> None:
    """Their paths do not grow for ever."""
    count = 4000
    name = b"N" * 200
    pieces = [
        (record(b"\0", 0, SECTOR, 2) + record(name, 20 + number, SECTOR, 2) + record(b"A.TXT", 0, 0)).ljust(
            SECTOR, b"\0"
        )
        for number in range(count)
    ]
    data = crafted([record(name, 19, SECTOR, 2)], b"".join(pieces))
    found = unpack("iso", data)
    assert max(len(name) for names in found.names for name in names) <= 2000
