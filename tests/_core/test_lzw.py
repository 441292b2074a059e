"""LZW and run lengths are undone as they were made, up to their first fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.lzw import decode, run_lengths

MANY = 1 << 20


def encode(data: bytes, early: int = 1) -> bytes:
    """LZW, with clear and end codes, as writers of PDFs make it."""
    bits = ""
    table: dict[bytes, int] = {}
    width = 9

    def put(code: int) -> None:
        nonlocal bits
        bits += f"{code:0{width}b}"

    put(256)
    table, last = {bytes([byte]): byte for byte in range(256)}, 257
    word = b""
    for byte in data:
        longer = word + bytes([byte])
        if longer in table:
            word = longer
            continue
        put(table[word])
        last += 1
        table[longer] = last
        if last + early >= 1 << width and width < 12:
            width += 1
        if last == 4093:
            put(256)
            table, last, width = {bytes([one]): one for one in range(256)}, 257, 9
        word = bytes([byte])
    if word:
        put(table[word])
        last += 1
        if last + early >= 1 << width and width < 12:
            width += 1
    put(257)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


@given(st.binary(max_size=2000) | st.lists(st.sampled_from([b"ab", b"abc", b"\0"]), max_size=900).map(b"".join))
def test_round_trip(data: bytes) -> None:
    """What was encoded comes out."""
    assert decode(encode(data) + b"junk", MANY) == data


def test_example_of_the_standard() -> None:
    """ISO 32000-2 section 7.4.4.2."""
    assert decode(bytes.fromhex("800b6050220c0c8501"), MANY) == bytes([45, 45, 45, 45, 45, 65, 45, 45, 45, 66])


@pytest.mark.parametrize("size", [300, 5000, 60_000])
def test_long(size: int) -> None:
    """Through all widths and a clear code."""
    data = bytes(index * index % 251 for index in range(size))
    assert decode(encode(data), MANY) == data


@given(st.binary(max_size=400), st.booleans(), st.integers(0, 100))
def test_anything(data: bytes, early: bool, most: int) -> None:
    """Never more than one code above the limit; the beginning of a longer answer."""
    found = decode(data, most, early)
    assert len(found) <= most + 4096
    assert decode(data, MANY, early).startswith(found)


@given(
    st.lists(st.tuples(st.integers(0, 255), st.binary(min_size=1, max_size=128)), max_size=20), st.binary(max_size=40)
)
def test_run_lengths(runs: list[tuple[int, bytes]], junk: bytes) -> None:
    """Literal runs and repeated bytes, up to the marker."""
    encoded, expected = b"", b""
    for repeat, literal in runs:
        encoded += bytes([len(literal) - 1]) + literal
        expected += literal
        if repeat > 128:
            encoded += bytes([repeat, literal[0]])
            expected += literal[:1] * (257 - repeat)
    assert run_lengths(encoded + b"\x80" + junk, MANY) == expected
    assert expected.startswith(run_lengths(encoded, 10))


def test_cut() -> None:
    """What is there counts."""
    assert run_lengths(b"\x05ab", MANY) == b"ab"
    assert run_lengths(b"\xff", MANY) == b""
    assert decode(encode(b"some text, some text")[:-3], MANY).startswith(b"some text")
