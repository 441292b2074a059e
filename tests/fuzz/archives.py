"""Containers opened in this process: members and gaps to a sink that stops early, never an exception.

Formats whose reader in libarchive is known to write out of bounds (cab) or is large and old (rar, 7z, xar) are
left to tests/unpack/test_fuzz.py, which opens them in children: here a crash would end the run and say nothing of us.
"""

from __future__ import annotations

from bartizan._core.sniff import sniff
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import archive, base, streams
from bartizan.unpack.base import CONTAINERS, RECOGNISED, inner_names, open_container, prepare
from bartizan.unpack.whole import holds_encrypted, is_empty, is_gapless, listed_entries, volume_of
from fuzz.chance import chance_of

LIMITS = Limits(members=20, member_bytes=10_000)
ELSEWHERE = frozenset({"cab", "rar", "7z", "xar", "lha", "rpm"})
ARCHIVES = frozenset((*archive.ARCHIVES, *archive.DECODERS, *streams.STREAMS, "uu"))
HERE = sorted(CONTAINERS - ELSEWHERE - RECOGNISED)

prepare()


class Sink(base.Sink):
    """Counts, checks the order of calls, and says stop after a number of bytes and members."""

    def __init__(self, members: int, size: int) -> None:
        self.members_left, self.bytes_left = members, size
        self.begun = self.told = self.stopped = False
        self.size = 0

    def member(self, names: tuple[str, ...]) -> bool:
        """A member begins."""
        assert not self.stopped, "went on after stop"
        assert all(isinstance(name, str) for name in names)
        self.begun, self.size = True, 0
        self.members_left -= 1
        self.stopped = self.members_left < 0
        return not self.stopped

    def data(self, chunk: bytes | memoryview) -> bool:
        """More bytes of it."""
        assert self.begun
        assert not self.stopped, "went on after stop"
        self.size += len(chunk)
        assert self.size <= LIMITS.member_bytes
        self.bytes_left -= len(chunk)
        self.stopped = self.bytes_left < 0
        return not self.stopped

    def gap(self, reason: Reason, detail: str) -> None:
        """Not read."""
        assert reason in Reason
        assert detail.isprintable()
        assert len(detail) < 500
        self.told = True


def TestOneInput(data: bytes) -> None:
    """As the type that it seems to be, and as one that it does not; never silently nothing."""
    found = sniff(data)
    chance = chance_of(data)
    types = {found, chance.choice(HERE), *chance.sample(sorted(RECOGNISED), 2)} & (CONTAINERS - ELSEWHERE)
    for type in sorted(types):
        for members, size in ((20, 1 << 20), (chance.randrange(3), chance.randrange(5000))):
            sink = Sink(members, size)
            open_container(type, memoryview(data), sink, LIMITS)
            silent = not (sink.begun or sink.told or sink.stopped)
            # An archive may be empty, or hold folders only; a document often holds nothing.
            assert not silent or type not in ARCHIVES or is_empty(type, data) or b"/" in data or len(data) >= 512, type
    for type in ("rar", "zip", "cab"):
        assert isinstance(volume_of(type, memoryview(data)), str)
    assert holds_encrypted("rar", data) in (True, False)
    assert is_gapless(data) in (True, False)
    entries = listed_entries(data)
    assert entries is None or 0 <= entries < 65536
    name = data[:100].decode("latin-1")
    assert all(inner in name or name.startswith(inner.rpartition(".")[0]) for inner in inner_names((name,)))
