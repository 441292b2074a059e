"""bartizan.message.names: every name that a recipient may see is among the names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.names import NAME_CHARACTERS, NAMES, part_names
from bartizan.message.parse import from_bytes
from bartizan.model.limits import Limits
from pace import seconds

Parameters = list[tuple[bytes, bytes]]


def names(*disposition: tuple[bytes, bytes]) -> tuple[str, ...]:
    """The names of a part with only these Content-Disposition parameters."""
    return part_names((), disposition)


def test_union_of_both_headers() -> None:
    """Content-Type and Content-Disposition both count, Content-Disposition's first, each name once."""
    type_parameters = [(b"charset", b"utf-8"), (b"name", b"x.exe"), (b"name", b"x.png")]
    assert part_names(type_parameters, [(b"filename", b"x.png")]) == ("x.png", "x.exe")


def test_both_parameters_in_either_header() -> None:
    """`filename` in Content-Type and `name` in Content-Disposition are names too."""
    assert part_names([(b"filename", b"a.exe")], [(b"name", b"b.exe")]) == ("b.exe", "a.exe")


def test_duplicates() -> None:
    """Of a parameter given twice, both values count."""
    assert names((b"filename", b"a.png"), (b"filename", b"x.exe")) == ("a.png", "x.exe")


def test_nothing() -> None:
    """Without a name there is none; an empty one is none."""
    assert part_names([(b"charset", b"x")], [(b"filename", b""), (b"filename*", b"utf-8''")]) == ()


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ([(b"filename", b"caf\xc3\xa9.exe")], ["café.exe"]),
        ([(b"filename", b"caf\xe9.exe")], ["café.exe"]),
        ([(b"filename ", b"x.exe")], ["x.exe"]),
        ([(b"filename", b"x%2Eexe")], ["x%2Eexe", "x.exe"]),
        ([(b"filename", b"=?us-ascii?B?eC5leGU=?=")], ["=?us-ascii?B?eC5leGU=?=", "x.exe"]),
        ([(b"filename", b"=?utf-8?Q?x=2E?= =?utf-8?Q?exe?=")], ["x.exe"]),
        ([(b"filename", b"=?utf-8?B?w6?= =?utf-8?B?Qu?= =?utf-8?B?ZXhl?=")], ["ä.exe"]),
        ([(b"filename", b"=?x-none?Q?x.exe?=")], ["x.exe"]),
        ([(b"filename", b"=?utf-8?Q?x%2Eexe?=")], ["x%2Eexe", "x.exe"]),
        ([(b"filename*", b"UTF-8''x.%65xe")], ["x.exe"]),
        ([(b"filename*", b"utf-8'en-US'x.exe")], ["x.exe"]),
        ([(b"filename*", b"''x.%65xe")], ["x.exe"]),
        ([(b"filename*", b"x.%65xe")], ["x.exe"]),
        ([(b"filename*", b"utf-8'x.exe")], ["x.exe"]),
        ([(b"filename*", b"utf-8''x.exe%")], ["x.exe%", "x.exe"]),
        ([(b"filename*", b"utf-8''x.exe%4")], ["x.exe%4", "x.exe"]),
        ([(b"filename", b"=?utf-8?B?eC5leGU=")], ["=?utf-8?B?eC5leGU=", "x.exe"]),
        ([(b"filename", b"x.e\\xe")], ["x.e\\xe", "x.exe"]),
        ([(b"filename", b"x.e"), (b"filename*1", b"xe")], ["x.e", "xe", "x.exe"]),
        ([(b"filename*", b"x.e"), (b"filename*1", b"xe")], ["x.e", "xe", "x.exe"]),
        ([(b"filename*a", b"x.e"), (b"filename*b", b"xe")], ["x.e", "xe", "x.exe"]),
        ([(b"filename", b"a.png"), (b"filename*0", b"x."), (b"filename*1", b"exe")], ["a.png", "x.exe"]),
        ([(b"filename*", b"x-none''x.exe")], ["x.exe"]),
        ([(b"filename*", b"it's.exe")], ["it's.exe"]),
        ([(b"filename*", b"utf-16''%00x%00.%00e%00x%00e")], ["x.exe"]),
        ([(b"filename*", b"utf-8''=?utf-8?Q?x=2Eexe?=")], ["x.exe"]),
        ([(b"filename", b"a.png"), (b"filename*", b"utf-8''x.exe")], ["a.png", "x.exe"]),
        ([(b"filename*", b"utf-8''x.exe"), (b"filename", b"a.png")], ["a.png", "x.exe"]),
        ([(b"filename*0", b"x."), (b"filename*1", b"exe")], ["x.exe"]),
        ([(b"filename*1", b"exe"), (b"filename*0", b"x.")], ["x.exe", "exex."]),
        ([(b"filename*0", b"x."), (b"filename*2", b"exe")], ["x.exe", "x."]),
        ([(b"filename*1", b"x."), (b"filename*2", b"exe")], ["x.exe"]),
        ([(b"filename*00", b"x."), (b"filename*01", b"exe")], ["x.exe"]),
        ([(b"filename*0", b"x."), (b"filename*1", b"png"), (b"filename*1", b"exe")], ["x.png", "x.exe", "x.pngexe"]),
        ([(b"filename*0*", b"utf-8''x%2E"), (b"filename*1", b"exe")], ["x.exe"]),
        ([(b"filename*0*", b"utf-8''%C3"), (b"filename*1*", b"%A4.exe")], ["ä.exe"]),
        ([(b"filename*0*", b"utf-8''x%2E"), (b"filename*1", b"%65xe")], ["x.%65xe", "x.exe"]),
        ([(b"filename*0", b"utf-8''x%2E"), (b"filename*1*", b"exe")], ["utf-8''x%2Eexe", "x.exe"]),
        ([(b"filename*0", b"utf-8''x%2E"), (b"filename*1", b"exe")], ["utf-8''x.exe", "x.exe"]),
        ([(b"filename*0", b"=?utf-8?Q?x."), (b"filename*1", b"exe?=")], ["x.exe"]),
        ([(b"filename*0", b"a"), (b"filename", b"b"), (b"filename*", b"''c")], ["a", "b", "c"]),
        ([(b"filename*99999999999999999999999", b"x.exe")], ["x.exe"]),
        ([(b"filename*-1", b"x.exe"), (b"filename*\xb2", b"y.exe")], ["x.exe", "y.exe"]),
    ],
)
def test_readings(parameters: Parameters, expected: list[str]) -> None:
    """Each expected reading is among the names of both headers."""
    assert set(expected) <= set(part_names((), parameters))
    in_type = [(key.replace(b"filename", b"name"), value) for key, value in parameters]
    assert set(expected) <= set(part_names(in_type, ()))


