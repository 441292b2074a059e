"""How fast lists of a million entries are compiled, opened and looked up; each benchmark checks the answer it times.

With --benchmark-enable they give figures, for a million entries. Within the test suite they run once with fewer, and
show that the answers hold.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bartizan.tables.access import AccessTable, Match
from bartizan.tables.compile import compile_list
from bartizan.tables.source import Source

MANY, FEW = 1_000_000, 20_000
PROBES = 10_000
ROUNDS = 5
SEED = 20240501


def ipv4(n: int) -> str:
    """One of 2**24 networks of 16 addresses, scattered."""
    n = n * 0x9E3779B1 & 0xFFFFFF
    return f"{n >> 16}.{n >> 8 & 255}.{n & 255}.0/28"


def ipv6(n: int) -> str:
    """A network of a site."""
    n = n * 0x9E3779B1 & 0xFFFFFFFF
    return f"2001:{n >> 16:x}:{n & 0xFFFF:x}::/48"


def domain(n: int) -> str:
    """A host's name, every other one with all that is below it."""
    return f"{'.' * (n % 2)}host{n * 7919}.mail.example{n % 1000}.com"


def mailbox(n: int) -> str:
    """A mailbox of one of a thousand domains."""
    return f"user{n * 7919}@example{n % 1000}.com"


def within(entry: str) -> str:
    """What a peer says that this entry matches."""
    if entry.endswith(("/28", "/48")):
        network = entry.partition("/")[0]
        return network.removesuffix(".0") + ".9" if "." in network else network + "9"
    return f"a.b{entry}" if entry.startswith(".") else entry


KINDS: dict[str, Callable[[int], str]] = {"ipv4": ipv4, "ipv6": ipv6, "domain": domain, "mailbox": mailbox}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of entry in turn."""
    return str(request.param)


def entries_of(kind: str, benchmark: BenchmarkFixture) -> list[str]:
    """A list of this kind, in no order."""
    entries = [KINDS[kind](n) for n in range(MANY if benchmark.enabled else FEW)]
    random.Random(SEED).shuffle(entries)
    return entries


def source(entries: list[str]) -> Source:
    """The map file, with a value in every third line."""
    return Source("list", "\n".join(e if n % 3 else f"{e} 550 not here" for n, e in enumerate(entries)).encode())


def test_compile(benchmark: BenchmarkFixture, kind: str) -> None:
    """From the text of a map file to a table that can be asked."""
    entries = entries_of(kind, benchmark)
    text = source(entries)

    table = benchmark.pedantic(lambda: AccessTable.open(compile_list([text]).data), rounds=ROUNDS)

    find = (
        table.find_address if kind.startswith("ip") else table.find_domain if kind == "domain" else table.find_mailbox
    )
    assert find(within(entries[0])) == Match(entries[0], "550 not here")
    assert find(within(entries[-2])) == Match(entries[-2], "550 not here" if (len(entries) - 2) % 3 == 0 else "")


@pytest.mark.parametrize("hit", [True, False], ids=["hit", "miss"])
def test_find(benchmark: BenchmarkFixture, kind: str, hit: bool) -> None:
    """Ten thousand look-ups of different entries, so that the memory is not always in the processor's cache."""
    entries = entries_of(kind, benchmark)
    table = AccessTable.open(compile_list([source(entries)]).data)
    find = (
        table.find_address if kind.startswith("ip") else table.find_domain if kind == "domain" else table.find_mailbox
    )
    chosen = entries[:PROBES] if hit else [strange(kind, n) for n in range(PROBES)]
    probes = [within(entry) for entry in chosen]

    benchmark.pedantic(lambda: [find(p) for p in probes], rounds=ROUNDS)

    benchmark.extra_info["look-ups a round"] = PROBES
    assert [find(p) for p in probes[:1000]] == (
        [Match(e, "" if n % 3 else "550 not here") for n, e in enumerate(chosen[:1000])] if hit else [None] * 1000
    )


def strange(kind: str, n: int) -> str:
    """What is in no list."""
    return {
        "ipv4": f"{ipv4(n).removesuffix('.0/28')}.77",
        "ipv6": f"2a00:{n:x}::1",
        "domain": f"host{n}.mail.example{n % 1000}.org",
        "mailbox": f"stranger{n}@example{n % 1000}.com",
    }[kind]
