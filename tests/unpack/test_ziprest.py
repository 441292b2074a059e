"""What the directory of a zip does not lead to comes out all the same."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from bartizan.model.finding import Reason
from hostile import cases
from unpack.conftest import Unpack


def make_zip(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """One member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def entry(packed: bytes) -> bytes:
    """The local header and content of a zip's only member."""
    return packed[: packed.index(b"PK\1\2")]


def shifted(front: bytes, packed: bytes) -> bytes:
    """`packed` behind `front`, its offsets counted from the first byte of all."""
    at = packed.index(b"PK\1\2")
    end = packed.index(b"PK\5\6")
    directory = packed[at : at + 42] + struct.pack("<I", len(front)) + packed[at + 46 : end]
    offset = struct.pack("<I", len(front) + at)
    return front + packed[:at] + directory + packed[end : end + 16] + offset + packed[end + 20 :]


LISTED = make_zip("listed.txt", b"listed")
HIDDEN = make_zip("hidden.txt", b"hidden" * 20)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_entry_in_front(unpack: Unpack, method: int) -> None:
    """An entry that only a local header tells of, stored or deflated."""
    packed = shifted(entry(make_zip("hidden.txt", b"hidden" * 20, method)), LISTED)
    assert unpack("zip", packed).contents == {"listed.txt": b"listed", "hidden.txt": b"hidden" * 20}


def test_zip_in_front(unpack: Unpack) -> None:
    """Two zips one after the other: libarchive reads the last."""
    assert unpack("zip", shifted(HIDDEN, LISTED)).contents == {"listed.txt": b"listed", "hidden.txt": b"hidden" * 20}


def test_file_behind_the_end(unpack: Unpack) -> None:
    """Another kind of file is given without a name."""
    behind = b"%PDF-1.4\n" + bytes(100)
    opened = unpack("zip", LISTED + behind)
    assert opened.contents == {"listed.txt": b"listed", "": behind}


def test_nested_zip_is_given_once(unpack: Unpack) -> None:
    """The entries of a stored zip belong to it."""
    assert unpack("zip", make_zip("inner.zip", HIDDEN, zipfile.ZIP_STORED)).contents == {"inner.zip": HIDDEN}


def test_padding_is_nothing(unpack: Unpack) -> None:
    """Zeros behind the end, and noise that is no file."""
    assert unpack("zip", LISTED + bytes(1000)).contents == {"listed.txt": b"listed"}
    assert unpack("zip", LISTED + b"\xa7\x11\xe3" * 50).contents == {"listed.txt": b"listed"}


def test_hidden_and_encrypted(unpack: Unpack) -> None:
    """Its name is told, and that it was not read."""
    hidden = bytearray(entry(HIDDEN))
    hidden[6] |= 1
    opened = unpack("zip", shifted(bytes(hidden), LISTED))
    assert ("hidden.txt",) in opened.names
    assert opened.reasons == {Reason.ENCRYPTED}


def test_hidden_and_damaged(unpack: Unpack) -> None:
    """What could be inflated is given, the rest is a gap."""
    hidden = bytearray(entry(HIDDEN))
    hidden[-8:] = b"\xff" * 8
    assert unpack("zip", shifted(bytes(hidden), LISTED)).reasons == {Reason.UNREADABLE}


def test_folder_with_content(unpack: Unpack) -> None:
    """A folder by its name, a file by what is in it."""
    packed = make_zip("fold/", b"content")
    assert unpack("zip", packed).contents.get("fold") == b"content"
    assert zlib.crc32(b"content") == zipfile.ZipFile(io.BytesIO(packed)).infolist()[0].CRC


def test_long_names_keep_both_ends(unpack: Unpack) -> None:
    """Only their middle is left out, whatever they are written in."""
    name = "\N{LATIN SMALL LETTER E WITH ACUTE}a" * 10_000 + ".vbs"
    for packed in (make_zip(name, b"content"), shifted(entry(make_zip(name, b"hidden" * 20)), LISTED)):
        [long] = [given for names in unpack("zip", packed).names for given in names if given != "listed.txt"]
        assert long.startswith("\N{LATIN SMALL LETTER E WITH ACUTE}a\N{LATIN SMALL LETTER E WITH ACUTE}")
        assert long.endswith("\N{LATIN SMALL LETTER E WITH ACUTE}a.vbs")
        assert len(long.encode()) <= 4096


