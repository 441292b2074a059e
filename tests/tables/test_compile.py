"""A list of any sources becomes one file, or a list of problems."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.mapentries import ODD_MOST
from bartizan.tables.access import AccessTable, Match
from bartizan.tables.compile import PROBLEMS, compile_list
from bartizan.tables.source import Source
from tables.compiled import octets, problems, table


def test_no_entries() -> None:
    """An empty list matches nothing."""
    empty = AccessTable.open(compile_list([]).data)
    assert [empty.find_address("192.0.2.1"), empty.find_address("::1"), empty.find_domain("a.example")] == [None] * 3
    assert [empty.find_mailbox("ann@a.example"), empty.find_mailbox("")] == [None] * 2


def test_several_sources() -> None:
    """Sources are one list, each with line numbers of its own."""
    sources = [
        Source("a", b"example.com one"),
        Source("b", b"\n192.0.2.7/24\n"),
        Source("deny", b"x y\n-.", inline=True),
    ]
    assert [p.where for p in compile_list(sources).problems] == ["b:2"]
    sources[1] = Source("b", b"example.com two\n10.0.0.0/8 one\n")
    sources[2] = Source("deny", b"a.example\n10. two", inline=True)
    assert [str(p) for p in compile_list(sources).problems] == [
        "b:1: example.com has another value than at a:1",
        "deny entry 2: 10.0.0.0/8 has another value than at b:2",
    ]


def test_same_again() -> None:
    """The same entry may come again in any spelling, with the same value."""
    again = compile_list([Source("a", b"192.0.2. x\nb.example x\n192.0.2.0/24 x\nB.example. x\n")])
    assert (again.entries, again.problems) == (4, ())
    assert AccessTable.open(again.data).find_address("192.0.2.9") == Match("192.0.2.0/24", "x")


def test_problems_are_bounded() -> None:
    """After so many problems the rest is not examined, and that is said."""
    told = problems("a..b\n" * (PROBLEMS + 5))
    assert len(told) == PROBLEMS + 1
    assert "not examined" in told[-1]
    assert len(problems("a..b\n" * (PROBLEMS - 1))) == PROBLEMS - 1
    assert len(problems("".join(f"{k}.example a\n{k}.example b\n" for k in range(2000)))) == PROBLEMS


def test_random_key() -> None:
    """The same list is never compiled with the same hash key: nobody can prepare collisions."""
    assert octets("a.example") != octets("a.example")


def test_values() -> None:
    """Values come back as they were written, also those of entries that are not plain."""
    found = table(
        "b\u00fccher.example gr\u00fc\u00dfe\nj\u00fcrgen@ 1\nx.example a b  c\ny.example\n1.2.3.4 gr\u00fc\u00dfe"
    )
    assert found.find_domain("xn--bcher-kva.example") == Match("xn--bcher-kva.example", "gr\u00fc\u00dfe")
    assert found.find_mailbox("J\u00dcRGEN@x.org") == Match("j\u00fcrgen@", "1")
    assert found.find_domain("x.example") == Match("x.example", "a b  c")
    assert found.find_domain("y.example") == Match("y.example", "")
    assert found.find_address("1.2.3.4") == Match("1.2.3.4", "gr\u00fc\u00dfe")


@given(st.lists(st.one_of(st.binary(max_size=20), st.sampled_from([b"\n", b"\r\n", b" ", b"a.b x", b"10.", b"::/0"]))))
def test_any_bytes(pieces: list[bytes]) -> None:
    """Any octets give a file that opens, or problems; nothing raises."""
    compiled = compile_list([Source("list", b"".join(pieces))])
    assert bool(compiled.data) != bool(compiled.problems)
    if compiled.data:
        AccessTable.open(compiled.data)


def test_many_odd_names() -> None:
    """Names outside ASCII, more than are read at a time, keep their lines."""
    text = "".join(f"\u00fc{k}.example {k}\n" for k in range(ODD_MOST + 5))
    compiled = compile_list([Source("list", text.encode() + b"a..b\n")])
    assert [p.where for p in compiled.problems] == [f"list:{ODD_MOST + 6}"]
    assert table(text).find_domain(f"\u00dc{ODD_MOST + 4}.EXAMPLE.") is not None
