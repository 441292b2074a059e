"""The name servers of this host."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.dns.system import system_servers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nameserver 192.0.2.1\nnameserver 2001:db8::1\n", ("192.0.2.1", "2001:db8::1")),
        ("# nameserver 192.0.2.9\n; nameserver 192.0.2.8\n\tnameserver\t192.0.2.1 # ours\n", ("192.0.2.1",)),
        ("nameserver 192.0.2.1\nnameserver 192.0.2.1\n", ("192.0.2.1",)),
        ("search example.org\noptions timeout:1\n", ("127.0.0.1",)),
        ("nameserver\nnameserver fe80::1%eth0\nnameserver x\n", ("127.0.0.1",)),
        ("nameserver 192.0.2.1\n" + "x" * 1_000_000 + "\nnameserver 192.0.2.2\n", ("192.0.2.1",)),
        ("\xff\0\n", ("127.0.0.1",)),
        ("", ("127.0.0.1",)),
    ],
)
def test_servers(tmp_path: Path, text: str, expected: tuple[str, ...]) -> None:
    """In the order of the file; 127.0.0.1 where there are none."""
    file = tmp_path / "resolv.conf"
    file.write_text(text, encoding="latin-1")
    assert system_servers(file) == expected


def test_many(tmp_path: Path) -> None:
    """Eight are enough."""
    file = tmp_path / "resolv.conf"
    file.write_text("".join(f"nameserver 192.0.2.{number}\n" for number in range(100)))
    assert len(system_servers(file)) == 8


def test_no_file(tmp_path: Path) -> None:
    """As if it were empty."""
    assert system_servers(tmp_path / "none") == ("127.0.0.1",)
