"""What stands in other bytes: runs of base64, constants of scripts, base-85, kinds of text, archives further in."""

from __future__ import annotations

import base64
from collections.abc import Callable

from bartizan._core.ascii85 import decode
from bartizan._core.constants import joined, next_escapes, next_numbers, without_junk
from bartizan._core.runs import base64_runs
from bartizan._core.spelled import needless_escapes, next_spelled
from bartizan._core.textkind import laced_kind, looks_like_text, text_kind, wide_text
from bartizan.message.archives import archive_within
from bartizan.message.carve import TEXTS, pieces
from fuzz.chance import chance_of
from reference import constants, runs, spelled

TYPES = [*sorted(TEXTS), "", "exe", "ole", "jpg"]


def TestOneInput(data: bytes) -> None:
    """The twins' answers, from any run on; pieces that lie in the bytes."""
    for least in (16, 80):
        spans = base64_runs(data, least)
        assert spans == runs.base64_runs(data, least)
        for number, (_, end) in enumerate(spans[:20], 1):
            assert base64_runs(data, least, end) == spans[number:]
    for least in (2, 5):
        assert every(next_escapes, data, least) == constants.escapes(data, least)
        assert every(next_numbers, data, least) == constants.numbers(data, least)
    for least in (4, 12):
        at = 0
        while (found := next_spelled(data, at, least)) is not None:
            assert found == spelled.next_spelled(data, at, least)
            at = found[1]
        assert spelled.next_spelled(data, at, least) is None
    assert needless_escapes(data) == spelled.needless_escapes(data)
    assert joined(data) == constants.joined(data)
    assert without_junk(data) == constants.without_junk(data)
    base_85(data)
    assert (text_kind(data) + laced_kind(data)).isalnum()
    wide = wide_text(data)
    assert wide is None or (wide.decode() and looks_like_text(wide))
    for type in (*chance_of(data).sample(TYPES, 2), "html"):
        for piece in pieces(memoryview(data), type):
            assert 0 <= piece.at <= len(data)
            assert piece.type
            assert len(piece.data) <= (3 * len(data) + 2 if piece.type == "turned" else len(data))
    within = archive_within(data)
    assert within is None or 0 <= within.at < len(data)


def every(find: Callable[[bytes, int, int], tuple[int, int, bytes] | None], data: bytes, least: int) -> list[bytes]:
    """All constants of one kind, one after the other, in places that only grow."""
    found = []
    at = 0
    while (one := find(data, at, least)) is not None:
        assert at <= one[0] < one[1] <= len(data)
        at = one[1]
        found.append(one[2])
    return found


def base_85(data: bytes) -> None:
    """The standard library's answer where it has one, never too long."""
    assert len(decode(data, 100)) <= 104
    try:
        expected = base64.a85decode(data.split(b"~", 1)[0].translate(None, b"\0\f"))
    except ValueError:
        return
    assert decode(data, 5 * len(data)) == expected
