"""What is only recognised gives its gap without a child; everything else is the channel's."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from bartizan.message.containers import Hole, Member
from bartizan.model.finding import Reason
from bartizan.model.limits import Budget, Limits
from bartizan.scanner.channel import Channel
from bartizan.scanner.containers import opening
from bartizan.unpack import base as unpack


class Recording(Channel):
    """Remembers what it was asked to open."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def open(
        self, type: str, data: bytes | memoryview, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Generator[Member | Hole, None, None]:
        self.asked.append(type)
        yield Member(("x",), b"y")


@pytest.mark.parametrize("type", sorted(unpack.RECOGNISED))
def test_recognised_needs_no_child(type: str) -> None:
    """Any bytes of such a type give gaps at most, in this process."""
    channel = Recording()
    containers = opening(channel, Limits())
    found = list(containers.open(type, b"-----BEGIN PGP MESSAGE-----\r\n", Budget(Limits(), 100)))

    assert channel.asked == []
    assert all(isinstance(one, Hole) for one in found)
    assert found


def test_signatures_and_keys_hide_nothing() -> None:
    """A detached PGP signature is no gap."""
    containers = opening(Recording(), Limits())

    assert list(containers.open("pgp", b"-----BEGIN PGP SIGNATURE-----\r\n", Budget(Limits(), 100))) == []
    (hole,) = containers.open("chm", b"x", Budget(Limits(), 100))
    assert isinstance(hole, Hole)
    assert hole.reason is Reason.UNREADABLE


def test_the_rest_goes_to_the_channel() -> None:
    """A zip is opened by a child."""
    channel = Recording()
    containers = opening(channel, Limits())

    assert list(containers.open("zip", b"PK", Budget(Limits(), 100))) == [Member(("x",), b"y")]
    assert channel.asked == ["zip"]
