"""The drawing of zips, and what counts as a miss."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from evasion.zipcraft import Entry
from unpack.opening import Opened
from zipdiff.compare import missed, seen
from zipdiff.grammar import ODDITIES, Zip, drawn

PLAIN = (Entry(b"a.txt", b"one\n" * 40), Entry(b"c/d.vbs", b"two\n", method=0))


def test_same_again() -> None:
    """A seed makes one zip."""
    assert drawn(7) == drawn(7)
    assert len({drawn(seed).data for seed in range(50)}) == 50


def test_without_oddities() -> None:
    """A zip that lies about nothing, which everybody reads, and we do."""
    zip = Zip(list(PLAIN)).built()
    with zipfile.ZipFile(io.BytesIO(zip)) as opened:
        theirs = {info.filename: opened.read(info) for info in opened.infolist()}
    assert theirs == {"a.txt": b"one\n" * 40, "c/d.vbs": b"two\n"}
    assert missed(seen(zip), theirs, zip) == []


@pytest.mark.parametrize("name", sorted(ODDITIES))
def test_every_oddity_changes_zips(name: str) -> None:
    """Each makes another zip of the plain one, whatever it draws but once in a while."""
    plain = Zip(list(PLAIN)).built()
    made = []
    for seed in range(20):
        zip = Zip(list(PLAIN))
        ODDITIES[name](random.Random(seed), zip, seed % 2)
        made.append(zip.built())
    assert any(zip != plain for zip in made)


def test_misses() -> None:
    """Content and extensions that we have not, unless a gap was told."""
    mine = Opened([(("a.txt",), b"one")])
    assert missed(mine, {"a.txt": b"one", "b.txt": b"one", "folder/empty": b""}, b"") == []
    assert missed(mine, {"a.txt": b"two", "a.vbs": b"one"}, b"") == [("content", "a.txt"), ("name", "a.vbs")]
    told = seen(b"PK\3\4")
    assert told.gaps
    assert missed(told, {"a.vbs": b"two"}, b"") == []
