"""What an entry may look like, and that the fast reading of plain entries and the careful one agree."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bartizan._core.lookup import NameTable, NetworkTable, TableFile
from bartizan._core.mapentries import MapEntries
from bartizan._core.tablefile import table_file
from bartizan.tables.entry import EntryError, canonical

GOOD = {
    "192.0.2.7": "192.0.2.7",
    "192.0.2.7/32": "192.0.2.7",
    "192.0.2.0/24": "192.0.2.0/24",
    "192.0.2.": "192.0.2.0/24",
    "192.0.": "192.0.0.0/16",
    "10.": "10.0.0.0/8",
    "0.0.0.0/0": "0.0.0.0/0",
    "2001:DB8::/32": "2001:db8::/32",
    "2001:db8:0:0:0:0:0:1": "2001:db8::1",
    "::/0": "::/0",
    "::ffff:192.0.2.0/120": "192.0.2.0/24",
    "::ffff:192.0.2.7": "192.0.2.7",
    "example.com": "example.com",
    "Example.COM.": "example.com",
    ".Example.com": ".example.com",
    "localhost": "localhost",
    "3com.com": "3com.com",
    "_spf.example.com": "_spf.example.com",
    "b\u00fccher.example": "xn--bcher-kva.example",
    ".b\u00fccher.example": ".xn--bcher-kva.example",
    "B\u00dcCHER\u3002example": "xn--bcher-kva.example",
    "Ann.Lee+x@Example.com": "ann.lee+x@example.com",
    "Ann@": "ann@",
    "ann@b\u00fccher.example": "ann@xn--bcher-kva.example",
    "J\u00dcRGEN@example.com": "j\u00fcrgen@example.com",
    "<>": "<>",
    "a" * 65 + "@example.com": "a" * 65 + "@example.com",
}
BAD = [
    "192.0.2.7/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/024", "192.0.2.0/-1", "192.0.2", "192.0.2.256", "300.",
    "1.2.3.4.", "192.0.02.1", "2001:db8::1/32", "2001:db8::/129", "2001:db8:", "::ffff:0:0/95", "fe80::1%eth0",
    "[192.0.2.1]", "1::2::3", "192.0.2.0/255.255.255.0", ".", "..", "a..b", "..example.com", "example.com..",
    "a" * 64 + ".example", "a." * 127 + "example", "exa mple", "example.123", "*.example.com", "@example.com", "a@b@c",
    "a\u200bb@example.com",
    "a..b@example.com", ".a@example.com", "a.@example.com", '"a"@example.com', "a@.example.com", "a@example..com",
    "a" * 257 + "@", "/^spam/", "/a@b", "", "/", "a/b", "exam\u0000ple",
]  # fmt: skip


def fast(key: bytes) -> str | None:
    """What the fast reading makes of a key; None: not plain."""
    entries = MapEntries()
    if not entries.add_plain(key, b"", 1):
        return None
    file = TableFile.open(table_file(entries)[0])
    assert len(NameTable(file)) + bool(len(NetworkTable(file))) == 1
    return told(file, key)


def told(file: TableFile, key: bytes) -> str | None:
    """The canonical text of the only entry of a file, which was made from this key."""
    text = key.decode().partition("/")[0]
    octets = text.rstrip(".") if text.strip("0123456789.") == "" else None
    address = text if octets is None or octets.count(".") == 3 else octets + ".0" * (3 - octets.count("."))
    name = key.lower().rstrip(b".")
    found = NetworkTable(file).find(address) or NameTable(file).find(name)
    return None if found is None else found[0]


@pytest.mark.parametrize(("key", "text"), GOOD.items())
def test_good(key: str, text: str) -> None:
    """Each form has one canonical text, which is itself an entry."""
    assert (canonical(key), canonical(text)) == (text, text)


@pytest.mark.parametrize("key", BAD)
def test_bad(key: str) -> None:
    """What is none of the forms is refused by both readings."""
    assert fast(key.encode()) is None
    with pytest.raises(EntryError):
        canonical(key)


def test_host_bits() -> None:
    """A network with host bits is an error that names the network."""
    with pytest.raises(EntryError, match=r"192\.0\.2\.0/24"):
        canonical("192.0.2.7/24")


PLAIN = [
    "192.0.2.7",
    "192.0.",
    "192.0.2.0/24",
    "2001:DB8::/32",
    "Example.COM.",
    ".a.b",
    "Ann@Example.com",
    "ann@",
    "::ffff:1.2.3.4",
]


@pytest.mark.parametrize("key", PLAIN)
def test_plain(key: str) -> None:
    """The usual entries are plain: they are read fast."""
    assert fast(key.encode()) == canonical(key)


@given(
    st.one_of(
        st.text("aB1-_.@:/<>\u00fc f0", max_size=12),
        st.from_regex(r"[0-9]{1,3}(\.[0-9]{0,3}){1,4}(/[0-9]{1,2})?", fullmatch=True),
        st.from_regex(r"[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,8}(/[0-9]{1,3})?", fullmatch=True),
    )
)
@example("::ffff:0.0.0.0/96")
@example("::1.2.3.4")
def test_readings_agree(key: str) -> None:
    """What the fast reading takes means the same to the careful one."""
    quick = fast(key.encode())
    if quick is not None:
        assert quick == canonical(key)
