"""Classes of peers: whose rates are counted where, and what a reload leaves of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from ipaddress import ip_network
from smtpd.dialogue import server_context
from smtpd.entrance import Client, closed, encrypted, reported
from smtpd.house import GREETED, Pipeline, Rig, VirtualLoop, settings_of

import pytest

from bartizan.smtpd.listener import Listener
from bartizan.smtpd.office import Office
from bartizan.smtpd.settings import PeerClass, SessionSettings

FAST = b"421 4.7.0 Too much at a time, closing channel\r\n"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.1"


def with_classes(everybody: SessionSettings, **networks: SessionSettings) -> SessionSettings:
    """`everybody`, and classes of `here` and `elsewhere`."""
    where = {"here": ip_network("192.0.2.0/24"), "elsewhere": ip_network("198.51.100.0/24")}
    return replace(everybody, classes=tuple(PeerClass((where[name],), one) for name, one in networks.items()))


def office_of(loop: VirtualLoop, settings: SessionSettings) -> tuple[Pipeline, Office]:
    """Of a listener under these settings."""
    pipeline = Pipeline(settings)
    return pipeline, Office(settings, pipeline.services(), loop)


def test_a_class_has_its_own_rates(loop: VirtualLoop) -> None:
    """Higher or none; who is in no class has those of everybody."""
    everybody = settings_of(connections=1)
    settings = with_classes(everybody, here=settings_of(connections=2), elsewhere=settings_of())
    pipeline, office = office_of(loop, settings)
    answers = {
        peer: [Rig(loop, pipeline, office, peer).read() for _ in range(3)] for peer in (HERE, ELSEWHERE, "203.0.113.1")
    }
    assert answers == {
        HERE: [GREETED, GREETED, FAST],
        ELSEWHERE: [GREETED] * 3,
        "203.0.113.1": [GREETED, FAST, FAST],
    }


def test_a_reload_forgets_nothing(loop: VirtualLoop) -> None:
    """What a peer has done stays counted while its class has the same rates, whatever else changes; others are new."""
    own = settings_of(connections=1)
    pipeline, office = office_of(loop, with_classes(settings_of(), here=own))
    assert Rig(loop, pipeline, office, HERE).read() == GREETED
    office.renew(with_classes(settings_of(errors=3), elsewhere=settings_of(), here=own), pipeline.services())
    assert Rig(loop, pipeline, office, HERE).read() == FAST
    office.renew(with_classes(settings_of(), here=settings_of(connections=2)), pipeline.services())
    assert [Rig(loop, pipeline, office, HERE).read() for _ in range(3)] == [GREETED, GREETED, FAST]


def test_a_session_that_is_open_goes_by_the_new_class(loop: VirtualLoop) -> None:
    """From its next message on."""
    pipeline, office = office_of(loop, settings_of())
    rig = Rig(loop, pipeline, office, HERE)
    rig.send(b"EHLO c\r\n")
    office.renew(with_classes(settings_of(), here=settings_of(largest_message=10, messages=1)), pipeline.services())
    assert rig.send(b"MAIL FROM:<a@b.example> SIZE=11\r\n").startswith(b"552 5.3.4 ")
    assert rig.send(b"MAIL FROM:<a@b.example> SIZE=10\r\nRSET\r\n").startswith(b"250 2.1.0 ")
    assert rig.send(b"MAIL FROM:<a@b.example> SIZE=10\r\n").startswith(b"450 4.7.1 ")


def test_sessions_of_a_class(loop: VirtualLoop) -> None:
    """Each peer may have so many at a time, and the process no more than before."""
    everybody = settings_of(sessions=4, sessions_per_peer=1)
    wide = settings_of(sessions=4, sessions_per_peer=1, peer_sessions=10)
    pipeline, office = office_of(loop, with_classes(everybody, here=wide))
    rigs = [Rig(loop, pipeline, office, HERE) for _ in range(3)]
    assert [rig.read() for rig in rigs] == [GREETED] * 3
    assert [Rig(loop, pipeline, office, ELSEWHERE).read()[:4] for _ in range(2)] == [b"220 ", b"421 "]
    assert Rig(loop, pipeline, office, HERE).read()[:4] == b"421 "
    rigs[0].lose()
    assert Rig(loop, pipeline, office, HERE).read() == GREETED


@pytest.mark.parametrize("own", [{"peer_sessions": 1}, {"connections": 1}], ids=["sessions", "connections"])
def test_handshakes_of_a_class(meet: Callable[..., None], own: dict[str, int]) -> None:
    """With TLS from the start a peer of a class gets no more handshakes than the class may have; others do."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        first = await connect()
        if "connections" in own:  # counted when the session begins
            await encrypted(first)
            assert await first[0].readline() == GREETED
        assert await closed(await connect()) == b""
        assert await reported(pipeline) == [("127.0.0.1", "refused")]
        for _ in range(2):
            other = await connect("127.0.0.2")
            await encrypted(other)
            assert await other[0].readline() == GREETED

    words = {"tls": server_context(), "tls_at_once": True}
    meet(scene, **words, classes=(PeerClass((ip_network("127.0.0.1"),), settings_of(**words, **own)),))
