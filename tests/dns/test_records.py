"""Records of an answer: what counts, what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.dns.answer import Answer, Mx, Status
from bartizan.dns.records import LONGEST_TEXT, Kind, read


@dataclass
class Record:
    """As the library has it."""

    type: int
    ttl: int
    data: Any


def record(kind: Kind, ttl: int = 300, **data: object) -> Record:
    """One record."""
    return Record(kind.value, ttl, SimpleNamespace(**data))


def test_addresses() -> None:
    """In their order, each once, in one form, for the lowest TTL."""
    records = [
        record(Kind.CNAME, 20, cname="b"),
        record(Kind.AAAA, 60, addr="2001:db8::0:1"),
        record(Kind.AAAA, 30, addr="2001:db8::2"),
        record(Kind.AAAA, 30, addr="2001:DB8::1"),
        record(Kind.MX, 1, priority=1, exchange="mx"),
    ]
    assert read(Kind.AAAA, records) == Answer(Status.FOUND, ("2001:db8::1", "2001:db8::2"), 20.0)


@pytest.mark.parametrize("records", [[], [record(Kind.CNAME, cname="b")], [record(Kind.TXT, data=b"a")]])
def test_there_is_none(records: list[Record]) -> None:
    """Nothing, an alias that leads nowhere, something else."""
    assert read(Kind.A, records) == Answer(Status.NONE)


def test_exchangers() -> None:
    """Sorted by preference; names that are none are left out."""
    hosts = [(20, "B.example"), (10, "a.example."), (5, "192.0.2.1"), (6, b"\xff"), (7, "a b.example")]
    records = [record(Kind.MX, priority=number, exchange=host) for number, host in hosts]
    assert read(Kind.MX, records) == Answer(Status.FOUND, (Mx(10, "a.example"), Mx(20, "b.example")), 300.0, cut=True)


@pytest.mark.parametrize("root", ["", "."])
def test_null_mx(root: str) -> None:
    """RFC 7505."""
    assert read(Kind.MX, [record(Kind.MX, priority=0, exchange=root)]).values == (Mx(0, ""),)


def test_texts() -> None:
    """Bytes; too long ones are left out."""
    records = [record(Kind.TXT, data=data) for data in (b"v=spf1 -all", b"x" * (LONGEST_TEXT + 1), b"\xff\0")]
    assert read(Kind.TXT, records) == Answer(Status.FOUND, (b"v=spf1 -all", b"\xff\0"), 300.0, cut=True)


def test_nothing_usable() -> None:
    """There is something, all the same."""
    assert read(Kind.PTR, [record(Kind.PTR, dname="a b")]) == Answer(Status.FOUND, (), 300.0, cut=True)


def test_many_names() -> None:
    """A reverse zone may hold any number."""
    records = [record(Kind.PTR, dname=f"h{number}.example") for number in range(4000)]
    answer = read(Kind.PTR, records)
    assert answer.values == tuple(f"h{number}.example" for number in range(20))
    assert answer.cut


@pytest.mark.parametrize("ttl", [-1, 2**31, 2**32 - 1])
def test_odd_ttl(ttl: int) -> None:
    """The first bit set means zero (RFC 2181 section 8)."""
    assert read(Kind.A, [record(Kind.A, ttl, addr="192.0.2.1")]).ttl == 0.0


@given(
    st.sampled_from([Kind.A, Kind.AAAA, Kind.PTR, Kind.MX, Kind.TXT]),
    st.lists(st.one_of(st.text(max_size=300), st.binary(max_size=300)), min_size=1, max_size=60),
    st.integers(),
)
def test_any_content(kind: Kind, values: list[str | bytes], ttl: int) -> None:
    """Never raises, keeps the limits."""
    records = [
        record(
            kind, ttl, addr=value, dname=value, exchange=value, priority=1, data=str(value).encode("utf-8", "replace")
        )
        for value in values
    ]
    answer = read(kind, records)
    assert answer.status is Status.FOUND
    assert len(answer.values) <= 100
    assert answer.ttl >= 0
