"""XCLIENT's argument: what it names, and nothing that raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.smtpd.xclient import Client, parse


@pytest.mark.parametrize(
    ("argument", "client"),
    [
        ("ADDR=192.0.2.1", Client("192.0.2.1")),
        ("addr=IPv6:2001:DB8::1 port=25", Client("2001:db8::1", 25)),
        ("HELO=a+2Bb LOGIN=ann+40x.example", Client(helo="a+b", login="ann@x.example")),
        ("NAME=spoofed.example ADDR=[UNAVAILABLE] PROTO=ESMTP", Client()),
        ("HELO=+0D+0A+FFx", Client(helo="???x")),
    ],
)
def test_known(argument: str, client: Client) -> None:
    """What is understood."""
    assert parse(argument) == client


@pytest.mark.parametrize(
    "argument",
    [
        "",
        "ADDR",
        "ADDR=x",
        "ADDR=192.0.2.1 ADDR=192.0.2.2",
        "X=1",
        "PORT=65536",
        "PORT=-1",
        "HELO=a+b",
        "ADDR=1 ",
    ],
)
def test_unknown(argument: str) -> None:
    """What is not."""
    assert parse(argument) is None


@given(st.text(max_size=100))
def test_anything(argument: str) -> None:
    """Never raises."""
    parse(argument)