def test_headers_that_share_their_fields(unpack: Unpack) -> None:
    """Fields that thousands of headers have in common are not read thousands of times, and that is told."""
    count = 3000
    fields = b"ab\0\0" * 3000
    heads = b"".join(cases.local(0, b"n", min(65535, 31 * (count - 1 - n) + len(fields))) for n in range(count))
    directory = b"".join(
        b"PK\1\2" + struct.pack("<6H3I5H2I", *[0] * 9, 1, *[0] * 5, 31 * n) + b"n" for n in range(count)
    )
    end = struct.pack("<4H2IH", 0, 0, count, count, len(directory), len(heads + fields), 0)
    assert Reason.LIMIT_HEADER in unpack("zip", heads + fields + directory + b"PK\5\6" + end).reasons


def test_too_many_hidden_entries(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those behind the limit are told as a gap."""
    monkeypatch.setattr("bartizan.unpack.ziprest.ENTRIES", 3)
    hidden = entry(HIDDEN)
    assert unpack("zip", shifted(hidden * 3, LISTED)).gaps == []
    assert unpack("zip", shifted(hidden * 4, LISTED)).reasons == {Reason.LIMIT_MEMBERS}


def two_directories(comment: bytes = b"", *, total: int = 1, far: bool = False) -> bytes:
    """A zip of one entry in front of another one, which its end record leads to; with an odd end record."""
    front = make_zip("a.txt", b"harmless")
    front = front[: front.index(b"PK\5\6")]
    packed = bytearray(shifted(front, make_zip("a.txt", b"hidden" * 20)))
    end = packed.index(b"PK\5\6")
    packed[end + 10 : end + 12] = struct.pack("<H", total)
    packed[end + 20 :] = struct.pack("<H", len(comment)) + comment
    if far:
        packed[end + 12 : end + 16] = struct.pack("<I", end - front.index(b"PK\1\2"))
    return bytes(packed)


@pytest.mark.parametrize(
    "packed",
    [two_directories(), two_directories(b"x" * 20_000), two_directories(total=2), two_directories(far=True)],
    ids=["as it should be", "far from the end", "another count", "another size"],
)
def test_entry_of_the_other_directory(unpack: Unpack, packed: bytes) -> None:
    """Whichever of two directories libarchive takes, the contents that both lead to come out."""
    contents = [content for _, content in unpack("zip", packed).members]
    assert b"harmless" in contents
    assert b"hidden" * 20 in contents


def test_directory_that_leads_nowhere(unpack: Unpack) -> None:
    """An entry that is listed and is not there is a gap."""
    packed = bytearray(two_directories(b"x" * 20_000))
    at = packed.rindex(b"PK\1\2")
    packed[at + 42 : at + 46] = struct.pack("<I", 7)
    assert Reason.UNREADABLE in unpack("zip", bytes(packed)).reasons


def wide(packed: bytes, front: bytes) -> bytes:
    """The zip of one entry in the form of ZIP64, behind `front`."""
    at = packed.index(b"PK\1\2")
    end = packed.index(b"PK\5\6")
    listed = packed[at:end]
    size = len(packed[:at])
    field = struct.pack("<HHQ", 1, 8, len(front))
    listed = listed[:30] + struct.pack("<H", len(field)) + listed[32:42] + b"\xff" * 4 + listed[46:] + field
    record = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, len(listed), len(front) + size)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, len(front) + size + len(listed), 1)
    last = b"PK\5\6" + b"\0" * 4 + b"\xff" * 12 + b"\0\0"
    return front + packed[:at] + listed + record + locator + last


def test_wide_numbers(unpack: Unpack) -> None:
    """A directory in the form of ZIP64 counts like any other."""
    opened = unpack("zip", wide(LISTED, b""))
    assert (opened.contents, opened.gaps) == ({"listed.txt": b"listed"}, [])
    assert unpack("zip", wide(LISTED, entry(HIDDEN))).contents["hidden.txt"] == b"hidden" * 20


@pytest.mark.parametrize("front", [b"", HIDDEN])
def test_end_far_from_the_end(unpack: Unpack, front: bytes) -> None:
    """Some programs look for the directory in all of a file, whatever is behind it."""
    packed = shifted(front, LISTED) + bytes(70_000)
    assert unpack("zip", packed).contents.items() >= {("listed.txt", b"listed")}


def test_too_many_ends(unpack: Unpack) -> None:
    """Directories without end are a gap."""
    opened = unpack("zip", LISTED + (b"PK\5\6" + bytes(18)) * 60)
    assert (("listed.txt",), b"listed") in opened.members
    assert Reason.LIMIT_MEMBERS in opened.reasons