@pytest.mark.parametrize(
    "parameters",
    [
        [(b"filename", b"invoice.pdf")],
        [(b"filename*", b"iso-8859-1'de'Gr%FC%DFe.pdf")],
        [(b"filename*0*", b"utf-8''%E2%82%AC"), (b"filename*1*", b"%20rates.pdf")],
        [(b"filename*0", b"a long "), (b"filename*1", b"name.pdf")],
    ],
)
def test_a_proper_name_has_one_reading(parameters: Parameters) -> None:
    """What one client and the RFC read alike is one name."""
    assert len(part_names((), parameters)) == 1


def test_long_name_keeps_its_ends() -> None:
    """A name beyond the limit loses its middle, not its extension."""
    (name,) = names((b"filename", b"invoice" + b" " * 5000 + b".exe"))
    assert (len(name), name[:7], name[-4:]) == (NAME_CHARACTERS, "invoice", ".exe")


def test_number_of_names_is_bounded() -> None:
    """More names than the limit answer exactly the limit."""
    assert len(names(*((b"filename", b"%d.exe" % n) for n in range(NAMES + 10)))) == NAMES


@pytest.mark.parametrize(("count", "gaps"), [(NAMES - 1, []), (NAMES, ["limit:header"]), (NAMES * 2, ["limit:header"])])
def test_too_many_names_are_a_gap(count: int, gaps: list[str]) -> None:
    """A name beyond the limit is not examined: the message says so."""
    parameters = b"".join(b';\r\n filename="%d.txt"' % n for n in range(count))
    raw = b"Content-Type: text/plain\r\nContent-Disposition: attachment" + parameters + b"\r\n\r\nx\r\n"
    message = from_bytes(raw, None, Limits(), stored=False).message
    assert [finding.name for finding in message.findings] == gaps


KEYS = st.builds(
    lambda *pieces: b"".join(pieces),
    st.sampled_from([b"name", b"filename", b" filename", b"charset"]),
    st.sampled_from([b"", b"*", b"*0", b"*1", b"*2", b"*00", b"*x", b"**"]),
    st.sampled_from([b"", b"*"]),
)
VALUES = st.one_of(
    st.binary(max_size=40),
    st.lists(
        st.sampled_from(
            [b"utf-8", b"'", b"''", b"%41", b"%", b"=?", b"?=", b"?B?", b"?Q?", b"x.exe", b"\xff", b"utf-16"]
        ),
        max_size=12,
    ).map(b"".join),
)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=20), st.lists(st.tuples(KEYS, VALUES), max_size=20))
def test_never_raises(first: Parameters, second: Parameters) -> None:
    """Any parameters give distinct, bounded names that can be encoded."""
    found = part_names(first, second)
    assert len(set(found)) == len(found) <= NAMES
    assert all(0 < len(name) <= NAME_CHARACTERS for name in found)
    "".join(found).encode("utf-8")


@pytest.mark.parametrize(
    "parameters",
    [
        [(b"filename*%d" % (n % 700), b"ab") for n in range(4000)],
        [(b"filename*%d*" % (4000 - n), b"%61") for n in range(4000)],
        [(b"filename", b"=?utf-8?b?YQ==?= " * 4000)],
        [(b"filename*", b"utf-8'" * 10000)],
        [(b"filename", b"") for _ in range(9000)],
        [(b"filename*" + b"9" * 60000, b"x")],
    ],
)
def test_bounded_time(parameters: Parameters) -> None:
    """The largest header's worth of parameters takes well under a second."""
    assert seconds(lambda: part_names((), parameters), enough=1.0) < 1.0
